"""What «Да» and «Нет» under a question stand for.

The question is used up, so that two presses are one. What it asked for is checked again, since state and clock may have
moved. Then an unpaid sale is closed at once; money moves as an operation (`operate.py`), or as a request where another
person must agree (`approve.py`).
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from bot.ports import Bank
from bot.staff import Act, needs_another
from storage import bank_orders, operations, payments
from storage.engine import Database
from storage.rows import BankOrder, Payment, Person

from .announce import announce, queue_card
from .approve import Approvals
from .change import ACT_OF, CHANGED, Change, Said
from .confirm import TYPED, Ask, Question, Questioning
from .moves import move
from .operate import record_decline, record_operation
from .operations import Kind, State
from .orders import has_money, linked
from .renew import RENEWING, Renewals, queue_renewal
from .settle import PRESSED, queue_settle
from .states import PAYABLE, REFUNDABLE, RENEWABLE, UNREGISTERED, Status

TIMED_OUT, DONE_ALREADY = Said("toast.timed_out"), Said("toast.done_already")
KINDS = {
    Ask.REVERSE: Kind.REVERSE,
    Ask.RELEASE: Kind.REVERSE,
    Ask.COMPLETE: Kind.DEPOSIT,
    Ask.REFUND: Kind.REFUND,
    Ask.REFUND_INSTEAD: Kind.REFUND,
    Ask.REFUND_LATE: Kind.REFUND,
}


class Decisions:
    """Takes yes and no."""

    def __init__(
        self, db: Database, settings: Settings, bank: Bank, change: Change, questioning: Questioning,
        approvals: Approvals, renewals: Renewals, now: Now,
    ) -> None:  # fmt: skip
        self._db = db
        self._settings = settings
        self._bank = bank
        self._change = change
        self._approvals = approvals
        self._renewals = renewals
        self._questioning = questioning
        self._now = now

    async def yes(self, person: Person, draft_id: int) -> Said:
        """For whoever was asked, while the question lives."""
        now = self._now()
        async with self._db.write() as tx:
            question = await self._questioning.get(tx, draft_id)
            if question is None or question.ask in TYPED:
                return TIMED_OUT
            payment = await payments.lock(tx, question.payment_id)
            if payment is None or question.author_id != person.id:
                return Said("toast.not_yours", alert=True)
            if not await self._change.may(tx, person, ACT_OF.get(question.ask, Act.GIVE_BACK), payment):
                return Said("r.no_n", {"n": payment.id}, alert=True)
            in_time = await self._questioning.close(tx, question, now)
            await queue_card(tx, payment, now)
            if not in_time:
                return await self._why_not(tx, payment, question, now)
            if question.ask in {Ask.CANCEL, Ask.REPLACE}:
                return await self._close(tx, person, payment, question, now)
            return await self._move_money(tx, person, payment, question, now)

    async def _why_not(self, tx: AsyncConnection, payment: Payment, question: Question, now: datetime) -> Said:
        """The question is over: by time, by this very answer, or since «Нет» or another question came before."""
        if now >= question.expires_at:
            return TIMED_OUT
        is_cancelled = question.ask in {Ask.CANCEL, Ask.REPLACE} and payment.cancelled_by is not None
        return DONE_ALREADY if is_cancelled or await operations.by_key(tx, question.key) else CHANGED

    async def no(self, person: Person, draft_id: int) -> Said:
        """«Нет»: the card is as it was."""
        now = self._now()
        async with self._db.write() as tx:
            question = await self._questioning.get(tx, draft_id)
            if question is None or question.author_id != person.id:
                return Said("toast.not_yours", alert=True)
            payment = await payments.lock(tx, question.payment_id)  # before the question, as everybody does
            await self._questioning.close(tx, question, now)
            if payment:
                await queue_card(tx, payment, now)
            return Said()

    async def _close(
        self, tx: AsyncConnection, person: Person, payment: Payment, question: Question, now: datetime
    ) -> Said:
        """Our page refuses from now on. The bank is told where it listens, and watched until it has closed it too.

        Another sum waits for that (`renewing.py`).
        """
        renewal = question.amount if question.ask is Ask.REPLACE else None
        if renewal and payment.status in RENEWABLE:  # it has ended by itself meanwhile
            return await self._renewals.want(tx, person, payment, renewal, question.place, now)
        if payment.status not in (PAYABLE if renewal else UNREGISTERED | PAYABLE):
            return CHANGED
        order = linked(await bank_orders.of_payment(tx, payment.id))
        closed = await move(
            tx, payment, now, "cancel", staff_id=person.id, from_chat=question.place.chat_id, cancelled_by=person.id,
            status=Status.CANCELLING if order else Status.CANCELLED, renewal=renewal,
        )  # fmt: skip
        await announce(tx, closed, "ping.cancelled", now)
        if order and self._bank.can_decline:
            await record_decline(tx, payment, order, question.key, person.id, question.place, now)
        elif order:
            await queue_settle(tx, order, now, priority=PRESSED)
        if renewal:
            await queue_renewal(tx, closed, person.id, now)
        return RENEWING if renewal else Said("toast.cancelled")

    async def _move_money(
        self, tx: AsyncConnection, person: Person, payment: Payment, question: Question, now: datetime
    ) -> Said:
        """Still the same question? The state and the clock may have moved while it waited."""
        if not await self._still_fits(tx, payment, question) or await operations.open_one(tx, payment.id):
            return CHANGED
        order = _paid(await bank_orders.of_payment(tx, payment.id))
        if order is None:
            return CHANGED
        gives_back = question.ask not in ACT_OF
        if gives_back and needs_another(person, payment.refunded + question.amount, self._settings):
            return await self._approvals.request(tx, payment, order, question, KINDS[question.ask], now)
        await record_operation(tx, question, order, KINDS[question.ask], State.APPROVED, now)
        return Said("toast.at_the_bank")

    async def _still_fits(self, tx: AsyncConnection, payment: Payment, question: Question) -> bool:
        match question.ask:
            case Ask.RELEASE:
                return payment.status == Status.HELD
            case Ask.COMPLETE:
                return payment.status == Status.HELD and question.amount <= payment.approved
            case Ask.REVERSE:
                return (await self._change.ending_of(tx, payment))[0] is Ask.REVERSE
        return payment.status in REFUNDABLE and question.amount <= payment.deposited


def _paid(orders: list[BankOrder]) -> BankOrder | None:
    """The order that has the money; were there two, the payment would be disputed."""
    return next(filter(has_money, orders), None)
