// The shopper's phone: home, SMS banner, messages, browser.

import { $, clockTime, el, icon, narrow, post, seen, toast, words } from "./parts.js"
import { linked } from "./rich.js"

const NUMBER = "+79161234567"
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
const kept = "desk.phone" // the screen survives a reload
const frame = $("#frame")
const PASSING_MS = 6000 // a banner over a page goes away by itself; on the home screen it waits
let passing
let texts = []
let unread = 0
let visited = [] // addresses, for «back»
let showPane = () => {}

const shown = digits => digits.replace(/^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/, "+7\u00a0$1\u00a0$2-$3-$4")

export function startPhone(show) { showPane = show }

export function showPhone(messages) {
  texts = messages
  drawTexts()
  const { screen = "home", url, read = 0 } = JSON.parse(sessionStorage.getItem(kept) ?? "{}")
  if (frame.hidden === false) return // a stream that came back must not disturb the page
  unread = Math.max(0, texts.length - read)
  if (screen === "browser" && url) browse(url)
  else go(screen === "texts" && texts.length ? "texts" : "home")
  badge()
}

export function smsCame(message) {
  if (texts.some(other => other.id === message.id)) return
  texts.push(message)
  unread += 1
  drawTexts()
  const banner = $("#banner")
  banner.querySelector("b").textContent = message.sender || words.name
  banner.querySelector("span span").textContent = message.text
  banner.hidden = false
  clearTimeout(passing)
  if (!frame.hidden) passing = setTimeout(() => { banner.hidden = true }, PASSING_MS)
  badge()
  if (narrow.matches && !seen("phone")) toast(words.sms_came, { action: { label: words.open, run: () => { showPane("phone"); readTexts() } } })
}

export function forgetPhone() {
  sessionStorage.removeItem(kept)
  texts = []
  unread = 0
  visited = []
  frame.removeAttribute("src")
  frame.contentWindow.location.replace("about:blank")
  drawTexts()
  go("home")
  badge()
}

// Screens

function go(screen) {
  $("#home").hidden = screen !== "home"
  $("#texts").hidden = screen !== "texts"
  frame.hidden = screen !== "browser"
  $("#bar").hidden = screen === "home"
  $("#refresh").hidden = $("#more").hidden = screen !== "browser"
  $("#new-tab").hidden = true
  $("#more").setAttribute("aria-expanded", "false")
  if (screen === "texts") address(texts.at(-1)?.sender || words.name)
  if (screen !== "home") $("#banner").hidden = true
  keep(screen)
}

const keep = screen => sessionStorage.setItem(kept, JSON.stringify({ screen, url: visited.at(-1), read: texts.length - unread }))

function badge() {
  const mark = $("[data-badge=phone]")
  mark.hidden = !unread
  mark.textContent = unread
  $("#phone-number").textContent = shown(texts.at(-1)?.to ?? NUMBER)
  $("#phone-empty").hidden = texts.length > 0
  $("#inbox").hidden = texts.length === 0
}

function readTexts() {
  unread = 0
  badge()
  go("texts")
  $("#texts").scrollTop = $("#texts").scrollHeight
}

function drawTexts() {
  $("#texts").replaceChildren(...texts.map(message => {
    const bubble = el("p", { class: "bubble" }, ...linked(message.text), " ", el("span", { class: "meta" }, el("time", {}, clockTime(message.at))))
    for (const link of bubble.querySelectorAll("a")) link.onclick = event => { event.preventDefault(); browse(link.href) }
    return bubble
  }))
}

// Browser

/** The desk's other name for this machine is the same place. */
function here(url) {
  const asked = new URL(url, location)
  const same = asked.port === location.port && LOOPBACK.includes(asked.hostname) && LOOPBACK.includes(location.hostname)
  return same ? new URL(asked.pathname + asked.search, location).href : asked.href
}

function browse(url) {
  const goal = here(url)
  if (new URL(goal).origin !== location.origin) return window.open(goal, "_blank", "noopener")
  address(url)
  go("browser")
  frame.contentWindow.location.replace(goal)
}

export function openOnPhone(url) {
  showPane("phone")
  visited = []
  browse(url)
}

/** After the shopper has acted by himself, the bank's page is out of date. */
export const refreshBank = () => { if (!frame.hidden && frame.contentWindow.location.pathname.startsWith("/bank/")) reload() }
const reload = () => frame.contentWindow.location.replace(frame.contentWindow.location.href)

function address(url, distrusted = false) {
  const where = $("#where")
  where.className = distrusted ? "bad tinted" : ""
  const place = /^https?:/.test(url) ? new URL(url).host + new URL(url).pathname : url
  where.replaceChildren(...(distrusted ? [icon("warn"), `${words.not_safe} `] : []), place)
}

frame.onload = () => {
  const { location: at, document: page } = frame.contentWindow
  if (frame.hidden || at.protocol === "about:") return
  if (visited.at(-1) !== at.href) visited.push(at.href)
  address(at.href, Boolean(page.querySelector("meta[name=desk][content=distrusted]")))
  $("#new-tab").href = at.href
  keep("browser")
}

$("#banner").onclick = readTexts
$("#inbox").onclick = readTexts
$("#refresh").onclick = reload
$("#phone-back").onclick = back
$("#more").onclick = () => {
  const open = $("#new-tab").hidden
  $("#new-tab").hidden = !open
  $("#more").setAttribute("aria-expanded", open)
  if (open) $("#new-tab").focus()
}
$("#new-tab").onclick = () => { $("#new-tab").hidden = true; $("#more").setAttribute("aria-expanded", "false") }

function back() {
  if (!frame.hidden && visited.length > 1) {
    visited.pop()
    frame.contentWindow.location.replace(visited.pop())
  } else if (!frame.hidden && texts.length) readTexts()
  else go("home")
}

/** Escape: menu, then browser, then messages. True where there was something to close. */
export function leavePhone() {
  if (!$("#new-tab").hidden) { $("#more").click(); $("#more").focus(); return true }
  if (!$("#device").contains(document.activeElement) || $("#bar").hidden) return false
  go("home")
  $("#device").focus()
  return true
}

export function startCamera(chat) {
  $("#camera").onclick = async () => {
    const { link } = await post("camera", { chat: chat() }).catch(() => ({}))
    if (link) openOnPhone(link)
    else toast(words.no_qr)
  }
}
