"""Messages as assistants type them, and what each must be read as."""

import time

import pytest

from bot.money import roubles
from bot.payments.grammar import Choice, NeedAmount, Order, Refusal, read, read_amount

PHONE = "+79161234567"

# message, roubles, phone, description
ORDERS: list[tuple[str, float, str | None, str]] = [
    # the amount alone
    ("12500", 12500, None, ""),
    ("12 500", 12500, None, ""),
    ("12\u00a0500", 12500, None, ""),
    ("12\u202f500\u00a0₽", 12500, None, ""),
    ("120\u00a0500", 120500, None, ""),
    ("1\u00a0250\u00a0500 ₽", 1250500, None, ""),
    ("150 000", 150000, None, ""),
    ("125 900 ₽", 125900, None, ""),
    ("1 250 000", 1250000, None, ""),
    ("  12500  ", 12500, None, ""),
    ("12500.", 12500, None, ""),
    ("12500р", 12500, None, ""),
    ("12500р.", 12500, None, ""),
    ("12500 р", 12500, None, ""),
    ("12500 руб", 12500, None, ""),
    ("12500 руб.", 12500, None, ""),
    ("12500 РУБ", 12500, None, ""),
    ("12500 рублей", 12500, None, ""),
    ("12500₽", 12500, None, ""),
    ("12 500р", 12500, None, ""),
    ("12500 rub", 12500, None, ""),
    ("12500.50", 12500.5, None, ""),
    ("12500,50", 12500.5, None, ""),
    ("12500,5", 12500.5, None, ""),
    ("12 500,50", 12500.5, None, ""),
    ("12500,05 ₽", 12500.05, None, ""),
    ("12500 руб 50 коп", 12500.5, None, ""),
    ("12500 рублей 5 копеек", 12500.05, None, ""),
    ("12.5к", 12500, None, ""),
    ("12,5К", 12500, None, ""),
    ("12,25к", 12250, None, ""),
    ("12к", 12000, None, ""),
    ("12k", 12000, None, ""),
    ("12 к", 12000, None, ""),
    ("12т", 12000, None, ""),
    ("12тр", 12000, None, ""),
    ("12 т.р.", 12000, None, ""),
    ("12 тыс. руб.", 12000, None, ""),
    ("12 тысяч", 12000, None, ""),
    ("1,5 тыс", 1500, None, ""),
    ("12 тысяч 500", 12500, None, ""),
    ("(12500)", 12500, None, ""),
    ("12'500", 12500, None, ""),
    ("сумма 12500", 12500, None, ""),
    ("итого: 12500", 12500, None, ""),
    # amount and phone, in any order and spelling
    ("12500 9161234567", 12500, PHONE, ""),
    ("12500 89161234567", 12500, PHONE, ""),
    ("12500 79161234567", 12500, PHONE, ""),
    ("12500 +79161234567", 12500, PHONE, ""),
    ("12500 + 7 916 123 45 67", 12500, PHONE, ""),
    ("12500 +7(916)123-45-67", 12500, PHONE, ""),
    ("12500 (916) 123-45-67", 12500, PHONE, ""),
    ("12500 8(916)1234567", 12500, PHONE, ""),
    ("12500 8.916.123.45.67", 12500, PHONE, ""),
    ("12500 8 916 123 45 67", 12500, PHONE, ""),
    ("12500 916 1234567", 12500, PHONE, ""),
    ("12500 916 123 4567", 12500, PHONE, ""),
    ("12500 8916 123 45 67", 12500, PHONE, ""),
    ("12500 916–123–45–67", 12500, PHONE, ""),
    ("12 500 9161234567", 12500, PHONE, ""),
    ("12 500 916 123 45 67", 12500, PHONE, ""),
    ("500 916 123 45 67", 500, PHONE, ""),
    ("8 900 9161234567", 8900, PHONE, ""),
    ("8 900 916 123 45 67", 8900, PHONE, ""),
    ("150 000 руб 9161234567", 150000, PHONE, ""),
    ("89161234567 12500", 12500, PHONE, ""),
    ("9161234567 12 500", 12500, PHONE, ""),
    ("+7\u00a0916\u00a0123-45-67 12\u00a0500\u00a0₽", 12500, PHONE, ""),
    ("12\u00a0500\u00a0₽\u00a0+7\u00a0916\u00a0123-45-67", 12500, PHONE, ""),
    ("12.5к 89161234567", 12500, PHONE, ""),
    ("12500\n9161234567", 12500, PHONE, ""),
    ("12500\t9161234567", 12500, PHONE, ""),
    ("12500, 9161234567", 12500, PHONE, ""),
    ("12500; 9161234567", 12500, PHONE, ""),
    ("12500;9161234567", 12500, PHONE, ""),
    ("12500 - 9161234567", 12500, PHONE, ""),
    ("12500 / 9161234567", 12500, PHONE, ""),
    ("12500,9161234567", 12500, PHONE, ""),
    ("12500 (9161234567)", 12500, PHONE, ""),
    ("12500 тел 9161234567", 12500, PHONE, ""),
    ("12500 тел.: 9161234567", 12500, PHONE, ""),
    ("12500 тел9161234567", 12500, PHONE, ""),
    ("сумма:12500 тел:89161234567", 12500, PHONE, ""),
    ("12500 9161234567 89161234567", 12500, PHONE, ""),
    ("\u202e12500\u202c 9161234567", 12500, PHONE, ""),
    ("\ufeff12500 9161\u200b234567", 12500, PHONE, ""),
    # and words
    ("12 500,50 ₽ +7 (916) 123-45-67 куртка зимняя", 12500.5, PHONE, "куртка зимняя"),
    ("12,5 тыс 8-916-123-45-67 сумка", 12500, PHONE, "сумка"),
    ("куртка 12500 9161234567", 12500, PHONE, "куртка"),
    ("куртка 9161234567 12500", 12500, PHONE, "куртка"),
    ("9161234567 куртка 12500", 12500, PHONE, "куртка"),
    ("9161234567 12500 куртка", 12500, PHONE, "куртка"),
    ("12500 куртка 9161234567", 12500, PHONE, "куртка"),
    ("12500 куртка зимняя, синяя", 12500, None, "куртка зимняя, синяя"),
    ("куртка зимняя 12500 синяя", 12500, None, "куртка зимняя синяя"),
    ("куртка 12 500", 12500, None, "куртка"),
    ("куртка - 12500", 12500, None, "куртка"),
    ("куртка — 12 500 ₽", 12500, None, "куртка"),
    ("куртка: 12500", 12500, None, "куртка"),
    ("12500,куртка", 12500, None, "куртка"),
    ("12500 куртка\nсиняя", 12500, None, "куртка синяя"),
    ("диван 45 000", 45000, None, "диван"),
    ("12к куртка 9161234567", 12000, PHONE, "куртка"),
    ("5000 к празднику", 5000, None, "к празднику"),
    ("12500 в рассрочку", 12500, None, "в рассрочку"),
    ("Nike 12500", 12500, None, "Nike"),
    ("12500 <b>куртка</b>", 12500, None, "<b>куртка</b>"),
    ("12500 👍", 12500, None, "👍"),
    ("12500 XL куртка", 12500, None, "XL куртка"),
    # numbers that belong to the description
    ("12500 iPhone 15 128", 12500, None, "iPhone 15 128"),
    ("iPhone 15 64990", 64990, None, "iPhone 15"),
    ("iPhone 15 100\u00a0000 ₽", 100000, None, "iPhone 15"),
    ("iPhone 15 128gb 64990 9161234567", 64990, PHONE, "iPhone 15 128gb"),
    ("128gb iphone 45000", 45000, None, "128gb iphone"),
    ("3d принтер 45000", 45000, None, "3d принтер"),
    ("куртка 2 шт 12500", 12500, None, "куртка 2 шт"),
    ("12500 9161234567 2 шт", 12500, PHONE, "2 шт"),
    ("12 500 2 шт", 12500, None, "2 шт"),
    ("12500 2 куртки", 12500, None, "2 куртки"),
    ("2 куртки 12500", 12500, None, "2 куртки"),
    ("9161234567 2 куртки 12500", 12500, PHONE, "2 куртки"),
    ("12500 размер 42", 12500, None, "размер 42"),
    ("размер 42 12500", 12500, None, "размер 42"),
    ("42 размер 12500", 12500, None, "42 размер"),
    ("12500 9161234567 куртка 42 размер", 12500, PHONE, "куртка 42 размер"),
    ("12500 куртка 2XL", 12500, None, "куртка 2XL"),
    ("12500 кроссовки 42", 12500, None, "кроссовки 42"),
    ("кроссовки 42 5000", 5000, None, "кроссовки 42"),
    ("куртка 42 зимняя 12500", 12500, None, "куртка 42 зимняя"),
    ("12500 арт 45678", 12500, None, "арт 45678"),
    ("12500 арт. WB12345678", 12500, None, "арт. WB12345678"),
    ("12500 № 1042", 12500, None, "№ 1042"),
    ("12500 плед 40х60", 12500, None, "плед 40х60"),
    ("12500 размер 42-44", 12500, None, "размер 42-44"),
    ("12500 самовывоз 14:00", 12500, None, "самовывоз 14:00"),
    ("12500 до 25 ноября", 12500, None, "до 25 ноября"),
    ("12500 скидка 10%", 12500, None, "скидка 10%"),
    ("2500 джинсы levis 501", 2500, None, "джинсы levis 501"),
    ("12500 ковёр 5 м²", 12500, None, "ковёр 5 м²"),
]

