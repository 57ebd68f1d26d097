"""Payments as the web till shows them: a row of today's list, and the card that the chat has too."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.card import Face, face
from bot.money import format_rub
from bot.payments.confirm import NUMBERS, TYPED, Ask
from bot.payments.operations import State
from bot.payments.states import Status
from bot.payments.view import CardView
from bot.ports import Button
from bot.text import at, say
from storage.rows import Payment

from .sheets import Card, Row

Look = tuple[str, str, str]
"""Key of the word, tone, icon."""

WAITING: Final = ("till.row.waiting", "info", "clock")
PAID: Final = ("till.row.paid", "ok", "tick")
REFUNDED: Final = ("till.row.refunded", "info", "back")
PART_REFUNDED: Final = ("till.row.part_refunded", "info", "back")
NOT_PAID: Final = ("till.row.not_paid", "bad", "cross")
ASKED: Final = ("till.row.asked", "wait", "clock")
LATE: Final = ("state.paid_after_cancel", "wait", "tick")
LOOKS: Final[Mapping[Status, Look]] = {
    Status.REGISTERING: ("state.registering", "unknown", "hourglass"),
    Status.FAILED: ("state.failed", "bad", "cross"),
    Status.UNKNOWN: ("state.unknown", "unknown", "hourglass"),
    Status.WAITING: WAITING,
    Status.OPENED: WAITING,
    Status.PAYING: WAITING,
    Status.HELD: ("till.row.held", "ok", "lock"),
    Status.PAID: PAID,
    Status.PART_REFUNDED: PART_REFUNDED,
    Status.REFUNDED: REFUNDED,
    Status.REVERSED: REFUNDED,
    Status.DECLINED: NOT_PAID,
    Status.EXPIRED: NOT_PAID,
    Status.CANCELLING: NOT_PAID,
    Status.CANCELLED: NOT_PAID,
    Status.DISPUTED: ("state.disputed", "bad", "cross"),
}


def row(payment: Payment, lang: str, zone: ZoneInfo, now: datetime, *, asked: bool) -> Row:
    """`asked`: its refund waits for somebody's yes."""
    word, tone, icon = look(payment, asked=asked)
    return Row(
        number=payment.id,
        sum=format_rub(payment.deposited + payment.refunded or payment.amount),
        tail=(payment.phone_tail or "")[-2:],
        what=payment.what,
        state=say(word, lang),
        tone=tone,
        icon=icon,
        time=at(payment.created_at, lang, zone, now),
    )


def look(payment: Payment, *, asked: bool) -> Look:
    if asked:
        return ASKED
    status = Status(payment.status)
    return LATE if payment.late and status in {Status.PAID, Status.HELD} else LOOKS[status]


def card(view: CardView) -> Card:
    """Read for somebody's till: the question on it is his own."""
    shown = face(view, in_group=False)
    operation = view.operation
    _, tone, icon = look(view.payment, asked=operation is not None and operation.row.state == State.REQUESTED)
    state, _, rest = shown.head.partition(" · ")
    return Card(
        number=view.payment.id,
        state=Markup(_without_mark(state)),  # noqa: S704 - a face is escaped
        sum=Markup(rest),  # noqa: S704
        tone=tone,
        icon=icon,
        face=_at_the_till(shown, view),
        typed=_typed(view.question.ask) if view.question else None,
        show_url=show_path(view),
    )


def _typed(ask: Ask) -> str | None:
    """What a question waits for: a sum, a phone, or a sum and its reason; None: for a button."""
    if ask not in TYPED:
        return None
    if ask in NUMBERS:
        return "phone"
    return "text" if ask is Ask.HOW_MUCH_TO_REFUND else "amount"


def show_path(view: CardView) -> str | None:
    """The big QR, with its way back to the till; None: there is nothing to scan."""
    return f"/p/{view.code}/show?from=till" if view.code and view.has_qr else None


def _without_mark(state: str) -> str:
    """The first line without its emoji: the till has an icon there."""
    mark, _, words = state.partition(" ")
    return state if any(letter.isalnum() for letter in mark) else words


def _at_the_till(shown: Face, view: CardView) -> Face:
    """Its button to the big QR comes back to the till."""
    there = show_path(view)

    def fitted(button: Button) -> Button:
        return replace(button, url=there) if there and button.url == view.show_url else button

    return replace(shown, buttons=tuple(tuple(fitted(button) for button in row) for row in shown.buttons))
