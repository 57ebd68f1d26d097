// The web till. The server decides and draws; the page sends what was typed, once, and keeps list and card true.
//
//   state   asked for every 3 s; what came is laid over what is there, so that focus, typing and scroll stay
//   card    one payment in place of the form, with the chat's buttons; the browser's own «back» leaves it
//   door    somebody who is not logged in; inside Telegram the till takes its place

import { fault, group } from "./till_fields.js"
import { lay } from "./till_lay.js"
import { $, call, identity, local, pick, say, session, words } from "./till_parts.js"
import { known, ring, startRing } from "./till_ring.js"
import { isKept, resume, startSale, working } from "./till_sale.js"

const OFTEN = 3000, RARELY = 15000, PATIENCE = 5 * 60000 // ms; a till left alone asks rarely
const SOON = 400 // ms; while a link is being made, or a button's cell is empty for a moment
const LINK_WITHIN = 1500 // ms that a new sale waits on the form for its QR, before its card is shown

let version = "", turn = 0, timer = 0, newsAt = Date.now()
let card = 0 // the number of the payment that is open
let coming = null // what it opens with: {qr, until}
let scrolled = 0

// State

async function ask() {
  clearTimeout(timer)
  const mine = ++turn
  const answer = await call(`/till/state?version=${version}&card=${card || ""}`).catch(() => null)
  if (mine !== turn) return true
  connected(Boolean(answer))
  if (answer?.version && answer.version !== version) update(answer)
  if (coming && answer && Date.now() > coming.until) look()
  plan()
  return Boolean(answer)
}

function plan() {
  clearTimeout(timer)
  const isLively = Date.now() - newsAt < PATIENCE && !document.hidden
  const isSoon = isLively && (coming?.qr || $("card").querySelector(".gap"))
  timer = setTimeout(ask, isSoon ? SOON : isLively ? OFTEN : RARELY)
}

function update(answer) {
  ({ version } = answer)
  newsAt = Date.now()
  $("today").textContent = answer.today
  lay($("list"), answer.list)
  mark()
  ring(answer.paid)
  if (!card) return
  if (!answer.card) leave()
  else {
    draw(answer.card)
    if (answer.show && coming?.qr) show(answer.show)
  }
}

function draw(html) {
  const asked = $("question")?.textContent
  const hadFocus = $("card").contains(document.activeElement)
  lay($("card"), html)
  const hasFocus = $("card").contains(document.activeElement)
  if (hadFocus && !hasFocus) ($("answer-text") || $("card-head")).focus({ preventScroll: true })
  if ($("question") && $("question").textContent !== asked) $("question").scrollIntoView({ block: "nearest" })
}

function connected(yes) {
  $("lost").hidden = yes && !isKept()
  $("lost").classList.toggle("over", !isKept())
  $("lost-text").textContent = isKept() ? words().kept : words().lost
  $("edit").hidden = !isKept()
}

// Card

/** `qr`: its big QR opens as soon as there is a link. `press`: this button of it, at once. */
async function open(number, { qr = false, press: verb } = {}) {
  if (!card) scrolled = scrollY
  const change = history.state?.card ? "replaceState" : "pushState"
  history[change]({ card: number }, "")
  card = number
  version = ""
  coming = { qr, until: qr ? Date.now() + LINK_WITHIN : 0 }
  working(qr)
  if (verb) await press(verb)
  else if (!await ask()) {
    say(words().pressAgain, { long: true })
    back()
  }
}

/** From form to card. */
function look() {
  coming = coming?.qr ? { qr: true, until: Infinity } : null
  working(false)
  const isNew = $("payment").hidden
  $("sale").hidden = true
  $("payment").hidden = false
  mark()
  if (isNew) scrollTo(0, 0)
  $("card-head").focus({ preventScroll: true })
}

function back() {
  if (history.state?.card) history.back()
  else leave()
}

function leave() {
  const row = $(`row-${card}`)?.firstChild
  card = 0
  version = ""
  coming = null
  working(false)
  $("payment").hidden = true
  $("sale").hidden = false
  $("card").replaceChildren()
  mark()
  scrollTo(0, scrolled)
  if (row) row.focus({ preventScroll: true })
  ask()
}

