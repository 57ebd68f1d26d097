"""Finding the phones among the words, before any number is taken for a sum.

1. `_candidates`: neighbouring words whose digits are grouped as people write ten digits, with or without 7 or 8.
2. Two that overlap with different digits, or an extra digit right behind a number: refused.
3. `_broken`: what was meant to be a phone but is not one names its reason (short, long, city, foreign).
4. Each phone becomes one token, so that a phone is never a part of a sum.
"""

import re
from dataclasses import dataclass

from bot.payments.grammar.reading import UNREAD, Refusal
from bot.payments.grammar.tokens import Token, counts_noun
from bot.payments.grammar.vocabulary import COUNTING, KOPECK, NAMING, ROUBLE, THOUSAND
from bot.phone import FULL_DIGITS, PhoneFault, parse_phone

_LONGEST = 12  # words in `+ 7 ( 916 ) 123 - 45 - 67`
_MOST = 16  # readings of phones in one message; more is no order
_DASHES = "\\-\u2010-\u2015"
_WRITTEN = re.compile(rf"[+0-9(). {_DASHES}]*")
_SHAPE = re.compile(rf"\+? ?\(? ?[0-9]+(?:[ .(){_DASHES}]{{1,3}}[0-9]+)*\)?")
_LAYOUTS = {(10,), (3, 7), (3, 3, 4), (3, 3, 2, 2), (3, 2, 2, 3), (3, 2, 3, 2), (3, 4, 3), (6, 4), (6, 2, 2)}
_EXTENSION = frozenset(("доб", "добавочный", "доп", "вн", "внутр", "внутренний", "ext", "extension"))


@dataclass(frozen=True)
class _Candidate:
    start: int
    end: int
    raw: str
    result: str | PhoneFault

    def inside(self, other: "_Candidate") -> bool:
        return other.start <= self.start and self.end <= other.end and self != other and self.result == other.result

    def overlaps(self, other: "_Candidate") -> bool:
        return self != other and self.start < other.end and other.start < self.end


def mark_phones(tokens: list[Token]) -> list[Token] | Refusal:
    """The same words with each mobile number as one token; a refusal where a number is wrong or doubtful."""
    found = _candidates(tokens)
    if len(found) > _MOST:
        return UNREAD
    found = [one for one in found if not any(one.inside(other) for other in found)]
    if any(one.overlaps(other) for one in found for other in found):
        return UNREAD
    for one in found:
        if isinstance(one.result, PhoneFault):
            return refuse(one.result, one.raw)
        if _runs_on(tokens, one.end):
            return refuse(PhoneFault.LONG, f"{one.raw} {tokens[one.end].text}")
    return _broken(_merge(tokens, found))


def refuse(fault: PhoneFault, raw: str) -> Refusal:
    """The refusal that names a fault of a phone."""
    return Refusal(f"r.phone_{fault.value}", {"raw": raw})


def _candidates(tokens: list[Token]) -> list[_Candidate]:
    found = []
    for start in range(len(tokens)):
        raw = ""
        for end in range(start + 1, min(start + _LONGEST, len(tokens)) + 1):
            token = tokens[end - 1]
            if not _WRITTEN.fullmatch(token.text) or (end > start + 1 and token.gap == "\n"):
                break
            raw = f"{raw} {token.text}" if raw and token.gap else raw + token.text
            result = _as_phone(raw)
            if result is not None:
                found.append(_Candidate(start, end, raw, result))
    return found


def _as_phone(raw: str) -> str | PhoneFault | None:
    if not _SHAPE.fullmatch(raw):
        return None
    groups = re.findall("[0-9]+", raw)
    if len(groups[0]) in (4, 7, 11) and groups[0][0] in "78":
        groups[0:1] = [groups[0][0], groups[0][1:]]
    prefixed = groups[0] in ("7", "8")
    national = groups[1:] if prefixed else groups
    if tuple(map(len, national)) not in _LAYOUTS or (raw.startswith("+") and groups[0] != "7"):
        return None
    result = parse_phone(("+7" if prefixed else "") + "".join(national))
    # Spaced groups that begin no known code are numbers beside each other, not a phone.
    guess = len(groups) > 1 and not raw.startswith("+") and not national[0].startswith("9")
    unknown = guess and result is PhoneFault.FOREIGN
    return None if unknown or result is PhoneFault.SHORT else result


