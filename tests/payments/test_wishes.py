"""What staff write after a sale, and what each must be read as."""

import pytest

from bot.money import roubles
from bot.payments.grammar import (
    Refusal,
    Verb,
    Wish,
    WishChoice,
    is_wish,
    read_answer,
    read_command,
    read_wish,
    wishes_of,
)
from bot.text import LANGUAGES, say


def refund(number: int | None = None, amount: float | None = None, reason: str = "") -> Wish:
    """A refund of roubles."""
    return Wish("refund", number, None if amount is None else round(amount * 100), reason=reason)


def refund_all(number: int | None = None, reason: str = "") -> Wish:
    """A refund of all that is left."""
    return Wish("refund", number, everything=True, reason=reason)


def complete(number: int | None = None, amount: int | None = None, reason: str = "") -> Wish:
    """A completion, of roubles where they are named."""
    return Wish("complete", number, None if amount is None else roubles(amount), reason=reason)


def cancel(number: int | None = None, reason: str = "") -> Wish:
    """A cancellation."""
    return Wish("cancel", number, reason=reason)


# message, what it means in reply to a card, what it means alone
READ: list[tuple[str, Wish, Wish]] = [
    # a lone number is the sum in reply to a card, and the payment without one
    ("возврат 3000 брак", refund(None, 3000, "брак"), refund(3000, None, "брак")),
    ("Возврат 3000", refund(None, 3000), refund(3000)),
    ("ВОЗВРАТ 3000!", refund(None, 3000), refund(3000)),
    ("верни 3000", refund(None, 3000), refund(3000)),
    ("верните 3000 не подошло", refund(None, 3000, "не подошло"), refund(3000, None, "не подошло")),
    ("вернуть: 3000, брак", refund(None, 3000, "брак"), refund(3000, None, "брак")),
    ("возврат - 3000 - брак", refund(None, 3000, "брак"), refund(3000, None, "брак")),
    ("возврат3000", refund(None, 3000), refund(3000)),
    ("возврат\n3000\nбрак", refund(None, 3000, "брак"), refund(3000, None, "брак")),
    ("верни деньги 3000 брак", refund(None, 3000, "брак"), refund(3000, None, "брак")),
    ("сделайте возврат 3000", refund(None, 3000), refund(3000)),
    ("3000 возврат", refund(None, 3000), refund(3000)),
    ("refund 3000 defect", refund(None, 3000, "defect"), refund(3000, None, "defect")),
    ("деньги назад 3000", refund(None, 3000), refund(3000)),
    ("вернули 3000 причина: брак", refund(None, 3000, "брак"), refund(3000, None, "брак")),
    ("Money back 3000", refund(None, 3000), refund(3000)),
    ("возврат брак 3000", refund(None, 3000, "брак"), refund(3000, None, "брак")),
    ("выдал 8000", complete(None, 8000), complete(8000)),
    ("выдано 1042", complete(None, 1042), complete(1042)),
    ("списать 8000", complete(None, 8000), complete(8000)),
    ("complete 8000", complete(None, 8000), complete(8000)),
    # what is written as money is the sum everywhere
    ("возврат 3000 ₽ брак", refund(None, 3000, "брак"), refund(None, 3000, "брак")),
    ("возврат 3000р", refund(None, 3000), refund(None, 3000)),
    ("возврат 3000,50", refund(None, 3000.5), refund(None, 3000.5)),
    ("возврат 3к брак", refund(None, 3000, "брак"), refund(None, 3000, "брак")),
    ("возврат 3,5 тыс", refund(None, 3500), refund(None, 3500)),
    ("возврат 12 500 не тот цвет", refund(None, 12500, "не тот цвет"), refund(None, 12500, "не тот цвет")),
    ("возврат 12\u00a0500\u00a0₽", refund(None, 12500), refund(None, 12500)),
    ("возврат сумма 3000 брак", refund(None, 3000, "брак"), refund(None, 3000, "брак")),
    ("возврат 500 сломан замок", refund(None, 500, "сломан замок"), refund(None, 500, "сломан замок")),
    ("возврат 3000 руб 50 коп", refund(None, 3000.5), refund(None, 3000.5)),
    # both marked apart
    ("возврат 3000 ₽ 1042", refund(1042, 3000), refund(1042, 3000)),
    ("возврат 3000р, 1042 брак", refund(1042, 3000, "брак"), refund(1042, 3000, "брак")),
    ("возврат 1042 3000 руб брак", refund(1042, 3000, "брак"), refund(1042, 3000, "брак")),
    ("возврат 1042 3к", refund(1042, 3000), refund(1042, 3000)),
    ("возврат 1042 12 500", refund(1042, 12500), refund(1042, 12500)),
    ("возврат №1042 3000 брак", refund(1042, 3000, "брак"), refund(1042, 3000, "брак")),
    ("возврат № 1042 3000", refund(1042, 3000), refund(1042, 3000)),
    ("возврат #1042 3000", refund(1042, 3000), refund(1042, 3000)),
    ("возврат 3000 №1042", refund(1042, 3000), refund(1042, 3000)),
    ("возврат 3000 брак №1042", refund(1042, 3000, "брак"), refund(1042, 3000, "брак")),
    ("возврат номер 1042 3000", refund(1042, 3000), refund(1042, 3000)),
    ("возврат № заказа 1042 3000", refund(1042, 3000), refund(1042, 3000)),
    ("№1042 возврат 3000", refund(1042, 3000), refund(1042, 3000)),
    ("возврат № 17 500", refund(17, 500), refund(17, 500)),
    ("refund #1042 3000 defect", refund(1042, 3000, "defect"), refund(1042, 3000, "defect")),
    ("возврат №1042", refund(1042), refund(1042)),
    ("выдал № 1042 8000", complete(1042, 8000), complete(1042, 8000)),
    # all of it
    ("возврат всё", refund_all(), refund_all()),
    ("возврат все", refund_all(), refund_all()),
    ("возврат всего не подошёл", refund_all(None, "не подошёл"), refund_all(None, "не подошёл")),
    ("верни всю сумму, брак", refund_all(None, "брак"), refund_all(None, "брак")),
    ("полный возврат", refund_all(), refund_all()),
    ("вернуть полностью размер 42", refund_all(None, "размер 42"), refund_all(None, "размер 42")),
    ("возврат №1042 всё брак", refund_all(1042, "брак"), refund_all(1042, "брак")),
    ("refund all", refund_all(), refund_all()),
    ("full refund wrong size", refund_all(None, "wrong size"), refund_all(None, "wrong size")),
    ("выдал всё", Wish("complete", everything=True), Wish("complete", everything=True)),
    # numbers that are words of a reason
    ("возврат 3к размер 42", refund(None, 3000, "размер 42"), refund(None, 3000, "размер 42")),
    ("возврат 3000р 2 шт", refund(None, 3000, "2 шт"), refund(None, 3000, "2 шт")),
    ("возврат 3000р сломан 1 из 2", refund(None, 3000, "сломан 1 из 2"), refund(None, 3000, "сломан 1 из 2")),
    ("возврат 3000р 44 размер", refund(None, 3000, "44 размер"), refund(None, 3000, "44 размер")),
    ("возврат №1042 3000 арт 7731", refund(1042, 3000, "арт 7731"), refund(1042, 3000, "арт 7731")),
    ("возврат 3к чехол 128gb", refund(None, 3000, "чехол 128gb"), refund(None, 3000, "чехол 128gb")),
    ("возврат размер 42", refund(None, None, "размер 42"), refund(None, None, "размер 42")),
    ("возврат iPhone 15", refund(None, None, "iPhone 15"), refund(None, None, "iPhone 15")),
    ("возврат Samsung 128", refund(None, None, "Samsung 128"), refund(None, None, "Samsung 128")),
    ("возврат  брак   рукава", refund(None, None, "брак рукава"), refund(None, None, "брак рукава")),
    # the verb alone, and what has no sum
    ("возврат", refund(), refund()),
    ("верни деньги", refund(), refund()),
    ("отмена", cancel(), cancel()),
    ("Отменить!", cancel(), cancel()),
    ("отмени пожалуйста", cancel(), cancel()),
    ("отмена 1042", cancel(1042), cancel(1042)),
    ("отмена №1042 передумал", cancel(1042, "передумал"), cancel(1042, "передумал")),
    ("отмена заказа 1042", cancel(1042), cancel(1042)),
    ("1042 отмена", cancel(1042), cancel(1042)),
    ("отмена передумал 2 раза", cancel(None, "передумал 2 раза"), cancel(None, "передумал 2 раза")),
    ("снять удержание 1042", cancel(1042), cancel(1042)),
    ("отменяй 1042", cancel(1042), cancel(1042)),
    ("cancel 1042", cancel(1042), cancel(1042)),
    ("cancel", cancel(), cancel()),
    ("выдал", complete(), complete()),
    ("Выдала.", complete(), complete()),
    ("выдал товар", complete(), complete()),
    ("✅ выдано", complete(), complete()),
    ("выдал 2 куртки", complete(None, None, "2 куртки"), complete(None, None, "2 куртки")),
    ("handed over", complete(), complete()),
    ("статус 1042", Wish("status", 1042), Wish("status", 1042)),
    ("status #1042", Wish("status", 1042), Wish("status", 1042)),
]

