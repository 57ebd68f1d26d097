// A new sale. What is typed stays in the browser, under one id, until the server has said what became of it: however
// often it is pressed or sent again, it is one sale.

import { fault, group } from "./till_fields.js"
import { $, call, choose, local, pick, words } from "./till_parts.js"

const FIELDS = ["amount", "phone", "what"]
const AGAIN = 3000 // ms between two tries without a network
const STALE = 10 * 60000 // ms; a sale kept longer is not sent by itself: the shopper has gone
const TYPING = 250 // ms without a key, before the sum is read

const fresh = () => ({ id: uuid(), amount: "", phone: "", what: "", attempt: null })
let draft, busy, reading, again
let reads = 0 // only the newest answer about the sum counts
let till // {open(number, {qr, press}), sells(id), connected(yes)}

function uuid() { // crypto.randomUUID is not there without TLS
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})/, "$1-$2-4$3-8$4-")
}

export function startSale(around) {
  till = around
  draft = local.get("draft") || fresh()
  busy = false
  for (const name of FIELDS) $(name).value = draft[name]
  for (const id of ["submit", "hold"]) $(id).disabled = false
  $("form").addEventListener("submit", event => {
    event.preventDefault()
    send(draft.attempt || {})
  })
  $("hold").onclick = () => send(draft.attempt || { hold: true })
  $("form").addEventListener("keydown", event => {
    const next = { amount: "phone", phone: "what" }[event.target.id]
    if (event.key !== "Enter" || !next) return
    event.preventDefault()
    $(next).focus()
  })
  $("form").addEventListener("input", typed)
  $("edit").onclick = stop
  addEventListener("storage", event => { // another window has sold what stands here too
    if (event.key === "draft" && local.get("draft")?.id !== draft.id && !draft.attempt) draft.id = uuid()
  })
  show()
  if (draft.amount) read()
  resume()
}

/** Waits for the network, to be sent by itself. */
export const isKept = () => Boolean(draft.attempt)

/** The bank makes the link. */
export function working(yes) {
  busy = yes
  show()
}

function show() {
  const hasPhone = draft.phone.replace(/\D/g, "").length > 1
  $("submit").textContent = busy ? words().sending : hasPhone ? words().sms : words().qr
  for (const id of ["submit", "hold"]) $(id).setAttribute("aria-busy", busy)
  for (const name of FIELDS) $(name).readOnly = busy || isKept()
}

function keep() {
  for (const name of FIELDS) draft[name] = $(name).value.trim()
  local.set("draft", draft)
}

function begin() {
  draft = fresh()
  local.set("draft", null)
  for (const name of FIELDS) $(name).value = ""
  $("amount-note").textContent = ""
}

function typed({ target }) {
  const { id } = target
  group(target)
  if (target.hasAttribute("aria-invalid")) fault(id)
  if (id === "amount") {
    delete draft.reading
    pick($("readings"))
    quiet()
    reading = setTimeout(read, TYPING)
  }
  keep()
  show()
}

/** Under the sum: how it reads, or what it may mean. Without a network, nothing. */
async function read() {
  const text = draft.amount, mine = ++reads
  let answer = {}
  try {
    if (text) answer = await call(`/till/reading?amount=${encodeURIComponent(text)}`)
  } catch {
    return
  }
  if (mine !== reads) return
  $("amount-note").textContent = answer.words || answer.amount || answer.error || (answer.readings ? words().pick : "")
  pick($("readings"), answer.readings, index => {
    draft.reading = index
    $("amount-note").textContent = answer.readings[index]
    keep()
    $("phone").focus()
  })
}

function quiet() {
  clearTimeout(reading)
  reads++
}

async function send(wish) {
  if (busy) return
  clearTimeout(again)
  quiet()
  keep()
  draft.attempt = { ...wish, since: wish.since || Date.now() }
  local.set("draft", draft)
  fault("form")
  for (const name of FIELDS) if ($(name).hasAttribute("aria-invalid")) fault(name)
  working(true)
  const { id, amount, phone, what } = draft
  const { hold = false, accepted = false, reading: index = draft.reading ?? null } = wish
  let answer = null
  try {
    answer = await call("/till/payments", { id, amount, phone, what, hold, reading: index, accepted })
  } catch {
    again = setTimeout(resume, AGAIN)
  }
  if (answer) draft.attempt = null
  working(false)
  till.connected(Boolean(answer))
  if (answer) await took(answer, wish)
}

async function took(answer, wish) {
  if (answer.number && !answer.error) {
    begin()
    return till.open(answer.number, { qr: true })
  }
  if (answer.number) draft.id = uuid() // that one was made before the fields were changed
  keep()
  if (answer.readings) {
    $("amount-note").textContent = words().pick
    pick($("readings"), answer.readings, index => send({ ...wish, reading: index }))
    $("readings").firstChild.focus()
  } else if (answer.twin) asksIfNew(answer.twin, wish)
  else if (answer.sellers) {
    choose(words().who, answer.sellers.map(seller => seller.name), async index => {
      if (await till.sells(answer.sellers[index].id)) send(wish)
    })
  } else {
    fault(answer.field || "form", answer.error || words().failed)
    if (answer.field) $(answer.field).focus()
  }
}

/** The last button says that it is another sale; the first one goes on with the one that is there. */
function asksIfNew({ text, labels, number, press, show: qr }, wish) {
  choose(text, labels, index => {
    if (index === labels.length - 1) return send({ ...wish, accepted: true })
    begin()
    show()
    till.open(number, { qr: Boolean(qr), press })
  })
}

export function resume() {
  if (!isKept()) return
  if (Date.now() - draft.attempt.since < STALE) send(draft.attempt)
  else stop()
}

function stop() {
  clearTimeout(again)
  draft.attempt = null
  keep()
  show()
  till.connected(true)
  $("amount").focus()
}
