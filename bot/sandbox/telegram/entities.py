"""Text with its formatting, as Telegram reads it: HTML parse mode into entities, lengths in UTF-16 code units.

Refusals are worded as the official Bot API server words them (`can't parse entities: ...`, offsets in UTF-8 bytes).
"""

import re
from typing import Any

from .call import Call, bad_request

Entity = dict[str, Any]

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
TOKEN = re.compile(r"<(?P<rest>[^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*)(?P<end>>?)|&(?P<ref>#?\w+);")
ATTRIBUTE = re.compile(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+)))?")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
LINK = re.compile(r"(?i)(https?|tg|tonsite|mailto|tel):")
COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?")


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def formatted(call: Call, field: str, entities_field: str, text: str | None = None) -> tuple[str, list[Entity]]:
    """The text of `field` without its markup, trimmed, and its entities."""
    raw = call.text(field) if text is None else text
    mode = call.text("parse_mode").lower()
    if mode == "html":
        return trimmed(*parse_html(raw))
    if mode not in ("", "none"):
        raise bad_request("unsupported parse_mode (the sandbox reads HTML only)")
    return trimmed(raw, list(call.structure(entities_field) or []))


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Telegram drops white space round a text; entities move with it."""
    cut = units(text) - units(text.lstrip())
    text = text.strip()
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] - cut + entity["length"], units(text))
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return text, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def commands_in(text: str) -> list[Entity]:
    """The entities that a person's client would mark: bot commands."""
    return [
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": len(found[0])}
        for found in COMMAND.finditer(text)
    ]


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Raises `can't parse entities` for unknown tags, bad nesting and unclosed tags."""
    reader = _HtmlReader(source)
    position = 0
    for token in TOKEN.finditer(source):
        reader.add_text(source[position : token.start()])
        position = token.end()
        if token["ref"]:
            reader.add_text(_character(token[0], token["ref"]))
        elif token["rest"].startswith("/"):
            reader.close_tag(token["rest"][1:].strip().lower(), token.start())
        else:
            reader.open_tag(token["rest"], bool(token["end"]), token.start())
    reader.add_text(source[position:])
    return reader.finish()


def _character(literal: str, reference: str) -> str:
    """Telegram knows four named references and the numeric ones; others stay as they are."""
    if reference in NAMED:
        return NAMED[reference]
    try:
        if reference.startswith("#x"):
            return chr(int(reference[2:], 16))
        return chr(int(reference[1:])) if reference.startswith("#") else literal
    except (ValueError, OverflowError):
        return literal


class _HtmlReader:
    """The text so far, the entities so far, and the tags that are open."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._text = ""
        self._length = 0
        self._entities: list[Entity] = []
        self._open: list[tuple[str, int, Entity | None]] = []

    def add_text(self, text: str) -> None:
        self._text += text
        self._length += units(text)

    def open_tag(self, inside: str, closed: bool, at: int) -> None:
        name = re.split(r"\s", inside, maxsplit=1)[0].lower()
        rest = inside[len(name) :]
        if name not in KINDS:
            raise self._refusal(f'Unsupported start tag "{name}" at byte offset {self._bytes(at)}')
        if not closed:
            raise self._refusal(f"Unclosed start tag at byte offset {self._bytes(at)}")
        attributes = {found[1].lower(): found[2] or found[3] or found[4] or "" for found in ATTRIBUTE.finditer(rest)}
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refusal(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(at)}')
        self._open.append((name, self._length, self._entity(name, attributes)))

    def close_tag(self, name: str, at: int) -> None:
        if not self._open:
            raise self._refusal(f"Unexpected end tag at byte offset {self._bytes(at)}")
        expected, start, entity = self._open.pop()
        if name not in ("", expected):
            raise self._refusal(
                f'Unmatched end tag at byte offset {self._bytes(at)}, expected "</{expected}>", found "</{name}>"'
            )
        if entity is not None and self._length > start:
            self._entities.append(entity | {"offset": start, "length": self._length - start})

    def finish(self) -> tuple[str, list[Entity]]:
        if self._open:
            raise self._refusal(f'Can\'t find end tag corresponding to start tag "{self._open[-1][0]}"')
        return self._text, self._entities

    def _entity(self, name: str, attributes: dict[str, str]) -> Entity | None:
        """None: the tag leaves plain text (a link without an address, a language inside `pre`)."""
        if name == "a":
            url = re.sub(r"&(#?\w+);", lambda found: _character(found[0], found[1]), attributes.get("href", ""))
            return {"type": "text_link", "url": url} if LINK.match(url) else None
        if name == "code" and self._open and self._open[-1][0] == "pre" and "class" in attributes:
            pre = self._open[-1][2]
            if pre is not None:
                pre["language"] = attributes["class"].removeprefix("language-")
            return None
        if name == "tg-emoji":
            return {"type": "custom_emoji", "custom_emoji_id": attributes.get("emoji-id", "")}
        if name == "blockquote" and "expandable" in attributes:
            return {"type": "expandable_blockquote"}
        return {"type": KINDS[name]}

    def _bytes(self, at: int) -> int:
        return len(self._source[:at].encode())

    def _refusal(self, reason: str) -> Exception:
        return bad_request(f"can't parse entities: {reason}")
