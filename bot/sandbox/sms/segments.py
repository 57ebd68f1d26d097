"""How many SMS parts a text takes: what an operator charges for.

One character outside the GSM 03.38 alphabet turns the whole text into UCS-2, where a part holds 70 units, not 160.
Longer texts lose room to the header that joins the parts. A two-unit character is never split between two parts,
so the count is a walk and not a division.
"""

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("^{}\\[~]|€\f")  # an escape and a character: two septets
BMP_END = 0xFFFF  # characters above it take a surrogate pair

GSM_SINGLE, GSM_PART = 160, 153  # septets
UCS2_SINGLE, UCS2_PART = 70, 67  # UTF-16 code units


def segments(text: str) -> int:
    """Parts that `text` takes; an empty text takes one."""
    single, part, weights = measured(text)
    if sum(weights) <= single:
        return 1
    count, used = 1, 0
    for weight in weights:
        if used + weight > part:
            count, used = count + 1, 0
        used += weight
    return count


def measured(text: str) -> tuple[int, int, list[int]]:
    """Units of a lone part, units of a joined part, and the units of each character."""
    if all(character in GSM or character in GSM_EXTENSION for character in text):
        return GSM_SINGLE, GSM_PART, [2 if character in GSM_EXTENSION else 1 for character in text]
    return UCS2_SINGLE, UCS2_PART, [2 if ord(character) > BMP_END else 1 for character in text]


def cut(text: str, most: int) -> str:
    """The longest beginning of `text` that takes no more than `most` parts (at least 1)."""
    while segments(text) > max(most, 1):
        text = text[:-1]
    return text
