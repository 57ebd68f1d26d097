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
from storage import bank_orders, payments
from storage.engine import Database
from storage.jobs import Job
from storage.rows import BankOrder, Payment

from .announce import FIRST_CARD, queue_card
from .create import TEXT_AFTER
from .deliver import Delivery
from .moves import move
from .owners import Owners
from .polling import first_read
from .states import UNREGISTERED, Status

log = structlog.get_logger(__name__)

REPEATS = (1, 2, 4, 8, 15)  # s; then always the last, so that the link is there 15 s after the bank answers again
NUMBERS_END = ("5", "0")  # after so many taken numbers in a row a person is told, and may go on
GIVE_UP_AFTER = timedelta(minutes=2)  # the card promised an answer within this time; «Повторить» goes on


def described(number: int) -> str:
    """What the bank's page shows of a payment; the goods are the shop's and the shopper's business."""
    return f"№ {number}"


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
        began = self._now()
        try:
            registered = await self._bank.register(await self._order_for_bank(payment, order))
        except BankDuplicate as taken:
            if order.number.endswith(NUMBERS_END):  # not ours then: the bank says so of any number
                return Outcome(write=partial(self._refuse, order, "fail.refused", taken.text), note="numbers taken")
            return Outcome(write=partial(self._close, order, "abandoned"), again_at=self._now(), note="number taken")
        except BankRefused as refused:
            fault = "fail.login" if isinstance(refused, BankLoginRefused) else "fail.refused"
            return Outcome(write=partial(self._refuse, order, fault, refused.text), note=f"refused {refused.code}")
        except (BankUnknown, BankUnavailable) as silent:
            return self._no_answer(job, order, silent, began)
        return Outcome(write=partial(self._link, order, registered, began))

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
        by_sms = payment.phone_tail and self._delivery.is_on
        return self._settings.link_lifetime if by_sms else self._settings.link_lifetime_qr

    async def _order_for_bank(self, payment: Payment, order: BankOrder) -> NewOrder:
        async with self._db.read() as tx:
            code = await payments.open_link(tx, payment.id)
        page = f"{self._settings.public_url}/p/{code}/return" if self._settings.public_url else "https://t.me/"
        return NewOrder(
            number=order.number,
            amount=payment.amount,
            description=described(payment.id),
            return_url=page,
            lifetime=self._lifetime(payment),
            two_stage=payment.two_stage,
        )

    # What came of it, each in the transaction that ends the job

    async def _link(self, asked: BankOrder, registered: Registered, began: datetime, tx: AsyncConnection) -> None:
        """The link's life is counted from before the call: the bank's own count cannot have begun earlier."""
        now = self._now()
        payment = await payments.lock(tx, asked.payment_id)
        order = await bank_orders.get(tx, asked.id)
        if payment is None or order is None or order.state != "asked":
            return  # another answer was quicker; nobody has this link
        expires_at = began + self._lifetime(payment)
        is_late = payment.status in {Status.FAILED, Status.CANCELLED}  # as the seller was told: nobody gets this link
        await bank_orders.change(
            tx,
            order.id,
            state="abandoned" if is_late else "registered",
            md_order=registered.md_order,
            form_url=registered.form_url,
            app_url=registered.app_url,
            expires_at=expires_at,
            next_read_at=None if is_late else first_read(now),
            read_first=not is_late,
        )
        if payment.status in UNREGISTERED:
            payment = await move(
                tx, payment, now, "register", status=Status.WAITING, link_until=expires_at, fault=None, bank_says=None
            )
            await self._delivery.queue_first_sms(tx, payment, now)
        await queue_card(tx, payment, now, priority=FIRST_CARD)

    async def _close(self, asked: BankOrder, state: str, tx: AsyncConnection) -> None:
        """It exists without a link or not at all, unless the answer with its link came in this very moment."""
        await payments.lock(tx, asked.payment_id)
        order = await bank_orders.get(tx, asked.id)
        if order and order.state == "asked":
            await bank_orders.change(tx, order.id, state=state, next_read_at=None)

    def _no_answer(self, job: Job, order: BankOrder, error: Exception, began: datetime) -> Outcome:
        """The steps are counted from try to try: a call that hung has used up its pause."""
        now = self._now()
        log.warning("the bank did not answer a registration", payment_id=job.payment_id, why=str(error))
        since = datetime.fromisoformat(job.payload["since"])
        if now - since >= GIVE_UP_AFTER:
            fault = "fail.unavailable" if isinstance(error, BankUnavailable) else "fail.unanswered"
            return Outcome(write=partial(self._fail, order, fault, ""), note="gave up")
        again_at = max(now, began + timedelta(seconds=REPEATS[min(job.attempts, len(REPEATS) - 1)]))
        return Outcome(write=partial(self._doubt, order.payment_id), again_at=again_at, note="no answer")

    async def _doubt(self, payment_id: int, tx: AsyncConnection) -> None:
        payment = await payments.lock(tx, payment_id)
        if payment and payment.status == Status.REGISTERING:
            now = self._now()
            payment = await move(tx, payment, now, "register", status=Status.UNKNOWN)
            await queue_card(tx, payment, now, run_at=max(now, payment.created_at + TEXT_AFTER))

    async def _refuse(self, asked: BankOrder, fault: str, why: str, tx: AsyncConnection) -> None:
        """`why`: the bank's own words."""
        await self._close(asked, "refused", tx)
        await self._fail(asked, fault, why, tx)

    async def _fail(self, asked: BankOrder, fault: str, why: str, tx: AsyncConnection) -> None:
        """Nobody has a link, so nobody can pay. An order without an answer is what «Повторить» goes on with."""
        payment = await payments.lock(tx, asked.payment_id)
        if payment is None or payment.status not in UNREGISTERED:
            return
        now = self._now()
        payment = await move(
            tx, payment, now, "register", status=Status.FAILED, fault=fault, bank_says=why[:80] or None
        )
        await queue_card(tx, payment, now, priority=FIRST_CARD)
        if fault == "fail.login":
            await self._owners.tell(tx, "o.password", now, once_in=timedelta(hours=1))
