"""What holds for every message after a sale: no other sum, no other payment, no digit lost, no exception."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.payments.grammar import (
    Refusal,
    Wish,
    WishChoice,
    is_wish,
    read,
    read_answer,
    read_command,
    read_wish,
    wishes_of,
)

cheap = settings(max_examples=60, deadline=None, database=None)

VERBS = ["возврат", "верни", "Вернуть", "refund", "возврат:", "сделайте возврат"]
MARKS = ["₽", " ₽", "р", " руб", " рублей", ",00", "р."]
NUMBER_MARKS = ["№", "№ ", "#", "номер "]
REASONS = [
    "",
    "брак",
    "не подошёл размер 42",
    "2 шт",
    "сломан 1 из 2",
    "цвет не тот",
    "арт 7731",
    "defect",
    "сломан, порван",
]

verbs = st.sampled_from(VERBS)
sums = st.integers(100, 999_999)
numbers = st.integers(1001, 99_999)  # longer ones beside a sum may look like a phone, and are refused
reasons = st.sampled_from(REASONS)


def digits(text: str) -> Counter[str]:
    """How often each digit stands in a text."""
    return Counter(character for character in text if character in "0123456789")


def held(wish: Wish) -> Counter[str]:
    """The digits that a wish still has; its sum in whole roubles."""
    return digits(f"{wish.number or ''} {(wish.amount or 0) // 100 or ''} {wish.reason}")


@cheap
@given(verbs, sums, numbers, reasons, st.sampled_from(MARKS), st.booleans(), st.booleans())
def test_a_marked_sum_is_never_the_number(
    verb: str, roubles: int, number: int, reason: str, mark: str, sum_first: bool, in_reply: bool
) -> None:
    """In either order, with or without a card."""
    parts = [f"{roubles}{mark}", str(number)]

    wish = read_wish(" ".join([verb, *parts[:: 1 if sum_first else -1], reason]), in_reply=in_reply)

    assert wish == Wish("refund", number, roubles * 100, reason=reason)


@cheap
@given(verbs, sums, numbers, reasons, st.sampled_from(NUMBER_MARKS), st.booleans(), st.booleans())
def test_a_marked_number_is_never_the_sum(
    verb: str, roubles: int, number: int, reason: str, mark: str, sum_first: bool, in_reply: bool
) -> None:
    """In either order, with or without a card."""
    parts = [str(roubles), f"{mark}{number}"]

    wish = read_wish(" ".join([verb, *parts[:: 1 if sum_first else -1], reason]), in_reply=in_reply)

    assert wish == Wish("refund", number, roubles * 100, reason=reason)


@cheap
@given(verbs, sums, sums, reasons, st.permutations([0, 1, 2]), st.sampled_from(["", *MARKS]))
def test_two_sums_are_never_taken_in_silence(
    verb: str, first: int, second: int, reason: str, order: list[int], mark: str
) -> None:
    """Answering a card or its question, of two plausible sums nobody is guessed to be the one that was meant."""
    parts = [f"{first}{mark}", f"{second}{mark}", reason]
    text = " ".join(parts[i] for i in order)

    for reading in (read_wish(f"{verb} {text}", in_reply=True), read_answer("refund", text)):
        assert isinstance(reading, WishChoice | Refusal)
        if isinstance(reading, WishChoice) and reading.key != "r.dot3":
            assert len({wish.amount for wish in reading.readings}) == len(reading.readings) > 1


@cheap
@given(verbs, sums, numbers, reasons)
def test_without_a_card_the_first_number_is_the_payment(verb: str, roubles: int, number: int, reason: str) -> None:
    """The sum is the second."""
    assert read_wish(f"{verb} {number} {roubles} {reason}", in_reply=False) == Wish(
        "refund", number, roubles * 100, reason=reason
    )


@cheap
@given(
    st.lists(st.sampled_from(["1042", "3000", "500", "77", "12", "№", "брак", "из", "размер", "x"]), max_size=6),
    st.booleans(),
)
def test_no_digit_is_lost(words: list[str], in_reply: bool) -> None:
    """Every digit typed is in the number, the sum or the reason, whatever a person may choose."""
    text = " ".join(words)

    for wish in wishes_of(read_command("refund", text, in_reply=in_reply)):
        assert held(wish) == digits(text)


@cheap
@given(
    st.sampled_from(["", *VERBS, "отмена", "выдал ", "1042 возврат", "статус"]),
    st.one_of(st.text(), st.text(alphabet="0123456789 +-().,;:кКтысрубkp₽$Oe№#\u00a0\n\u2212%xх*явсё", max_size=40)),
    st.booleans(),
)
def test_no_text_breaks_the_reader(beginning: str, text: str, in_reply: bool) -> None:
    """What begins as a wish is one, a question or a refusal; its sums are above zero, its reasons short."""
    reading = read_wish(f"{beginning} {text}", in_reply=in_reply)
    answers = [
        read_answer("refund", text),
        read_answer("complete", text),
        read_command("cancel", text, in_reply=in_reply),
    ]

    assert (reading is None) == (not is_wish(f"{beginning} {text}"))
    assert reading is not None or not beginning
    for wish in (wish for one in (reading, *answers) for wish in wishes_of(one)):
        assert wish.amount is None or wish.amount > 0
        assert wish.number is None or wish.number > 0
        assert not (wish.amount and wish.everything)
        assert len(wish.reason) <= 200
    assert not any(wish.amount for wish in wishes_of(answers[2]))


def test_reading_is_fast_whatever_is_sent() -> None:
    """A message as long as Telegram allows costs no more than a sale's."""
    for text in (
        "1 " * 2048,
        " " * 4096,
        "№" * 4096,
        "возврат " * 512,
        "прошу " * 680,
        "(" * 4095 + "1",
        "1" + "-" * 4095,
    ):
        read_wish(text, in_reply=True)
        read(text)
