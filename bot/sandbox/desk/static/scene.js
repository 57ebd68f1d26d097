// What may happen: switches, each also a chip in the header while it is on; the clock; a shopper and a cashier who act at the bank by themselves.

import { $, all, el, fill, icon, post, toast, words } from "./parts.js"
import { refreshBank } from "./phone.js"

const turn = (name, on) => act("scene", { name, on })

async function act(name, body) {
  try {
    return await post(name, body)
  } catch {
    toast(words.failed)
    return {}
  }
}

export function showScene(on) {
  for (const box of all("[data-scene]")) box.checked = on.includes(box.dataset.scene)
  const armed = [...all("[data-scene]")].map(box => box.dataset.scene).filter(name => on.includes(name))
  $("#armed").replaceChildren(...armed.map(name => el("button", {
    class: "chip wait tinted", type: "button", "aria-label": fill(words.off, { what: words[name] }), onclick: () => turn(name, false),
  }, words[name], icon("close"))))
}

for (const box of all("[data-scene]")) box.onchange = () => turn(box.dataset.scene, box.checked)
for (const button of all("[data-jump]")) button.onclick = () => act("clock", { jump: button.dataset.jump })
for (const button of all("[data-outcome]")) button.onclick = () => perform("shopper", { outcome: button.dataset.outcome }, words.nothing_to_pay)
for (const button of all("[data-by-hand]")) button.onclick = () => perform("cabinet", { operation: button.dataset.byHand }, words.nothing_by_hand)

/** At the bank, behind the product's back. `otherwise` is said where there is no payment for it. */
async function perform(name, body, otherwise) {
  const { acted } = await act(name, body)
  if (acted) refreshBank()
  else if (acted === false) toast(otherwise)
}
