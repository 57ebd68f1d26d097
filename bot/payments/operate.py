"""An approved operation goes to the bank: once, whatever happens.

    1. the order is read at the bank; what is new there is settled first
    2. `_send`      in one transaction: still possible? then `sent`, with the amounts seen, is committed
    3. the call, outside any transaction, never repeated
    4. `_answered`  what the call said is kept, and the order is read again: its amounts end the operation (`ledger.py`)

Who takes over a job whose operation is `sent` does not call: nobody knows whether the call went out, it is `unknown`.
"""

from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from bot.errors import BankError, BankLoginRefused, BankRefused, BankUnavailable, StaleRead
from bot.jobs import DONE, Outcome
from bot.ports import Bank, OrderRef, OrderState, OrderStatus, Place
from bot.staff import needs_another
from storage import audit, bank_orders, jobs, operations, payments, staff
from storage.engine import Database
from storage.jobs import Job
from storage.rows import BankOrder, Operation, Payment

from .announce import announce, queue_card
from .budget import Budget
from .confirm import Ask, Question, Questioning
from .operations import Answer, Kind, Origin, State, fault_of, gives_back, was_tried
from .owners import Owners
from .register import described
from .settle import PRESSED, Settlement, offer_refund, queue_settle

log = structlog.get_logger(__name__)

PAUSES = (1, 3)  # s before the bank is asked again, while nothing has been sent; then the person is told
LOOK_AGAIN = timedelta(seconds=2)  # after a lost answer: the bank may still be at it


async def record_operation(
    tx: AsyncConnection, question: Question, order: BankOrder, kind: Kind, state: State, now: datetime
) -> Operation:
    """What «Да» under `question` asks for: on its way to the bank where `state` is approved, else a request."""
    operation = await operations.add(
        tx,
        key=question.key,
        payment_id=question.payment_id,
        bank_order_id=order.id,
        kind=kind,
        amount=question.amount,
        reason=question.reason,
        state=state,
        origin=Origin.STAFF,
        asked_by=question.author_id,
        chat_id=question.place.chat_id,
        thread_id=question.place.thread_id,
        before_status=OrderStatus.HELD if question.ask is Ask.RELEASE else None,
        asked_at=now,
        decided_at=now if state is State.APPROVED else None,
    )
    await audit.record(
        tx, now=now, action=f"{'request' if state is State.REQUESTED else 'ask'} {kind}", staff_id=operation.asked_by,
        payment_id=operation.payment_id, chat_id=operation.chat_id,
        detail={"operation": operation.id, "amount": operation.amount},
    )  # fmt: skip
    if state is State.APPROVED:
        await queue_operation(tx, operation)
    return operation


async def record_decline(
    tx: AsyncConnection, payment: Payment, order: BankOrder, key: str, staff_id: int, place: Place, now: datetime
) -> None:
    """The bank is to close an unpaid link. It moves no money, so nobody's yes is asked for."""
    operation = await operations.add(
        tx, key=key, payment_id=payment.id, bank_order_id=order.id, kind=Kind.DECLINE, amount=payment.amount,
        state=State.APPROVED, origin=Origin.STAFF, asked_by=staff_id, chat_id=place.chat_id,
        thread_id=place.thread_id, asked_at=now, decided_at=now,
    )  # fmt: skip
    await audit.record(
        tx, now=now, action="ask decline", staff_id=staff_id, payment_id=payment.id, chat_id=place.chat_id,
        detail={"operation": operation.id},
    )  # fmt: skip
    await queue_operation(tx, operation)


async def queue_operation(tx: AsyncConnection, operation: Operation) -> None:
    """In the transaction that approves it."""
    await jobs.add(
        tx, "operation", now=operation.decided_at or operation.asked_at, priority=PRESSED,
        payment_id=operation.payment_id, key=f"operation:{operation.id}", payload={"operation": operation.id},
    )  # fmt: skip


