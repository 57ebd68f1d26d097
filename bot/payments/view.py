"""A payment as people see it: all that a card, a ping or the till may show, read in one moment."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from bot.ports import Bank, OrderStatus, Place
from bot.staff import may_approve
from bot.vault import Vault
from storage import audit, bank_orders, operations, payments, shopper_chats, sms, staff
from storage.rows import BankOrder, Operation, Payment, Person, Sms

from .confirm import Question, Questioning
from .operations import (
    TOO_LATE,
    Kind,
    Origin,
    State,
    hold_ends_at,
    is_reversible,
    midnight_after,
    released_by,
    was_tried,
)
from .orders import is_paid_twice, linked
from .states import PAID_FOR, PAYABLE, RENEWABLE, Status, card_text

DOING = {Kind.REFUND: "card.refunding", Kind.REVERSE: "card.reversing", Kind.DEPOSIT: "card.completing"}
"""The card's words while the bank is at it. Closing an unpaid link shows in the status itself."""

PICTURE_NAME = 11  # characters, as many as a code has
QUIET = timedelta(minutes=2)  # without news, before «Проверить» is offered
JUST_GONE = {"sending", "sent", "refused", "unknown"}  # states of an SMS that follow its delay
GLANCE = timedelta(seconds=1)  # a thumb that is on its way


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
    def kind(self) -> str:
        """As people call it (`op.*`): a hold is released, a payment is cancelled."""
        of_hold = self.row.kind == Kind.REVERSE and self.row.before_status == OrderStatus.HELD
        return "release" if of_hold else self.row.kind


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
    cancelled_at: datetime | None
    phone: str | None  # E.164; never shown in a group
    sms: Sms | None  # the last one that carries the open link
    sms_is_on: bool
    sms_delay: int  # s
    code: str | None  # of the open link
    link: str | None  # what the QR, «Копировать» and «Поделиться» carry
    show_url: str | None  # the assistant's big QR
    receipt_note: str | None
    is_test: bool
    can_decline: bool  # the bank closes a link when it is told to
    reversible: bool
    operation: OperationView | None  # the open one, else the last that was done
    question: Question | None  # of this chat
    may_decide: bool  # somebody who reads this chat may say yes or no to the request that is open
    in_telegram_at: datetime | None = None  # the shopper has got the link there too

    @property
    def has_qr(self) -> bool:
        """Whether there is something to scan."""
        return self.status in PAYABLE and self.link is not None

    @property
    def picture(self) -> str | None:
        """What tells its QR from another one: the open code; without an address of ours, the bank's link in short."""
        if self.show_url or self.link is None:
            return self.code
        return hashlib.sha256(self.link.encode()).hexdigest()[:PICTURE_NAME]

    @property
    def left(self) -> int:
        """What can still be refunded: the bank's deposited amount falls as refunds grow."""
        return self.payment.deposited

    @property
    def charged(self) -> int:
        """What the bank took in all."""
        return self.payment.deposited + self.payment.refunded

    @property
    def hold_until(self) -> datetime | None:
        return hold_ends_at(self.payment)

    @property
    def is_quiet(self) -> bool:
        """The shopper could have paid by now, and there is no news."""
        return self.status in PAYABLE and self.now >= self.payment.changed_at + QUIET

    @property
    def is_fresh(self) -> bool:
        """Other buttons were here a moment ago: the bank has moved the payment, the SMS has gone, a question was
        asked."""
        return self.now < self._new_since + GLANCE

    @property
    def stale_at(self) -> datetime | None:
        """When the clock alone will have changed what the card says. A question ends by its own job."""
        moments = [self._new_since + GLANCE]
        if self.status in PAYABLE:
            moments.append(self.payment.changed_at + QUIET)
        if self.reversible and self.payment.paid_at:
            moments.append(midnight_after(self.payment.paid_at) - TOO_LATE)
        return min((moment for moment in moments if moment > self.now), default=None)

    @property
    def _new_since(self) -> datetime:
        if self.question:
            return self.question.asked_at
        if self.status in PAID_FOR | RENEWABLE:
            return self.payment.changed_at
        has_gone = self.sms is not None and self.sms.state in JUST_GONE and self.status in PAYABLE
        return self.sms.state_at if self.sms and has_gone else self.payment.created_at - GLANCE


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
        """`chat_id`: the chat that will see it, for the question that waits there, and for whose language it is in."""
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
            lang=await _lang(tx, seller, chat_id),
            zone=self._zone,
            now=now,
            cancelled_by=await _name(tx, payment.cancelled_by) or None,
            cancelled_at=await audit.last_at(tx, payment.id, "cancel") if payment.cancelled_by else None,
            phone=self._vault.open(payment.phone_sealed) if payment.phone_sealed else None,
            sms=await _sms(tx, payment.id, code),
            sms_is_on=self._sms_is_on,
            sms_delay=int(self._settings.sms_delay.total_seconds()),
            code=code,
            link=self._link(code, orders),
            show_url=f"{self._settings.public_url}/p/{code}/show" if self._settings.public_url and code else None,
            receipt_note=self._settings.receipt_note,
            is_test=self._bank.is_test,
            can_decline=self._bank.can_decline,
            reversible=self._is_reversible(payment, history, now),
            operation=await self.operation(tx, last) if last else None,
            question=await self._questioning.on_card(tx, payment.id, chat_id, now) if chat_id else None,
            may_decide=await _may_decide(tx, payment, last, chat_id),
            in_telegram_at=await shopper_chats.last_sent(tx, payment.id) if self._settings.shopper_telegram else None,
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


