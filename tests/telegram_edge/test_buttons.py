"""The buttons under a card: what may be done now, where a thumb expects it, and no trap under a thumb on its way."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from bot.card import EMPTY
from bot.payments.confirm import Ask
from bot.payments.operations import Kind, State
from bot.payments.states import Status
from bot.payments.view import CardView
from bot.ports import Button

from .shown import MINUTE, NOON, SUM, buttons, card, operation, question, view

S = Status
SHARE = ["Поделиться", "Копировать"]
WAITING = [["Показать QR", "Отправить SMS"], SHARE, ["Отменить"]]
SENT = [["Показать QR", "SMS ещё раз"], SHARE, ["Не тот номер", "Отменить"]]
RENEWABLE = [["Новая ссылка", "Другая сумма"]]
SECOND = timedelta(seconds=1)
PHONE = "+79161234567"
RETRY = {"action_code": 116}


def sms(state: str) -> Any:
    return SimpleNamespace(state=state, provider="smsru", fault=None, state_at=NOON)


@pytest.mark.parametrize(
    ("status", "facts", "labels"),
    [
        (S.REGISTERING, {}, []),
        (S.UNKNOWN, {}, [["Проверить"]]),
        (S.FAILED, {}, [["Повторить"]]),
        (S.WAITING, {}, WAITING),
        (S.WAITING, {"sms_is_on": False}, [["Показать QR"], SHARE, ["Отменить"]]),
        (S.WAITING, {"sms": sms("waiting"), "phone": PHONE}, [["Не тот номер"], ["Показать QR"], ["Отменить"]]),
        (S.WAITING, {"sms": sms("sent"), "phone": PHONE}, SENT),
        (S.WAITING, {"phone": PHONE}, [["Показать QR", "Отправить SMS"], SHARE, ["Не тот номер", "Отменить"]]),
        (S.OPENED, {"sms": sms("delivered"), "phone": PHONE}, SENT),
        (S.PAYING, {"sms": sms("unknown"), "phone": PHONE}, SENT),
        (S.PAYING, {"sms": sms("sent"), "phone": PHONE} | RETRY, [SENT[0], ["Отменить"]]),
        (
            S.PAYING,
            {"sms": sms("sent"), "phone": PHONE, "can_decline": True} | RETRY,
            [SENT[0], ["Другая сумма"], ["Отменить"]],
        ),
        (S.PAYING, {"now": NOON + 2 * MINUTE}, [["Проверить"], *WAITING]),
        (S.PAYING, {"now": NOON + 2 * MINUTE, "sms": sms("sent"), "phone": PHONE}, [["Проверить"], *SENT]),
        (S.PAID, {"reversible": True}, [["Отменить оплату"]]),
        (S.PAID, {}, [["Вернуть деньги"]]),
        (S.PART_REFUNDED, {}, [["Вернуть деньги"]]),
        (S.HELD, {}, [["Выдал товар"], ["Часть суммы", "Снять удержание"]]),
        (S.PAID, {"late": True}, [["Оставить продажу"], ["Вернуть деньги"]]),
        (S.HELD, {"late": True}, [["Оставить продажу"], ["Вернуть деньги"]]),
        *((status, {}, []) for status in (S.REFUNDED, S.REVERSED, S.CANCELLING, S.CANCELLED)),
        (S.DECLINED, RETRY, RENEWABLE),
        (S.EXPIRED, {}, RENEWABLE),
        (S.EXPIRED, {"renewal": SUM}, []),
        (S.DECLINED, {"replaced_by": 1043}, []),
        (S.DISPUTED, {}, []),
    ],
)
def test_a_state_has_its_own_buttons(status: Status, facts: dict[str, Any], labels: list[list[str]]) -> None:
    """As the state allows, and no verb that would be refused."""
    assert buttons(card(view(status, **facts))) == labels


@pytest.mark.parametrize(
    ("status", "facts", "verbs"),
    [
        (S.WAITING, {"phone": PHONE, "sms": sms("sent")}, {"sms": None, "wrong_number": None, "cancel": "danger"}),
        (S.EXPIRED, {}, {"new_link": None, "other_amount": None}),
        (S.PAID, {"reversible": True}, {"cancel": "danger"}),
        (S.PAID, {}, {"refund": "danger"}),
        (S.HELD, {}, {"complete": "success", "part": None, "release": "danger"}),
        (S.PAID, {"late": True}, {"keep": "success", "return": "danger"}),
    ],
)
def test_what_ends_a_sale_looks_dangerous(status: Status, facts: dict[str, Any], verbs: dict[str, str | None]) -> None:
    """A press brings back the verb, the payment and the version that was seen."""
    pressed = {
        button.data: button.style for row in card(view(status, **facts)).buttons for button in row if button.data
    }
    assert pressed == {f"{verb}:1042:3": style for verb, style in verbs.items()}


def test_only_who_may_decide_sees_the_buttons_of_a_request() -> None:
    """The same card in the chat of who asked has none."""
    asked = operation(Kind.REFUND, State.REQUESTED)
    shown = view(S.PAID, text="card.refund_asked", operation=asked, may_decide=True)
    [approve], [deny] = card(shown).buttons
    assert (approve.data, approve.style, deny.data) == ("approve:7", "danger", "deny:7")
    assert approve.label.replace("\xa0", " ") == "Вернуть 3 000 ₽"
    assert card(view(S.PAID, text="card.refund_asked", operation=asked)).buttons == ()


def test_nothing_can_be_pressed_while_the_bank_is_at_it() -> None:
    """Where its answer was lost it can be asked. Closing an unpaid link hides nothing."""
    for state in (State.APPROVED, State.SENT):
        assert card(view(S.PAID, text="card.refunding", operation=operation(Kind.REFUND, state))).buttons == ()
    unknown = view(S.PAID, text="card.unknown_op", operation=operation(Kind.REFUND, State.UNKNOWN))
    assert buttons(card(unknown)) == [["Проверить"]]
    closing = view(S.PAID, late=True, operation=operation(Kind.DECLINE, State.SENT))
    assert buttons(card(closing)) == [["Оставить продажу"], ["Вернуть деньги"]]


def test_no_row_is_the_fifth() -> None:
    """A phone shows four under a picture."""
    quiet = view(S.PAYING, now=NOON + 3 * MINUTE, sms=sms("sent"), phone=PHONE, can_decline=True)
    assert len(cells(quiet)) == 4
    assert len(cells(replace(quiet, text="card.retry"))) == 4


def test_what_is_pressed_without_a_look_has_its_place() -> None:
    """Telegram keeps the end of a chat in place: what comes and goes is above, and danger is last."""
    for before, after in pairwise([view(S.OPENED), view(S.PAYING), view(S.PAYING, now=NOON + 3 * MINUTE), view()]):
        there = from_the_end(after)
        assert all(there[cell] == label for cell, label in from_the_end(before).items() if cell in there)
    for status, late in ((S.WAITING, False), (S.HELD, False), (S.PAID, False), (S.PAID, True)):
        styles = [button.style for row in cells(view(status, late=late)) for button in row]
        assert [style == "danger" for style in styles] == [False] * (len(styles) - 1) + [True]


@pytest.mark.parametrize(
    ("after", "trap"),
    [
        (view(sms=sms("sent"), phone=PHONE), "wrong_number"),  # where «Отменить» was in the SMS's delay
        (view(S.EXPIRED), "new_link"),  # where «Не тот номер» was while the link could be paid
    ],
)
def test_what_does_not_ask_comes_a_glance_later(after: CardView, trap: str) -> None:
    """A thumb on its way to another button hits an empty cell."""
    verbs = [
        (button.data or "").partition(":")[0] for row in cells(replace(after, now=NOON + SECOND / 2)) for button in row
    ]
    assert trap not in verbs
    assert EMPTY.data in verbs
    assert trap in [(button.data or "").partition(":")[0] for row in cells(after) for button in row]
    assert replace(after, now=NOON + SECOND / 2).stale_at == NOON + SECOND


def from_the_end(shown: CardView) -> dict[tuple[int, int], str]:
    rows = reversed(buttons(card(shown)))
    return {(up, column): label for up, row in enumerate(rows) for column, label in enumerate(row)}


@pytest.mark.parametrize("ask", [Ask.CANCEL, Ask.REVERSE, Ask.COMPLETE, Ask.REFUND])
def test_yes_comes_a_glance_after_the_question(ask: Ask) -> None:
    """The second tap of a double one finds its cell empty; «Нет» does not move when it comes."""
    at_once = cells(view(S.HELD, question=question(ask), now=NOON + SECOND / 2))
    then = cells(view(S.HELD, question=question(ask), now=NOON + SECOND))
    assert [len(row) for row in at_once] == [len(row) for row in then]
    assert [button for row in at_once for button in row][1:] == [EMPTY]
    assert [button.data for row in then for button in row] == ["no:5", "yes:5"]


def test_danger_comes_a_glance_after_the_money() -> None:
    """Where «Показать QR» was a moment ago, nothing undoes the sale; then the card is edited once more."""
    fresh = view(S.PAID, now=NOON + SECOND / 2)
    assert card(fresh).buttons == ()
    assert fresh.stale_at == NOON + SECOND
    held = cells(view(S.HELD, now=NOON + SECOND / 2))
    assert [button.label for button in held[0]] == ["Выдал товар"]
    assert held[1][1] is EMPTY


def test_a_card_knows_when_the_clock_changes_it() -> None:
    """«Проверить» after two minutes, the end of the free cancellation two minutes before midnight."""
    assert view().stale_at == NOON + 2 * MINUTE
    assert view(now=NOON + 2 * MINUTE).stale_at is None
    assert view(S.PAID, reversible=True).stale_at == NOON + timedelta(hours=11, minutes=58)
    assert view(S.PAID).stale_at is None
    assert view(S.REFUNDED).stale_at is None


def test_no_address_no_button() -> None:
    """At level 0 the bank's link can be copied only, as long as Telegram takes it."""
    level0: dict[str, Any] = {"show_url": None, "sms_is_on": False}
    assert buttons(card(view(**level0))) == [["Копировать"], ["Отменить"]]
    long = "https://bank.example/" + "x" * SUM.bit_length() * 20
    assert buttons(card(view(link=long, **level0))) == [["Отменить"]]


def cells(shown: Any) -> tuple[tuple[Button, ...], ...]:
    return card(shown).buttons