# message, what it means alone: the number first, then the sum
ALONE: list[tuple[str, Wish]] = [
    ("вернуть 1042 3000 брак", refund(1042, 3000, "брак")),
    ("возврат 3000 1042", refund(3000, 1042)),
    ("возврат 1042 500", refund(1042, 500)),
    ("возврат 1042 - 3000 - брак", refund(1042, 3000, "брак")),
    ("1042 возврат 3000 брак", refund(1042, 3000, "брак")),
    ("возврат 1042 всё", refund_all(1042)),
    ("возврат всё 1042", refund_all(1042)),
    ("полный возврат 1042 брак", refund_all(1042, "брак")),
    ("refund 1042 3000 defect", refund(1042, 3000, "defect")),
    ("возврат 1042 размер 42", refund(1042, None, "размер 42")),
    ("возврат iPhone 15 1042", refund(1042, None, "iPhone 15")),
    ("выдал 1042 8000", complete(1042, 8000)),
]

# message, in reply to a card, the question, each reading
ASKED: list[tuple[str, bool, str, tuple[Wish, ...]]] = [
    ("возврат 3000 1042", True, "r.refund_both", (refund(1042, 3000), refund(3000, 1042))),
    ("возврат 1042 3000 брак", True, "r.refund_both", (refund(3000, 1042, "брак"), refund(1042, 3000, "брак"))),
    ("возврат 5000 - 500", True, "r.refund_both", (refund(500, 5000), refund(5000, 500))),
    ("возврат 500 1042", True, "r.refund_both", (refund(1042, 500), refund(500, 1042))),
    ("выдал 1042 8000", True, "r.refund_both", (complete(8000, 1042), complete(1042, 8000))),
    ("возврат 12.500", True, "r.dot3", (refund(None, 12500),)),
    ("возврат 12,500 брак", False, "r.dot3", (refund(None, 12500, "брак"),)),
    ("возврат 1042 12.500", False, "r.dot3", (refund(1042, 12500),)),
    ("возврат 3000 брак 500", True, "r.two_sums", (refund(None, 3000, "брак 500"), refund(None, 500, "3000 брак"))),
    ("возврат №1042 3000 4000", True, "r.two_sums", (refund(1042, 3000, "4000"), refund(1042, 4000, "3000"))),
    ("возврат 12 №1042 500", True, "r.two_sums", (refund(1042, 12, "500"), refund(1042, 500, "12"))),
    ("возврат 1042 3000 500", False, "r.two_sums", (refund(1042, 3000, "500"), refund(1042, 500, "3000"))),
    (
        "возврат 1 2500",
        True,
        "r.two_sums",
        (refund(None, 1, "2500"), refund(None, 2500, "1"), refund(None, 12500)),
    ),
]

