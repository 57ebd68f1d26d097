"""Words that may be a number gone wrong: `125OO`, `-500`, `12500x2`, digits of other scripts.

They are refused, never repaired.
"""

import re

from bot.payments.grammar.reading import UNREAD, Refusal
from bot.payments.grammar.tokens import DATE, Token
from bot.payments.grammar.vocabulary import ARTICLE, COUNTING, OTHER_MONEY, ROUBLE, STUCK, THOUSAND, plain

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


_MISTYPED_PHONE = re.compile(r"\+?[789](?=[^0-9]*(?:[0-9][^0-9]*){7,9}$)[0-9]*[^\W\d_][0-9]*")  # `91612З4567`
_SIZE = re.compile(r"[0-9]{2,3}(?: ?[xх*×] ?[0-9]{2,3}){1,2}")  # `160х200`: nobody sells a hundred times a hundred
_ADDRESS = re.compile(r"://|@[^\W\d_]")
_DAMAGE = (
    re.compile(r"(?=.*[0-9])[0-9OoОо]{3,}|[0-9]+[eе][0-9]+"),  # `125OO`, `1e5`
    re.compile(r".*[0-9](?:[кkтр₽]|тр|т\.р|тыс|тысяч|руб)\.?[^\w\s]*[0-9].*", re.IGNORECASE),  # `12500р5000`
    re.compile(r".*[0-9],[0-9]{3,}.*"),  # `А55,8300`
    re.compile(r"(?:.*[^0-9])?(?:9[0-9]{9}|[78]9[0-9]{9})(?:[^0-9].*)?"),  # a phone inside
)
_GLUED = ROUBLE | THOUSAND | {"на", "за", "по", "до", "от", "и", "с"}


def _is_damaged(tokens: list[Token], index: int) -> bool:
    before = tokens[index - 1] if index else None
    if before and (DATE.fullmatch(tokens[index].text) or (before.plain in ARTICLE and "," not in tokens[index].text)):
        return False
    # `12 500х2`: the word may go on with a sum.
    goes_on = before is not None and before.numeral is not None and before.numeral.bare and len(before.text) <= 3
    return is_damaged(tokens[index], first=before is None or goes_on)


def is_damaged(token: Token, *, first: bool) -> bool:
    """A word that may hold a number: `125OO`, `1e5`, `12500x`, `шапка-3500`, `$100`, `~5000`, `5000-6000`.

    Short ones inside a description (`128gb`, `42-44`, `1/2`, `А54`, `3d`), sizes and addresses are words.
    """
    text = token.text
    lead = re.match("([^0-9]*)([0-9]+)(.*)", text, re.DOTALL)
    if not lead or token.numeral or token.phone or _SIZE.fullmatch(text) or _ADDRESS.search(text):
        return False
    before, number, after = lead[1], lead[2], plain(lead[3])
    if after in OTHER_MONEY or plain(before) in OTHER_MONEY or any(sign.fullmatch(text) for sign in _DAMAGE):
        return True
    if any(c.isalpha() for c in before):
        return _holds_sum(before, number, after)
    if not before and (after in COUNTING or (after in STUCK and len(number) <= 3)):
        return False
    return len(number) >= (3 if first or before else 4) or sum(c.isdigit() for c in text) >= 6


def _holds_sum(before: str, number: str, after: str) -> bool:
    """A number behind letters: `шапка3500`, `шапка-35к`, `Nike-3500`, `р500`; not `WB12345678`, `А54`, `iPhone15`."""
    letters = "".join(filter(str.isalpha, before)).casefold()
    if after in COUNTING:
        return False
    if after in ROUBLE | THOUSAND or (letters != before.casefold() and len(number) >= 4):
        return True
    return len(number) >= 3 and not before.isascii() and (len(letters) >= 3 or letters in _GLUED)
