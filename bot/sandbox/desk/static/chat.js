// The staff's chats: tabs, the log, the composer.

import { $, all, announce, copy, el, fill, icon, narrow, post, seen, toast, words } from "./parts.js"
import { bubble, firstLine, hidden, isCard, numberOf, textOf, toneOf } from "./message.js"
import { ring, soundWanted } from "./sound.js"
import { highlight, only } from "./wire.js"

const FINAL = /^[✅🔒✖⌛❗]/u
const FLASH_MS = 150
const chats = new Map() // id -> {id, name, pinned, messages: Map, unread, last, draft}
const box = $("#message")
let current = null
let replyTo = null // a message of the current chat
let asStranger = false
let member = "seller" // of the staff

export const currentChat = () => current.id
const ids = () => Object.fromEntries([...chats.values()].map(chat => [chat.name, chat.id]))
/** Whose chats these are: in the shop's group writes and presses whoever was looked at last. */
const writer = () => asStranger ? "stranger" : current.name === "shop" ? member : current.name
const author = () => ids()[writer()]

export function showChats(shown) {
  const unread = new Map([...chats.values()].map(chat => [chat.id, chat.unread]))
  const before = current?.id
  chats.clear()
  for (const chat of shown) {
    const messages = new Map(chat.messages.map(message => [message.id, message]))
    const last = chat.messages.findLast(message => !message.bot && !hidden(message))?.text ?? ""
    chats.set(chat.id, { ...chat, messages, unread: unread.get(chat.id) ?? 0, last })
  }
  enter(chats.get(before) ?? chats.values().next().value)
  if ([...chats.values()].some(chat => chat.last) && box.value === box.defaultValue) box.value = ""
  drawTabs()
  drawLog()
  quote(current.messages.get(replyTo?.id) ?? null)
  if (document.activeElement === document.body && box.value === box.defaultValue && !narrow.matches) offer()
  grow()
}

// Tabs

function drawTabs() {
  const shown = [...chats.values()].filter(chat => chat.name !== "stranger" || chat.messages.size)
  const focused = document.activeElement.closest("#tabs [role=tab]")?.id
  $("#tabs").replaceChildren(...shown.map(chat => el("button", {
    role: "tab", type: "button", id: `tab-${chat.name}`, "aria-controls": "log", "aria-selected": String(chat === current),
    tabindex: chat === current ? 0 : -1, onclick: () => select(chat),
  }, label(chat.name), chat.unread ? el("span", { class: "badge" }, String(chat.unread)) : null)))
  if (focused) document.getElementById(focused).focus()
  $("#log").setAttribute("aria-labelledby", `tab-${current.name}`)
  const unread = [...chats.values()].reduce((sum, chat) => sum + chat.unread, 0)
  document.title = unread ? `(${unread}) ${words.name}` : words.name
  const badge = $("[data-badge=chat]")
  badge.hidden = !unread
  badge.textContent = unread
}

/** «Аня · продавец»; in a narrow pane the dot goes and the tab has two lines. */
function label(name) {
  const [who, role] = words[name].split(" · ")
  return el("span", {}, who, role ? el("i", {}, " · ") : null, role)
}

function enter(chat) {
  current = chat
  if (chat.name !== "shop" && chat.name !== "stranger") member = chat.name
}

function select(chat) {
  if (chat === current) return
  current.draft = box.value
  enter(chat)
  box.value = chat.draft ?? ""
  asStranger = false
  read()
  $(`#tab-${chat.name}`).scrollIntoView({ block: "nearest", inline: "nearest" })
  quote(null)
  drawLog()
  only(null)
}

/** What is seen is read. */
export function read() {
  if (!current) return
  if (seen("chat")) current.unread = 0
  grow()
  drawTabs()
}

$("#tabs").onkeydown = event => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  if (!step) return
  const tabs = [...all("#tabs [role=tab]")]
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length]
  const id = next.id
  next.click()
  document.getElementById(id).focus()
}

// The log. Newest first in the document, so that Tab goes from the composer to the newest card; drawn from the bottom.

const act = { user: author, reply: message => { quote(message); box.focus() }, jump }
const nodeOf = id => $(`#bubbles > [data-id="${id}"]`)

function made(message) {
  const node = bubble(message, current, act)
  if (message.marks.length) {
    for (const event of ["pointerenter", "focusin"]) node.addEventListener(event, () => highlight(message.marks))
    for (const event of ["pointerleave", "focusout"]) node.addEventListener(event, () => highlight([]))
    node.addEventListener("click", event => { if (!event.target.closest("a, button") && getSelection().isCollapsed) only(message.marks, numberOf(message)) })
  }
  return node
}

function drawLog() {
  const shown = [...current.messages.values()].filter(message => !hidden(message)).reverse()
  $("#bubbles").replaceChildren(...shown.map(made))
  if (!shown.length) $("#bubbles").append(el("p", { class: "muted small quiet" }, words.empty))
  $("#log").scrollTop = 0
  offerAnswers()
}

function jump(id) {
  const node = nodeOf(id)
  node?.scrollIntoView({ block: "nearest" })
  if (node) flash(node)
}

function flash(node) {
  node.classList.add("flash", node.dataset.tone ?? "info")
  setTimeout(() => node.classList.remove("flash"), FLASH_MS)
}

export function messageCame(message) {
  const chat = chats.get(message.chat_id)
  if (!chat) return
  const told = chat.messages.has(message.id) // it came with the whole state
  chat.messages.set(message.id, message)
  if (message.bot && !hidden(message) && !isGreeting(message, chat) && !(chat === current && seen("chat"))) chat.unread += 1
  if (told) return drawTabs()
  if (message.service.pinned_message) chat.pinned.push(message.service.pinned_message.message_id)
  drawTabs()
  if (chat !== current || hidden(message)) return
  $("#bubbles .quiet")?.remove()
  $("#bubbles").prepend(made(message))
  if (!message.bot) $("#log").scrollTop = 0
  if (message.bot) announce(textOf(message), FINAL.test(textOf(message)))
  offerAnswers()
  if (message.keyboard?.force_reply) quote(message)
}