class Operating:
    """Performs `operation` jobs."""

    def __init__(
        self, db: Database, settings: Settings, bank: Bank, budget: Budget, settlement: Settlement, owners: Owners,
        questioning: Questioning, now: Now,
    ) -> None:  # fmt: skip
        self._db = db
        self._settings = settings
        self._bank = bank
        self._budget = budget
        self._settlement = settlement
        self._owners = owners
        self._questioning = questioning
        self._now = now

    async def perform(self, job: Job) -> Outcome:
        async with self._db.read() as tx:
            operation = await operations.get(tx, job.payload["operation"])
            order = await bank_orders.get(tx, operation.bank_order_id) if operation else None
        if operation is None or order is None:
            return DONE
        if operation.state == State.SENT and operation.answer is None:
            return Outcome(write=partial(self._answered, operation, order, Answer.LOST, ""), note="taken over")
        if operation.state != State.APPROVED:
            return DONE
        await self._budget.take()
        began = self._now()
        try:
            seen = await self._bank.status(OrderRef(order.number, order.md_order))
            async with self._db.write() as tx:
                sent = await self._send(tx, operation, order, seen, began)
        except StaleRead:
            return Outcome(again_at=self._now() + timedelta(seconds=PAUSES[0]), note="read meanwhile")
        except BankError as error:
            return self._unread(job, operation, error)
        return await self._call(sent, order) if sent else DONE

    def _unread(self, job: Job, operation: Operation, error: BankError) -> Outcome:
        """Nothing has been sent, so it may be tried again."""
        log.warning("an operation waits for the bank", payment_id=operation.payment_id, why=str(error))
        if not isinstance(error, BankRefused) and job.attempts < len(PAUSES):
            return Outcome(again_at=self._now() + timedelta(seconds=PAUSES[job.attempts]), note="no answer")
        fault = "op_fault.login" if isinstance(error, BankLoginRefused) else "op_fault.bank_down"
        return Outcome(write=partial(self._refuse, operation, fault), note=fault)

    async def _send(
        self, tx: AsyncConnection, operation: Operation, order: BankOrder, seen: OrderState, began: datetime
    ) -> Operation | None:
        """The operation as it is sent; None: it is over without a call."""
        if not await self._settlement.apply(tx, order, seen, began):
            raise StaleRead(order.number)
        payment = await payments.lock(tx, operation.payment_id)
        current = await operations.get(tx, operation.id)
        if payment is None or current is None or current.state != State.APPROVED:
            return None
        now = self._now()
        fault = fault_of(
            current, seen, payment, seen.bank_time or now, reverse_deposited=self._bank.can_reverse_deposited,
            tried=was_tried(await operations.of_payment(tx, payment.id)),
        ) or await self._needs_another(tx, current, payment)  # fmt: skip
        if fault:
            await self._refuse(current, fault, tx)
            return None
        await audit.record(
            tx, now=now, action=f"send {current.kind}", payment_id=payment.id,
            detail={"operation": current.id, "amount": current.amount},
        )  # fmt: skip
        return await operations.change(
            tx, current, state=State.SENT, sent_at=now, before_status=seen.status,
            before_deposited=seen.deposited, before_refunded=seen.refunded,
        )  # fmt: skip

    async def _needs_another(self, tx: AsyncConnection, operation: Operation, payment: Payment) -> str | None:
        """What one person may give back alone may be less by now: something may have gone back by hand."""
        if operation.decided_by or not gives_back(operation):
            return None
        asker = await staff.get(tx, operation.asked_by or 0)
        alone = asker and not needs_another(asker, payment.refunded + operation.amount, self._settings)
        return None if alone else "op_fault.limit"

    async def _call(self, operation: Operation, order: BankOrder) -> Outcome:
        answer, text = Answer.ACCEPTED, ""
        try:
            await self._ask(operation, OrderRef(order.number, order.md_order))
        except BankUnavailable:
            return Outcome(write=partial(self._refuse, operation, "op_fault.bank_down"), note="not sent")
        except BankRefused as refused:
            answer, text = Answer.REFUSED, refused.text
        except BankError:
            answer = Answer.LOST
        return Outcome(write=partial(self._answered, operation, order, answer, text), note=answer)

    async def _ask(self, operation: Operation, order: OrderRef) -> None:
        what = described(operation.payment_id)
        match operation.kind:
            case Kind.DEPOSIT:
                await self._bank.deposit(order, operation.amount, description=what)
            case Kind.REVERSE:
                await self._bank.reverse(order)
            case Kind.REFUND:
                await self._bank.refund(order, operation.amount, description=what)
            case Kind.DECLINE:
                await self._bank.decline(order)

    async def _answered(
        self, sent: Operation, order: BankOrder, answer: Answer, text: str, tx: AsyncConnection
    ) -> None:
        """Kept beside the operation; the amounts that are read next decide."""
        now = self._now()
        payment = await payments.lock(tx, sent.payment_id)
        operation = await operations.get(tx, sent.id)
        if payment is None or operation is None or operation.state != State.SENT:
            return  # a read was quicker
        state = State.UNKNOWN if answer is Answer.LOST else State.SENT
        changed = await operations.change(tx, operation, state=state, answer=answer, bank_says=text[:80] or None)
        if changed and state is State.UNKNOWN and changed.kind != Kind.DECLINE:
            await announce(tx, payment, "ping.unknown_op", now, operation=changed)
        await queue_settle(tx, order, now, priority=PRESSED, run_at=now + LOOK_AGAIN if answer is Answer.LOST else now)

    async def _refuse(self, operation: Operation, fault: str, tx: AsyncConnection) -> None:
        """Not done, for certain: the person is told why, and may ask again."""
        now = self._now()
        payment = await payments.lock(tx, operation.payment_id)
        current = await operations.get(tx, operation.id)
        if payment is None or current is None or current.state not in {State.APPROVED, State.SENT}:
            return
        ended = await operations.change(tx, current, state=State.REFUSED, fault=fault, ended_at=now)
        if ended is None:
            return
        if fault == "op_fault.login":
            await self._owners.tell(tx, "o.password", now, once_in=timedelta(hours=1))
        if ended.kind == Kind.DECLINE:
            await queue_card(tx, payment, now)
            return
        await announce(tx, payment, "ping.op_refused", now, operation=ended)
        if fault != "op_fault.bank_down":
            await offer_refund(tx, self._questioning, payment, ended, now)