# message, question, roubles of the buttons
CHOICES: list[tuple[str, str, tuple[float, ...]]] = [
    ("12.500", "dot3", (12500,)),
    ("12,500", "dot3", (12500,)),
    ("12.500 9161234567 куртка", "dot3", (12500,)),
    ("12,500.50", "dot3", (12500.5,)),
    ("1.250.000", "dot3", (1250000,)),
    ("12.500к", "dot3", (12500,)),
    ("500 700", "two_sums", (500, 700, 500700)),
    ("500 700 куртка", "two_sums", (500, 700, 500700)),
    ("120 500", "two_sums", (120, 500, 120500)),
    ("12 500 300", "two_sums", (12500, 300)),
    ("12500 50", "two_sums", (12500, 50)),
    ("12500 13000", "two_sums", (12500, 13000)),
    ("12500 9161234567 13000", "two_sums", (12500, 13000)),
    ("12500 куртка 3000", "two_sums", (12500, 3000)),
    ("12500 куртка 3000р", "two_sums", (12500, 3000)),
    ("12500 доставка 300", "two_sums", (12500, 300)),
    ("12500 скидка 500", "two_sums", (12500, 500)),
    ("45000 телевизор 4к", "two_sums", (45000, 4000)),
    ("4к телевизор 45000", "two_sums", (4000, 45000)),
    ("1990 куртка 2024", "two_sums", (1990, 2024)),
    ("1500 куртка 700", "two_sums", (1500, 700)),
    ("500 чехол 15", "two_sums", (500, 15)),
    ("куртка 1 2500", "two_sums", (1, 2500, 12500)),
    ("кроссовки 42 500", "two_sums", (500, 42500)),
    ("размер 42 500", "two_sums", (500, 42500)),
    ("9161234567 № 17 100", "two_sums", (100, 17100)),
    ("iPhone 15 100 000", "two_sums", (100000, 15100000)),
    ("iPhone 15 500", "two_sums", (500, 15500)),
    ("iPhone 15 128 12500", "two_sums", (128, 12500, 15128)),
    ("12 тысяч 500 крем", "two_sums", (12000, 500, 12500)),
    ("500 к 8 марта", "two_sums", (500, 500000)),
    ("12\n500", "two_sums", (12, 500)),
    ("крем 900 500 мл", "two_sums", (900, 900500)),
]

