"""Selling: from a typed message to an order, its possible readings, or the reason why not.

The sum is the one number beside which every other is clearly description; what is left is the description.
"""

from bot.payments.grammar.parts import Parts, as_typed, meant, seen, take_apart, too_long, words_beside
from bot.payments.grammar.principal import principal
from bot.payments.grammar.reading import UNREAD, Choice, NeedAmount, Order, Reading, Refusal
from bot.payments.grammar.sums import Sum
from bot.payments.grammar.verbs import held, is_wish, look_up


def read(text: str, *, hold: bool = False) -> Reading:
    """What a message (without its command) orders. Amounts in kopecks, phones in E.164."""
    visible = seen(text)
    if isinstance(visible, Refusal):
        return visible
    if is_wish(visible) or look_up(visible):
        return UNREAD  # its number is not a sum
    to_hold = held(visible)
    parts = take_apart(visible if to_hold is None else to_hold)
    if isinstance(parts, Refusal):
        return parts
    hold = hold or to_hold is not None
    reading = _without_amount(parts, hold=hold) if _nothing_but_sizes(parts) else _decide(parts, hold=hold)
    match reading:
        case Order(what=what) | NeedAmount(what=what):
            return too_long(what) or reading
        case Choice(readings=readings):
            return too_long(*(one.what for one in readings)) or reading
    return reading


def read_amount(text: str) -> int | Choice | Refusal:
    """A reply that is an amount and nothing else, in kopecks (the answer to «Сколько?»)."""
    reading = read(text)
    if isinstance(reading, Order):
        return UNREAD if reading.phone or reading.what else reading.amount
    if isinstance(reading, NeedAmount):
        return UNREAD
    return reading


def _nothing_but_sizes(parts: Parts) -> bool:
    """`iPhone 15`, `кроссовки 42 9161234567`: two digits beside words are not what a thing costs."""
    worded = any(token.is_word for token in parts.tokens)
    return not parts.sums or (worded and not any(one.marked or one.digits > 2 for one in parts.sums))


def _without_amount(parts: Parts, *, hold: bool) -> NeedAmount | Refusal:
    phones = parts.phones
    return NeedAmount(phones[0], words_beside(parts.tokens, None), hold) if len(phones) == 1 else UNREAD


def _decide(parts: Parts, *, hold: bool) -> Order | Choice | Refusal:
    candidates = meant(parts, principal(parts.tokens, parts.sums))
    if isinstance(candidates, Refusal):
        return candidates
    if len(candidates) > 1 and len(parts.phones) > 1:
        return UNREAD
    return _ask_or_take(parts, candidates, hold=hold)


def _ask_or_take(parts: Parts, candidates: list[Sum], *, hold: bool) -> Order | Choice:
    tokens, phones = parts.tokens, parts.phones
    orders = tuple(
        Order(one.amount, phone, words_beside(tokens, one), hold) for one in candidates for phone in phones or (None,)
    )
    if len(candidates) > 1:
        start, end = min(one.start for one in candidates), max(one.end for one in candidates)
        return Choice("two_sums", orders, as_typed(tokens[start:end]))
    if len(phones) > 1:
        return Choice("two_phones", orders, as_typed([token for token in tokens if token.phone]))
    if candidates[0].dotted:
        return Choice("dot3", orders, as_typed(tokens[candidates[0].start : candidates[0].end]))
    return orders[0]
