"""Which of the sums is the one that is meant.

`principal`: the one sum beside which every other number is clearly description: unmarked, of three digits at most, ten
times smaller, and not side by side with it. If there is none, a person chooses.
"""

from itertools import pairwise

from bot.money import roubles
from bot.payments.grammar.sums import SLIPPED_MAX, Sum
from bot.payments.grammar.tokens import NBSP, Token

_OPERATORS = frozenset("+*xх×/=-−–—:\\")
_MEMORY = frozenset(("32", "64", "128", "256", "512"))  # gigabytes
_TIMES = frozenset("xх×*")


def principal(tokens: list[Token], sums: list[Sum]) -> Sum | None:
    """The sum beside which every other number is clearly description, or None."""
    fitting = [one for one in sums if all(other is one or _is_description(tokens, sums, other, one) for other in sums)]
    return fitting[0] if len(fitting) == 1 else None


def _is_description(tokens: list[Token], sums: list[Sum], other: Sum, one: Sum) -> bool:
    if other.marked:
        return False
    if _leads(tokens, one) and other.start > one.start and follows_latin(tokens, other):
        return True
    if other.digits > 3 or other.amount * 10 > one.amount or not (one.marked or one.amount >= roubles(1000)):
        return False
    if not side_by_side(tokens, other, one):
        return True
    # `кроссовки 42 5000`: directly after a word, and no sale is as large as both together.
    after_word = other.start > 0 and tokens[other.start - 1].is_word
    return other.start < one.start and after_word and joined(tokens, other, one) is None and len(sums) > 1


def _leads(tokens: list[Token], one: Sum) -> bool:
    """Amount first: four digits at least at the head of the message, before anything but a phone."""
    return (one.digits >= 4 or one.marked) and not any(token.is_word for token in tokens[: one.start])


def follows_latin(tokens: list[Token], other: Sum) -> bool:
    """`levis 501`, `iPhone 15 128`: three digits at most, or a memory behind them, right after a Latin name."""
    name, number = tokens[other.start - 1], tokens[other.start : other.end]
    named = name.is_word and name.text.isascii() and name.text.isalnum()
    return named and len(number[0].text) <= 3 and all(one.text in _MEMORY and one.gap == " " for one in number[1:])


def side_by_side(tokens: list[Token], a: Sum, b: Sum) -> bool:
    """Nothing but punctuation or a phone stands between the two."""
    first, second = sorted((a, b), key=lambda one: one.start)
    return not any(token.is_word or token.numeral for token in tokens[first.end : second.start])


def joined(tokens: list[Token], a: Sum, b: Sum) -> Sum | None:
    """Both as one number with a slipped space (`1 2500`), or `12 тысяч 500`; None where no sale is that large."""
    first, second = sorted((a, b), key=lambda one: one.start)
    if (
        first.end != second.start
        or tokens[second.start].gap not in (" ", NBSP)
        or first.amount % 100
        or second.amount % 100
    ):
        return None
    if first.marked:
        thousands = first.amount % roubles(1000) == 0 and second.digits == 3
        return Sum(first.start, second.end, first.amount + second.amount, 0) if thousands else None
    whole = int(f"{first.amount // 100}{second.amount // 100}")
    return Sum(first.start, second.end, roubles(whole), 0) if whole <= SLIPPED_MAX else None


def calculated(tokens: list[Token], sums: list[Sum]) -> bool:
    """Arithmetic (`6250 * 2`, `2 шт по 6250`, `5000 - 500`, `5000 - 10%`): nothing is calculated here."""
    if any(_per_piece(tokens, one) for one in sums):
        return True
    pairs = pairwise(sums)
    return any(
        first.end < second.start and all(token.text in _OPERATORS for token in tokens[first.end : second.start])
        for first, second in pairs
    )


def _per_piece(tokens: list[Token], one: Sum) -> bool:
    before = tokens[one.start - 1].plain if one.start else ""
    after, then = (tokens[i].plain if i < len(tokens) else "" for i in (one.end, one.end + 1))
    multiplied = after[:1] in _TIMES and (len(after) == 1 or after[1:].isdigit())
    return before in _TIMES | {"по"} or multiplied or (after in _OPERATORS | {"минус"} and then.endswith("%"))
