"""A payment as people see it: all that a card, a ping or the till may show, read in one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from bot.ports import Bank
from bot.vault import Vault
from storage import bank_orders, operations, payments, sms, staff
from storage.rows import BankOrder, Operation, Payment, Sms

from .confirm import Question, Questioning
from .operations import Kind, Origin, State, hold_ends_at, is_reversible, released_by, was_tried
from .orders import is_paid_twice, linked
from .states import PAYABLE, Status, card_text

OPEN_TEXTS: dict[tuple[str, str], str] = {
    (State.REQUESTED, Kind.REFUND): "card.refund_asked",
    (State.REQUESTED, Kind.REVERSE): "card.refund_asked",
} | {
    (state, kind): "card.unknown_op" if state is State.UNKNOWN else f"card.{doing}"
    for state in (State.APPROVED, State.SENT, State.UNKNOWN)
    for kind, doing in ((Kind.REFUND, "refunding"), (Kind.REVERSE, "reversing"), (Kind.DEPOSIT, "completing"))
}
"""Of the card, while an operation is open. Closing an unpaid link shows in the status itself."""


@dataclass(frozen=True, slots=True)
class OperationView:
    """A movement of money and the names of its people."""

    row: Operation
    asked_by: str
    decided_by: str
    by_hand: bool

    @property
    def is_open(self) -> bool:
        return self.row.ended_at is None

    @property
    def who(self) -> str:
        """Whose doing it was; empty: nobody's of the shop."""
        return self.asked_by


@dataclass(frozen=True, slots=True)
class CardView:
    """`text`: the key of the card's words (`card.waiting`); `payment`: the row, amounts in kopecks."""

    payment: Payment
    status: Status
    text: str
    shop: str
    seller: str
    lang: str
    zone: ZoneInfo
    now: datetime
    cancelled_by: str | None
    phone: str | None  # E.164; never shown in a group
    sms: Sms | None
    sms_is_on: bool
    sms_delay: int  # s
    code: str | None  # of the open link
    link: str | None  # what the QR, «Копировать» and «Поделиться» carry
    show_url: str | None  # the assistant's big QR
    receipt_note: str | None
    is_test: bool
    reversible: bool
    operation: OperationView | None  # the open one, else the last that was done
    question: Question | None  # of this chat

    @property
    def has_qr(self) -> bool:
        """Whether there is something to scan."""
        return self.status in PAYABLE and self.link is not None

    @property
    def left(self) -> int:
        """What can still be refunded: the bank's deposited amount falls as refunds grow."""
        return self.payment.deposited

    @property
    def hold_until(self) -> datetime | None:
        return hold_ends_at(self.payment)


class Views:
    """Reads views."""

    def __init__(
        self, settings: Settings, vault: Vault, bank: Bank, questioning: Questioning, now: Now, *, sms_is_on: bool
    ) -> None:
        self._settings = settings
        self._vault = vault
        self._bank = bank
        self._questioning = questioning
        self._now = now
        self._sms_is_on = sms_is_on
        self._zone = ZoneInfo(settings.timezone)

    async def read(self, tx: AsyncConnection, payment_id: int, chat_id: int | None = None) -> CardView | None:
        """`chat_id`: the chat that will see it, for the question that waits there."""
        payment = await payments.get(tx, payment_id)
        if payment is None:
            return None
        shop = await staff.get_shop(tx, payment.shop_id)
        seller = await staff.get(tx, payment.seller_id)
        code = await payments.open_link(tx, payment.id)
        orders = await bank_orders.of_payment(tx, payment.id)
        history = await operations.of_payment(tx, payment.id)
        last = _last(history)
        now = self._now()
        return CardView(
            payment=payment,
            status=Status(payment.status),
            text=_text(payment, orders, last),
            shop=shop.name if shop else "",
            seller=seller.name if seller else "",
            lang=seller.lang if seller else "ru",
            zone=self._zone,
            now=now,
            cancelled_by=await _name(tx, payment.cancelled_by) or None,
            phone=self._vault.open(payment.phone_sealed) if payment.phone_sealed else None,
            sms=await sms.last_of_payment(tx, payment.id),
            sms_is_on=self._sms_is_on,
            sms_delay=int(self._settings.sms_delay.total_seconds()),
            code=code,
            link=self._link(code, orders),
            show_url=f"{self._settings.public_url}/p/{code}/show" if self._settings.public_url and code else None,
            receipt_note=self._settings.receipt_note,
            is_test=self._bank.is_test,
            reversible=self._is_reversible(payment, history, now),
            operation=await self.operation(tx, last) if last else None,
            question=await self._questioning.on_card(tx, payment.id, chat_id, now) if chat_id else None,
        )

    async def operation(self, tx: AsyncConnection, row: Operation) -> OperationView:
        by_hand = row.origin == Origin.CABINET
        return OperationView(row, await _name(tx, row.asked_by), await _name(tx, row.decided_by), by_hand)

    def _is_reversible(self, payment: Payment, history: Sequence[Operation], now: datetime) -> bool:
        reverse_deposited = self._bank.can_reverse_deposited
        return is_reversible(payment, now, reverse_deposited=reverse_deposited, tried=was_tried(history))

    def _link(self, code: str | None, orders: list[BankOrder]) -> str | None:
        """Our own page where we have an address; the bank's link otherwise (level 0), and nowhere else."""
        order = linked(orders)
        if order is None:
            return None
        return f"{self._settings.public_url}/p/{code}" if self._settings.public_url and code else order.form_url


def _last(history: Sequence[Operation]) -> Operation | None:
    """The operation that the card tells of: the open one, else the last that was done."""
    told = [found for found in history if found.ended_at is None or found.state == State.DONE]
    return told[-1] if told else None


def _text(payment: Payment, orders: list[BankOrder], last: Operation | None) -> str:
    """An open operation comes before the state: what is under way decides what may be done now."""
    if last and payment.status != Status.DISPUTED and (key := OPEN_TEXTS.get((last.state, last.kind))):
        return key
    return card_text(
        Status(payment.status),
        late=payment.late,
        refused=payment.action_code is not None,
        two_stage=payment.two_stage,
        paid_twice=is_paid_twice(orders),
        released=released_by(last),
    )


async def _name(tx: AsyncConnection, staff_id: int | None) -> str:
    person = await staff.get(tx, staff_id) if staff_id else None
    return person.name if person else ""
