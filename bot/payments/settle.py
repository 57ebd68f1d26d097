"""What the bank says becomes what we know: the only way a status changes after the registration.

    1. `record_callbacks`   each callback is kept and leads to at most one waiting status read; equal ones too
    2. `Settlement.perform` the status is read at the bank, outside any transaction
    3. `_apply`             order, amount and currency are compared; the payment moves by compare-and-set; card, ping
                            and audit are written in the same transaction

The callback itself decides nothing. A declined order must be seen twice, 2 s apart: a refused attempt is not an end.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.errors import BankError, BankLoginRefused, BankOrderUnknown
from bot.jobs import DONE, Outcome
from bot.money import format_rub
from bot.ports import Bank, Callback, OrderRef, OrderState, OrderStatus
from storage import audit, bank_orders, jobs, payments
from storage.engine import Database
from storage.jobs import Job
from storage.rows import BankOrder, Payment

from .announce import announce, queue_card
from .budget import Budget
from .owners import Owners
from .polling import next_read
from .states import (
    CLOSED_UNPAID,
    FINAL,
    LINK_EXPIRED,
    PAID_FOR,
    PAYABLE,
    Status,
    is_refused_attempt,
    may_become,
    ping_text,
    seen_as,
)

log = structlog.get_logger(__name__)

PRESSED, CALLED, POLL = 10, 20, 60  # priorities of a status read: a person waits, the bank called, its time has come
APART = timedelta(seconds=2)  # between two reads of one order
SECOND_LOOK = timedelta(seconds=2)  # between the two reads that end an order
RETRIES = (1, 2, 4, 8, 15)  # s, while the bank does not answer; then always the last
ROUBLES = {"643", "810", "RUB", "RUR", ""}  # 810 and RUR: the rouble's codes of old merchants; empty: not told


async def queue_settle(
    tx: AsyncConnection, order: BankOrder, now: datetime, *, priority: int, run_at: datetime | None = None
) -> None:
    """One waiting read an order; a more urgent wish makes the waiting one earlier."""
    spaced = order.read_at + APART if order.read_at and priority != PRESSED else now
    await jobs.add(
        tx, "settle", now=now, run_at=max(run_at or now, spaced), priority=priority, payment_id=order.payment_id,
        slot=f"settle:{order.id}", payload={"order": order.id},
    )  # fmt: skip


async def record_callbacks(tx: AsyncConnection, batch: Sequence[tuple[Callback, datetime]]) -> Sequence[bool]:
    """Keeps notifications, in one transaction for many; for each says whether the order is ours.

    A callback may come before register's answer is stored: then the order is found by our own number.
    """
    known = []
    for callback, now in batch:
        order = await bank_orders.named(tx, callback.md_order, callback.order_number)
        await bank_orders.note_callback(
            tx, md_order=callback.md_order, order_number=callback.order_number, operation=callback.operation,
            succeeded=callback.succeeded, bank_order_id=order.id if order else None, now=now,
        )  # fmt: skip
        if order:
            await queue_settle(tx, order, now, priority=CALLED)
        known.append(order is not None)
    return known


class Settlement:
    """Performs `settle` jobs."""

    def __init__(self, db: Database, bank: Bank, budget: Budget, owners: Owners, now: Now) -> None:
        self._db = db
        self._bank = bank
        self._budget = budget
        self._owners = owners
        self._now = now

    async def perform(self, job: Job) -> Outcome:
        async with self._db.read() as tx:
            order = await bank_orders.get(tx, job.payload["order"])
        if order is None:
            return DONE
        await self._budget.take()
        try:
            seen = await self._bank.status(OrderRef(order.number, order.md_order))
        except BankOrderUnknown:
            return Outcome(note="the bank knows no such order")  # its registration has not arrived, or never will
        except BankLoginRefused:
            return Outcome(write=self._login_refused, note="login refused")
        except BankError as error:
            log.warning("a status could not be read", payment_id=order.payment_id, why=str(error))
            again_at = self._now() + timedelta(seconds=RETRIES[min(job.attempts, len(RETRIES) - 1)])
            return Outcome(again_at=again_at, note="no answer")
        return Outcome(write=partial(self._apply, order.id, seen))

    async def _login_refused(self, tx: AsyncConnection) -> None:
        await self._owners.tell(tx, "o.password", self._now(), once_in=timedelta(hours=1))

    async def _apply(self, order_id: int, seen: OrderState, tx: AsyncConnection) -> None:
        now = self._now()
        order = await bank_orders.get(tx, order_id)
        payment = await payments.lock(tx, order.payment_id) if order else None
        if order is None or payment is None:
            return
        if seen.status is OrderStatus.DECLINED and not await self._seen_twice(tx, order, now):
            await bank_orders.change(tx, order.id, read_at=now)
            return
        status, bank_says = self._verdict(payment, order, seen, now)
        changed = await self._move(tx, payment, status, bank_says, seen, now)
        await bank_orders.change(
            tx,
            order.id,
            read_at=now,
            md_order=order.md_order or seen.md_order,
            declined_seen_at=order.declined_seen_at if seen.status is OrderStatus.DECLINED else None,
            next_read_at=None
            if seen.status is OrderStatus.DECLINED
            else next_read(order, changed.status, changed.changed_at, now),
        )

    async def _seen_twice(self, tx: AsyncConnection, order: BankOrder, now: datetime) -> bool:
        first = order.declined_seen_at
        if first and now - first >= SECOND_LOOK:
            return True
        if first is None:
            first = now
            await bank_orders.change(tx, order.id, declined_seen_at=now)
        await queue_settle(tx, order, now, priority=CALLED, run_at=first + SECOND_LOOK)
        return False

    def _verdict(
        self, payment: Payment, order: BankOrder, seen: OrderState, now: datetime
    ) -> tuple[Status, str | None]:
        """The status that follows, and what the bank says where it cannot be so."""
        current = Status(payment.status)
        if seen.number and seen.number != order.number:
            return Status.DISPUTED, f"№ {seen.number}"
        if seen.amount != payment.amount or seen.currency not in ROUBLES:
            return Status.DISPUTED, f"{format_rub(seen.amount)} {seen.currency}".strip()
        if seen.status is OrderStatus.PAID and not payment.two_stage and seen.deposited != payment.amount:
            return Status.DISPUTED, f"{format_rub(seen.deposited)} из {format_rub(payment.amount)}"
        status = seen_as(current, seen)
        if status in PAYABLE and seen.status is OrderStatus.REGISTERED and next_read(order, status, now, now) is None:
            return Status.EXPIRED, None  # the bank never closed it, but its time is over by half an hour
        if not may_become(current, status):
            return Status.DISPUTED, f"orderStatus {int(seen.status)}" if seen.status is not None else "?"
        return status, None

    async def _move(
        self,
        tx: AsyncConnection,
        payment: Payment,
        status: Status,
        bank_says: str | None,
        seen: OrderState,
        now: datetime,
    ) -> Payment:
        """Writes what is new, and tells it. Returns the payment as it is then."""
        news = self._news(payment, status, bank_says, seen, now)
        if not news:
            return payment
        changed = await payments.change(tx, payment, **news)
        if changed is None:  # cannot be: the row is locked
            raise RuntimeError("a locked payment changed")
        ping = self._ping(payment, changed, seen)
        if ping:
            await announce(tx, changed, ping, now)
        else:
            await queue_card(tx, changed, now)
        if "status" in news:
            await audit.record(
                tx, now=now, action="settle", payment_id=payment.id,
                detail={"from": payment.status, "to": changed.status, "deposited": changed.deposited,
                        "refunded": changed.refunded, "action_code": seen.action_code},
            )  # fmt: skip
        if changed.status == Status.DISPUTED and payment.status != Status.DISPUTED:
            await self._owners.tell(
                tx, "o.conflict", now, once_in=timedelta(hours=1), about=str(payment.id), n=payment.id,
                sum=format_rub(payment.amount), ours=payment.status, bank=bank_says or "",
            )  # fmt: skip
        return changed

    def _news(
        self, payment: Payment, status: Status, bank_says: str | None, seen: OrderState, now: datetime
    ) -> dict[str, Any]:
        news: dict[str, Any] = {}
        if status != payment.status:
            news |= {"status": status, "changed_at": now, "bank_says": bank_says}
            if payment.status in CLOSED_UNPAID and status in PAID_FOR:
                news["late"] = True
        if status is not Status.DISPUTED:
            amounts = {"approved": seen.approved, "deposited": seen.deposited, "refunded": seen.refunded}
            news |= {name: value for name, value in amounts.items() if value != getattr(payment, name)}
        refused = is_refused_attempt(seen) or (status is Status.DECLINED and seen.action_code not in {0, LINK_EXPIRED})
        if refused and seen.action_code != payment.action_code:
            news["action_code"] = seen.action_code
        return news

    def _ping(self, before: Payment, after: Payment, seen: OrderState) -> str | None:
        """The short message that rings, if this is worth one."""
        status = Status(after.status)
        if status in FINAL and (after.status != before.status or after.refunded != before.refunded):
            return ping_text(status, late=after.late, two_stage=after.two_stage)
        if before.action_code is None and after.action_code is not None:
            return "ping.retry"
        return None