# message, in reply to a card, the refusal
REFUSED: list[tuple[str, bool, str]] = [
    ("возврат 0", True, "r.zero"),
    ("возврат 1042 0", False, "r.zero"),
    ("возврат -3000", True, "r.zero"),
    ("возврат 3000,505 руб 5 коп", True, "r.kop"),
    ("возврат 3ООО", True, "r.refund_unread"),
    ("возврат 3000x", True, "r.refund_unread"),
    ("возврат $100", True, "r.refund_unread"),
    ("возврат ３０００", True, "r.refund_unread"),
    ("возврат 3000 3000", True, "r.refund_unread"),
    ("возврат 5000 + 500", True, "r.refund_unread"),
    ("возврат 5000 * 2", False, "r.refund_unread"),
    ("возврат 5000 - 10%", True, "r.refund_unread"),
    ("возврат 2 шт по 1500", True, "r.refund_unread"),
    ("возврат 3000 из 12500", False, "r.refund_unread"),
    ("возврат 1042 доставка 300", False, "r.refund_unread"),
    ("возврат 500 3000", False, "r.refund_unread"),
    ("возврат куртки 1042 3000", False, "r.refund_unread"),
    ("возврат №1042 №1043 3000", False, "r.refund_unread"),
    ("возврат №12.500", True, "r.refund_unread"),
    ("возврат № 3000 ₽", True, "r.refund_unread"),
    ("возврат всё 3000", True, "r.refund_unread"),
    ("возврат 3000 всё", True, "r.refund_unread"),
    ("возврат №1042 всё 3000", False, "r.refund_unread"),
    ("возврат 1042 3000 500", True, "r.refund_unread"),
    ("возврат 3000 9161234567", True, "r.wish_phone"),
    ("возврат 916123456", True, "r.wish_phone"),
    ("9161234567 возврат 3000", False, "r.wish_phone"),
    ("возврат 3000 " + "ш" * 201, True, "r.long"),
    ("выдал 8000x", True, "r.complete_unread"),
    ("отмена 3000 ₽", True, "r.cancel_whole"),
    ("отмена 1042 3000", False, "r.cancel_whole"),
    ("отмена 1042x", False, "r.which"),
    ("статус 1042 500", False, "r.which"),
]