# message, key
REFUSALS: list[tuple[str, str]] = [
    ("", "r.unread"),
    ("куртка", "r.unread"),
    ("полторы тысячи", "r.unread"),
    ("1e5", "r.unread"),
    ("125OO", "r.unread"),
    ("125ОО куртка 1500", "r.unread"),
    ("12500x", "r.unread"),
    ("12500x 3000", "r.unread"),
    ("куртка12500 500", "r.unread"),
    ("12500к", "r.unread"),
    ("12500 тыс", "r.unread"),
    ("1250 0", "r.unread"),
    ("012500", "r.unread"),
    ("~5000", "r.unread"),
    ("5000-6000", "r.unread"),
    ("5000 - 500", "r.unread"),
    ("6250 * 2", "r.unread"),
    ("2 x 6250", "r.unread"),
    ("2x6250", "r.unread"),
    ("12500 x2", "r.unread"),
    ("6250 х 2 шт", "r.unread"),
    ("2 шт х 6250", "r.unread"),
    ("2 по 6250", "r.unread"),
    ("2 куртки по 6250", "r.unread"),
    ("12500 -20%", "r.unread"),
    ("12500 - 20%", "r.unread"),
    ("9 161 234 567", "r.unread"),
    ("12500 + 500", "r.unread"),
    ("12500+500", "r.unread"),
    ("12500 -500", "r.unread"),
    ("100$", "r.unread"),
    ("$100", "r.unread"),
    ("100 долларов", "r.unread"),
    ("1 млн", "r.unread"),
    ("50 коп", "r.unread"),
    ("2 шт", "r.unread"),
    ("12 900 916 12 34 567", "r.unread"),
    ("5000 900 916 12 34 567", "r.unread"),
    ("размер 42", "r.unread"),
    ("１２５００", "r.unread"),
    ("١٢٥٠٠ 9161234567", "r.unread"),
    ("1\ufe0f\u20e32\ufe0f\u20e3 500", "r.unread"),
    ("1 2 3 4 5 6 7", "r.unread"),
    ("25.11.2026 12500", "r.unread"),
    ("0", "r.zero"),
    ("0,00", "r.zero"),
    ("0 9161234567", "r.zero"),
    ("-500", "r.zero"),
    ("- 500", "r.zero"),
    ("\u2212500 куртка", "r.zero"),
    ("12500,505", "r.kop"),
    ("0.500", "r.kop"),
    ("12500,5055", "r.kop"),
    ("12500 руб 150 коп", "r.kop"),
    ("916123456 12500", "r.phone_short"),
    ("12500 916 123 45 6", "r.phone_short"),
    ("12500 +7 916 123-45-6", "r.phone_short"),
    ("12500 8916123456", "r.phone_short"),
    ("12500 123-45-67", "r.phone_short"),
    ("12500 91612345678", "r.phone_long"),
    ("12500 375291234567", "r.phone_long"),
    ("12500 9161234567 8", "r.phone_long"),
    ("12500 916 123 45 678", "r.phone_long"),
    ("12500 9161234567 доб. 5", "r.phone_long"),
    ("12500 125009161234567", "r.phone_long"),
    ("12500 495 123-45-67", "r.phone_city"),
    ("12500 84951234567", "r.phone_city"),
    ("8 800 555-35-35 12500", "r.phone_city"),
    ("12500 9161234567 4951234567", "r.phone_city"),
    ("12500 +375291234567", "r.phone_foreign"),
    ("12500 87011234567", "r.phone_foreign"),
    ("12500 +8 916 123 45 67", "r.phone_foreign"),
    ("12500 +9161234567", "r.phone_foreign"),
    ("12500 930 000 00 00", "r.phone_foreign"),
]