async def _sms(tx: AsyncConnection, payment_id: int, code: str | None) -> Sms | None:
    """What a closed link's message has become does not matter any more."""
    message = await sms.last_of_payment(tx, payment_id)
    return message if message and message.code == code else None


def _last(history: Sequence[Operation]) -> Operation | None:
    """The operation that the card tells of: the open one, else the last that was done."""
    told = [found for found in history if found.ended_at is None or found.state == State.DONE]
    return told[-1] if told else None


def _text(payment: Payment, orders: list[BankOrder], last: Operation | None) -> str:
    """An open operation comes before the state: what is under way decides what may be done now."""
    if last and payment.status != Status.DISPUTED and (key := _open_text(payment, last)):
        return key
    return card_text(
        Status(payment.status),
        late=payment.late,
        refused=payment.action_code is not None,
        two_stage=payment.two_stage,
        paid_twice=is_paid_twice(orders),
        released=released_by(last),
    )


def _open_text(payment: Payment, last: Operation) -> str | None:
    if last.ended_at is not None or last.kind == Kind.DECLINE:
        return None
    match last.state:
        case State.REQUESTED:
            return "card.refund_asked"
        case State.UNKNOWN:
            return "card.unknown_op"
    is_release = last.kind == Kind.REVERSE and payment.status == Status.HELD
    return "card.releasing" if is_release else DOING[Kind(last.kind)]


async def _may_decide(tx: AsyncConnection, payment: Payment, last: Operation | None, chat_id: int | None) -> bool:
    """In a group anybody may be there; whoever presses is checked. In private only he reads it."""
    if last is None or last.state != State.REQUESTED or chat_id is None:
        return False
    if Place(chat_id).is_group:
        return True
    person = await _reader(tx, chat_id)
    return person is not None and person.closed_at is None and may_approve(person, payment, last.asked_by)


async def _lang(tx: AsyncConnection, seller: Person | None, chat_id: int | None) -> str:
    """Of whose private chat it is; a group reads the seller's."""
    reader = seller
    if chat_id is not None and not Place(chat_id).is_group and (seller is None or seller.telegram_id != chat_id):
        reader = await _reader(tx, chat_id) or seller
    return reader.lang if reader else "ru"


async def _reader(tx: AsyncConnection, chat_id: int) -> Person | None:
    """Whose private chat, or web till, it is."""
    staff_id = Place(chat_id).till_of
    return await staff.get(tx, staff_id) if staff_id else await staff.by_telegram_id(tx, chat_id)


async def _name(tx: AsyncConnection, staff_id: int | None) -> str:
    person = await staff.get(tx, staff_id) if staff_id else None
    return person.name if person else ""
