"""How many parts an SMS takes, and a text that fits one: each part costs, and a link torn between two may not open.

One character outside the GSM 03.38 alphabet (any Cyrillic letter) turns the whole text into UCS-2, where a lone part
holds 70 UTF-16 units, not 160 septets. Joined parts lose room to the header that joins them. A character of two units
is never split between parts, so the count is a walk and not a division.
"""

import re

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("^{}\\[~]|€\f")  # an escape and a character: two septets
GSM_LONE, GSM_JOINED = 160, 153  # septets in a part
UCS2_LONE, UCS2_JOINED = 70, 67  # UTF-16 code units in a part
LAST_OF_BMP = "\uffff"  # characters above it take a surrogate pair

_PLACE = re.compile(r"{(shop|amount|link)}")


def count(text: str) -> int:
    """Parts that `text` takes; an empty one takes one."""
    lone, joined, weights = _measured(text)
    if sum(weights) <= lone:
        return 1
    parts, used = 1, 0
    for weight in weights:
        if used + weight > joined:
            parts, used = parts + 1, 0
        used += weight
    return parts


def units(text: str) -> tuple[int, int]:
    """What `text` takes, and what one part holds: (60, 70)."""
    lone, _, weights = _measured(text)
    return sum(weights), lone


def fit(template: str, *, shop: str, amount: str, link: str) -> str:
    """The text with {shop}, {amount} and {link} filled in, the shop's name shortened until it is one part.

    Amount and link are never touched. Where the first letter of the name is too much already, the name stays whole and
    the text takes more parts: a message from nobody would look like fraud.
    """
    whole = _filled(template, shop=shop, amount=amount, link=link)
    if count(whole) == 1:
        return whole
    mark = "..." if _is_gsm(whole) else "…"  # "…" itself would turn a Latin text into UCS-2
    for length in range(len(shop) - 1, 0, -1):
        text = _filled(template, shop=shop[:length].rstrip() + mark, amount=amount, link=link)
        if count(text) == 1:
            return text
    return whole


def _measured(text: str) -> tuple[int, int, list[int]]:
    """Units that a lone part holds, units that a joined one holds, and the units of each character."""
    if _is_gsm(text):
        return GSM_LONE, GSM_JOINED, [2 if character in GSM_EXTENSION else 1 for character in text]
    return UCS2_LONE, UCS2_JOINED, [2 if character > LAST_OF_BMP else 1 for character in text]


def _is_gsm(text: str) -> bool:
    return all(character in GSM or character in GSM_EXTENSION for character in text)


def _filled(template: str, **values: str) -> str:
    """In one pass, so that braces in a value stay what they are."""
    return _PLACE.sub(lambda place: values[place[1]], template)