export function messageEdited(message) {
  const chat = chats.get(message.chat_id)
  if (!chat) return
  chat.messages.set(message.id, message)
  if (chat !== current) return
  redraw(message, true)
  for (const other of chat.messages.values()) if (other.reply_to === message.id) redraw(other)
}

/** In place; the focus stays where it was, by the button's words or at least in the card. */
function redraw(message, flashing = false) {
  const old = nodeOf(message.id)
  if (!old) return
  const focused = old.contains(document.activeElement) ? document.activeElement.textContent : null
  const node = made(message)
  old.replaceWith(node)
  if (focused !== null) {
    const keys = [...node.querySelectorAll(".keys .button")]
    ;(keys.find(key => key.textContent === focused) ?? keys[0] ?? box).focus({ preventScroll: true })
  }
  if (flashing) flash(node)
}

export function messageGone(chatId, id) {
  chats.get(chatId)?.messages.delete(id)
  if (chatId !== current?.id) return
  nodeOf(id)?.remove()
  if (replyTo?.id === id) quote(null)
  offerAnswers()
}

/** The first words of a private chat answer the Start that the sandbox has pressed: no news. */
const isGreeting = (message, chat) => chat.name !== "shop" && [...chat.messages.values()].every(other => hidden(other) || other.id === message.id)

export function rang(message, show) {
  const chat = chats.get(message.chat_id)
  if (!chat || isGreeting(message, chat)) return
  ring(textOf(message))
  if (narrow.matches && !seen("chat")) toast(firstLine(message), { action: { label: words.open, run: () => { select(chat); show("chat") } } })
}

/** Telegram's own links stay in the sandbox: a start is pressed by whoever reads, a share is copied; an invitation is the stranger's. */
$("#log").addEventListener("click", event => {
  const href = event.target.closest("a")?.href ?? ""
  const invited = href && new URL(href).pathname.match(/^\/i\/([^/]+)$/)
  if (invited) {
    event.preventDefault()
    post("say", { user: ids().stranger, text: `/start ${invited[1]}` }).then(() => select([...chats.values()].find(chat => chat.name === "stranger")), () => toast(words.failed))
    return
  }
  if (!/^https:\/\/t\.me\//.test(href)) return
  event.preventDefault()
  const { searchParams: asked } = new URL(href)
  if (asked.has("start")) post("say", { user: author(), text: `/start ${asked.get("start")}` }).catch(() => toast(words.failed))
  else copy(asked.get("url") ?? href)
})

// The composer

/** What is answered: chosen, or in the shop's chat its pinned till message, where the bot hears replies only. */
function addressee() {
  const pinned = current.name === "shop" ? current.messages.get(current.pinned.at(-1)) : null
  return replyTo ?? (pinned?.bot && !box.value.startsWith("/") ? pinned : null)
}

function quote(message) {
  replyTo = message
  const drop = (label, run) => el("button", { class: "tool", type: "button", "aria-label": label, onclick: run }, icon("close"))
  box.placeholder = words[writer()]
  const line = $("#quote")
  line.hidden = !message && !asStranger
  line.replaceChildren()
  if (asStranger) line.append(el("span", { class: "wait tinted" }, words.as_stranger), drop(words.close, () => stranger(false)))
  if (message) line.append(icon("reply"), el("span", {}, firstLine(message)), drop(words.close, () => quote(null)))
}

function stranger(on) {
  asStranger = on
  $("#stranger").setAttribute("aria-pressed", on)
  quote(replyTo)
}

/** The first message is typed already: one press sends it. */
export function offer() {
  box.value = box.defaultValue
  box.focus()
  box.select()
}

function write(text) {
  box.value = text
  grow()
  box.focus()
}

function grow() {
  box.style.height = "auto"
  if (!box.scrollHeight) return // its pane is not shown: measured when it is
  box.style.height = `${Math.min(box.scrollHeight + 2, 116)}px` // four lines
}

async function send() {
  const text = box.value.trim()
  if (!text) return
  soundWanted()
  const user = author()
  const chat = current.name === "shop" ? current.id : user
  const reply = chat === current.id ? addressee()?.id : null
  try {
    await post("say", { user, chat, text, reply_to: reply ?? null })
  } catch {
    return toast(words.failed)
  }
  current.last = text
  box.value = ""
  grow()
  if (asStranger && chat !== current.id) select(chats.get(chat))
  stranger(false)
  quote(null)
}

$("#composer").onsubmit = event => { event.preventDefault(); send() }
box.oninput = grow
box.onkeydown = event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send() }
  if (event.key === "Escape") quote(null)
}
/** What is said to a card is offered once there is one. */
const newestCard = () => [...current.messages.values()].findLast(message => isCard(message) && numberOf(message) !== "№")
function offerAnswers() {
  for (const chip of all("[data-answer]")) chip.hidden = !newestCard()
}
for (const chip of all("[data-answer]")) {
  chip.onclick = () => {
    if (!replyTo) quote(newestCard())
    write(chip.textContent)
  }
}
for (const chip of all("[data-fill]")) chip.onclick = () => write(chip.dataset.fill)
$("#same").onclick = () => write(current.last || box.defaultValue)
$("#stranger").onclick = () => {
  stranger(!asStranger)
  if (asStranger && !box.value) write(box.defaultValue)
  box.focus()
}
