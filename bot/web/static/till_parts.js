// What every part of the till uses: elements, words, stores, the server, and how something is said or asked.

const ANSWER_WITHIN = 10000 // ms; longer means that the link is lost

export const $ = id => document.getElementById(id)
export const words = () => document.body.dataset

/** A browser may forbid its stores: then nothing outlives the page. */
const store = open => ({
  get(key) { try { return JSON.parse(open()[key]) } catch { return null } },
  set(key, value) { try { open()[key] = JSON.stringify(value) } catch { /* not kept */ } },
})
export const local = store(() => localStorage)
export const session = store(() => sessionStorage)

/** Inside Telegram the address brings who asks, signed; there is no cookie. */
const signed = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData")
if (signed) {
  session.set("telegram", signed)
  history.replaceState(null, "", location.pathname)
}
export const identity = () => session.get("telegram") ? { Authorization: `tma ${session.get("telegram")}` } : {}

/** Throws when there is no answer. Whoever is logged out by now comes to the door. */
export async function call(path, data) {
  const patience = new AbortController()
  const limit = setTimeout(() => patience.abort(), ANSWER_WITHIN)
  const sent = data && { method: "POST", body: JSON.stringify(data) }
  const headers = data ? { ...identity(), "Content-Type": "application/json", "X-Till": "1" } : identity()
  try {
    const answer = await fetch(path, { cache: "no-store", signal: patience.signal, headers, ...sent })
    if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status)
    if (answer.status === 401) {
      location.reload()
      await new Promise(() => {})
    }
    return await answer.json().catch(() => ({}))
  } finally {
    clearTimeout(limit)
  }
}

function button(text, pressed) {
  const made = document.createElement("button")
  made.type = "button"
  made.className = "button"
  made.textContent = text
  made.onclick = pressed
  return made
}

/** Readings of what was typed, as buttons under it; none: they go. */
export function pick(place, readings, chosen) {
  place.hidden = !readings
  place.replaceChildren(...(readings || []).map((text, index) => button(text, () => {
    place.hidden = true
    chosen(index)
  })))
}

/** A question with a button for each answer. */
export function choose(text, labels, chosen) {
  $("choice-text").textContent = text
  $("choices").replaceChildren(...labels.map((label, index) => button(label, () => {
    $("choice").close()
    chosen(index)
  })))
  $("choice").showModal()
}

let silence = 0
export function say(text, { long = false } = {}) {
  clearTimeout(silence)
  $("toast").hidden = false
  $("toast").textContent = text
  silence = setTimeout(() => { $("toast").hidden = true }, long ? 8000 : 4000)
}
