"""What a card and a ping say of money: true, short, and about whoever did it."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from bot.payments.confirm import Ask
from bot.payments.operations import HOLD_LASTS, Kind, Origin, State
from bot.payments.states import Status
from bot.payments.view import OperationView
from bot.ports import OrderStatus
from bot.text import LANGUAGES

from .shown import GROUP, MINUTE, NOON, PART, SUM, buttons, card, lines, operation, ping, question, view

HOLD: dict[str, Any] = {"amount": SUM, "before_status": OrderStatus.HELD}


@pytest.mark.parametrize(
    ("text", "kind", "state", "first"),
    [
        ("card.refunding", Kind.REFUND, State.SENT, "⏳ Возвращаю 3 000 ₽"),
        ("card.reversing", Kind.REVERSE, State.SENT, "⏳ Отменяю оплату 3 000 ₽"),
        ("card.releasing", Kind.REVERSE, State.SENT, "⏳ Снимаю удержание 3 000 ₽"),
        ("card.completing", Kind.DEPOSIT, State.APPROVED, "⏳ Списываю 3 000 ₽"),
        ("card.unknown_op", Kind.REFUND, State.UNKNOWN, "⚠️ Банк не ответил: возврат 3 000 ₽"),
        ("card.unknown_op", Kind.DEPOSIT, State.UNKNOWN, "⚠️ Банк не ответил: списание 3 000 ₽"),
    ],
)
def test_what_is_under_way_names_its_own_sum(text: str, kind: Kind, state: State, first: str) -> None:
    """Not that of the sale: the two differ as soon as a part goes back."""
    assert lines(card(view(Status.PAID, text=text, operation=operation(kind, state))))[0] == first


def test_a_request_tells_how_much_why_who_and_until_when() -> None:
    """An empty reason is not mentioned."""
    asked = operation(Kind.REFUND, State.REQUESTED)
    shown = lines(card(view(Status.PAID, text="card.refund_asked", operation=asked)))
    assert shown[0] == "✋ Ждёт решения: возврат 3 000 ₽"
    assert shown[2:5] == ["Из оплаченных 12 500 ₽.", "Причина: брак.", "Просит: Аня. Решить до 25.11 12:00 мск."]
    asked = operation(Kind.REFUND, State.REQUESTED, reason="")
    assert "Причина" not in card(view(Status.PAID, text="card.refund_asked", operation=asked)).html


def test_a_request_about_late_money_says_so() -> None:
    """Nobody types a reason under «Вернуть деньги», and who decides has not seen the card before."""
    asked = operation(Kind.REVERSE, State.REQUESTED, reason="")
    late = view(Status.PAID, text="card.refund_asked", operation=asked, late=True)
    assert "Причина: оплачено после отмены." in lines(card(late))


@pytest.mark.parametrize(
    ("status", "facts", "line"),
    [
        (Status.REFUNDED, {"operation": operation(Kind.REFUND)}, "Возврат: Аня, 12:01"),
        (
            Status.REFUNDED,
            {"operation": operation(Kind.REFUND, decided_by="Олег")},
            "Возврат: Аня, 12:01 · разрешено: Олег",
        ),
        (Status.REVERSED, {"operation": operation(Kind.REVERSE)}, "Отменено: Аня, 12:01"),
        (
            Status.REVERSED,
            {"operation": operation(Kind.REVERSE, **HOLD), "text": "card.hold_released"},
            "Снято: Аня, 12:01.",
        ),
        (
            Status.CANCELLED,
            {"cancelled_by": "Аня", "cancelled_at": NOON - 3 * MINUTE, "operation": operation(Kind.DECLINE)},
            "Отменено: Аня, 11:57. Платить по ссылке нельзя.",
        ),
    ],
)
def test_an_end_names_who_and_when(status: Status, facts: dict[str, Any], line: str) -> None:
    """A cancellation has its own time: the bank closes the link later."""
    assert line in lines(card(view(status, **facts)))


def test_what_was_done_at_the_bank_is_a_line_under_the_state() -> None:
    """Nobody of the shop is named for it."""
    by_hand = operation(Kind.REFUND, amount=1_000_00, origin=Origin.CABINET, asked_by="")
    shown = lines(card(view(Status.REFUNDED, operation=by_hand)))
    assert "Сделано в кабинете банка: возврат 1 000 ₽ (12:01)." in shown
    assert not any(line.startswith("Возврат:") for line in shown)


def test_a_hold_charged_in_part_says_what_goes_back() -> None:
    """Charged in full, there is no rest to speak of."""
    part = view(Status.PAID, two_stage=True, deposited=8_000_00)
    assert lines(card(part))[0] == "✅ Оплачено · 8 000 ₽"
    assert lines(card(part))[2:4] == ["Списано 8 000 ₽ из удержанных 12 500 ₽.", "Остаток 4 500 ₽ вернётся покупателю."]
    assert "Остаток" not in card(view(Status.PAID, two_stage=True)).html
    assert ping(part, "ping.completed") == "✅ Оплачено 8 000 ₽ · списано из 12 500 ₽ · куртка · № 1042"


def test_a_hold_names_its_own_deadline() -> None:
    """Seven days from when the money was held, not that of the link."""
    assert "Срок — до 01.12 12:00 мск, потом деньги вернутся покупателю." in lines(card(view(Status.HELD)))
    soon = view(Status.HELD, now=NOON + HOLD_LASTS - timedelta(hours=3))
    assert ping(soon, "warn.hold_soon").startswith("⌛ Скоро закончится удержание 12 500 ₽ · 12:00 мск")


def test_late_money_tells_when_it_came() -> None:
    """Whatever happened to the payment since."""
    late = view(Status.PAID, late=True, paid_at=NOON - 7 * MINUTE)
    assert lines(card(late))[0] == "❗ Оплачено после отмены · 12 500 ₽"
    assert "Деньги всё же пришли (11:53). Решите: оставить продажу или вернуть деньги." in lines(card(late))


def test_free_cancellation_is_mentioned_only_while_there_is_one() -> None:
    """The line and the button's word go together."""
    line = "Отменить без возврата можно до 00:00 мск."
    assert line in lines(card(view(Status.PAID, reversible=True)))
    assert line not in lines(card(view(Status.PAID)))


