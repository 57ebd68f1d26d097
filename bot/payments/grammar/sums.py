"""The numbers of a message that may be sums.

1. Numbers that a neighbouring word binds (`размер 42`, `2 шт`, `до 25.11`) are description.
2. The others are sums, with their thousands grouped (`12 500`, `12 тысяч 500`) and their unit (`тыс`, `руб 50 коп`).
   A grouped number that may be two keeps the other readings in `also`.
3. A sum that is partly in words (`15 тысяч пятьсот`) is refused.
"""

from dataclasses import dataclass, replace

from bot.money import roubles
from bot.payments.grammar.reading import UNREAD, Refusal
from bot.payments.grammar.tokens import DATE, NBSP, Numeral, Token, counts_noun
from bot.payments.grammar.vocabulary import (
    BELOW_HUNDRED,
    COUNTING,
    DATED,
    HUNDREDS,
    KOPECK,
    MONEY,
    NAMING,
    OTHER_MONEY,
    PHONE_LABEL,
    ROUBLE,
    SUM_LABEL,
    THOUSAND,
    THOUSAND_WORD,
)

# Roubles. Two neighbours that make no more than this when put together may be one with a slipped space (`1 2500`).
SLIPPED_MAX = 300_000
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
    return UNREAD if _partly_in_words(tokens, found) else found


def _partly_in_words(tokens: list[Token], sums: list[Sum]) -> bool:
    """`15 тысяч пятьсот`, `12 с половиной`, `пять тысяч 500`."""
    taken = {i for one in sums for i in range(one.start, one.end)}
    lone_thousand = any(token.plain in THOUSAND_WORD and i not in taken for i, token in enumerate(tokens))
    return bool(sums) and (lone_thousand or any(_goes_on_in_words(tokens, one) for one in sums))


def _goes_on_in_words(tokens: list[Token], one: Sum) -> bool:
    before = tokens[one.start - 1].plain if one.start else ""
    after, then = (tokens[i].plain if i < len(tokens) else "" for i in (one.end, one.end + 1))
    in_thousands = one.amount % roubles(1000) == 0
    return (
        before in HUNDREDS
        or after in HUNDREDS | (BELOW_HUNDRED if in_thousands else frozenset())
        or (after in {"с", "и"} and then in HUNDREDS)
        or (len(tokens[one.start].text) <= 3 and after.startswith(("тыс", "тыщ", "милл", "долл")))
    )


def _sum_at(tokens: list[Token], start: int) -> Sum | Refusal | None:
    end = _group_end(tokens, start)
    before = _word_before(tokens, start)
    follows = tokens[end].plain if end < len(tokens) and before not in THOUSAND_WORD else ""  # `50 тысяч 900 размер 42`
    counted = _binds(follows, COUNTING, NAMING, tokens[start:end])
    if counted and end - start > 1:
        first = _read(tokens, start, start + 1)
        whole = _read(tokens, start, end)
        return replace(first, also=(whole,)) if isinstance(first, Sum) and isinstance(whole, Sum) else UNREAD
    if counted or (end - start == 1 and (_is_named(tokens, start, before) or counts_noun(tokens, start))):
        return None
    return _with_unit(tokens, start, end, before)


def _is_named(tokens: list[Token], index: int, before: str) -> bool:
    """`размер 42`, `арт 7731`, `до 25.11`."""
    numeral, dated = tokens[index].numeral, before in DATED and DATE.fullmatch(tokens[index].text) is not None
    if dated or numeral is None or (numeral.fractions and not numeral.like_size):
        return dated
    return not _unit(tokens, index + 1) and _binds(before, NAMING, COUNTING, tokens[index : index + 1])


def _word_before(tokens: list[Token], start: int) -> str:
    """What may say what the number is: in `3000 ₽ 1042` the sign belongs to the first."""
    word = tokens[start - 1].plain if start else ""
    return "" if word in ROUBLE and start > 1 and tokens[start - 2].numeral else word


