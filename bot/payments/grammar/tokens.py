"""From the text of a message to its words, each knowing whether it is a numeral and what stood before it.

1. `clean` drops what cannot be seen (bidi marks, zero-width and control characters) and unifies spaces.
2. `split` cuts words, and cuts numbers from punctuation and labels that stick to them.
3. `Numeral` is a word of ASCII digits, with decimals and a unit of money or without.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.payments.grammar.vocabulary import (
    ARTICLE,
    KOPECK,
    MONEY,
    PHONE_LABEL,
    ROUBLE,
    SUM_LABEL,
    THOUSAND,
    plain,
)

NBSP = "\u00a0"
_GROUPING_SPACES = "\u00a0\u202f\u2007\u2009"
_LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_CUT, _KEPT = "\x1f", "\x1e"  # free to use: `clean` leaves no control character but the line feed
_TRAILING = ".,;:!?…="
_APOSTROPHE = re.compile("(?<=[0-9])['’](?=[0-9]{3}(?![0-9]))")  # `12'500`
_BRACKETED = re.compile(  # `(12 500)`, not `(916)`
    r"([(\[«„“\"])(?![0-9]{3}\))"
    r"([^()\[\]«»„“”\"0-9]*+[0-9][^()\[\]«»„“”\"]*+)([)\]»“”\"])"
)
_SPACED_SIZE = re.compile(r"(?<![0-9])(?<![0-9] )[0-9]{2,3} [xх*×] [0-9]{2,3}(?! ?[0-9])")  # `160 х 200`: one word


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

    @property
    def like_size(self) -> bool:
        """`17,5`: a ring or a shoe; kopecks have two digits."""
        return len(self.whole) <= 2 and [len(part) for part in self.fractions] == [1]


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

    @property
    def is_punctuation(self) -> bool:
        """It says nothing; an emoji does."""
        return not any(c.isalnum() or unicodedata.category(c) == "So" for c in self.text)


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


def split(text: str) -> list[Token]:
    """The words of a cleaned text."""
    text = _APOSTROPHE.sub(NBSP, text)
    text = _BRACKETED.sub(rf"{_CUT}\1{_CUT}\2{_CUT}\3{_CUT}", text)
    text = _SPACED_SIZE.sub(lambda match: match[0].replace(" ", _KEPT), text)
    tokens: list[Token] = []
    for match in re.finditer(f"([ {NBSP}\n]*)([^ {NBSP}\n]+)", text):
        gap = "\n" if "\n" in match[1] else NBSP if match[1] == NBSP else " "
        for part in _parts(match[2], first=not tokens):
            tokens.append(Token(part.replace(_KEPT, " "), gap, numeral=_numeral(part)))
            gap = ""
    return tokens


_LABELS = "|".join(sorted(PHONE_LABEL | SUM_LABEL | ARTICLE, key=len, reverse=True))
_EMOJI = "[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
_PHONE = r"(?=(?:\+?7|8)?9[0-9]{9}(?![0-9]))"
_SEAMS = re.compile(
    "|".join(
        (
            rf"(?:^|(?<=[,;{_CUT}]))(?:{_LABELS})[.:=]*(?=[+(0-9])",  # `тел.9161234567`, `№5`
            rf"(?<=[0-9]{{3}})[,/:|_=–—-]{_PHONE}|(?<=[0-9][рpкkт₽])[,/:|_=–—-]?{_PHONE}|(?<=[0-9]{{3}})(?=\+){_PHONE}",
            r";|,+(?![0-9])|(?<![0-9]),+",  # not `12,5`
            r"(?<=[^\W\d_])[:=]+(?=[+(0-9])|(?<=[0-9])(?:[:!?]+(?=[^\W\d_])|\.(?=[^\W\d_]{4}))|^=+(?=[0-9])",
            rf"{_EMOJI}+\ufe0f?",
        )
    ),
    re.IGNORECASE,
)
_UNIT_THEN_WORD = re.compile(r"(?:^|(?<=[0-9]))(?:р|руб|к|т|тыс)\.(?=[^\W\d_]{3})", re.IGNORECASE)  # `12 т.куртка`
_FIRST_SUM = re.compile(r"([0-9]{4,6})(?!тыс|тыщ|милл?|руб|коп|долл|гр)(?=[а-яё]{4})", re.IGNORECASE)


def _parts(word: str, *, first: bool) -> Iterator[str]:
    """A word, cut where something else sticks to a number or a unit; the seams are words too."""
    cut = _SEAMS.sub(lambda seam: f"{_CUT}{seam[0]}{_CUT}", word)
    cut = _UNIT_THEN_WORD.sub(rf"\g<0>{_CUT}", cut)
    if first:
        cut = _FIRST_SUM.sub(rf"\1{_CUT}", cut, count=1)  # `12500куртка`; elsewhere it may be an article
    for part in cut.split(_CUT):
        body = part.rstrip(_TRAILING) if re.search("[0-9]", part) else part
        yield from filter(None, (body, part[len(body) :]))


_NUMERAL = re.compile(r"([0-9]+)((?:[.,][0-9]+)*|(?<=[0-9]{3})-00)((?:[^\W\d_]|[.₽])*)")
DATE = re.compile(r"(?:0?[1-9]|[12][0-9]|3[01])\.(?:0[1-9]|1[0-2])(?P<year>\.(?:20)?[0-9]{2})?")
_UNITS = (
    dict.fromkeys(ROUBLE, (False, True))
    | dict.fromkeys(THOUSAND, (True, False))
    | {thousand + rouble: (True, True) for thousand in THOUSAND for rouble in ROUBLE}
    | {"": (False, False)}
)


def _numeral(word: str) -> Numeral | None:
    match = _NUMERAL.fullmatch(word)
    unit = _UNITS.get(plain(match[3])) if match else None
    if match is None or unit is None or ((date := DATE.fullmatch(word)) and date["year"]):
        return None
    fractions = tuple(re.split("[.,-]", match[2])[1:])
    return Numeral(match[1], fractions, *unit)


def counts_noun(tokens: list[Token], index: int) -> bool:
    """`2 куртки`: after two, three or four stands a Russian genitive, which ends so."""
    if tokens[index].text not in ("2", "3", "4") or index + 1 >= len(tokens):
        return False
    noun = tokens[index + 1].plain
    return len(noun) >= 4 and noun.isalpha() and noun[-1] in "иыая" and noun not in THOUSAND | ROUBLE | KOPECK | MONEY
