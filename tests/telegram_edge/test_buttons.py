"""The buttons under a card: what may be done now, where a thumb expects it, and no trap under a thumb on its way."""

from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from bot.card import EMPTY
from bot.payments.confirm import Ask
from bot.payments.operations import Kind, State
from bot.payments.states import Status
from bot.ports import Button

from .shown import MINUTE, NOON, SUM, buttons, card, operation, question, view

S = Status
WAITING = [["Показать QR"], ["Поделиться", "Копировать"], ["Отменить"]]
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("status", "facts", "labels"),
    [
        (S.REGISTERING, {}, []),
        (S.UNKNOWN, {}, [["Проверить"]]),
        (S.FAILED, {}, [["Повторить"]]),
        (S.WAITING, {}, WAITING),
        (S.WAITING, {"sms": SimpleNamespace(state="waiting", provider=None)}, [["Не тот номер"], *WAITING]),
        (S.OPENED, {}, WAITING),
        (S.PAYING, {}, WAITING),
        (S.PAYING, {"action_code": 116}, WAITING),
        (S.PAYING, {"now": NOON + 2 * MINUTE}, [["Проверить"], *WAITING]),
        (S.PAID, {"reversible": True}, [["Отменить оплату"]]),
        (S.PAID, {}, [["Вернуть деньги"]]),
        (S.PART_REFUNDED, {}, [["Вернуть деньги"]]),
        (S.HELD, {}, [["Выдал товар"], ["Часть суммы", "Снять удержание"]]),
        (S.PAID, {"late": True}, [["Оставить продажу"], ["Вернуть деньги"]]),
        (S.HELD, {"late": True}, [["Оставить продажу"], ["Вернуть деньги"]]),
        *((status, {}, []) for status in (S.REFUNDED, S.REVERSED, S.CANCELLING, S.CANCELLED, S.DECLINED, S.EXPIRED)),
        (S.DISPUTED, {}, []),
    ],
)
def test_a_state_has_its_own_buttons(status: Status, facts: dict[str, Any], labels: list[list[str]]) -> None:
    """As the state allows, and no verb that would be refused."""
    assert buttons(card(view(status, **facts))) == labels


@pytest.mark.parametrize(
    ("status", "facts", "verbs"),
    [
        (S.WAITING, {}, {"cancel": "danger"}),
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


def test_what_stands_at_the_end_stays_there() -> None:
    """Telegram keeps the end of a chat in place: what comes and goes is above, and danger is last."""
    soon: Any = SimpleNamespace(state="waiting", provider=None)
    quiet = view(S.PAYING, now=NOON + 3 * MINUTE)
    shown = [view(sms=soon), view(), view(S.OPENED), view(S.PAYING), quiet, view(S.PAYING)]
    for before, after in pairwise(from_the_end(view_) for view_ in shown):
        assert all(after[cell] == label for cell, label in before.items() if cell in after)
    for status, late in ((S.WAITING, False), (S.HELD, False), (S.PAID, False), (S.PAID, True)):
        styles = [button.style for row in cells(view(status, late=late)) for button in row]
        assert [style == "danger" for style in styles] == [False] * (len(styles) - 1) + [True]


def from_the_end(shown: Any) -> dict[tuple[int, int], str]:
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
    assert buttons(card(view(show_url=None))) == [["Копировать"], ["Отменить"]]
    assert buttons(card(view(show_url=None, link="https://bank.example/" + "x" * SUM.bit_length() * 20))) == [
        ["Отменить"]
    ]


def cells(shown: Any) -> tuple[tuple[Button, ...], ...]:
    return card(shown).buttons
