"""A sale is recorded: limits and look-alikes under a lock on the shop, payment and registration in one transaction.

The idempotency key (`msg:<chat>:<message>`, `form:<uuid>`) is unique for ever: a message that comes twice answers with
the payment that exists.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import MOSCOW, Now, bank_day
from bot.config import Settings
from bot.money import format_rub
from bot.phone import last_four
from bot.ports import Place
from bot.vault import Vault
from storage import audit, cards, jobs, payments
from storage.engine import Database
from storage.rows import Payment, Person

from .announce import queue_card
from .grammar import Order
from .moves import move
from .states import OPEN, PAID_FOR, Status

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
CODE_LENGTH = 11  # 64 bits: a link cannot be guessed, and an SMS with it stays in one part
CODES_APART = 50  # payments of a shop within which no hand-over code repeats
LOOK_BACK = timedelta(days=7)  # an older open payment is no look-alike, and the index need not be read further
TEXT_AFTER = timedelta(seconds=2)  # a bank that takes longer gets a text message before the card


@dataclass(frozen=True, slots=True)
class Sale:
    """What a member of staff asked for. `amount` in kopecks, `phone` in E.164."""

    key: str
    seller: Person
    place: Place | None
    amount: int
    phone: str | None = None
    what: str = ""
    two_stage: bool = False
    look_alike_accepted: bool = False

    @classmethod
    def of(cls, order: Order, *, key: str, seller: Person, place: Place, look_alike_accepted: bool = False) -> Self:
        """What was read in a message, asked for by `seller`."""
        return cls(
            key=key,
            seller=seller,
            place=place,
            amount=order.amount,
            phone=order.phone,
            what=order.what,
            two_stage=order.hold,
            look_alike_accepted=look_alike_accepted,
        )


@dataclass(frozen=True, slots=True)
class Made:
    """`again`: this very message had made it before."""

    payment: Payment
    again: bool = False


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Nothing was made: `payment` looks like the same sale. A person decides."""

    payment: Payment


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was made. `key` of the texts, with its values."""

    key: str
    values: dict[str, object] = field(default_factory=dict)


class Creation:
    """Makes payments."""

    def __init__(self, db: Database, settings: Settings, vault: Vault, now: Now) -> None:
        self._db = db
        self._settings = settings
        self._vault = vault
        self._now = now

    async def create(self, sale: Sale) -> Made | LookAlike | Refused:
        """Records the sale, or says why not."""
        async with self._db.write() as tx:
            await payments.lock_shop(tx, sale.seller.shop_id)
            return await self.make(tx, sale)

    async def make(self, tx: AsyncConnection, sale: Sale) -> Made | LookAlike | Refused:
        """The same in a transaction that has the lock of the shop."""
        now = self._now()
        if found := await payments.by_key(tx, sale.key):
            return Made(found, again=True)
        if refused := await self.beyond_limits(tx, sale, now):
            return refused
        if not sale.look_alike_accepted and (twin := await self._look_alike(tx, sale, now)):
            return LookAlike(twin)
        return Made(await self._record(tx, sale, now))

    async def beyond_limits(
        self, tx: AsyncConnection, sale: Sale, now: datetime, *, instead_of: int = 0
    ) -> Refused | None:
        """`instead_of`: kopecks of an open sale whose place this one is to take."""
        limits = self._settings
        if sale.amount < limits.amount_min:
            return Refused("r.min", {"min": format_rub(limits.amount_min), "sum": format_rub(sale.amount)})
        if sale.amount > limits.amount_max:
            return Refused("r.max", {"max": format_rub(limits.amount_max), "sum": format_rub(sale.amount)})
        own = {"assistant": limits.limit_assistant_payment, "manager": limits.limit_manager_payment}.get(
            sale.seller.role
        )
        if own is not None and sale.amount > own:
            return Refused("r.role", {"max": format_rub(own)})
        if sale.seller.role == "assistant" and (of_day := limits.limit_assistant_day):
            midnight = datetime.combine(bank_day(now), datetime.min.time(), tzinfo=MOSCOW)
            spent = await payments.spent_since(tx, sale.seller.id, midnight, OPEN | PAID_FOR) - instead_of
            if spent + sale.amount > of_day:
                return Refused("r.day", {"max": format_rub(of_day), "left": format_rub(max(0, of_day - spent))})
        return None

    async def _look_alike(self, tx: AsyncConnection, sale: Sale, now: datetime) -> Payment | None:
        return await payments.look_alike(
            tx,
            shop_id=sale.seller.shop_id,
            amount=sale.amount,
            phone_digest=self._vault.digest(sale.phone) if sale.phone else None,
            seller_id=sale.seller.id,
            open_statuses=OPEN,
            paid_statuses=PAID_FOR,
            paid_since=now - self._settings.lookalike_window,
            created_since=now - LOOK_BACK,
        )

    async def _record(self, tx: AsyncConnection, sale: Sale, now: datetime) -> Payment:
        used = await payments.last_handover_codes(tx, sale.seller.shop_id, CODES_APART)
        payment_id = await payments.add(
            tx,
            key=sale.key,
            shop_id=sale.seller.shop_id,
            seller_id=sale.seller.id,
            chat_id=sale.place.chat_id if sale.place else None,
            thread_id=sale.place.thread_id if sale.place else None,
            amount=sale.amount,
            what=sale.what,
            phone_sealed=self._vault.seal(sale.phone) if sale.phone else None,
            phone_digest=self._vault.digest(sale.phone) if sale.phone else None,
            phone_tail=last_four(sale.phone) if sale.phone else None,
            two_stage=sale.two_stage,
            status=Status.REGISTERING,
            handover_code=secrets.choice([code for code in map("{:02}".format, range(100)) if code not in used]),
            changed_at=now,
            created_at=now,
        )
        await payments.add_link(tx, payment_id, new_code(), now)
        payment = await payments.get(tx, payment_id)
        assert payment is not None  # noqa: S101 - written two lines above, in this transaction
        if sale.place:
            await cards.ensure(tx, payment_id, sale.place.chat_id, sale.place.thread_id)
            await queue_card(tx, payment, now, run_at=now + TEXT_AFTER)
        await queue_registration(tx, payment, now)
        await audit.record(
            tx, now=now, action="create", staff_id=sale.seller.id, payment_id=payment_id,
            chat_id=payment.chat_id, detail={"amount": sale.amount, "two_stage": sale.two_stage},
        )  # fmt: skip
        return payment

    async def try_again(self, payment_id: int, staff_id: int) -> bool:
        """«Повторить» on a payment that the bank did not take. False where it has moved on."""
        now = self._now()
        async with self._db.write() as tx:
            payment = await payments.lock(tx, payment_id)
            if payment is None or payment.status != Status.FAILED:
                return False
            payment = await move(
                tx, payment, now, "try again", staff_id=staff_id, status=Status.REGISTERING, fault=None, bank_says=None
            )
            await queue_registration(tx, payment, now)
            await queue_card(tx, payment, now, run_at=now + TEXT_AFTER)
            return True


def new_code() -> str:
    """A code of /p/<code>."""
    return "".join(secrets.choice(BASE58) for _ in range(CODE_LENGTH))


async def queue_registration(tx: AsyncConnection, payment: Payment, now: datetime) -> None:
    """The bank is asked by a job, outside any transaction."""
    await jobs.add(
        tx, "register", now=now, priority=10, payment_id=payment.id, slot=f"register:{payment.id}",
        payload={"since": now.isoformat()},
    )  # fmt: skip
