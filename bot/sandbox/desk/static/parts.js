// What every pane uses: words, elements, times, toasts, calls to the desk's server.

export const words = JSON.parse(document.getElementById("words").textContent)
export const $ = selector => document.querySelector(selector)
export const all = selector => document.querySelectorAll(selector)
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name])

/** el("p", {class: "muted", onclick}, "text", node, …): empty children are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value)
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value)
  }
  node.append(...children.filter(child => child !== null && child !== undefined && child !== ""))
  return node
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("class", "icon")
  svg.setAttribute("aria-hidden", "true")
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use")
  use.setAttribute("href", `#i-${name}`)
  svg.append(use)
  return svg
}

const moscow = options => new Intl.DateTimeFormat("ru", { timeZone: "Europe/Moscow", ...options })
const CLOCK = moscow({ hour: "2-digit", minute: "2-digit" })
const SECONDS = moscow({ hour: "2-digit", minute: "2-digit", second: "2-digit" })
const DAY = moscow({ day: "2-digit", month: "2-digit" })
export const clockTime = moment => CLOCK.format(new Date(moment))
export const wireTime = moment => SECONDS.format(new Date(moment))
export const day = moment => DAY.format(new Date(moment))

/** POST to the desk. Throws where it does not answer 200. */
export async function post(act, body = {}) {
  const answer = await fetch(`/desk/${act}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${act}: ${answer.status}`)
  return answer.json()
}

/** Below 760 px one pane is seen at a time. */
export const narrow = matchMedia("(max-width: 759.98px)")
export const seen = pane => !document.hidden && (!narrow.matches || document.body.dataset.pane === pane)

const TOAST_MS = 4000
const LONG_TOAST_MS = 6000

/** A line above the bottom edge. `action`: {label, run}. An alert stays until it is closed. Pauses under the pointer. */
export function toast(text, { action, alert = false } = {}) {
  const node = el("div", { class: "toast", role: alert ? "alert" : "status" }, el("span", {}, text))
  const close = () => node.remove()
  if (action) node.append(el("button", { class: "tool", type: "button", onclick: () => { close(); action.run() } }, action.label))
  else if (alert) node.append(el("button", { class: "tool", type: "button", "aria-label": words.close, onclick: close }, icon("close")))
  $("#toasts").replaceChildren(node)
  if (alert) return
  let timer
  const start = () => { timer = setTimeout(close, action ? LONG_TOAST_MS : TOAST_MS) }
  const hold = () => clearTimeout(timer)
  for (const event of ["pointerenter", "focusin"]) node.addEventListener(event, hold)
  for (const event of ["pointerleave", "focusout"]) node.addEventListener(event, start)
  start()
}

/** For screen readers; edits are never read out. */
export const announce = (text, urgent = false) => { $(urgent ? "#assertive" : "#polite").textContent = text }

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    toast(words.copied)
  } catch {
    toast(text, { alert: true }) // no permission: it can still be selected
  }
}