@pytest.mark.parametrize(
    ("status", "note", "last"),
    [
        (Status.PAID, "Пробейте чек", "🧾 Пробейте чек"),
        (Status.PAID, "Эвотор, 2-й ящик", "🧾 Эвотор, 2-й ящик"),
        (Status.REFUNDED, "Эвотор, 2-й ящик", "🧾 Пробейте чек возврата"),
        (Status.REVERSED, "Пробейте чек", "🧾 Пробейте чек возврата"),
        (Status.PAID, None, "Куртки · Аня · 11:55"),
        (Status.HELD, "Пробейте чек", "Куртки · Аня · 11:55"),
    ],
)
def test_a_receipt_is_reminded_of_where_one_is_due(status: Status, note: str | None, last: str) -> None:
    """The operator's own words are about sales; a refund needs a receipt of its own kind."""
    assert lines(card(view(status, receipt_note=note)))[-1] == last


def test_the_receipt_is_reminded_of_in_the_language_of_the_card() -> None:
    """The default of the setting is Russian."""
    assert lines(card(view(Status.PAID, lang="en")))[-1] == "🧾 Issue the receipt"


@pytest.mark.parametrize(
    ("code", "first", "hint"),
    [
        (116, "↩️ Банк отказал, можно ещё раз · 12 500 ₽", "По той же ссылке: другая карта."),
        (65, "↩️ Банк отказал, можно ещё раз · 12 500 ₽", "По той же ссылке: другая карта."),
        (96, "↩️ Банк отказал, можно ещё раз · 12 500 ₽", "По той же ссылке: попробовать через минуту."),
        (-2013, "✖️ Банк отказал · 12 500 ₽", "По этой ссылке не получится: отмените и напишите сумму заново."),
        (109, "✖️ Банк отказал · 12 500 ₽", "По этой ссылке не получится: предложите другой способ."),
    ],
)
def test_a_refusal_offers_only_what_can_help(code: int, first: str, hint: str) -> None:
    """A smaller sum or a new link is not to be had at this one."""
    refused = view(Status.PAYING, action_code=code)
    assert lines(card(refused))[0] == first
    assert lines(card(refused))[2].endswith(hint)
    assert ("по той же ссылке" in card(refused).html.lower()) == ("по той же ссылке" in ping(refused, "ping.retry"))


