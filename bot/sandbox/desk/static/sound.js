// The bell: two notes that rise for money, one low for a refusal. Silent until somebody asks for it or sends a message.

import { $, icon } from "./parts.js"

const GOOD = [[659, 0], [988, 0.14]] // Hz, seconds after the start
const BAD = [[220, 0]]
let context = null
const APART_MS = 500 // the same news rings in two chats, and is heard once
let chosen = false
let last = 0

export function soundOn(on = true) {
  context ??= new AudioContext()
  if (on) context.resume()
  else context.suspend()
  const button = $("#sound")
  button.setAttribute("aria-pressed", on)
  button.replaceChildren(icon(on ? "bell" : "mute"))
}

/** Sending switches it on, unless somebody has chosen before. */
export const soundWanted = () => { if (!chosen) { chosen = true; soundOn() } }

/** By the word that a ping begins with. */
export function ring(text) {
  if (/^[✅🔒]/u.test(text)) play(GOOD)
  else if (/^([✖⌛]|↩️ (Банк отказал|Refused))/u.test(text)) play(BAD)
}

function play(notes) {
  if (context?.state !== "running" || Date.now() - last < APART_MS) return
  last = Date.now()
  for (const [pitch, delay] of notes) {
    const [tone, volume, at] = [context.createOscillator(), context.createGain(), context.currentTime + delay]
    tone.frequency.value = pitch
    volume.gain.setValueAtTime(0.12, at)
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.4)
    tone.connect(volume).connect(context.destination)
    tone.start(at)
    tone.stop(at + 0.4)
  }
}

$("#sound").onclick = () => {
  chosen = true
  soundOn($("#sound").getAttribute("aria-pressed") !== "true")
}
