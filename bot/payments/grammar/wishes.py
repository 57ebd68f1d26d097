"""What follows a sale: `возврат 3000 брак`, `/complete 1042 8000`, `отмена`, and the answers to «Сколько вернуть?».

1. `verbs` takes the verb off, `parts` cuts the rest into words and possible sums, as in a sale.
2. `_splits` tells the payment's number from the sum. `№` always names the number. Without a reply to a card the number
   comes first; in a reply the card names the payment, so a lone number is the sum, and of two nobody knows: both are
   offered, unless one is written as money (`3000 ₽ 1042`).
3. `_priced` finds the sum in what is left. What is left then is the reason, with sizes and counts (`размер 42`).

Stricter than a sale: no second sum hides in a reason, however small, since a part of the money may be meant.
"""

import re
from dataclasses import dataclass, replace

from bot.money import format_rub
from bot.payments.grammar.parts import Parts, as_typed, meant, parts_of, take_apart, too_long, words_beside
from bot.payments.grammar.principal import calculated, follows_latin, joined, side_by_side
from bot.payments.grammar.reading import UNREAD, Refusal
from bot.payments.grammar.sums import Sum
from bot.payments.grammar.tokens import Token
from bot.payments.grammar.verbs import Verb, begin
from bot.payments.grammar.vocabulary import EVERYTHING, NUMBER_MARK, PAYMENT, ROUBLE, SUM_LABEL

_SHORTEST_NUMBER = 4  # digits: payments are numbered from 1001
_LONGEST_NUMBER = 9
_REASON_LABEL = re.compile(r"^(?:причина|reason)[ :–—-]+", re.IGNORECASE)
_PHONE = Refusal("r.wish_phone")
_WHOLE_ONLY = Refusal("r.cancel_whole")
_UNREAD: dict[Verb, Refusal] = {
    "refund": Refusal("r.refund_unread"),
    "complete": Refusal("r.complete_unread"),
    "cancel": Refusal("r.which", {"command": "cancel"}),
    "status": Refusal("r.which", {"command": "status"}),
    "replace": Refusal("r.other_unread"),
}


@dataclass(frozen=True)
class Wish:
    """What is wanted of a payment.

    `number`: as typed; None means the card replied to. Where both are there they may differ: that is for the caller to
    refuse. `amount`: kopecks, above zero; never of cancel and status. `everything`: asked for in words (`всё`), with no
    amount. Neither: not said. `reason`: plain text, at most 200 characters.
    """

    verb: Verb
    number: int | None = None
    amount: int | None = None
    everything: bool = False
    reason: str = ""


@dataclass(frozen=True)
class WishChoice:
    """The message can be read in several ways: the question `key` with its `params`, and one button a reading."""

    key: str
    params: dict[str, str]
    readings: tuple[Wish, ...]


WishReading = Wish | WishChoice | Refusal


@dataclass(frozen=True)
class _Split:
    """One way to tell the number of the payment from the other words."""

    number: int | None
    tokens: list[Token]


def read_wish(text: str, *, in_reply: bool) -> WishReading | None:
    """What a message without a slash asks for; None where it does not begin as a wish. `in_reply`: to a card."""
    beginning = begin(text)
    return read_command(beginning.verb, beginning.args, in_reply=in_reply) if beginning else None


def read_command(verb: Verb, args: str, *, in_reply: bool) -> WishReading:
    """What a command asks for: `args` is the text after `/refund`, `/complete`, `/cancel` or `/status`."""
    whole_only = verb in ("cancel", "status")
    reading = _read(verb, args, in_reply=in_reply and not whole_only)
    if isinstance(reading, Refusal):
        return _in_terms_of(verb, reading)
    if whole_only:
        if isinstance(reading, WishChoice) or reading.amount:
            return _WHOLE_ONLY if verb == "cancel" else _UNREAD[verb]
        reading = replace(reading, everything=False)
    return too_long(*(wish.reason for wish in wishes_of(reading))) or reading