def _runs_on(tokens: list[Token], end: int) -> bool:
    """A digit or two right behind a number, counting nothing, may be its own; so may an extension."""
    if end >= len(tokens) or tokens[end].gap == "\n":
        return False
    token = tokens[end]
    if token.plain in _EXTENSION:
        return True
    following = tokens[end + 1].plain if end + 1 < len(tokens) else ""
    short = token.numeral is not None and token.numeral.bare and len(token.numeral.whole) <= 2
    return (
        short
        and following not in COUNTING | THOUSAND | ROUBLE | KOPECK
        and not (_begins_sum(tokens, end) or counts_noun(tokens, end))
    )


def _begins_sum(tokens: list[Token], index: int) -> bool:
    after = tokens[index + 1].numeral if index + 1 < len(tokens) else None
    return after is not None and len(after.whole) == 3


def _merge(tokens: list[Token], found: list[_Candidate]) -> list[Token]:
    merged, position = [], 0
    for one in sorted(found, key=lambda candidate: candidate.start):
        assert isinstance(one.result, str)  # noqa: S101 — faults were refused above
        merged += tokens[position : one.start]
        merged.append(Token(one.raw, tokens[one.start].gap, phone=one.result))
        position = one.end
    return merged + tokens[position:]


def _broken(tokens: list[Token]) -> list[Token] | Refusal:
    for index, token in enumerate(tokens):
        if token.phone is None and not _named(tokens, index) and _attempts_phone(tokens, index):
            raw = _extent(tokens, index)
            fault = parse_phone(raw)
            return refuse(fault, raw) if isinstance(fault, PhoneFault) else UNREAD
    return tokens


def _named(tokens: list[Token], index: int) -> bool:
    return index > 0 and tokens[index - 1].plain in NAMING


def _attempts_phone(tokens: list[Token], index: int) -> bool:
    text = tokens[index].text
    if not _WRITTEN.fullmatch(text):
        return False
    following = tokens[index + 1].text if index + 1 < len(tokens) else ""
    groups = re.findall("[0-9]+", text)
    if text.startswith("+"):
        return bool(groups) or (text == "+" and following[:1] == "7")
    if re.match(r"\([0-9]{3}\)", text) or (len(groups) >= 3 and "." not in text and _digits(text) >= 6):
        return True
    if len(groups) == 1 and len(text) >= 8:
        return True
    return text[:1] == "9" and len(text) == 3 and _spaced_digits(tokens, index) in (8, 9, 11, 12, 13)


def _spaced_digits(tokens: list[Token], index: int) -> int:
    """How many digits stand in bare groups from here on, in three groups at least; else 0."""
    groups: list[str] = []
    for token in tokens[index : index + _LONGEST]:
        if token.numeral is None or not token.numeral.bare or (groups and token.gap == "\n"):
            break
        groups.append(token.text)
    return len("".join(groups)) if len(groups) >= 3 else 0


def _extent(tokens: list[Token], index: int) -> str:
    """What of the following words was meant as the same phone; for the refusal's words only."""
    raw = tokens[index].text
    for token in tokens[index + 1 :]:
        room = FULL_DIGITS - _digits(raw)
        if not _WRITTEN.fullmatch(token.text) or token.gap == "\n" or not 0 < _digits(token.text) <= max(room, 2):
            break
        raw += f" {token.text}" if token.gap else token.text
    return raw


def _digits(text: str) -> int:
    return len(re.sub("[^0-9]", "", text))
