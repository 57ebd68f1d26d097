// What may happen: switches, each also a chip in the header while it is on; the clock; a shopper who acts by himself.

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
for (const button of all("[data-outcome]")) {
  button.onclick = async () => {
    const { acted } = await act("shopper", { outcome: button.dataset.outcome })
    if (acted) refreshBank()
    else if (acted === false) toast(words.nothing_to_pay)
  }
}
