// New HTML laid over the old: an element that is the same stays, with its focus and what was typed in it.

/** `place` gets the content `html`. An element with an id is known by it, wherever it stands. */
export function lay(place, html) {
  children(place, new DOMParser().parseFromString(html, "text/html").body)
}

function children(old, given) {
  let at = old.firstChild
  for (const node of [...given.childNodes]) {
    const same = [...old.children].find(child => node.id && child.id === node.id) || (at && alike(at, node) ? at : null)
    if (!same) old.insertBefore(node, at)
    else {
      if (same === at) at = at.nextSibling
      else old.insertBefore(same, at)
      if (!same.isEqualNode(node)) become(same, node)
    }
  }
  while (at) {
    const next = at.nextSibling
    at.remove()
    at = next
  }
}

const alike = (old, node) => old.nodeName === node.nodeName && (old.id || "") === (node.id || "")

function become(old, node) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = node.nodeValue
    return
  }
  if ("own" in old.dataset) return // the page's own, not the server's
  for (const name of old.getAttributeNames()) if (!node.hasAttribute(name)) old.removeAttribute(name)
  for (const name of node.getAttributeNames()) if (old.getAttribute(name) !== node.getAttribute(name)) old.setAttribute(name, node.getAttribute(name))
  children(old, node)
}
