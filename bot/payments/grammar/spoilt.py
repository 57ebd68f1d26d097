"""Words that may be a number gone wrong: `125OO`, `-500`, `12500x2`, digits of other scripts.

They are refused, never repaired.
"""

import re

from bot.payments.grammar.reading import UNREAD, Refusal
from bot.payments.grammar.tokens import DATE, Token
from bot.payments.grammar.vocabulary import ARTICLE, COUNTING, OTHER_MONEY, STUCK, plain

_NEGATIVE = re.compile(r"[-\u2212\u2010-\u2015][0-9]")
_ZERO = Refusal("r.zero")


def has_foreign_digits(text: str) -> bool:
    """Full-width, Arabic-Indic and other digits, or a digit under a combining mark (keycap emoji).

    Refused rather than normalised: nobody types them on a Russian keyboard, and what a pasted one looks like depends on
    font and direction, so a reading of ours would be a guess.
    """
    return any(c.isdecimal() and not c.isascii() for c in text) or bool(
        re.search("[0-9][\u0300-\u036f\ufe0f\u20e3]", text)
    )


def spoilt(tokens: list[Token]) -> Refusal | None:
    """Why a message with such a word is refused; None where there is none."""
    negative = [i for i, token in enumerate(tokens) if _is_negative(tokens, i, token)]
    if negative:
        others = any(token.numeral for i, token in enumerate(tokens) if i - 1 not in negative)
        return UNREAD if others or len(negative) > 1 else _ZERO
    damaged = next((token.text for i, token in enumerate(tokens) if _is_damaged(tokens, i)), None)
    if damaged and _MISTYPED_PHONE.fullmatch(damaged):
        return Refusal("r.phone_short", {"raw": damaged})
    return UNREAD if damaged else None


def _is_negative(tokens: list[Token], index: int, token: Token) -> bool:
    if _NEGATIVE.match(token.text):
        return True
    # A dash at the head of the message; elsewhere it is punctuation: `куртка — 12500`.
    dash = bool(_NEGATIVE.fullmatch(f"{token.text}0"))
    return dash and index == 0 and len(tokens) > 1 and tokens[1].numeral is not None


_LOOKS_LIKE_DIGITS = re.compile(r"(?=.*[0-9])[0-9OoОо]{3,}|[0-9]+[eе][0-9]+")
_HUGGED = re.compile(r"[^\W\d_]{3,}[0-9]{3,}")
_MISTYPED_PHONE = re.compile(r"\+?[789](?=[^0-9]*(?:[0-9][^0-9]*){7,9}$)[0-9]*[^\W\d_][0-9]*")  # `91612З4567`
_SIZE = re.compile(
    r"[0-9]{2,3}(?: ?[xх*×] ?[0-9]{2,3}){1,2}"
)  # `160х200`: nothing is sold by the hundred times a hundred
_PHONE_INSIDE = re.compile(r"(?<![0-9])(?:9[0-9]{9}|[78]9[0-9]{9})(?![0-9])")


def _is_damaged(tokens: list[Token], index: int) -> bool:
    before = tokens[index - 1] if index else None
    if before and (before.plain in ARTICLE or DATE.fullmatch(tokens[index].text)):
        return False
    # `12 500х2`: the word may go on with a sum.
    goes_on = before is not None and before.numeral is not None and before.numeral.bare and len(before.text) <= 3
    return is_damaged(tokens[index], first=before is None or goes_on)


def is_damaged(token: Token, *, first: bool) -> bool:
    """A word that may be a mistyped number: `125OO`, `1e5`, `12500x`, `куртка12500`, `$100`, `~5000`, `5000-6000`.

    Short ones inside a description (`128gb`, `42-44`, `1/2`, `А54`, `3d`) are words.
    """
    text = token.text
    digits = sum(c in "0123456789" for c in text)
    if not digits or token.numeral or token.phone or _SIZE.fullmatch(text):
        return False
    lead = re.match("([^0-9]*)([0-9]+)(.*)", text, re.DOTALL)
    assert lead is not None, text  # noqa: S101 — a digit was counted above
    before, number, after = lead[1], lead[2], plain(lead[3])
    if (
        after in OTHER_MONEY
        or plain(before) in OTHER_MONEY
        or _LOOKS_LIKE_DIGITS.fullmatch(text)
        or _PHONE_INSIDE.search(text)
    ):
        return True
    if any(c.isalpha() for c in before):
        return bool(_HUGGED.fullmatch(text)) and not before.isascii()
    if not before and (after in COUNTING or (after in STUCK and len(number) <= 3)):
        return False
    return len(number) >= (3 if first or before else 4) or digits >= 6