@pytest.mark.parametrize(("text", "amount", "phone", "what"), ORDERS)
def test_a_clear_message_is_an_order(text: str, amount: float, phone: str | None, what: str) -> None:
    """Amount, phone and words are exactly those that were typed."""
    assert read(text) == Order(round(amount * 100), phone, what)


@pytest.mark.parametrize(("text", "question", "amounts"), CHOICES)
def test_a_doubtful_sum_comes_back_as_buttons(text: str, question: str, amounts: tuple[float, ...]) -> None:
    """Each possible sum is one reading, in the order of the text; nothing is taken silently."""
    choice = read(text)

    assert isinstance(choice, Choice)
    assert (choice.question, tuple(one.amount for one in choice.readings)) == (
        question,
        tuple(round(amount * 100) for amount in amounts),
    )


@pytest.mark.parametrize(("text", "key"), REFUSALS)
def test_an_unclear_message_is_refused_with_its_reason(text: str, key: str) -> None:
    """The key names the sentence that says what is wrong."""
    refusal = read(text)

    assert isinstance(refusal, Refusal)
    assert refusal.key == key


def test_a_reading_keeps_the_other_number_as_words() -> None:
    """Whichever button is pressed, the number that is not the sum stays in the description."""
    choice = read("500 700 куртка 9161234567")

    assert isinstance(choice, Choice)
    assert [(one.phone, one.what) for one in choice.readings] == [
        (PHONE, "700 куртка"),
        (PHONE, "500 куртка"),
        (PHONE, "куртка"),
    ]
    assert choice.raw == "500 700"


