// Every request that crosses the sandbox, newest on top.

import { $, all, copy, el, icon, wireTime, words } from "./parts.js"

const KEPT = 500
const list = $("#rows")
let lane = "all"
let marks = null // of the selected card
let lit = [] // of the card under the pointer
let newest = 0 // id
let waiting = null // rows that came during a pause

export function showWire(exchanges) {
  newest = exchanges.at(-1)?.id ?? newest
  list.replaceChildren(...exchanges.map(row).reverse())
  if (waiting) waiting = []
  if (!exchanges.length) list.append(el("li", { class: "muted quiet" }, words.nothing_crossed))
  for (const node of list.children) judge(node)
}

export function exchanged(exchange) {
  if (waiting) {
    waiting.push(exchange)
    $("#pause").textContent = `▶ ${waiting.length}`
    return
  }
  if (exchange.id <= newest) return // it came with the whole state
  newest = exchange.id
  list.querySelector(".quiet")?.remove()
  const node = row(exchange)
  judge(node)
  list.prepend(node)
  if (list.children.length > KEPT) list.lastChild.remove()
}

// Rows

function row(exchange) {
  const { status } = exchange
  const tone = status === null || status >= 500 ? "bad" : status >= 400 ? "wait" : "ok"
  const route = `${words[`who_${exchange.source}`]} → ${words[`who_${exchange.target}`]}`
  const details = el("details", { ontoggle: event => open(event.currentTarget, exchange) },
    el("summary", {},
      el("time", { class: "muted" }, wireTime(exchange.at)), el("span", {}, route),
      el("span", {}, `${exchange.method} ${short(exchange)}`),
      el("b", { class: `${tone} tinted`, title: status === null ? words.no_answer : null }, status === null ? "—" : String(status)),
      el("i", {}, `${exchange.ms} ${words.ms}`)))
  const node = el("li", { "data-lane": exchange.lane }, details)
  node.text = `${exchange.path} ${exchange.request} ${exchange.response}`
  return node
}

/** The part of the address that says what was asked. */
const short = ({ path }) => path.match(/^\/(?:bot•••|payment\/rest)\/(.+)/)?.[1] ?? path

function open(details, exchange) {
  if (!details.open || details.children.length > 1) return
  const side = (title, text) => el("div", {}, el("h3", {}, title), el("pre", {}, text || "—"))
  const answer = exchange.status === null ? words.no_answer : exchange.response
  details.append(el("div", { class: "both" }, side(words.asked, `${exchange.method} ${exchange.path}\n${exchange.request}`), side(words.answered, answer)),
    el("button", { class: "chip", type: "button", onclick: () => copy(curl(exchange)) }, words.curl))
}

/** Secrets are masked already; the host is the reader's to fill in. */
function curl({ method, path, request }) {
  const quoted = text => `'${text.replaceAll("'", `'\\''`)}'`
  const type = /^\s*[{[]/.test(request) ? " -H 'Content-Type: application/json'" : ""
  return `curl -X ${method} "$HOST"${quoted(path)}${request ? `${type} --data ${quoted(request)}` : ""}`
}

// Which rows are seen, and which are lit

const matches = (node, wanted) => wanted.some(mark => node.text?.includes(mark))

function judge(node) {
  if (!node.text) return
  node.hidden = (lane !== "all" && node.dataset.lane !== lane) || (marks !== null && !matches(node, marks))
  node.classList.toggle("lit", marks === null && matches(node, lit))
}

export function highlight(wanted) {
  lit = wanted
  for (const node of list.children) judge(node)
}

/** Only the rows of one card's payment; again, or null: all of them. */
export function only(wanted, number = "") {
  marks = marks && String(marks) === String(wanted) ? null : wanted
  const chip = $("#only")
  chip.hidden = marks === null
  chip.replaceChildren(number, icon("close"))
  for (const node of list.children) judge(node)
}

$("#only").onclick = () => only(null)
for (const button of all("button[data-lane]")) {
  button.onclick = () => {
    lane = button.dataset.lane
    for (const other of all("button[data-lane]")) other.setAttribute("aria-pressed", other === button)
    for (const node of list.children) judge(node)
  }
}
$("#pause").onclick = () => {
  const rows = waiting
  waiting = rows ? null : []
  $("#pause").setAttribute("aria-pressed", waiting !== null)
  $("#pause").replaceChildren(icon("pause"))
  rows?.forEach(exchanged)
}

// Its height: drag the edge or use its arrows; its name folds and unfolds it

const LEAST = 44 // px: the bar alone
const OPEN = 38 // percent of the chat's column
const MOST = 60
const grip = $("#grip")
const whole = () => $("main").clientHeight
const share = () => Math.round(grip.parentElement.clientHeight / whole() * 100)

function size(percent) {
  const height = Math.max(LEAST, Math.min(MOST, percent) / 100 * whole())
  $("main").style.setProperty("--wire", `${Math.round(height)}px`)
  tellSize()
}
function tellSize() {
  grip.setAttribute("aria-valuenow", share())
  $("#fold").setAttribute("aria-expanded", grip.parentElement.clientHeight > LEAST + 8)
}
grip.onpointerdown = event => grip.setPointerCapture(event.pointerId)
grip.onpointermove = event => {
  if (grip.hasPointerCapture(event.pointerId)) size(($("main").getBoundingClientRect().bottom - event.clientY) / whole() * 100)
}
grip.onkeydown = event => {
  const step = { ArrowUp: 5, ArrowDown: -5 }[event.key]
  if (!step) return
  event.preventDefault()
  size(share() + step)
}
$("#fold").onclick = () => size($("#fold").getAttribute("aria-expanded") === "true" ? 0 : OPEN)
new ResizeObserver(tellSize).observe(grip.parentElement)
