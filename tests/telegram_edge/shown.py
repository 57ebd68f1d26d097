"""A sale as a card may show it, in any state, without a database: sold at noon in Moscow, for 12 500 ₽."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.card import ChatWords
from bot.payments.confirm import ANSWER_LIVES, CONFIRM_LIVES, TYPED, Ask, Question
from bot.payments.operations import Kind, Origin, State
from bot.payments.states import Status, card_text
from bot.payments.view import CardView, OperationView
from bot.ports import Message, OrderStatus, Place
from storage.rows import Operation, Payment

NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SUM, PART = 12_500_00, 3_000_00
PRIVATE, GROUP = Place(100), Place(-900)
MINUTE = timedelta(minutes=1)


def payment(status: Status = Status.WAITING, **facts: Any) -> Payment:
    """Changed at noon. What a status says of the money is filled in."""
    money: dict[str, Any] = {}
    if status in {Status.HELD, Status.PAID, Status.PART_REFUNDED, Status.REFUNDED}:
        back = {Status.PART_REFUNDED: PART, Status.REFUNDED: SUM}.get(status, 0)
        taken = 0 if status is Status.HELD else SUM - back
        money = {"approved": SUM, "deposited": taken, "refunded": back, "held_at": NOON, "paid_at": NOON}
    usual: dict[str, Any] = {
        "id": 1042, "key": "msg:1:1", "shop_id": 1, "seller_id": 1, "chat_id": 100, "thread_id": None, "amount": SUM,
        "what": "куртка", "phone_sealed": None, "phone_tail": None, "two_stage": status is Status.HELD,
        "status": status, "version": 3, "handover_code": "47", "approved": 0, "deposited": 0, "refunded": 0,
        "late": False, "action_code": None, "fault": None, "bank_says": None, "cancelled_by": None,
        "renewal": None, "replaced_by": None,
        "link_until": NOON + 20 * MINUTE, "opened_at": None, "held_at": None, "paid_at": None, "changed_at": NOON,
        "created_at": NOON - 5 * MINUTE,
    }  # fmt: skip
    return Payment(**(usual | money | facts))


def view(status: Status = Status.WAITING, *, lang: str = "ru", **facts: Any) -> CardView:
    """A minute after the last change. `facts`: of the payment or of its view."""
    of_view = {name: facts.pop(name) for name in list(facts) if name in CardView.__slots__}
    row = payment(status, **facts)
    text = card_text(status, late=row.late, refused=row.action_code is not None, two_stage=row.two_stage)
    usual = CardView(
        payment=row, status=status, text=text, shop="Куртки", seller="Аня", lang=lang, zone=ZoneInfo("Europe/Moscow"),
        now=row.changed_at + MINUTE, cancelled_by=None, cancelled_at=None, phone=None, sms=None, sms_is_on=True,
        sms_delay=5, code="AbCdEf12Gh4", link="https://till.example/p/AbCdEf12Gh4",
        show_url="https://till.example/p/AbCdEf12Gh4/show", receipt_note="Пробейте чек", is_test=False,
        can_decline=False, reversible=False, operation=None, question=None, may_decide=False,
    )  # fmt: skip
    return replace(usual, **of_view)


def operation(
    kind: Kind, state: State = State.DONE, amount: int = PART, *, asked_by: str = "Аня", decided_by: str = "",
    **facts: Any,
) -> OperationView:  # fmt: skip
    """Asked for at noon, because of «брак»; ended a minute later, if it has."""
    is_open = state in {State.REQUESTED, State.APPROVED, State.SENT, State.UNKNOWN}
    usual: dict[str, Any] = {
        "id": 7, "key": "ask:1", "payment_id": 1042, "bank_order_id": 1, "kind": kind, "amount": amount,
        "reason": "брак", "state": state, "origin": Origin.STAFF, "answer": None, "fault": None, "bank_says": None,
        "asked_by": 1, "decided_by": None, "chat_id": 100, "thread_id": None, "before_status": OrderStatus.PAID,
        "before_deposited": SUM, "before_refunded": 0, "asked_at": NOON, "decided_at": None, "sent_at": None,
        "ended_at": None if is_open else NOON + MINUTE,
    }  # fmt: skip
    row = Operation(**(usual | facts))
    return OperationView(row, asked_by, decided_by, by_hand=row.origin == Origin.CABINET)


def question(ask: Ask, amount: int = SUM, reason: str = "", *, another: bool = False) -> Question:
    """Asked at noon."""
    lives = ANSWER_LIVES if ask in TYPED else CONFIRM_LIVES
    return Question(5, 1042, 1, PRIVATE, ask, amount, reason, another, NOON + lives)


def card(shown: CardView, place: Place = PRIVATE) -> Message:
    return ChatWords().card(shown, place)


def lines(message: Message) -> list[str]:
    """As people read it: plain, with plain spaces."""
    return message.html.replace("<b>", "").replace("</b>", "").replace("\xa0", " ").splitlines()


def ping(shown: CardView, key: str, about: OperationView | None = None, *, bell: bool = False) -> str:
    message = ChatWords().ping(shown, key, about, refunded=shown.payment.refunded, bell=bell)
    return message.html.replace("\xa0", " ")


def buttons(message: Message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.buttons]
