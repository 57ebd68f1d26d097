"""From a typed message to an order, its possible readings, or the reason why not. Pure; never raises.

It refuses rather than guesses. The steps of `read`:
1. `tokens` cleans the text and cuts it into words; digits other than 0-9 and spoilt numbers are refused.
2. `phones` turns each mobile number into one token, and refuses what is nearly one.
3. `sums` groups the other numbers and finds the one that is the sum.
4. What is left is the description. Two readings left, and a person chooses.
"""

import re
from itertools import pairwise

from bot.payments.grammar.phones import mark_phones
from bot.payments.grammar.reading import UNREAD, Choice, NeedAmount, Order, Question, Reading, Refusal
from bot.payments.grammar.sums import Sum, calculated, find_sums, joined, principal, side_by_side
from bot.payments.grammar.tokens import Token, clean, has_foreign_digits, is_damaged, split
from bot.payments.grammar.vocabulary import PHONE_LABEL, SUM_LABEL

__all__ = ["Choice", "NeedAmount", "Order", "Question", "Reading", "Refusal", "read", "read_amount"]

LONGEST_DESCRIPTION = 200
LONGEST_MESSAGE = 4096  # Telegram's own limit
MOST_BUTTONS = 3
MOST_NUMBERS = 8  # more in one message is a list, not an order
_NEGATIVE = re.compile(r"[-\u2212\u2010-\u2015][0-9]")
_ZERO = Refusal("r.zero")


def read(text: str, *, hold: bool = False) -> Reading:
    """What a message (without its command) orders. Amounts in kopecks, phones in E.164."""
    visible = " ".join(clean(text).split(" ")).strip()
    if len(visible) > LONGEST_MESSAGE:
        return Refusal("r.long", {"k": len(visible)})
    if has_foreign_digits(visible):
        return UNREAD
    tokens = mark_phones(split(visible))
    if isinstance(tokens, Refusal):
        return tokens
    spoilt = _spoilt(tokens)
    if spoilt:
        return spoilt
    sums = find_sums(tokens)
    if isinstance(sums, Refusal):
        return sums
    return _decide(tokens, sums, hold=hold) if len(sums) <= MOST_NUMBERS else UNREAD


def read_amount(text: str) -> int | Choice | Refusal:
    """A reply that is an amount and nothing else, in kopecks (the answer to «Сколько?»)."""
    reading = read(text)
    if isinstance(reading, Order):
        return UNREAD if reading.phone or reading.what else reading.amount
    if isinstance(reading, NeedAmount):
        return UNREAD
    return reading


def _spoilt(tokens: list[Token]) -> Refusal | None:
    negative = [i for i, token in enumerate(tokens) if _is_negative(tokens, i, token)]
    if negative:
        others = any(token.numeral for i, token in enumerate(tokens) if i - 1 not in negative)
        return UNREAD if others or len(negative) > 1 else _ZERO
    damaged = any(is_damaged(token, first=i == 0) for i, token in enumerate(tokens))
    return UNREAD if damaged else None


def _is_negative(tokens: list[Token], index: int, token: Token) -> bool:
    if _NEGATIVE.match(token.text):
        return True
    # A dash at the head of the message; elsewhere it is punctuation: `куртка — 12500`.
    dash = bool(_NEGATIVE.fullmatch(f"{token.text}0"))
    return dash and index == 0 and len(tokens) > 1 and tokens[1].numeral is not None


def _decide(tokens: list[Token], sums: list[Sum], *, hold: bool) -> Reading:
    phones = list(dict.fromkeys(token.phone for token in tokens if token.phone))
    if not sums:
        return _checked(NeedAmount(phones[0], _what(tokens, None))) if len(phones) == 1 else UNREAD
    chosen = sums[0] if len(sums) == 1 else principal(tokens, sums)
    clear = [chosen] if chosen and not chosen.also else []
    candidates = clear or _in_order(_readings(tokens, sums))
    if len(candidates) == 1 and not candidates[0].amount:
        return _ZERO
    several = len(candidates) > 1
    if (
        calculated(tokens, sums)
        or not all(one.amount for one in candidates)
        or len(candidates) > MOST_BUTTONS
        or (several and len(phones) > 1)
        or (not clear and not several)  # the same sum twice
    ):
        return UNREAD
    return _checked(_ask_or_take(tokens, candidates, phones, hold=hold))


def _ask_or_take(tokens: list[Token], candidates: list[Sum], phones: list[str], *, hold: bool) -> Order | Choice:
    orders = tuple(
        Order(one.amount, phone, _what(tokens, one), hold) for one in candidates for phone in phones or (None,)
    )
    if len(candidates) > 1:
        start, end = min(one.start for one in candidates), max(one.end for one in candidates)
        return Choice("two_sums", orders, _raw(tokens[start:end]))
    if len(phones) > 1:
        return Choice("two_phones", orders, _raw([token for token in tokens if token.phone]))
    if candidates[0].dotted:
        return Choice("dot3", orders, _raw(tokens[candidates[0].start : candidates[0].end]))
    return orders[0]


def _raw(tokens: list[Token]) -> str:
    return "".join((" " if token.gap else "") + token.text for token in tokens).strip()


def _readings(tokens: list[Token], sums: list[Sum]) -> list[Sum]:
    """Each number that may be the sum, and two neighbours as one where a space may have slipped."""
    found = [reading for one in sums for reading in (one, *one.also)]
    for first, second in pairwise(sums):
        together = joined(tokens, first, second) if side_by_side(tokens, first, second) else None
        if together:
            found.append(together)
    return found


def _in_order(candidates: list[Sum]) -> list[Sum]:
    """Each amount once; as they stand in the text, those made of others last."""
    once = {one.amount: one for one in candidates}.values()

    def made_of(one: Sum) -> int:
        return sum(one.start <= other.start and other.end <= one.end for other in once)

    return sorted(once, key=lambda one: (made_of(one), one.start))


def _what(tokens: list[Token], chosen: Sum | None) -> str:
    """The words that are neither the sum, nor a phone, nor the label of one (`тел.`, `сумма:`)."""
    taken = {i for i, token in enumerate(tokens) if token.phone}
    taken |= {i - 1 for i in taken if i and tokens[i - 1].plain in PHONE_LABEL}
    if chosen:
        taken |= set(range(chosen.start, chosen.end))
        if chosen.start and tokens[chosen.start - 1].plain in SUM_LABEL:
            taken.add(chosen.start - 1)
    # Punctuation that stuck to a taken word goes with it.
    taken |= {i + 1 for i in taken if i + 1 < len(tokens) and not (tokens[i + 1].gap or tokens[i + 1].is_word)}
    return _raw([token for i, token in enumerate(tokens) if i not in taken]).strip(" ,;:–—-/|")


def _checked(reading: Order | Choice | NeedAmount) -> Reading:
    """The reading, unless its description is too long."""
    whats = [one.what for one in reading.readings] if isinstance(reading, Choice) else [reading.what]
    longest = max(map(len, whats))
    return Refusal("r.long", {"k": longest}) if longest > LONGEST_DESCRIPTION else reading
