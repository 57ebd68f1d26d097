// Starts the desk: takes the whole state after each connection, then what happens, and hands both to the panes.

import { $, all, announce, clockTime, day, fill, narrow, post, toast, words } from "./parts.js"
import { currentChat, messageCame, messageEdited, messageGone, offer, rang, read, showChats } from "./chat.js"
import { answer } from "./message.js"
import { forgetPhone, leavePhone, showPhone, smsCame, startCamera, startPhone } from "./phone.js"
import { showScene } from "./scene.js"
import { exchanged, only, showWire } from "./wire.js"

const SKELETON_MS = 300
const GIVE_UP_MS = 30_000

// Panes, drawer, theme

function show(pane) {
  document.body.dataset.pane = pane
  for (const tab of all("[data-go]")) tab.toggleAttribute("aria-current", tab.dataset.go === pane)
  $("#drawer").setAttribute("aria-expanded", pane === "scene")
  $("#toasts").replaceChildren() // what they told of is seen now, or was not worth going to
  read()
}
const showIfNarrow = pane => { if (narrow.matches) show(pane) }
for (const tab of all("[data-go]")) tab.onclick = () => show(tab.dataset.go)
$("#drawer").onclick = () => {
  show(document.body.dataset.pane === "scene" ? "chat" : "scene")
  if (document.body.dataset.pane === "scene") $("#scene").focus()
}
document.addEventListener("visibilitychange", read)
narrow.addEventListener("change", read)
startPhone(showIfNarrow)
startCamera(currentChat)
show("chat")

document.addEventListener("keydown", event => {
  if (event.key !== "Escape" || leavePhone()) return
  if (!narrow.matches && document.body.dataset.pane === "scene") { show("chat"); $("#drawer").focus() }
})

/** The button only changes when dark.css applies; no colour is written twice. */
$("#theme").onclick = () => {
  const dark = !matchMedia($("#dark").media).matches
  $("#dark").media = dark ? "all" : "not all"
  document.cookie = `desk_theme=${dark ? "dark" : "light"}; path=/; max-age=31536000; samesite=lax`
}

// The sandbox's clock, ahead of the real one by what was jumped

let ahead = 0 // ms
function setClock(now) {
  ahead = new Date(now) - Date.now()
  tick()
}
function tick() {
  const now = Date.now() + ahead
  const date = day(now) === day(Date.now()) ? "" : `${day(now)} `
  $("#clock").textContent = `${date}${clockTime(now)}\u00a0${words.moscow}`
  $("#phone-clock").textContent = clockTime(now)
}
setInterval(tick, 1000)

// The coach

const closed = "desk.coach" // sessionStorage: closed by its ×
function showCoach({ step, seconds }) {
  for (const item of all("[data-step]")) {
    item.toggleAttribute("aria-current", Number(item.dataset.step) === step)
    if (item.hasAttribute("aria-current")) item.setAttribute("aria-current", "step")
    item.querySelector("b").textContent = Number(item.dataset.step) < step ? "✓" : item.dataset.step
  }
  $("#coach").hidden = sessionStorage.getItem(closed) === "yes"
  const done = seconds !== null
  $("#coach").classList.toggle("ok", done)
  $("#coach").classList.toggle("info", !done)
  $("#coach ol").hidden = done
  $("#done").hidden = !done
  if (done) sayDone(fill(words.done, { s: seconds }))
}
function sayDone(text) {
  const [before, link] = text.split(/(?=README)/)
  const readme = Object.assign(document.createElement("a"), { href: "/desk/readme", textContent: link, target: "_blank" })
  $("#done").replaceChildren(before, readme)
}
$("#coach-close").onclick = () => {
  sessionStorage.setItem(closed, "yes")
  $("#coach").hidden = true
}

// Start over

$("#again").onclick = () => $("#ask").showModal()
$("#ask").onclose = async () => {
  const yes = $("#ask").returnValue === "yes"
  $("#ask").returnValue = ""
  if (!yes) return
  band(words.starting)
  try {
    await post("reset")
  } catch {
    toast(words.failed)
  }
  band("")
}

/** Another page may have started over too. */
function startedOver() {
  sessionStorage.removeItem(closed)
  only(null)
  forgetPhone()
  offer()
  load()
}

function band(text) {
  $("#lost").hidden = !text
  $("#lost").textContent = text
}

// State and stream

let held = null // events that came while the state was on its way: an older state must not undo them

async function load() {
  held = []
  const answer = await fetch("/desk/state").catch(() => null)
  if (!answer?.ok) return // the stream will come back and ask again
  showAll(await answer.json())
  const events = held
  held = null
  events.forEach(hear)
}

function showAll(state) {
  setClock(state.now)
  showScene(state.scene)
  showCoach(state.coach)
  showPhone(state.sms)
  showChats(state.chats)
  showWire(state.wire)
}

const HEARD = {
  hello: load,
  message: event => messageCame(event.message),
  edit: event => messageEdited(event.message),
  delete: event => messageGone(event.chat_id, event.message.id),
  ring: event => rang(event.message, showIfNarrow),
  toast: answer,
  sms: event => smsCame(event.message),
  wire: event => exchanged(event.row),
  clock: event => setClock(event.now),
  scene: event => showScene(event.on),
  coach: event => showCoach(event.coach),
  reset: startedOver,
}

const hear = event => HEARD[event.type]?.(event)

const slow = setTimeout(() => { for (const bone of all(".bone")) bone.remove(); $("#starting")?.removeAttribute("hidden") }, SKELETON_MS)
let lostSince = null
const stream = new EventSource("/desk/events")
stream.onopen = () => {
  clearTimeout(slow)
  lostSince = null
  band("")
}
stream.onmessage = ({ data }) => {
  const event = JSON.parse(data)
  if (held && event.type !== "hello") held.push(event)
  else hear(event)
}
stream.onerror = () => {
  lostSince ??= Date.now()
  band(Date.now() - lostSince > GIVE_UP_MS ? words.stopped : words.lost)
}
