// Text with Telegram's entities as elements. Nothing is ever parsed as HTML. Offsets are UTF-16 units, as JavaScript's are.

import { el } from "./parts.js"

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "code", blockquote: "q", expandable_blockquote: "q" }
const URL_IN_TEXT = /https?:\/\/[^\s<>"«»]+[^\s<>"«».,;:!?)]/g
const SAFE = /^(https?|tg|tel|mailto):/i

/** Lines of `text`, each a list of nodes. */
export function lines(text, entities) {
  const found = []
  let start = 0
  for (const line of text.split("\n")) {
    found.push(pieces(text, start, start + line.length, entities))
    start += line.length + 1
  }
  return found
}

function pieces(text, start, end, entities) {
  const inside = entities.filter(entity => entity.offset < end && entity.offset + entity.length > start)
  const cuts = new Set([start, end])
  for (const { offset, length } of inside) {
    cuts.add(Math.max(offset, start))
    cuts.add(Math.min(offset + length, end))
  }
  const edges = [...cuts].sort((a, b) => a - b)
  const nodes = []
  for (let i = 0; i + 1 < edges.length; i++) {
    const [from, to] = [edges[i], edges[i + 1]]
    const over = inside.filter(entity => entity.offset <= from && entity.offset + entity.length >= to)
    nodes.push(...wrapped(text.slice(from, to), over))
  }
  return nodes
}

function wrapped(text, entities) {
  let nodes = entities.some(entity => entity.type === "text_link" || entity.type === "code") ? [text] : linked(text)
  for (const entity of entities.toReversed()) {
    if (entity.type === "text_link" && SAFE.test(entity.url)) nodes = [link(entity.url, nodes)]
    else if (TAGS[entity.type]) nodes = [el(TAGS[entity.type], {}, ...nodes)]
  }
  return nodes
}

/** Bare addresses become links. */
export function linked(text) {
  const nodes = []
  let last = 0
  for (const match of text.matchAll(URL_IN_TEXT)) {
    nodes.push(text.slice(last, match.index), link(match[0], [match[0]]))
    last = match.index + match[0].length
  }
  return [...nodes, text.slice(last)].filter(Boolean)
}

const link = (url, children) => el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children)
