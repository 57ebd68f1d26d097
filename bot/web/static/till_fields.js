// The fields: digits grouped while they are typed, faults beside them.

import { $ } from "./till_parts.js"

const INVISIBLE = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g // what a phone's list of contacts puts around a number
const NOT_OF_A_PHONE = /[^\d\s+()\-\u2010-\u2015]/
const NBSP = "\u00a0"

const digitsOf = text => text.replace(/\D/g, "")

/** No digit is ever changed or dropped; a whole number without its country gets +7. Else it stays as it was typed. */
const GROUPED = { // by the keyboard that a field wants
  decimal: text => /^[\d\u00a0]*$/.test(text) ? digitsOf(text).replace(/\B(?=(\d{3})+$)/g, NBSP) : text,
  tel(text) {
    const plus = text.trim().startsWith("+") ? "+" : ""
    const parts = /^(\+?7|8|(?=9))(\d{0,3})(\d{0,3})(\d{0,2})(\d{0,2})$/.exec(plus + digitsOf(text))
    if (!parts || NOT_OF_A_PHONE.test(text)) return text
    const [, country, code, ...rest] = parts
    const isWhole = !country && rest[2]?.length === 2
    return [isWhole ? "+7" : country.replace(/^7/, "+7"), code, rest.filter(Boolean).join("-")].filter(Boolean).join(NBSP)
  },
}

export function group(field) {
  const text = field.value.replace(INVISIBLE, "")
  const shown = GROUPED[field.inputMode]?.(text) ?? text
  if (shown === field.value) return
  const after = digitsOf(field.value.slice(field.selectionEnd)).length
  field.value = shown
  let place = shown.length
  for (let seen = 0; seen < after; place--) if (/\d/.test(shown[place - 1])) seen++
  if (document.activeElement === field) field.setSelectionRange(place, place)
}

/** Beside the field `name`, or beside the button of a form; no text: it is mended. */
export function fault(name, text = "", field = $(name)) {
  const note = $(`${name}-note`)
  note.textContent = text
  note.classList.toggle("fault", Boolean(text) || !note.classList.contains("note"))
  if (!field?.matches("input")) return
  if (text) field.setAttribute("aria-invalid", "true")
  else field.removeAttribute("aria-invalid")
}
