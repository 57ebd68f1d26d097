"""Which of the numbers is the sum.

1. `find_sums`: numbers that a neighbouring word binds (`размер 42`, `2 шт`) are description; the others, with their
   thousands grouped (`12 500`) and their unit (`тыс`, `руб 50 коп`), are sums. A grouped number that may be two keeps
   the other readings in `also`.
2. `principal`: the one sum beside which every other number is clearly description: unmarked, of three digits at most,
   ten times smaller, and not side by side with it. If there is none, a person chooses.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

from bot.money import roubles
from bot.payments.grammar.reading import UNREAD, Refusal
from bot.payments.grammar.tokens import NBSP, Numeral, Token, counts_noun
from bot.payments.grammar.vocabulary import (
    COUNTING,
    KOPECK,
    MONEY,
    NAMING,
    OTHER_MONEY,
    PHONE_LABEL,
    ROUBLE,
    SUM_LABEL,
    THOUSAND,
)

# Roubles. Two neighbours that make no more than this when put together may be one with a slipped space (`1 2500`).
SLIPPED_MAX = 300_000
_OPERATORS = frozenset("+*xх×/=-−–—:\\")
_TIMES = frozenset("xх×*")
_NO_KOPECKS = Refusal("r.kop")


@dataclass(frozen=True)
class Sum:
    """Words `start` to `end` (exclusive) read as `amount` kopecks; `also` are other readings of the same words.

    `marked`: a unit, decimals or a word before it (`итого`) say that it is money. `dotted`: a point before three digits
    makes it doubtful.
    """

    start: int
    end: int
    amount: int
    digits: int
    marked: bool = False
    dotted: bool = False
    also: tuple["Sum", ...] = ()


def find_sums(tokens: list[Token]) -> list[Sum] | Refusal:
    """Every number that may be a sum, in the order of the message."""
    found: list[Sum] = []
    index = 0
    while index < len(tokens):
        if tokens[index].numeral is None:
            index += 1
            continue
        one = _sum_at(tokens, index)
        if isinstance(one, Refusal):
            return one
        if one is None:
            index += 1
            continue
        found.append(one)
        index = one.end
    return found


def _sum_at(tokens: list[Token], start: int) -> Sum | Refusal | None:
    end = _group_end(tokens, start)
    before = tokens[start - 1].plain if start else ""
    counted = end < len(tokens) and _binds(tokens[end].plain, COUNTING, NAMING, tokens[start:end])
    if counted and end - start > 1:
        first = _read(tokens, start, start + 1)
        whole = _read(tokens, start, end)
        return replace(first, also=(whole,)) if isinstance(first, Sum) and isinstance(whole, Sum) else UNREAD
    named = end - start == 1 and not _unit(tokens, end) and _binds(before, NAMING, COUNTING, tokens[start:end])
    if counted or named or (end - start == 1 and counts_noun(tokens, start)):
        return None
    return _with_unit(tokens, start, end, before)


def _binds(word: str, one_side: frozenset[str], other_side: frozenset[str], number: list[Token]) -> bool:
    """A word that binds on both sides (`42 размер`, `размер 42`) binds what may be a size, never a sum."""
    numeral = number[-1].numeral
    small = len("".join(token.text for token in number)) <= 3
    return (
        numeral is not None
        and not (numeral.thousand or numeral.rouble)
        and word in one_side
        and (small or word not in other_side)
    )


def _group_end(tokens: list[Token], start: int) -> int:
    """Thousands are grouped as `12 500`; a third group only if it cannot stand alone (`1 250 000`) or no-break spaces
    bind it.
    """
    numeral = tokens[start].numeral
    end = start + 1
    if numeral is None or not numeral.bare or len(numeral.whole) > 3 or numeral.whole.startswith("0"):
        return end
    while end < len(tokens):
        group, gap = tokens[end].numeral, tokens[end].gap
        if group is None or len(group.whole) != 3 or gap not in (" ", NBSP) or not _last(tokens, end).bare:
            break
        if end - start >= 2 and gap != NBSP and not group.whole.startswith("0"):
            break
        if gap == " " and end + 1 < len(tokens) and tokens[end + 1].gap == NBSP and tokens[end + 1].numeral:
            break  # `15 100_000`: the no-break space binds tighter
        end += 1
    return end


def _last(tokens: list[Token], end: int) -> Numeral:
    numeral = tokens[end - 1].numeral
    assert numeral is not None  # noqa: S101 — a group ends with a numeral
    return numeral


def _with_unit(tokens: list[Token], start: int, end: int, before: str) -> Sum | Refusal | None:
    unit = _unit(tokens, end)
    one = _read(tokens, start, end + unit, thousand=any(tokens[i].plain in THOUSAND for i in range(end, end + unit)))
    if isinstance(one, Refusal):
        return one
    last = _last(tokens, end)
    one = replace(one, marked=not last.bare or unit > 0 or before in SUM_LABEL | MONEY)
    rouble = last.rouble or any(tokens[i].plain in ROUBLE for i in range(end, one.end))
    return _add_kopecks(tokens, replace(one, also=_also(tokens, start, end, one)), rouble=rouble)


def _unit(tokens: list[Token], end: int) -> int:
    """How many words after the number are its unit: `тыс`, `руб`, `тыс руб`."""
    numeral, count = _last(tokens, end), 0
    follows = tokens[end].plain if end < len(tokens) and tokens[end].gap != "\n" else ""
    # After a large number a lone `к` is the preposition; `12500 тыс` is left to `_thousands` to refuse.
    preposition = follows == "к" and len(numeral.whole) > 3
    if follows in THOUSAND and not preposition and not numeral.thousand and not numeral.rouble:
        count = 1
    after = end + count
    if not numeral.rouble and after < len(tokens) and tokens[after].plain in ROUBLE and tokens[after].gap != "\n":
        count += 1
    return count


def _read(tokens: list[Token], start: int, end: int, *, thousand: bool = False) -> Sum | Refusal:
    numerals = [token.numeral for token in tokens[start:end] if token.numeral is not None]
    last, whole = numerals[-1], "".join(one.whole for one in numerals)
    value = _value(whole, last.fractions, thousand=thousand or last.thousand)
    if isinstance(value, Refusal):
        return value
    amount, dotted = value
    return Sum(start, end, amount, len(whole), dotted=dotted)


def _value(whole: str, fractions: tuple[str, ...], *, thousand: bool) -> tuple[int, bool] | Refusal:
    """Kopecks, and whether a point before three digits makes them doubtful."""
    if len(whole) > 15 or (len(whole) > 1 and whole.startswith("0") and int(whole)):
        return UNREAD
    if thousand:
        return _thousands(whole, fractions)
    if not fractions:
        return roubles(int(whole)), False
    *groups, last = fractions
    if len(last) <= 2 and not groups:
        return roubles(int(whole)) + int(last.ljust(2, "0")), False
    kopecks = int(groups.pop() and last.ljust(2, "0")) if len(last) <= 2 and len(groups) == 1 else 0
    body = "".join((whole, *(fractions[:-1] if len(last) <= 2 else fractions)))
    grouped = len(whole) <= 3 and not whole.startswith("0") and all(len(group) == 3 for group in fractions[:-1])
    if grouped and len(last) <= 3:
        return roubles(int(body)) + kopecks, True
    return _NO_KOPECKS if len(fractions) == 1 else UNREAD


def _thousands(whole: str, fractions: tuple[str, ...]) -> tuple[int, bool] | Refusal:
    if len(whole) > 3 or len(fractions) > 1 or (fractions and len(fractions[0]) > 3):
        return UNREAD
    part = fractions[0] if fractions else ""
    return roubles(int(whole) * 1000 + int(part.ljust(3, "0"))), len(part) == 3


def _also(tokens: list[Token], start: int, end: int, one: Sum) -> tuple[Sum, ...]:
    """Other readings of a number with spaces in it, or with a lone `к`, which is a preposition too."""
    if one.end > end and tokens[end].text.casefold() == "к" and one.end < len(tokens) and tokens[one.end].phone is None:
        return _sums(_read(tokens, start, end))
    if end - start < 2 or tokens[start + 1].gap == NBSP or tokens[start + 1].text.startswith("0"):
        return ()
    tail = _sums(_read(tokens, start + 1, one.end))
    if one.digits == 6:
        clear = one.end > end and one.amount <= roubles(SLIPPED_MAX)
        return () if clear else _sums(_read(tokens, start, start + 1)) + tail
    return tail if _may_own_number(tokens, start) else ()


def _sums(one: Sum | Refusal) -> tuple[Sum, ...]:
    return () if isinstance(one, Refusal) else (one,)


def _may_own_number(tokens: list[Token], start: int) -> bool:
    """`iPhone 15 500`, `размер 42 500`, `кроссовки 42 500`: the first group may belong to the word before it."""
    word = tokens[start - 1].plain if start else ""
    if word in NAMING:
        return True
    if not start or not tokens[start - 1].is_word or tokens[start].gap == "\n" or word in SUM_LABEL | PHONE_LABEL:
        return False
    return word.isascii() or word[-1:].isdigit() or 36 <= int(tokens[start].text) <= 60


def _add_kopecks(tokens: list[Token], one: Sum, *, rouble: bool) -> Sum | Refusal:
    """`12500 руб 50 коп`; kopecks or other money without roubles before them are not read."""
    after = tokens[one.end].plain if one.end < len(tokens) else ""
    if after in KOPECK | OTHER_MONEY:
        return UNREAD
    if not rouble or one.end + 1 >= len(tokens) or tokens[one.end + 1].plain not in KOPECK:
        return one
    kopecks = tokens[one.end].numeral
    if kopecks is None or not kopecks.bare:
        return UNREAD
    if len(kopecks.whole) > 2 or one.amount % 100:
        return _NO_KOPECKS
    return replace(one, end=one.end + 2, amount=one.amount + int(kopecks.whole))


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
    """`iPhone 15 128`: groups of three digits at most, right after a name in Latin letters."""
    first = tokens[other.start]
    before = tokens[other.start - 1].text
    return before.isascii() and before.isalnum() and not before.isdigit() and len(first.text) <= 3


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
    return before in _TIMES | {"по"} or multiplied or (after in _OPERATORS and then.endswith("%"))
