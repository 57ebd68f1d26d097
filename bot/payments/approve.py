"""The yes of a second person: money goes back by two where one alone may not.

    request         shown to all who may agree, each in his own chat, and in the shop's
    approve         by somebody else than who asked; a cancellation that comes too late by now becomes a refund
    deny, lapse     nothing moves: by a person's no, or after 24 hours

A request is decided once, by its state.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.errors import PrilavokError
from bot.money import format_rub
from bot.ports import Place
from bot.staff import may_approve
from storage import audit, cards, operations, payments, staff
from storage.engine import Database
from storage.rows import BankOrder, Operation, Payment, Person

from .announce import announce, queue_card
from .change import CHANGED, Change, Said
from .confirm import Ask, Question
from .operate import queue_operation, record_operation
from .operations import REQUEST_LIVES, Kind, State

BATCH = 50  # requests that lapse in one look


class Approvals:
    """Takes requests, and what others say to them."""

    def __init__(self, db: Database, change: Change, now: Now) -> None:
        self._db = db
        self._change = change
        self._now = now

    async def request(
        self, tx: AsyncConnection, payment: Payment, order: BankOrder, question: Question, kind: Kind, now: datetime
    ) -> Said:
        """Shown to all who may agree, each in his own chat, and in the shop's. Who asks sees it on his card."""
        approvers = await staff.approvers(tx, payment.shop_id, question.author_id, now)
        if not approvers:
            return Said("r.no_approver", alert=True)
        operation = await record_operation(tx, question, order, kind, State.REQUESTED, now)
        places = [Place(approver.telegram_id) for approver in approvers if approver.telegram_id]
        shop = await staff.get_shop(tx, payment.shop_id)
        if shop and shop.chat_id:
            places.append(Place(shop.chat_id, shop.thread_id))
        for place in places:
            await cards.ensure(tx, payment.id, place.chat_id, place.thread_id)
        asked_in = None if question.place.is_group else question.place.chat_id
        await announce(tx, payment, "ping.request", now, operation=operation, also=places, but=asked_in)
        return Said("T-REFUND-SENT", {"ref": format_rub(question.amount)})

    async def approve(self, person: Person, operation_id: int, place: Place) -> Said:
        """«Вернуть 3 000 ₽»."""
        return await self._decide(person, operation_id, place, State.APPROVED)

    async def deny(self, person: Person, operation_id: int, place: Place) -> Said:
        """«Отказать»."""
        return await self._decide(person, operation_id, place, State.DENIED)

    async def _decide(self, person: Person, operation_id: int, place: Place, state: State) -> Said:
        now = self._now()
        async with self._db.write() as tx:
            operation = await operations.get(tx, operation_id)
            payment = await payments.lock(tx, operation.payment_id) if operation else None
            operation = await operations.get(tx, operation_id)
            if operation is None or payment is None:
                return CHANGED
            if not may_approve(person, payment, operation.asked_by):
                key = "toast.other_person" if person.id == operation.asked_by else "toast.only_manager"
                return Said(key, alert=True)
            if operation.state != State.REQUESTED or operation.asked_at <= now - REQUEST_LIVES:
                await queue_card(tx, payment, now)
                return Said("toast.done_already")
            decided = await self._write_decision(tx, person, payment, operation, place, state, now)
            if state is State.APPROVED:
                await queue_operation(tx, decided)
            await announce(
                tx, payment, "ping.request_ok" if state is State.APPROVED else "ping.request_no", now, operation=decided
            )
            return Said("toast.at_the_bank" if state is State.APPROVED else "toast.denied")

    async def _write_decision(
        self, tx: AsyncConnection, person: Person, payment: Payment, operation: Operation, place: Place, state: State,
        now: datetime,
    ) -> Operation:  # fmt: skip
        """Where the day to cancel has passed meanwhile, what was asked for is given back as a refund."""
        new: dict[str, object] = {"state": state, "decided_by": person.id, "decided_at": now}
        if state is State.DENIED:
            new["ended_at"] = now
        elif operation.kind == Kind.REVERSE and (await self._change.ending_of(tx, payment))[0] is Ask.REFUND_LATE:
            new["kind"] = Kind.REFUND
        decided = await operations.change(tx, operation, **new)
        if decided is None:
            raise PrilavokError("an operation changed while its payment was locked")
        await audit.record(
            tx, now=now, action="approve" if state is State.APPROVED else "deny", staff_id=person.id,
            payment_id=payment.id, chat_id=place.chat_id,
            detail={"operation": operation.id, "amount": operation.amount},
        )  # fmt: skip
        return decided

    async def lapse(self) -> None:
        """Now and then: requests that nobody has decided for a day are closed."""
        now = self._now()
        async with self._db.read() as tx:
            if not await operations.requested_before(tx, now - REQUEST_LIVES, 1):
                return
        async with self._db.write() as tx:
            old = await operations.requested_before(tx, now - REQUEST_LIVES, BATCH)
            for operation in sorted(old, key=lambda request: request.payment_id):  # locks in one order everywhere
                payment = await payments.lock(tx, operation.payment_id)
                lapsed = await operations.change(tx, operation, state=State.LAPSED, ended_at=now)
                if payment and lapsed:
                    await audit.record(
                        tx, now=now, action="lapse", payment_id=payment.id, detail={"operation": operation.id}
                    )
                    await announce(tx, payment, "ping.request_lapsed", now, operation=lapsed)
