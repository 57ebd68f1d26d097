"""What the bank says becomes what we know: the only way a status changes after the registration.

    1. `record_callbacks`   each callback is kept and leads to at most one waiting status read; equal ones too
    2. `Settlement.perform` the status is read at the bank, outside any transaction
    3. `apply`              under a lock on the payment, `verdict.py` says what it means and `ledger.py` which operation
                            it ends; card, ping and audit are written in the same transaction

The callback itself decides nothing. A declined order must be seen twice, 2 s apart: a refused attempt is not an end.
Of two reads that overlapped, the second to end may be the older one: it is dropped, and the bank is asked again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.errors import BankError, BankLoginRefused, BankOrderUnknown
from bot.jobs import DONE, Outcome
from bot.ports import Bank, Callback, OrderRef, OrderState, OrderStatus, Place
from bot.text import say
from storage import bank_orders, jobs, payments, staff
from storage.engine import Database
from storage.jobs import Job
from storage.rows import BankOrder, Operation, Payment

from .announce import announce, queue_card
from .budget import Budget
from .confirm import Ask, Questioning
from .ledger import Booked, book, next_look
from .moves import move
from .operations import HOLD_LASTS, Kind, State
from .owners import Owners
from .polling import is_young, next_read
from .states import REFUNDABLE, Status
from .verdict import Verdict, accepted, concerns, judge, news, ping_of

log = structlog.get_logger(__name__)

PRESSED, CALLED, POLL_YOUNG, POLL = 10, 20, 40, 60
"""Priorities of a status read: a person waits, the bank called, its time has come."""

APART = timedelta(seconds=2)  # between two reads of one order
SECOND_LOOK = timedelta(seconds=2)  # between the two reads that end an order
CLOCKS_DIFFER = timedelta(minutes=1)  # among replicas, at most; a read further ahead is of before ours was set back
RETRIES = (1, 2, 4, 8, 15)  # s, while the bank does not answer; then always the last
A_DAY, HOURS = timedelta(hours=24), timedelta(hours=3)
WARNINGS = {"warn.hold": (A_DAY, HOURS), "warn.hold_soon": (HOURS, timedelta())}
"""Before a hold runs out: from when and until when each is told."""
LOGIN_PAUSE = timedelta(minutes=1)  # a wrong password is repeated seldom: banks lock logins


async def queue_settle(
    tx: AsyncConnection, order: BankOrder, now: datetime, *, priority: int, run_at: datetime | None = None
) -> None:
    """One waiting read an order; a more urgent wish makes the waiting one earlier."""
    spaced = min(order.read_at, now) + APART if order.read_at and priority != PRESSED else now
    await jobs.add(
        tx, "settle", now=now, run_at=max(run_at or now, spaced), priority=priority, payment_id=order.payment_id,
        slot=f"settle:{order.id}", payload={"order": order.id},
    )  # fmt: skip


async def queue_acceptance(
    tx: AsyncConnection, order: BankOrder, staff_id: int, now: datetime, run_at: datetime | None = None
) -> None:
    """A read of its own, whose answer is taken as true because this person said so."""
    await jobs.add(
        tx, "settle", now=now, run_at=run_at, priority=PRESSED, payment_id=order.payment_id,
        payload={"order": order.id, "accepted_by": staff_id},
    )  # fmt: skip


async def record_callbacks(tx: AsyncConnection, batch: Sequence[tuple[Callback, datetime]]) -> Sequence[bool]:
    """Keeps notifications, in one transaction for many; for each says whether the order is ours.

    A callback may come before register's answer is stored: then the order is found by our own number.
    """
    found: dict[tuple[str | None, str | None], BankOrder | None] = {}
    called: dict[int, tuple[BankOrder, datetime]] = {}
    known = []
    for callback, now in batch:
        names = callback.md_order, callback.order_number
        if names not in found:
            found[names] = await bank_orders.named(tx, *names)
        order = found[names]
        await bank_orders.note_callback(
            tx, md_order=callback.md_order, order_number=callback.order_number, operation=callback.operation,
            succeeded=callback.succeeded, bank_order_id=order.id if order else None, now=now,
        )  # fmt: skip
        if order:
            called[order.id] = order, now
        known.append(order is not None)
    for _, (order, now) in sorted(called.items()):  # in one order everywhere: two batches cannot wait for each other
        await queue_settle(tx, order, now, priority=CALLED)
    return known


class Settlement:
    """Performs `settle` jobs."""

    def __init__(
        self, db: Database, bank: Bank, budget: Budget, owners: Owners, questioning: Questioning, now: Now
    ) -> None:
        self._db = db
        self._bank = bank
        self._budget = budget
        self._owners = owners
        self._questioning = questioning
        self._now = now

    async def perform(self, job: Job) -> Outcome:
        async with self._db.read() as tx:
            order = await bank_orders.get(tx, job.payload["order"])
        if order is None:
            return DONE
        await self._budget.take()
        began = self._now()
        try:
            seen = await self._bank.status(OrderRef(order.number, order.md_order))
        except BankOrderUnknown:
            return Outcome(note="the bank knows no such order")  # its registration has not arrived, or never will
        except BankLoginRefused:
            return Outcome(write=self._login_refused, again_at=began + LOGIN_PAUSE, note="login refused")
        except BankError as error:
            log.warning("a status could not be read", payment_id=order.payment_id, why=str(error))
            again_at = self._now() + timedelta(seconds=RETRIES[min(job.attempts, len(RETRIES) - 1)])
            return Outcome(again_at=again_at, note="no answer")
        return Outcome(write=partial(self._apply, order, seen, began, job))

    async def _login_refused(self, tx: AsyncConnection) -> None:
        await self._owners.tell(tx, "o.password", self._now(), once_in=timedelta(hours=1))

    async def _apply(self, asked: BankOrder, seen: OrderState, began: datetime, job: Job, tx: AsyncConnection) -> None:
        accepted_by = job.payload.get("accepted_by")
        if await self.apply(tx, asked, seen, began, accepted_by):
            return
        now = self._now()  # nobody knows which answer is newer
        if accepted_by:
            await queue_acceptance(tx, asked, accepted_by, now, now + APART)
        else:
            await queue_settle(tx, asked, now, priority=CALLED if job.priority == PRESSED else job.priority)

    async def apply(
        self, tx: AsyncConnection, asked: BankOrder, seen: OrderState, began: datetime, accepted_by: int | None = None
    ) -> bool:
        """False: dropped, since another read ended while this one was under way."""
        now = self._now()
        payment = await payments.lock(tx, asked.payment_id)
        orders = await bank_orders.of_payment(tx, asked.payment_id)  # read under the lock: what came before is stale
        order = next((found for found in orders if found.id == asked.id), None)
        if payment is None or order is None:
            return True
        if order.read_at and began < order.read_at <= now + CLOCKS_DIFFER:
            return False
        others = [found for found in orders if found.id != order.id]
        in_doubt = None
        if concerns(order, others, seen):
            if seen.status is OrderStatus.DECLINED and not await self._seen_twice(tx, order, now, accepted_by):
                return True
            if payment.status != Status.DISPUTED:
                accepted_by = None
            verdict = (accepted if accepted_by else judge)(payment, order, others, seen, now)
            booked, verdict = await book(tx, payment, order, verdict, seen, now)
            payment = await self._move(tx, payment, verdict, booked, seen, now, accepted_by)
            in_doubt = booked.in_doubt
        await self._note_read(tx, order, payment, seen, now)
        if in_doubt:  # the order's row before its job, as the poller: else each may wait for the other
            await queue_settle(tx, order, now, priority=PRESSED, run_at=next_look(in_doubt, now))
        return True

    async def _seen_twice(self, tx: AsyncConnection, order: BankOrder, now: datetime, accepted_by: int | None) -> bool:
        first = order.declined_seen_at or now
        if now - first >= SECOND_LOOK:
            return True
        await bank_orders.change(tx, order.id, declined_seen_at=first, read_at=now)
        if accepted_by:
            await queue_acceptance(tx, order, accepted_by, now, first + SECOND_LOOK)
        else:
            await queue_settle(tx, order, now, priority=CALLED, run_at=first + SECOND_LOOK)
        return False

    async def _note_read(
        self, tx: AsyncConnection, order: BankOrder, payment: Payment, seen: OrderState, now: datetime
    ) -> None:
        is_declined = seen.status is OrderStatus.DECLINED
        facts: dict[str, Any] = {
            "read_at": now,
            "bank_status": seen.status,
            "deposited": seen.deposited,
            "declined_seen_at": order.declined_seen_at if is_declined else None,
        }
        if order.md_order is None and seen.number == order.number:
            facts["md_order"] = seen.md_order
        order = replace(order, **facts)
        later = None if is_declined else next_read(order, payment, now)
        await bank_orders.change(tx, order.id, **facts, next_read_at=later, read_first=is_young(payment, now))

    async def _move(
        self, tx: AsyncConnection, payment: Payment, verdict: Verdict, booked: Booked, seen: OrderState, now: datetime,
        accepted_by: int | None,
    ) -> Payment:  # fmt: skip
        """Writes what is new, and tells it. Returns the payment as it is then."""
        new = news(payment, verdict, seen, now)
        action = "accept" if accepted_by else "settle"
        changed = await move(tx, payment, now, action, staff_id=accepted_by, **new) if new else payment
        await self._tell(tx, payment, changed, verdict, booked, now)
        if changed.status == Status.HELD and payment.status != Status.HELD and changed.held_at:
            for warning, (ahead, _) in WARNINGS.items():
                await announce(tx, changed, warning, now, run_at=changed.held_at + HOLD_LASTS - ahead)
        return changed

    async def _tell(
        self, tx: AsyncConnection, before: Payment, after: Payment, verdict: Verdict, booked: Booked, now: datetime
    ) -> None:
        ping = ping_of(before, after, verdict, booked.released)
        lapsed = booked.released == "hold_lapsed"
        if booked.by_hand and not lapsed:
            for operation in booked.by_hand:
                await announce(tx, after, "ping.by_hand", now, operation=operation)
        elif ping:
            await announce(tx, after, ping, now, operation=booked.told_by)
        elif after is not before or booked.ended:
            await queue_card(tx, after, now)
        if booked.ended and booked.ended.state == State.REFUSED and booked.ended.kind != Kind.DECLINE:
            await self._tell_refused(tx, after, booked.ended, booked.was_unknown, now)
        if after.status == Status.DISPUTED and before.status != Status.DISPUTED:
            await self._tell_dispute(tx, before, verdict, now)

    async def _tell_refused(
        self, tx: AsyncConnection, payment: Payment, operation: Operation, was_unknown: bool, now: datetime
    ) -> None:
        """The bank did not do what a person asked for. In place of a cancellation a refund is offered."""
        ping = "ping.unknown_resolved" if was_unknown else "ping.op_refused"
        await announce(tx, payment, ping, now, operation=operation)
        await offer_refund(tx, self._questioning, payment, operation, now)

    async def _tell_dispute(self, tx: AsyncConnection, before: Payment, verdict: Verdict, now: datetime) -> None:
        shop = await staff.get_shop(tx, before.shop_id)
        await self._owners.tell(
            tx, "o.conflict", now, once_in=timedelta(hours=1), about=str(before.id), n=before.id,
            shop=shop.name if shop else "", ours=partial(say, f"state.{before.status}"),
            bank=verdict.bank_says or "", button=("btn.accept", f"accept:{before.id}"),
        )  # fmt: skip


async def offer_refund(
    tx: AsyncConnection, questioning: Questioning, payment: Payment, refused: Operation, now: datetime
) -> None:
    """Where the cancellation was asked for: the bank refused it, or it came too late. «Вернуть 12 500 ₽?»"""
    may_refund = refused.kind == Kind.REVERSE and payment.status in REFUNDABLE
    if not may_refund or refused.asked_by is None or refused.chat_id is None or payment.deposited == 0:
        return
    ask = Ask.REFUND_INSTEAD if refused.answer else Ask.REFUND_LATE
    await questioning.put(
        tx, payment, refused.asked_by, Place(refused.chat_id, refused.thread_id), ask, now,
        amount=payment.deposited, reason=refused.reason, asks_another=refused.decided_by is not None,
    )  # fmt: skip