def read_answer(verb: Verb, text: str) -> WishReading:
    """The answer to «Сколько вернуть и почему?» (refund), or without words beside it to «Сколько списать?» (complete)
    and «Какая сумма вместо 12 500 ₽?» (replace)."""
    beginning = begin(text)
    if beginning and beginning.verb != verb:
        return _UNREAD[verb]
    reading = read_command(verb, beginning.args if beginning else text, in_reply=True)
    if isinstance(reading, Refusal):
        return reading
    wordy = verb != "refund" and any(wish.reason for wish in wishes_of(reading))
    said = all(wish.amount or (wish.everything and verb != "replace") for wish in wishes_of(reading))
    return reading if said and not wordy else _UNREAD[verb]


def wishes_of(reading: WishReading | None) -> tuple[Wish, ...]:
    """What a reading may become."""
    if isinstance(reading, WishChoice):
        return reading.readings
    return (reading,) if isinstance(reading, Wish) else ()


def _in_terms_of(verb: Verb, refusal: Refusal) -> Refusal:
    """The grammar refuses as for a sale; here its examples would mislead."""
    if refusal == UNREAD:
        return _UNREAD[verb]
    return _PHONE if refusal.key.startswith("r.phone") else refusal


def _read(verb: Verb, args: str, *, in_reply: bool) -> WishReading:
    parts = take_apart(args)
    if isinstance(parts, Refusal):
        return parts
    if parts.phones:
        return _PHONE
    splits = _marked(parts.tokens) or _splits(parts.tokens, in_reply=in_reply)
    if isinstance(splits, Refusal):
        return splits
    readings = [_priced(Wish(verb, split.number), split.tokens) for split in splits]
    if len(readings) == 1:
        return readings[0]
    wishes = tuple(one for one in readings if isinstance(one, Wish) and one.amount)
    if len(set(wishes)) < len(readings):  # `3000 3000` too
        return UNREAD
    # Each reading's number is the sum of the other.
    second, first = (str(wish.number) for wish in wishes)
    return WishChoice("r.refund_both", {"a": first, "b": second}, wishes)


def _marked(tokens: list[Token]) -> list[_Split] | Refusal:
    """The number after `№`, `#` or `номер заказа`; none where nothing is marked."""
    spans = [(i, end) for i, token in enumerate(tokens) if token.plain in NUMBER_MARK and (end := _mark_end(tokens, i))]
    if not spans:
        return []
    start, end = spans[0]
    number = _number(tokens[end - 1])
    money = end < len(tokens) and tokens[end].plain in ROUBLE
    if len(spans) > 1 or number is None or money:
        return UNREAD
    return [_Split(number, _without(tokens, start, end))]


def _mark_end(tokens: list[Token], mark: int) -> int | None:
    """Where the number behind a mark ends, if there is one."""
    for index in range(mark + 1, len(tokens)):
        if tokens[index].numeral:
            return index + 1
        if tokens[index].is_word and tokens[index].plain not in PAYMENT:
            return None
    return None


def _splits(tokens: list[Token], *, in_reply: bool) -> list[_Split] | Refusal:
    parts = parts_of(tokens)
    if isinstance(parts, Refusal):
        return parts
    sums = _weighty(parts)
    if _is_arithmetic(tokens, sums):
        return UNREAD
    bare = [one for one in sums[:2] if _is_bare(tokens, one)] if _is_pair(tokens, sums) else []
    if len(bare) == 1 and bare[0].digits >= _SHORTEST_NUMBER:  # the other is written as money
        return [_numbered(tokens, bare[0])]
    if not in_reply:
        return _number_first(tokens, sums)
    # `1 2500` may be one number with a slipped space: that is a question about sums.
    both = len(bare) == 2 and not joined(tokens, *bare)
    return [_numbered(tokens, one) for one in reversed(bare)] if both else [_Split(None, tokens)]


def _number_first(tokens: list[Token], sums: list[Sum]) -> list[_Split] | Refusal:
    """Without a card, the first number is that of the payment, unless it is written as money or too short.

    The sum comes right behind it: `3000 из 12500` is something else.
    """
    alone = len(sums) < 2
    first = sums[0] if sums and (alone or _is_pair(tokens, sums)) else None
    if first and first.digits >= _SHORTEST_NUMBER and _is_bare(tokens, first):
        return [_numbered(tokens, first)]
    return [_Split(None, tokens)] if alone else UNREAD