SALES = [
    "12500 9161234567 куртка",
    "куртка возврат 3000",
    "Вернисаж 5000",
    "возвратный клапан 5000",
    "отменная куртка 5000",
    "complete set 5000",
    "выданье 5000",
    "куртка 5000 отмена",
    "cancellation fee 5000",
    "",
]


@pytest.mark.parametrize(("text", "in_reply", "alone"), READ, ids=[text for text, _, _ in READ])
def test_a_wish_is_read_as_meant(text: str, in_reply: Wish, alone: Wish) -> None:
    """In reply to a card, and without one."""
    assert read_wish(text, in_reply=True) == in_reply
    assert read_wish(text, in_reply=False) == alone


@pytest.mark.parametrize(("text", "wish"), ALONE, ids=[text for text, _ in ALONE])
def test_without_a_card_the_number_comes_first(text: str, wish: Wish) -> None:
    """Then the sum, then the reason."""
    assert read_wish(text, in_reply=False) == wish


@pytest.mark.parametrize(("text", "in_reply", "key", "readings"), ASKED, ids=[one[0] for one in ASKED])
def test_two_readings_are_a_question(text: str, in_reply: bool, key: str, readings: tuple[Wish, ...]) -> None:
    """Each of them on its button; the question can be said in both languages."""
    choice = read_wish(text, in_reply=in_reply)

    assert isinstance(choice, WishChoice)
    assert (choice.key, choice.readings) == (key, readings)
    assert all(say(choice.key, lang, **choice.params) for lang in LANGUAGES)