function mark() {
  for (const row of document.querySelectorAll(".row")) {
    if (Number(row.dataset.number) === card) row.setAttribute("aria-current", "true")
    else row.removeAttribute("aria-current")
  }
}

function show(url) {
  known(card) // its green is on that screen
  coming = null
  if (window.parent === window) location.assign(url)
  else { // of all our pages a frame may hold the till alone
    look()
    window.open(url)
  }
}

/** Says that nothing is lost, where there is no network. */
async function attempt(deed) {
  try {
    return await deed()
  } catch {
    say(words().pressAgain, { long: true })
    return null
  }
}

async function press(data, pressed) {
  pressed?.setAttribute("aria-busy", "true")
  await attempt(async () => {
    const { toast, alert } = await call("/till/press", { data })
    if (toast) say(toast, { long: alert })
    await ask()
    $("answer-text")?.focus({ preventScroll: true })
  })
  pressed?.removeAttribute("aria-busy")
}

const reply = (text, index = null) => attempt(async () => {
  const answer = await call("/till/answer", { text, reading: index })
  fault("answer", answer.error, $("answer-text"))
  if (answer.readings) return pick($("answer-readings"), answer.readings, chosen => reply(text, chosen))
  if (answer.toast) say(answer.toast)
  return answer.error ? null : ask()
})

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    say(words().copied)
  } catch { // an app's own browser may forbid it: then a finger can
    say(text, { long: true })
  }
}

// Who sells, and the rest

const sells = id => attempt(async () => {
  const { name, error } = await call("/till/seller", { id })
  if (error) say(error, { long: true })
  else $("who").textContent = $("menu-heading").textContent = name
  $("menu").close()
  return name
})

const goOut = () => attempt(async () => {
  await call("/till/leave", {})
  local.set("draft", null)
  session.set("telegram", null)
  location.reload()
})

function clicked(event) {
  const pressed = event.target.closest("[data-number], [data-press], [data-copy], [data-show], [data-seller], [data-close]")
  if (!pressed || pressed.getAttribute("aria-busy") === "true") return
  const { number, press: verb, copy: text, seller } = pressed.dataset
  if (pressed.matches(".row")) open(Number(number))
  else if (verb) press(verb, pressed)
  else if (text) copy(text)
  else if (seller) sells(Number(seller))
  else if ("close" in pressed.dataset) $("menu").close()
  else if ("show" in pressed.dataset) {
    event.preventDefault()
    show(pressed.href)
  }
}

function touched() {
  const wasAsleep = Date.now() - newsAt > PATIENCE
  newsAt = Date.now()
  if (wasAsleep) ask()
}

function seen() {
  newsAt = Date.now()
  if (!document.hidden) ask()
}

function start() {
  document.addEventListener("click", clicked)
  $("card").addEventListener("submit", event => {
    event.preventDefault()
    reply($("answer-text").value.trim())
  })
  $("card").addEventListener("input", event => group(event.target))
  $("back").onclick = back
  $("seller").onclick = () => $("menu").showModal()
  $("sound").checked = !local.get("mute")
  $("sound").onchange = event => local.set("mute", !event.target.checked)
  $("leave").onclick = goOut
  document.addEventListener("visibilitychange", seen)
  addEventListener("popstate", event => {
    if (event.state?.card) open(event.state.card)
    else if (card) leave()
  })
  addEventListener("pageshow", event => { if (event.persisted) location.reload() })
  addEventListener("online", () => { resume(); ask() })
  addEventListener("offline", () => connected(false))
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touched, true)
  startRing()
  startSale({ open, sells, connected })
  if (history.state?.card) open(history.state.card)
  else ask()
}

async function enter() {
  if (!identity().Authorization) return
  const answer = await fetch("/till", { headers: identity(), cache: "no-store" })
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  if (!page.getElementById("form")) {
    $("word").textContent = words().reopen
    return
  }
  document.title = page.title
  document.documentElement.lang = page.documentElement.lang
  document.body.replaceWith(page.body)
  start()
}

window.TelegramWebviewProxy?.postEvent("web_app_expand", "{}")
if ($("form")) start()
else enter()
