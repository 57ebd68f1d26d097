"""A bank order for a payment: its link, and then the card and the SMS.

    1. `_next_order`   a bank order with its own number is committed
    2. the bank is asked, outside any transaction
    3. `_link`         link, card and SMS jobs in the transaction that ends the job

An answer that was lost is asked for again with the SAME number, which cannot make two orders. The bank's "taken" then
means that the first one exists without a link: nobody has it, so it cannot be paid, and the next number is taken.
"""

from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from bot.errors import BankDuplicate, BankLoginRefused, BankRefused, BankUnavailable, BankUnknown
from bot.jobs import DONE, Outcome
from bot.ports import Bank, NewOrder, Registered
from storage import bank_orders, notes, payments
from storage.engine import Database
from storage.jobs import Job
from storage.rows import BankOrder, Payment

from .announce import FIRST_CARD, queue_card
from .deliver import Delivery
from .owners import Owners
from .polling import first_read
from .states import UNREGISTERED, Status

log = structlog.get_logger(__name__)

REPEATS = (1, 2, 4, 8, 15)  # s; then always the last, so that the link is there 15 s after the bank answers again
GIVE_UP_AFTER = timedelta(minutes=2)  # the card promised an answer within this time; «Повторить» goes on
DESCRIPTION = "№ {number}"  # what the bank's page shows; the goods are the shop's and the shopper's business


class Registration:
    """Performs `register` jobs."""

    def __init__(
        self,
        db: Database,
        bank: Bank,
        settings: Settings,
        delivery: Delivery,
        owners: Owners,
        now: Now,
        installation: str,
    ) -> None:
        self._db = db
        self._bank = bank
        self._settings = settings
        self._delivery = delivery
        self._owners = owners
        self._now = now
        self._installation = installation  # keeps our numbers apart from all others that the merchant ever used

    async def perform(self, job: Job) -> Outcome:
        asked = await self._next_order(job)
        if asked is None:
            return DONE
        payment, order = asked
        try:
            registered = await self._bank.register(await self._order_for_bank(payment, order))
        except BankDuplicate:
            return Outcome(write=partial(self._abandon, order.id), again_at=self._now(), note="number taken")
        except BankRefused as refused:
            fault = "fail.login" if isinstance(refused, BankLoginRefused) else "fail.refused"
            return Outcome(write=partial(self._fail, order, fault, refused.text), note=f"refused {refused.code}")
        except (BankUnknown, BankUnavailable) as silent:
            return self._no_answer(job, order, silent)
        return Outcome(write=partial(self._link, order.id, registered))

    async def _next_order(self, job: Job) -> tuple[Payment, BankOrder] | None:
        """The order to ask the bank for: the one that was asked for without an answer, else a new one."""
        async with self._db.write() as tx:
            payment = await payments.lock(tx, job.payment_id or 0)
            if payment is None or payment.status not in UNREGISTERED:
                return None
            orders = await bank_orders.of_payment(tx, payment.id)
            unanswered = next((order for order in orders if order.state == "asked"), None)
            if unanswered:
                return payment, unanswered
            now = self._now()
            order_id = await bank_orders.add(
                tx,
                payment_id=payment.id,
                number=f"{self._installation}-{payment.id}-{len(orders) + 1}",
                state="asked",
                asked_at=now,
                expires_at=now + self._lifetime(payment),
            )
            order = await bank_orders.get(tx, order_id)
            return (payment, order) if order else None

    def _lifetime(self, payment: Payment) -> timedelta:
        return self._settings.link_lifetime if payment.phone_tail else self._settings.link_lifetime_qr

    async def _order_for_bank(self, payment: Payment, order: BankOrder) -> NewOrder:
        async with self._db.read() as tx:
            code = await payments.open_link(tx, payment.id)
        page = f"{self._settings.public_url}/p/{code}/return" if self._settings.public_url else "https://t.me/"
        return NewOrder(
            number=order.number,
            amount=payment.amount,
            description=DESCRIPTION.format(number=payment.id),
            return_url=page,
            lifetime=self._lifetime(payment),
            two_stage=payment.two_stage,
        )

    # What came of it, each in the transaction that ends the job

    async def _link(self, order_id: int, registered: Registered, tx: AsyncConnection) -> None:
        now = self._now()
        order = await bank_orders.get(tx, order_id)
        payment = await payments.lock(tx, order.payment_id) if order else None
        if order is None or payment is None:
            return
        expires_at = now + self._lifetime(payment)
        await bank_orders.change(
            tx,
            order.id,
            state="registered",
            md_order=registered.md_order,
            form_url=registered.form_url,
            app_url=registered.app_url,
            expires_at=expires_at,
            next_read_at=first_read(now),
        )
        if payment.status in UNREGISTERED:
            changed = await payments.change(
                tx, payment, status=Status.WAITING, link_until=expires_at, fault=None, changed_at=now
            )
            payment = changed or payment
            await self._delivery.queue_first_sms(tx, payment, now)
        await queue_card(tx, payment, now, priority=FIRST_CARD)

    async def _abandon(self, order_id: int, tx: AsyncConnection) -> None:
        await bank_orders.change(tx, order_id, state="abandoned")

    def _no_answer(self, job: Job, order: BankOrder, error: Exception) -> Outcome:
        now = self._now()
        log.warning("the bank did not answer a registration", payment_id=job.payment_id, why=str(error))
        since = datetime.fromisoformat(job.payload["since"])
        if now - since >= GIVE_UP_AFTER:
            fault = "fail.unavailable" if isinstance(error, BankUnavailable) else "fail.unanswered"
            return Outcome(write=partial(self._fail, order, fault, ""), note="gave up")
        again_at = now + timedelta(seconds=REPEATS[min(job.attempts, len(REPEATS) - 1)])
        return Outcome(write=partial(self._doubt, order.payment_id), again_at=again_at, note="no answer")

    async def _doubt(self, payment_id: int, tx: AsyncConnection) -> None:
        payment = await payments.lock(tx, payment_id)
        if payment and payment.status == Status.REGISTERING:
            now = self._now()
            await payments.change(tx, payment, status=Status.UNKNOWN, changed_at=now)
            await queue_card(tx, payment, now)

    async def _fail(self, order: BankOrder, fault: str, why: str, tx: AsyncConnection) -> None:
        """Nobody has a link, so nobody can pay. `why`: the bank's own words of a refusal."""
        payment = await payments.lock(tx, order.payment_id)
        if payment is None or payment.status not in UNREGISTERED:
            return
        now = self._now()
        if why:
            await bank_orders.change(tx, order.id, state="refused")
        await payments.change(
            tx, payment, status=Status.FAILED, fault=fault, bank_says=why[:80] or None, changed_at=now
        )
        await queue_card(tx, payment, now, priority=FIRST_CARD)
        if fault == "fail.login":
            await self._owners.tell(tx, "o.password", now, once_in=timedelta(hours=1))


async def installation_name(tx: AsyncConnection, fresh: str) -> str:
    """Six characters that only this installation has, made at its first start."""
    return await notes.put_if_absent(tx, "installation", fresh)