@pytest.mark.parametrize(("text", "in_reply", "key"), REFUSED, ids=[one[0][:40] for one in REFUSED])
def test_what_cannot_be_read_is_refused(text: str, in_reply: bool, key: str) -> None:
    """With a sentence that exists in both languages, and never sold."""
    refusal = read_wish(text, in_reply=in_reply)

    assert isinstance(refusal, Refusal)
    assert refusal.key == key
    assert all(say(refusal.key, lang, **refusal.params) for lang in LANGUAGES)
    assert is_wish(text)


@pytest.mark.parametrize("text", SALES)
def test_a_sale_is_no_wish(text: str) -> None:
    """Only the beginning of a message, and only whole words, ask for something else."""
    assert read_wish(text, in_reply=True) is None
    assert not is_wish(text)


@pytest.mark.parametrize(
    ("verb", "args", "in_reply", "wish"),
    [
        ("refund", "1042 3000 брак", False, refund(1042, 3000, "брак")),
        ("refund", "1042 3000", False, refund(1042, 3000)),
        ("refund", "1042 all", False, refund_all(1042)),
        ("refund", "1042 всё брак", False, refund_all(1042, "брак")),
        ("refund", "1042", False, refund(1042)),
        ("refund", "№ 1042", False, refund(1042)),
        ("refund", "№1042 3000 ₽", True, refund(1042, 3000)),
        ("refund", "3000 брак", True, refund(None, 3000, "брак")),
        ("refund", "", True, refund()),
        ("complete", "1042", False, complete(1042)),
        ("complete", "1042 8000", False, complete(1042, 8000)),
        ("complete", "", True, complete()),
        ("complete", "8000", True, complete(None, 8000)),
        ("cancel", "1042", False, cancel(1042)),
        ("cancel", "#1042", True, cancel(1042)),
        ("cancel", "", True, cancel()),
        ("status", "1042", False, Wish("status", 1042)),
    ],
)
def test_a_command_is_read_like_words(verb: Verb, args: str, in_reply: bool, wish: Wish) -> None:
    """Its arguments are what would follow the verb."""
    assert read_command(verb, args, in_reply=in_reply) == wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("3000 брак", refund(None, 3000, "брак")),
        ("возврат 3000 брак", refund(None, 3000, "брак")),
        ("брак, 3000", refund(None, 3000, "брак")),
        ("3000", refund(None, 3000)),
        ("1042", refund(None, 1042)),
        ("12 500,50 ₽ не подошёл размер 42", refund(None, 12500.5, "не подошёл размер 42")),
        ("всё брак", refund_all(None, "брак")),
        ("all", refund_all()),
    ],
)
def test_an_answer_names_sum_and_reason(text: str, wish: Wish) -> None:
    """The card was named by the question."""
    assert read_answer("refund", text) == wish


def test_an_answer_about_a_part_is_a_sum_alone() -> None:
    """Words beside it would be lost, so they are refused."""
    assert read_answer("complete", "8 000") == complete(None, 8000)
    assert read_answer("complete", "8.000") == WishChoice(
        "r.dot3", {"raw": "8.000", "sum": "8\u00a0000\u00a0₽"}, (complete(None, 8000),)
    )
    assert read_answer("complete", "8000 куртка") == Refusal("r.complete_unread")
    assert read_answer("complete", "0") == Refusal("r.zero")


@pytest.mark.parametrize("text", ["брак", "", "отмена", "отмена 3000", "не знаю", "размер 42"])
def test_an_answer_without_a_sum_is_refused(text: str) -> None:
    """So is one that asks for something else."""
    assert read_answer("refund", text) == Refusal("r.refund_unread")


def test_only_readings_hold_wishes() -> None:
    """A refusal and a sale hold none."""
    assert wishes_of(refund(1042)) == (refund(1042),)
    assert wishes_of(Refusal("r.zero")) == wishes_of(None) == ()
