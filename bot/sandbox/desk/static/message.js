// One message as an element: own bubble, bot's bubble, card (picture beside caption, keyboard) or ping.

import { $, clockTime, copy, el, fill, icon, post, toast, words } from "./parts.js"
import { openOnPhone } from "./phone.js"
import { lines } from "./rich.js"

const TONES = [[/^[✅🔒]/u, "ok"], [/^[✖❗]/u, "bad"], [/^⚠/u, "unknown"], [/^[⌛↩✋]/u, "wait"]]
const MUTED = /^(SMS[^?]*$|Ссылка в Telegram|Link in the shopper)|^[^№]*·\s(\d\d\.\d\d\s)?\d\d:\d\d$/
const PRESS_MS = 1000
const pressed = new Map() // press id -> its button
const answered = new Map() // answers that came before their press's id

export const toneOf = text => TONES.find(([start]) => start.test(text))?.[1] ?? "info"
export const textOf = message => message.text ?? message.caption ?? ""
export const firstLine = message => textOf(message).split("\n")[0]
export const numberOf = message => textOf(message).match(/№\s\d+/)?.[0] ?? "№"

/** What people would not see as a message: service messages, and the Start that the sandbox has pressed for them. */
export const hidden = message => Object.keys(message.service).length > 0 || (!message.bot && message.text === "/start")

/** The bot's card of a payment. Where there is nothing to scan it has no picture: a bold first line and a number then. */
export function isCard(message) {
  const titled = message.entities.some(({ type, offset, length }) => type === "bold" && offset === 0 && length >= firstLine(message).length)
  return message.bot && Boolean(message.photo || message.document || (titled && /^№\s\d+/m.test(textOf(message))))
}

/** `chat`: its messages, for quotes. `act`: {user, reply(message), jump(id)}. */
export function bubble(message, chat, act) {
  const quoted = chat.messages.get(message.reply_to)
  if (!message.bot) return own(message, chat, quoted && !hidden(quoted) && quote(quoted, act))
  if (isCard(message)) return card(message, act)
  return quoted?.bot ? ping(message, quoted, act) : plain(message, act)
}

/** The first line of what is answered; a press leads there. */
function quote(quoted, act) {
  const jump = event => { event.preventDefault(); act.jump(quoted.id) }
  return el("a", { class: "answered", href: "#log", onclick: jump }, firstLine(quoted))
}

function own(message, chat, answered) {
  const text = message.contact ? `${words.contact}: ${message.contact.phone_number}` : message.text ?? ""
  const name = chat.name === "shop" ? el("b", { class: "who" }, message.from.first_name) : null
  return el("div", { class: "bubble own", "data-id": message.id }, name, answered || null, ...paragraphs(lines(text, message.entities), meta(message)))
}

function plain(message, act) {
  const body = paragraphs(lines(textOf(message), message.entities), meta(message, act), textOf(message).split("\n"))
  const rows = keyboard(message, act)
  return el("article", { class: `bubble ${rows ? "keyed" : ""}`, "data-id": message.id, "data-tone": toneOf(textOf(message)) }, ...body, rows)
}

function ping(message, quoted, act) {
  return el("article", { class: `bubble ping ${toneOf(textOf(message))}`, "data-id": message.id },
    quote(quoted, act),
    ...paragraphs(lines(textOf(message), message.entities), meta(message, act)), keyboard(message, act))
}

/** A question stands last, behind an empty line. */
function card(message, act) {
  const rows = lines(textOf(message), message.entities)
  const plainRows = textOf(message).split("\n")
  const asked = message.buttons.length && plainRows.includes("") ? plainRows.lastIndexOf("") : rows.length
  const caption = rows.slice(0, asked).map((nodes, at) => at === 0
    ? el("h2", {}, ...nodes)
    : el("p", { class: MUTED.test(plainRows[at]) ? "muted" : null }, ...nodes))
  const question = rows.slice(asked + 1).map(nodes => el("p", {}, ...nodes))
  caption.at(-1).append(" ", meta(message, act))
  return el("article", { class: "bubble card", "data-id": message.id, "data-tone": toneOf(textOf(message)) },
    picture(message),
    el("div", { class: "caption" }, ...caption, question.length ? el("div", { class: "question wait tinted" }, ...question) : null),
    keyboard(message, act))
}

function picture(message) {
  if (message.photo) return el("img", { src: `/desk/file/${message.photo}`, width: 168, height: 217, alt: words.picture })
  const file = message.document
  return file ? el("a", { class: "button", href: `/desk/file/${file.file}`, download: file.name }, file.name) : null
}

/** The time stands at the end of the last line. `plainRows`: the same lines as text, where some are told quietly. */
function paragraphs(rows, foot, plainRows = []) {
  const made = rows.map((nodes, at) => el("p", { class: at > 0 && MUTED.test(plainRows[at] ?? "") ? "muted" : null }, ...nodes))
  made.at(-1).append(" ", foot)
  return made
}

function meta(message, act) {
  const time = message.edited ? fill(words.edited, { t: clockTime(message.edited) }) : clockTime(message.date)
  const reply = act ? el("button", { class: "reply", type: "button", "aria-label": words.reply, title: words.reply, onclick: () => act.reply(message) }, icon("reply")) : null
  return el("span", { class: "meta" }, reply, el("time", {}, time))
}

function keyboard(message, act) {
  if (!message.buttons.length) return null
  const rows = message.buttons.map(row => el("div", { class: "row" }, ...row.map(button => key(button, message, act))))
  return el("div", { class: "keys" }, ...rows)
}

function key(button, message, act) {
  const tone = { danger: "bad tinted", success: "ok tinted" }[button.style] ?? ""
  const look = { class: `button ${tone}`, type: "button" }
  if (button.copy) return el("button", { ...look, onclick: () => copy(button.copy) }, button.label)
  const url = button.url ?? button.web_app
  if (url) return opener(url, button.label, look.class)
  if (button.disabled || !button.data) return el("button", { ...look, disabled: true }, button.label)
  return el("button", { ...look, onclick: event => press(event.currentTarget, message, button.data, act.user()) }, button.label)
}

/** The shopper's page opens on the phone; all else, the assistant's big QR too, in a tab of its own. */
function opener(url, label, look) {
  const path = new URL(url, location).pathname
  const open = event => { if (/^\/p\/[^/]+$/.test(path)) { event.preventDefault(); openOnPhone(url) } }
  return el("a", { class: look, href: url, target: "_blank", rel: "noopener", onclick: open }, label)
}

async function press(button, message, data, user) {
  button.classList.add("busy")
  button.setAttribute("aria-busy", "true")
  setTimeout(() => rest(button), PRESS_MS)
  try {
    const { press: id } = await post("press", { user, chat: message.chat_id, message: message.id, data })
    pressed.set(id, button)
    if (answered.has(id)) answer(answered.get(id))
  } catch {
    rest(button)
    toast(words.failed)
  }
}

/** The bot's answer to a press: only this page's own presses toast here. */
export function answer(event) {
  answered.set(event.press, event)
  if (!pressed.has(event.press)) return
  rest(pressed.get(event.press))
  pressed.delete(event.press)
  answered.delete(event.press)
  if (event.text) toast(event.text, { alert: event.alert })
}

function rest(button) {
  button.classList.remove("busy")
  button.removeAttribute("aria-busy")
}