@pytest.mark.parametrize(
    ("key", "about", "text"),
    [
        ("refunded", operation(Kind.REFUND), "↩️ Возврат 3 000 ₽ сделан · осталось 9 500 ₽ · № 1042"),
        ("reversed", operation(Kind.REVERSE, amount=SUM), "⛔ Отменено 12 500 ₽ · № 1042 · Аня"),
        ("hold_released", operation(Kind.REVERSE, **HOLD), "↩️ Удержание снято 12 500 ₽ · № 1042 · Аня"),
        (
            "by_hand",
            operation(Kind.REFUND, origin=Origin.CABINET),
            "ℹ️ Сделано в кабинете банка: возврат 3 000 ₽ · № 1042",
        ),
        (
            "by_hand",
            operation(Kind.REVERSE, origin=Origin.CABINET, **HOLD),
            "ℹ️ Сделано в кабинете банка: снятие удержания 12 500 ₽ · № 1042",
        ),
        ("unknown_op", operation(Kind.REFUND), "⚠️ Банк не ответил: возврат 3 000 ₽ · не повторяйте · № 1042"),
        (
            "unknown_resolved",
            operation(Kind.REFUND, State.REFUSED),
            "ℹ️ Банк ответил, не сделано: возврат 3 000 ₽ · № 1042",
        ),
        (
            "op_refused",
            operation(Kind.REFUND, State.REFUSED, fault="op_fault.above_left"),
            "✖️ Не сделано: возврат 3 000 ₽ · больше, чем осталось · № 1042",
        ),
        (
            "op_refused",
            operation(Kind.REFUND, State.REFUSED, bank_says="Сумма < 1"),
            "✖️ Не сделано: возврат 3 000 ₽ · Сумма &lt; 1 · № 1042",
        ),
        (
            "request",
            operation(Kind.REFUND, State.REQUESTED),
            "✋ Возврат 3 000 ₽ из 12 500 ₽ · брак · просит: Аня · № 1042",
        ),
        (
            "request",
            operation(Kind.REFUND, State.REQUESTED, reason=""),
            "✋ Возврат 3 000 ₽ из 12 500 ₽ · просит: Аня · № 1042",
        ),
        (
            "request_ok",
            operation(Kind.REFUND, State.APPROVED, decided_by="Олег"),
            "👌 Возврат 3 000 ₽ разрешён · Олег · № 1042",
        ),
        (
            "request_no",
            operation(Kind.REFUND, State.DENIED, decided_by="Олег"),
            "✖️ Возврат 3 000 ₽ отклонён · Олег · № 1042",
        ),
        (
            "request_lapsed",
            operation(Kind.REFUND, State.LAPSED),
            "⌛ Возврат 3 000 ₽ не решён за сутки, запрос закрыт · № 1042",
        ),
    ],
)
def test_a_ping_is_about_its_operation(key: str, about: OperationView, text: str) -> None:
    """Whatever else has happened to the sale by the time it is sent; what is not known is left out."""
    shown = view(Status.PART_REFUNDED)
    assert ping(shown, f"ping.{key}", about) == text


def test_the_group_hears_whose_sale_it_is_once() -> None:
    """Who is named already is not named as the seller too."""
    asked = operation(Kind.REFUND, State.REQUESTED)
    assert ping(view(Status.PAID), "ping.request", asked, bell=True).count("Аня") == 1
    assert ping(view(Status.PART_REFUNDED), "ping.refunded", operation(Kind.REFUND), bell=True).endswith(
        "· Продавец: Аня"
    )


def test_what_was_typed_is_no_markup() -> None:
    """In a reason, a description, a name; on the card, in its question, in a ping."""
    asked = operation(Kind.REFUND, State.REQUESTED, reason="<b>брак", asked_by="<i>Аня")
    shown = view(Status.PAID, text="card.refund_asked", operation=asked, what="<u>куртка", seller="<i>Аня")
    asking = view(Status.PAID, question=question(Ask.REFUND, PART, "<s>мало"), shop="<a>")
    for html in (card(shown).html, card(asking).html, ping(shown, "ping.request", asked, bell=True)):
        assert [tag for tag in ("<b>брак", "<i>", "<u>", "<s>", "<a>") if tag in html] == []


