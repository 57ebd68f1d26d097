"""A payment as people see it: all that a card, a ping or the till may show, read in one moment."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from bot.vault import Vault
from storage import bank_orders, payments, sms, staff
from storage.rows import BankOrder, Payment, Sms

from .orders import is_paid_twice, linked
from .states import PAYABLE, Status, card_text, is_reversible


@dataclass(frozen=True, slots=True)
class CardView:
    """Amounts in kopecks. `text`: the key of the card's words (`card.waiting`)."""

    number: int
    text: str
    status: Status
    version: int
    amount: int
    approved: int
    deposited: int
    refunded: int
    what: str
    shop: str
    seller: str
    lang: str
    zone: ZoneInfo
    now: datetime
    changed_at: datetime
    created_at: datetime
    opened_at: datetime | None
    link_until: datetime | None
    handover_code: str
    action_code: int | None
    fault: str | None
    bank_says: str | None
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

    @property
    def has_qr(self) -> bool:
        """Whether there is something to scan."""
        return self.status in PAYABLE and self.link is not None

    @property
    def left(self) -> int:
        """What can still be refunded: the bank's deposited amount falls as refunds grow."""
        return self.deposited


class Views:
    """Reads views."""

    def __init__(self, settings: Settings, vault: Vault, now: Now, *, is_test: bool, sms_is_on: bool) -> None:
        self._settings = settings
        self._vault = vault
        self._now = now
        self._is_test = is_test
        self._sms_is_on = sms_is_on
        self._zone = ZoneInfo(settings.timezone)

    async def read(self, tx: AsyncConnection, payment_id: int) -> CardView | None:
        payment = await payments.get(tx, payment_id)
        if payment is None:
            return None
        shop = await staff.get_shop(tx, payment.shop_id)
        seller = await staff.get(tx, payment.seller_id)
        canceller = await staff.get(tx, payment.cancelled_by) if payment.cancelled_by else None
        code = await payments.open_link(tx, payment.id)
        orders = await bank_orders.of_payment(tx, payment.id)
        status = Status(payment.status)
        now = self._now()
        return CardView(
            number=payment.id,
            text=_text(payment, orders),
            status=status,
            version=payment.version,
            amount=payment.amount,
            approved=payment.approved,
            deposited=payment.deposited,
            refunded=payment.refunded,
            what=payment.what,
            shop=shop.name if shop else "",
            seller=seller.name if seller else "",
            lang=seller.lang if seller else "ru",
            zone=self._zone,
            now=now,
            changed_at=payment.changed_at,
            created_at=payment.created_at,
            opened_at=payment.opened_at,
            link_until=payment.link_until,
            handover_code=payment.handover_code,
            action_code=payment.action_code,
            fault=payment.fault,
            bank_says=payment.bank_says,
            cancelled_by=canceller.name if canceller else None,
            phone=self._vault.open(payment.phone_sealed) if payment.phone_sealed else None,
            sms=await sms.last_of_payment(tx, payment.id),
            sms_is_on=self._sms_is_on,
            sms_delay=int(self._settings.sms_delay.total_seconds()),
            code=code,
            link=self._link(code, orders),
            show_url=f"{self._settings.public_url}/p/{code}/show" if self._settings.public_url and code else None,
            receipt_note=self._settings.receipt_note,
            is_test=self._is_test,
            reversible=is_reversible(status, payment.two_stage, payment.changed_at, now),
        )

    def _link(self, code: str | None, orders: list[BankOrder]) -> str | None:
        """Our own page where we have an address; the bank's link otherwise (level 0), and nowhere else."""
        order = linked(orders)
        if order is None:
            return None
        return f"{self._settings.public_url}/p/{code}" if self._settings.public_url and code else order.form_url


def _text(payment: Payment, orders: list[BankOrder]) -> str:
    return card_text(
        Status(payment.status),
        late=payment.late,
        refused=payment.action_code is not None,
        two_stage=payment.two_stage,
        paid_twice=is_paid_twice(orders),
    )
