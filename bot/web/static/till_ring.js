// A payment that became paid: two notes that rise, and a number in the title until somebody touches the till.

import { local, session } from "./till_parts.js"

const NOTES = [[880, 0], [1319, .16]] // Hz, s
const REMEMBERED = 50

let audio = null, unseen = 0, title = ""
const rung = new Set(session.get("rung"))

export function startRing() {
  ({ title } = document)
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touched, true)
}

/** Each number once. */
export function ring(paid) {
  const news = paid.filter(number => !rung.has(number))
  if (!news.length) return
  known(...news)
  unseen += news.length
  document.title = `(${unseen}) ${title}`
  if (navigator.vibrate) navigator.vibrate(200)
  if (audio && !local.get("mute")) for (const note of NOTES) sound(...note)
}

/** These are seen elsewhere. */
export function known(...numbers) {
  for (const number of numbers) rung.add(number)
  session.set("rung", [...rung].slice(-REMEMBERED))
}

function sound(frequency, start) {
  const from = audio.currentTime + start, tone = audio.createOscillator(), volume = audio.createGain()
  tone.frequency.value = frequency
  volume.gain.setValueAtTime(.25, from)
  volume.gain.exponentialRampToValueAtTime(.001, from + .4)
  tone.connect(volume).connect(audio.destination)
  tone.start(from)
  tone.stop(from + .4)
}

function touched() { // browsers let a page sound only after somebody has touched it
  if (!audio && window.AudioContext) audio = new AudioContext()
  if (audio?.state === "suspended") audio.resume()
  if (!unseen) return
  unseen = 0
  document.title = title
}
