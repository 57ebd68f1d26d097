"""From the text of a message to its words, each knowing whether it is a numeral and what stood before it.

1. `clean` drops what cannot be seen (bidi marks, zero-width and control characters) and unifies spaces.
2. `split` cuts words, and cuts numbers from punctuation and labels that stick to them.
3. `Numeral` is a word of ASCII digits, with decimals and a unit of money or without.
"""

import re
import unicodedata
from dataclasses import dataclass

from bot.payments.grammar.vocabulary import (
    COUNTING,
    KOPECK,
    MONEY,
    OTHER_MONEY,
    PHONE_LABEL,
    ROUBLE,
    STUCK,
    SUM_LABEL,
    THOUSAND,
    plain,
)

NBSP = "\u00a0"
_GROUPING_SPACES = "\u00a0\u202f\u2007\u2009"
_LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_CUT = "\x1f"  # free to use: `clean` leaves no control character but the line feed
_TRAILING = ".,;:!?…"


@dataclass(frozen=True)
class Numeral:
    """`12`, `12500,50`, `12.5к`: digits of the whole part, groups after points or commas, unit of money."""

    whole: str
    fractions: tuple[str, ...] = ()
    thousand: bool = False
    rouble: bool = False

    @property
    def bare(self) -> bool:
        """Digits alone."""
        return not (self.fractions or self.thousand or self.rouble)


@dataclass(frozen=True)
class Token:
    """A word; `gap` is what stood before it: nothing, a space, a no-break space or a line feed."""

    text: str
    gap: str
    numeral: Numeral | None = None
    phone: str | None = None

    @property
    def plain(self) -> str:
        return plain(self.text)

    @property
    def is_word(self) -> bool:
        """It says something: neither a number, nor a phone, nor punctuation alone."""
        return self.numeral is None and self.phone is None and any(c.isalnum() for c in self.text)


def clean(text: str) -> str:
    """What a person sees, with plain spaces, no-break spaces and line feeds only."""
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character in _LINE_BREAKS:
        return "\n"
    if character == "\t":
        return " "
    if character in _GROUPING_SPACES:
        return NBSP
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    return "" if category in ("Cc", "Cf", "Cs") else character


def has_foreign_digits(text: str) -> bool:
    """Full-width, Arabic-Indic and other digits, or a digit under a combining mark (keycap emoji).

    Refused rather than normalised: nobody types them on a Russian keyboard, and what a pasted one looks like depends on
    font and direction, so a reading of ours would be a guess.
    """
    return any(c.isdecimal() and not c.isascii() for c in text) or bool(
        re.search("[0-9][\u0300-\u036f\ufe0f\u20e3]", text)
    )


def split(text: str) -> list[Token]:
    """The words of a cleaned text."""
    tokens = []
    for match in re.finditer(f"([ {NBSP}\n]*)([^ {NBSP}\n]+)", text):
        gap = "\n" if "\n" in match[1] else NBSP if match[1] == NBSP else " "
        for part in _parts(match[2]):
            tokens.append(Token(part, gap, numeral=_numeral(part)))
            gap = ""
    return tokens


_LABELS = "|".join(sorted(PHONE_LABEL | SUM_LABEL, key=len, reverse=True))
_LABEL_STUCK = re.compile(rf"^((?:{_LABELS})[.:=]*|[№#])(?=[+(0-9])", re.IGNORECASE)
_LETTER_THEN_DIGIT = re.compile(r"([^\W\d_])([,;:=]+)(?=[+(0-9])")
_DIGIT_THEN_LETTER = re.compile(r"([0-9])([,:!?]+)(?=[^\W\d_])")


_PHONE_AFTER_COMMA = re.compile(r"(?<=[0-9]),(?=(?:\+?7|8)?9[0-9]{9}(?![0-9]))")


def _parts(word: str) -> list[str]:
    if not re.search("[0-9]", word):
        return [word]
    body = word.rstrip(_TRAILING)
    cut = _LABEL_STUCK.sub(rf"\1{_CUT}", body)
    cut = _LETTER_THEN_DIGIT.sub(rf"\1{_CUT}\2{_CUT}", cut)
    cut = _PHONE_AFTER_COMMA.sub(f"{_CUT},{_CUT}", cut)
    cut = _DIGIT_THEN_LETTER.sub(rf"\1{_CUT}\2{_CUT}", cut).replace(";", f"{_CUT};{_CUT}")
    return [part for part in (*cut.split(_CUT), word[len(body) :]) if part]


_NUMERAL = re.compile(r"([0-9]+)((?:[.,][0-9]+)*)((?:[^\W\d_]|[.₽])*)")
_UNITS = (
    dict.fromkeys(ROUBLE, (False, True))
    | dict.fromkeys(THOUSAND, (True, False))
    | {thousand + rouble: (True, True) for thousand in THOUSAND for rouble in ROUBLE}
    | {"": (False, False)}
)


def _numeral(word: str) -> Numeral | None:
    match = _NUMERAL.fullmatch(word)
    unit = _UNITS.get(plain(match[3])) if match else None
    if match is None or unit is None:
        return None
    fractions = tuple(re.split("[.,]", match[2])[1:])
    return Numeral(match[1], fractions, *unit)


def counts_noun(tokens: list[Token], index: int) -> bool:
    """`2 куртки`: after two, three or four stands a Russian genitive, which ends so."""
    if tokens[index].text not in ("2", "3", "4") or index + 1 >= len(tokens):
        return False
    noun = tokens[index + 1].plain
    return len(noun) >= 4 and noun.isalpha() and noun[-1] in "иыая" and noun not in THOUSAND | ROUBLE | KOPECK | MONEY


_LOOKS_LIKE_DIGITS = re.compile(r"(?=.*[0-9])[0-9OoОо]{3,}|[0-9]+[eе][0-9]+")
_HUGGED = re.compile(r"[^\W\d_]{3,}[0-9]{3,}")
_PHONE_INSIDE = re.compile(r"(?<![0-9])(?:9[0-9]{9}|[78]9[0-9]{9})(?![0-9])")


def is_damaged(token: Token, *, first: bool) -> bool:
    """A word that may be a mistyped number: `125OO`, `1e5`, `12500x`, `куртка12500`, `$100`, `~5000`, `5000-6000`.

    Short ones inside a description (`128gb`, `42-44`, `1/2`, `А54`, `3d`) are words.
    """
    text = token.text
    digits = sum(c in "0123456789" for c in text)
    if not digits or token.numeral or token.phone:
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