def _binds(word: str, one_side: frozenset[str], other_side: frozenset[str], number: list[Token]) -> bool:
    """A word that binds on both sides (`42 размер`, `размер 42`) binds what may be a size, never a sum.

    With decimals only what is small is bound: in `12500,2 шт` a space is missing.
    """
    numeral = number[-1].numeral
    if numeral is None or numeral.thousand or numeral.rouble or word not in one_side:
        return False
    if len("".join(token.text for token in number)) <= 3:
        return True
    small = len(number) == 1 and len(numeral.whole) <= 3 and [len(part) <= 2 for part in numeral.fractions] == [True]
    return word not in other_side and (small or not numeral.fractions)


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
    if last.fractions and end < len(tokens) and tokens[end].plain in COUNTING - NAMING:
        return UNREAD  # `12500,2 шт`
    money = last.thousand or last.rouble or (bool(last.fractions) and not last.like_size)
    one = replace(one, marked=money or unit > 0 or before in SUM_LABEL | MONEY, also=_also(tokens, start, end, one))
    one = _add_hundreds(tokens, one)
    rouble = last.rouble or any(tokens[i].plain in ROUBLE for i in range(end, one.end))
    return _add_kopecks(tokens, one, rouble=rouble)


def _add_hundreds(tokens: list[Token], one: Sum) -> Sum:
    """`12 тысяч 500 рублей`, also without the last word where nothing follows that the 500 may belong to."""
    if one.end >= len(tokens) or tokens[one.end - 1].plain not in THOUSAND_WORD or one.amount % roubles(1000):
        return one
    hundreds, after = tokens[one.end], tokens[one.end + 1] if one.end + 1 < len(tokens) else None
    if (
        hundreds.numeral is None
        or len(hundreds.numeral.whole) != 3
        or hundreds.gap == "\n"
        or hundreds.numeral.thousand
    ):
        return one
    rouble = hundreds.numeral.rouble or (after is not None and after.plain in ROUBLE)
    if hundreds.numeral.fractions or not (rouble or after is None or after.phone or after.gap == "\n"):
        return one
    end = one.end + (2 if rouble and not hundreds.numeral.rouble else 1)
    return replace(one, end=end, amount=one.amount + roubles(int(hundreds.numeral.whole)))


def _unit(tokens: list[Token], end: int) -> int:
    """How many words after the number are its unit: `тыс`, `руб`, `тыс руб`."""
    numeral, count = _last(tokens, end), 0
    follows = tokens[end].plain if end < len(tokens) and tokens[end].gap != "\n" else ""
    # After a large number a lone `к` is the preposition; `12500 тыс` is left to `_thousands` to refuse.
    long = len(numeral.whole) > 3
    preposition = long and (follows == "к" or (follows == "т" and _is_phone(tokens, end + 1)))
    if follows in THOUSAND and not preposition and not numeral.thousand and not numeral.rouble:
        count = 1
    after = end + count
    if not numeral.rouble and after < len(tokens) and tokens[after].plain in ROUBLE and tokens[after].gap != "\n":
        count += 1
    return count


def _is_phone(tokens: list[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].phone is not None


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
    """Other readings of a number with spaces in it, or with a lone `к` (`5 к чаю`) or `т.` (`12 т. 9161234567`)."""
    lone = tokens[end].plain if one.end == end + 1 < len(tokens) else ""
    if lone == "т" if _is_phone(tokens, one.end) else lone == "к" and not tokens[one.end].is_punctuation:
        return _sums(_read(tokens, start, end))
    if end - start < 2 or tokens[start + 1].gap == NBSP or tokens[start + 1].text.startswith("0"):
        return ()
    tail = _sums(_read(tokens, start + 1, one.end))
    if one.digits == 6:
        clear = (one.end > end or not _last(tokens, end).bare) and one.amount <= roubles(SLIPPED_MAX)
        return () if clear else _sums(_read(tokens, start, start + 1)) + tail
    millions = end - start > 2 and len(tokens[start].text) > 1  # `42 108 000`: a size, and a sum that a shop takes
    return tail if millions or _may_own_number(tokens, start) else ()


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