def test_two_phones_come_back_as_buttons() -> None:
    """An SMS goes to the number that a person chose."""
    choice = read("12500 9161234567 +7 926 123-45-67 куртка")

    assert choice == Choice(
        "two_phones",
        (Order(1250000, PHONE, "куртка"), Order(1250000, "+79261234567", "куртка")),
        "9161234567 +7 926 123-45-67",
    )


def test_a_lone_phone_asks_for_its_amount() -> None:
    """The words typed with it are kept."""
    assert read("8 916 123-45-67") == NeedAmount(PHONE)
    assert read("9161234567 куртка размер 42") == NeedAmount(PHONE, "куртка размер 42")


def test_a_refused_phone_is_quoted_as_typed() -> None:
    """The assistant sees which number is meant."""
    assert read("12500 +7 916 123-45-6") == Refusal("r.phone_short", {"raw": "+7 916 123-45-6"})
    assert read("495 123-45-67 12500") == Refusal("r.phone_city", {"raw": "495 123-45-67"})


def test_a_hold_is_what_the_caller_says() -> None:
    """The command stands outside the text; every reading carries it."""
    assert read("12500", hold=True) == Order(1250000, hold=True)
    choice = read("12.500", hold=True)
    assert isinstance(choice, Choice)
    assert all(one.hold for one in choice.readings)


def test_a_long_description_is_refused_with_its_length() -> None:
    """200 characters are the limit."""
    assert read("12500 " + "я" * 200) == Order(1250000, None, "я" * 200)
    assert read("12500 " + "я" * 201) == Refusal("r.long", {"k": 201})
    assert read("9161234567 " + "я" * 201) == Refusal("r.long", {"k": 201})


@pytest.mark.parametrize(
    "piece", ["1 ", "9161234567 ", "12 500 ", "916 ", "+", "(", "1.1", "12500,", "т.", "-1-", "я1", "\u202e", ".,;:!?"]
)
def test_a_huge_message_is_refused_fast(piece: str) -> None:
    """No text takes long, whatever it repeats."""
    text = (piece * 4000)[:4096]

    started = time.process_time()
    reading = read(text)

    assert isinstance(reading, Refusal)
    assert time.process_time() - started < 1  # of this process: others may keep the machine busy


def test_a_text_beyond_telegrams_limit_is_long_at_once() -> None:
    """The web till can send more than a chat can."""
    assert read("12500 " + "я" * 1_000_000) == Refusal("r.long", {"k": 1_000_006})


@pytest.mark.parametrize(
    ("text", "amount"), [("12500", 12500), ("12 500 ₽", 12500), ("12,5к", 12500), ("сумма 700", 700)]
)
def test_a_reply_may_be_an_amount_alone(text: str, amount: int) -> None:
    """The answer to «Сколько?» is a sum."""
    assert read_amount(text) == roubles(amount)


@pytest.mark.parametrize("text", ["куртка", "12500 куртка", "12500 9161234567", "9161234567", ""])
def test_a_reply_with_more_than_an_amount_is_refused(text: str) -> None:
    """Words and phones would be lost, so they are not read as part of an amount."""
    assert read_amount(text) == Refusal("r.unread")


def test_a_doubtful_amount_in_a_reply_asks_too() -> None:
    """The rules of a message hold in a reply."""
    assert read_amount("12.500") == Choice("dot3", (Order(1250000),), "12.500")
    assert read_amount("12500,505") == Refusal("r.kop")
