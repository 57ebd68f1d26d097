"""A message taken apart: its words, and which of their numbers may be sums. What sales and wishes read alike.

1. `tokens` cleans the text and cuts it into words; digits other than 0-9 and spoilt numbers are refused.
2. `phones` turns each mobile number into one token, and refuses what is nearly one.
3. `sums` groups the other numbers; `meant` says which of them a person may have meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.payments.grammar.phones import mark_phones
from bot.payments.grammar.principal import calculated, joined, side_by_side
from bot.payments.grammar.reading import UNREAD, Refusal
from bot.payments.grammar.spoilt import has_foreign_digits, spoilt
from bot.payments.grammar.sums import Sum, find_sums
from bot.payments.grammar.tokens import Token, clean, split
from bot.payments.grammar.vocabulary import LEADS_TO_PHONE, LEADS_TO_SUM, PHONE_LABEL, SUM_LABEL

MOST_BUTTONS = 3
_LONGEST_WORDS = 200  # what is kept of a message beside its numbers
_LONGEST_MESSAGE = 4096  # Telegram's own limit
_MOST_NUMBERS = 8  # more in one message is a list
_ZERO = Refusal("r.zero")


@dataclass(frozen=True)
class Parts:
    """The words of a message and its possible sums, both in the order of the message."""

    tokens: list[Token]
    sums: list[Sum]

    @property
    def phones(self) -> list[str]:
        """Each phone once, in E.164."""
        return list(dict.fromkeys(token.phone for token in self.tokens if token.phone))


def seen(text: str) -> str | Refusal:
    """What a person sees of a message; refused where it is longer than any."""
    visible = clean(text).strip()
    return Refusal("r.long", {"k": len(visible)}) if len(visible) > _LONGEST_MESSAGE else visible


def take_apart(text: str) -> Parts | Refusal:
    """The parts of a message, or why it cannot be read."""
    visible = seen(text)
    if isinstance(visible, Refusal):
        return visible
    if has_foreign_digits(visible):
        return UNREAD
    tokens = mark_phones(split(visible))
    if isinstance(tokens, Refusal):
        return tokens
    return spoilt(tokens) or parts_of(tokens)


def parts_of(tokens: list[Token]) -> Parts | Refusal:
    """The parts of words that were read before, some of them taken out since."""
    sums = find_sums(tokens)
    if isinstance(sums, Refusal):
        return sums
    return Parts(tokens, sums) if len(sums) <= _MOST_NUMBERS else UNREAD


def meant(parts: Parts, chosen: Sum | None) -> list[Sum] | Refusal:
    """The sums a person may have meant, at most a row of buttons: `chosen` alone where nothing else can be read."""
    clear = chosen is not None and not chosen.also
    candidates = [chosen] if chosen and clear else _in_order(_readings(parts))
    several = len(candidates) > 1
    if not several and candidates and not candidates[0].amount:
        return _ZERO
    if (
        calculated(parts.tokens, parts.sums)
        or not all(one.amount for one in candidates)
        or len(candidates) > MOST_BUTTONS
        or (not clear and not several)  # the same sum twice
    ):
        return UNREAD
    return candidates


def _readings(parts: Parts) -> list[Sum]:
    """Each number that may be the sum, and two neighbours as one where a space may have slipped."""
    found = [reading for one in parts.sums for reading in (one, *one.also)]
    for first, second in pairwise(parts.sums):
        together = joined(parts.tokens, first, second) if side_by_side(parts.tokens, first, second) else None
        if together:
            found.append(together)
    return found


def _in_order(candidates: list[Sum]) -> list[Sum]:
    """Each amount once; as they stand in the text, those made of others last."""
    once = {one.amount: one for one in candidates}.values()

    def made_of(one: Sum) -> int:
        return sum(one.start <= other.start and other.end <= one.end for other in once)

    return sorted(once, key=lambda one: (made_of(one), one.start))


def as_typed(tokens: list[Token]) -> str:
    """The words in one line, spaces folded."""
    return "".join((" " if token.gap else "") + token.text for token in tokens).strip()


def words_beside(tokens: list[Token], chosen: Sum | None) -> str:
    """The words that are neither the sum, nor a phone, nor the label of one (`тел.`, `сумма:`)."""
    taken: set[int] = set()
    for i, token in enumerate(tokens):
        if token.phone:
            taken |= {i, *_leading(tokens, i, PHONE_LABEL | LEADS_TO_PHONE)}
    if chosen:
        taken |= set(range(chosen.start, chosen.end))
        if chosen.start and tokens[chosen.start - 1].plain in SUM_LABEL:
            taken |= set(_leading(tokens, chosen.start, SUM_LABEL | LEADS_TO_SUM))
    # Punctuation that stuck to a taken word goes with it.
    taken |= {i - 1 for i in taken if i and not tokens[i].gap and tokens[i - 1].is_punctuation}
    taken |= {i + 1 for i in taken if i + 1 < len(tokens) and not tokens[i + 1].gap and tokens[i + 1].is_punctuation}
    return as_typed([token for i, token in enumerate(tokens) if i not in taken]).strip(" ,;:–—-/|_=")


def _leading(tokens: list[Token], index: int, labels: frozenset[str]) -> Iterator[int]:
    """The labels right before a word."""
    while index and tokens[index - 1].plain in labels:
        index -= 1
        yield index


def too_long(*words: str) -> Refusal | None:
    """The refusal of a description or a reason that nobody would read on a card."""
    longest = max(map(len, words))
    return Refusal("r.long", {"k": longest}) if longest > _LONGEST_WORDS else None