@pytest.mark.parametrize(
    ("ask", "amount", "asked", "labels"),
    [
        (Ask.CANCEL, SUM, "Отменить 12 500 ₽?", [["Нет, оставить", "Да, отменить"]]),
        (Ask.REVERSE, SUM, "Отменить оплату 12 500 ₽?", [["Нет, оставить"], ["Да, отменить 12 500 ₽"]]),
        (Ask.REFUND_INSTEAD, SUM, "Банк не принял отмену.", [["Нет"], ["Да, вернуть 12 500 ₽"]]),
        (Ask.REFUND_LATE, SUM, "Отменить уже нельзя, только вернуть.", [["Нет"], ["Да, вернуть 12 500 ₽"]]),
        (Ask.RELEASE, SUM, "Снять удержание 12 500 ₽?", [["Нет, оставить", "Да, снять"]]),
        (Ask.COMPLETE, SUM, "Товар выдан? Спишется 12 500 ₽.", [["Нет ещё"], ["Да, списать 12 500 ₽"]]),
        (Ask.REFUND, PART, "Вернуть 3 000 ₽ из 12 500 ₽?", [["Нет"], ["Да, вернуть 3 000 ₽"]]),
        (Ask.HOW_MUCH_TO_CHARGE, SUM, "Сколько списать из 12 500 ₽?", [["Нет, потом"]]),
        (Ask.HOW_MUCH_TO_REFUND, SUM, "Сколько вернуть и почему?", [["Нет, оставить"]]),
    ],
)
def test_a_question_stands_under_the_card_with_its_own_buttons(
    ask: Ask, amount: int, asked: str, labels: list[list[str]]
) -> None:
    """«Да» names what it does; a sum that is to be typed has no «Да». The state above stays as it is."""
    shown = view(Status.PAID, question=question(ask, amount))
    message = card(shown)
    after = lines(message)[lines(message).index("") + 1 :]
    assert after[0] == asked
    assert [[label.replace("\xa0", " ") for label in row] for row in buttons(message)] == labels
    assert lines(message)[0] == "✅ Оплачено · 12 500 ₽"


def test_a_question_that_becomes_a_request_says_who_decides() -> None:
    """The button promises a request, not money."""
    message = card(view(Status.PAID, question=question(Ask.REFUND, PART, "брак", another=True)))
    assert lines(message)[-2:] == ["Причина: брак.", "Решает менеджер или владелец, не тот, кто просит."]
    assert buttons(message)[-1] == ["Да, запросить 3\xa0000\xa0₽"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("ask", Ask)
def test_each_question_can_be_asked(ask: Ask, lang: str) -> None:
    """In both languages, with and without a reason, in a group too."""
    for reason in ("", "брак"):
        message = card(view(Status.HELD, lang=lang, question=question(ask, PART, reason)), GROUP)
        assert "{" not in message.html
        assert message.buttons


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("status", "key", "about"),
    [
        (Status.PAID, "paid", None),
        (Status.HELD, "held", None),
        (Status.DECLINED, "declined", None),
        (Status.WAITING, "retry", None),
        (Status.PAID, "request", operation(Kind.REFUND, State.REQUESTED, reason="не подошёл размер & цвет " * 8)),
        (Status.PAID, "op_refused", operation(Kind.REFUND, State.REFUSED, bank_says="Неверная сумма " * 8)),
    ],
)
def test_a_lock_screen_shows_the_whole_ring(status: Status, key: str, about: OperationView | None, lang: str) -> None:
    """It begins with the state and the sum; what somebody typed at length is cut, never the code or the number."""
    words = "Зимняя куртка <L> & шарф " * 8
    shown = unescape(ping(view(status, lang=lang, what=words, action_code=-2006), f"ping.{key}", about))
    assert len(shown) <= 120
    assert shown.endswith("№ 1042")
    assert "…" in shown
    assert "₽" in shown[:40]
    assert ("47" in shown) == (key in {"paid", "held"})