def _is_pair(tokens: list[Token], sums: list[Sum]) -> bool:
    """Two numbers beside each other, before any word of a reason."""
    return len(sums) > 1 and _at_head(tokens, sums[0]) and side_by_side(tokens, *sums[:2])


def _is_arithmetic(tokens: list[Token], sums: list[Sum]) -> bool:
    """`3000 + 500`; a dash may as well part number and sum: `1042 - 3000 - брак`."""
    between = tokens[sums[0].end : sums[1].start] if len(sums) > 1 else []
    return calculated(tokens, sums) and not any(token.text in "-–—" for token in between)


def _numbered(tokens: list[Token], one: Sum) -> _Split:
    return _Split(_number(tokens[one.start]), _without(tokens, one.start, one.end))


def _number(token: Token) -> int | None:
    numeral = token.numeral
    if numeral is None or not numeral.bare or len(numeral.whole) > _LONGEST_NUMBER:
        return None
    return int(numeral.whole) or None


def _is_bare(tokens: list[Token], one: Sum) -> bool:
    """Digits alone, with nothing that says they are money: may be the number of a payment."""
    plain = one.end - one.start == 1 and not one.marked and not one.also
    return plain and _number(tokens[one.start]) is not None


def _at_head(tokens: list[Token], one: Sum) -> bool:
    """Before any word of a reason."""
    return not any(token.is_word and token.plain not in EVERYTHING | SUM_LABEL for token in tokens[: one.start])


def _without(tokens: list[Token], start: int, end: int) -> list[Token]:
    """What stood on either side of the number is not joined to one: `12 №1042 500` holds no 12 500."""
    after = [replace(tokens[end], gap="\n"), *tokens[end + 1 :]] if end < len(tokens) else []
    return tokens[:start] + after


def _weighty(parts: Parts) -> list[Sum]:
    """The sums without those that words explain: below a hundred roubles after a word (`сломан 1 из 2`), or alone
    after a name in Latin letters (`iPhone 128`).
    """
    tokens = parts.tokens
    found = [one for one in parts.sums if one.marked or one.digits > 2 or _at_head(tokens, one)]
    named = len(found) == 1 and not found[0].marked and found[0].digits <= 3 and found[0].start > 0
    return [] if named and follows_latin(tokens, found[0]) else found


def _priced(wish: Wish, tokens: list[Token]) -> WishReading:
    """The wish with its sum and reason."""
    head = next((i for i, token in enumerate(tokens) if token.is_word or token.numeral), 0)
    if tokens and tokens[head].plain in EVERYTHING:
        return _whole(wish, tokens[head + 1 :])
    parts = parts_of(tokens)
    if isinstance(parts, Refusal):
        return parts
    sums = _weighty(parts)
    if not sums:
        return replace(wish, reason=_reason(tokens, None))
    candidates = meant(Parts(tokens, sums), sums[0] if len(sums) == 1 else None)
    if isinstance(candidates, Refusal):
        return candidates
    readings = tuple(replace(wish, amount=one.amount, reason=_reason(tokens, one)) for one in candidates)
    shown = [format_rub(one.amount) for one in candidates]
    one = candidates[0]
    if len(candidates) > 1:
        return WishChoice("r.two_sums", {"a": shown[0], "b": shown[1]}, readings)
    if one.dotted:
        return WishChoice("r.dot3", {"raw": as_typed(tokens[one.start : one.end]), "sum": shown[0]}, readings)
    # `3000 всё` in reply to a card: the sum 3000, or all of № 3000.
    doubtful = wish.number is None and one.end < len(tokens) and tokens[one.end].plain in EVERYTHING
    return UNREAD if doubtful else readings[0]


def _reason(tokens: list[Token], chosen: Sum | None) -> str:
    words = _REASON_LABEL.sub("", words_beside(tokens, chosen))
    return words if any(character.isalnum() for character in words) else ""


def _whole(wish: Wish, tokens: list[Token]) -> WishReading:
    """`всё` and a reason; a sum beside it would be another answer to the same question."""
    parts = parts_of(tokens)
    if isinstance(parts, Refusal):
        return parts
    while tokens and tokens[0].plain in EVERYTHING | SUM_LABEL:
        tokens = tokens[1:]
    return UNREAD if _weighty(parts) else replace(wish, everything=True, reason=_reason(tokens, None))
