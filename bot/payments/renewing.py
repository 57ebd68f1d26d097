"""Performs `renew` jobs: what `renew.py` wrote down is done as soon as the bank itself has closed the old link.

    wait     the bank still holds it: it is asked again
    go on    the same sum: the payment is registered again; another one: a new payment is made, and the old one names it
    paid     money was quicker: nothing is made, and late money goes its own way
    give up  the bank keeps the link open: nothing is made, and the staff are told

Repeatable: `payments.renewal`, looked at under a lock, makes it once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.jobs import DONE, Outcome
from bot.vault import Vault
from storage import bank_orders, jobs, operations, payments, staff
from storage.engine import Database
from storage.jobs import Job
from storage.rows import BankOrder, Operation, Payment

from .announce import announce, queue_card
from .create import Creation, Made, Refused, queue_registration
from .moves import move
from .operations import Kind, State
from .renew import may_be_payable, sale_after
from .settle import CALLED, queue_settle
from .states import RENEWABLE, Status

log = structlog.get_logger(__name__)

LOOK_AGAIN, LATER = timedelta(seconds=1), timedelta(seconds=5)  # between looks; the second after:
SOON = timedelta(seconds=15)
LINK_WITHIN, SUM_WITHIN = timedelta(minutes=2), timedelta(minutes=5)  # the bank closes the old link, or we give up
STOPPED = RENEWABLE | {Status.CANCELLED}


class Step(Enum):
    WAIT = auto()
    GO_ON = auto()
    PAID = auto()
    GIVE_UP = auto()


def next_step(
    payment: Payment, orders: Sequence[BankOrder], decline: Operation | None, since: datetime, now: datetime
) -> Step:
    """`decline`: the last time the bank was told to close the link. Pure."""
    if payment.status not in STOPPED | {Status.CANCELLING}:
        return Step.PAID
    held = list(filter(may_be_payable, orders))
    if not held and payment.status in STOPPED:
        return Step.GO_ON
    if now - since >= (LINK_WITHIN if payment.renewal == payment.amount else SUM_WITHIN):
        return Step.GIVE_UP
    return Step.GIVE_UP if decline and _was_in_vain(decline, held) else Step.WAIT


def _was_in_vain(decline: Operation, held: Sequence[BankOrder]) -> bool:
    """The bank would not, and has shown since that the link lives on."""
    if decline.state != State.REFUSED or decline.ended_at is None:
        return False
    return any(order.read_at and order.read_at > decline.ended_at for order in held)


class Renewing:
    """Performs them."""

    def __init__(self, db: Database, vault: Vault, creation: Creation, now: Now) -> None:
        self._db = db
        self._vault = vault
        self._creation = creation
        self._now = now

    async def perform(self, job: Job) -> Outcome:
        async with self._db.read() as tx:
            payment = await payments.get(tx, job.payment_id or 0)
            step = await self._step(tx, job, payment) if payment else None
        if payment is None or payment.renewal is None:
            return DONE
        if step is Step.WAIT:
            now = self._now()
            waits = now - datetime.fromisoformat(job.payload["since"])
            again_at = now + (LOOK_AGAIN if waits < SOON else LATER)
            return Outcome(write=partial(self._ask_bank, payment), again_at=again_at, note="the bank holds the link")
        return Outcome(write=partial(self._carry_out, job, payment.shop_id))

    async def _step(self, tx: AsyncConnection, job: Job, payment: Payment) -> Step:
        orders = await bank_orders.of_payment(tx, payment.id)
        declines = [found for found in await operations.of_payment(tx, payment.id) if found.kind == Kind.DECLINE]
        since = datetime.fromisoformat(job.payload["since"])
        return next_step(payment, orders, declines[-1] if declines else None, since, self._now())

    async def _ask_bank(self, payment: Payment, tx: AsyncConnection) -> None:
        for order in filter(may_be_payable, await bank_orders.of_payment(tx, payment.id)):
            await queue_settle(tx, order, self._now(), priority=CALLED)

    async def _carry_out(self, job: Job, shop_id: int, tx: AsyncConnection) -> None:
        """The shop before the payment, as everybody locks them."""
        await payments.lock_shop(tx, shop_id)
        payment = await payments.lock(tx, job.payment_id or 0)
        if payment is None or payment.renewal is None:
            return
        now = self._now()
        match await self._step(tx, job, payment):
            case Step.WAIT:  # something has changed in this very moment
                await jobs.add(
                    tx, "renew", now=now, run_at=now + LOOK_AGAIN, priority=job.priority, payment_id=payment.id,
                    slot=job.slot, payload=job.payload,
                )  # fmt: skip
            case Step.GO_ON if payment.renewal == payment.amount:
                await self._register_again(tx, payment, job.payload["by"], now)
            case Step.GO_ON:
                await self._make_another(tx, payment, job.payload["by"], now)
            case Step.PAID:
                await self._drop(tx, payment, "ping.renewal_paid" if payment.renewal != payment.amount else None, now)
            case Step.GIVE_UP:
                is_same = payment.renewal == payment.amount
                await self._drop(tx, payment, "ping.not_renewed" if is_same else "ping.not_replaced", now)

    async def _register_again(self, tx: AsyncConnection, payment: Payment, staff_id: int, now: datetime) -> None:
        """The same payment, number and page. What the old orders say from now on is no news, but for money."""
        for order in await bank_orders.of_payment(tx, payment.id):
            if order.state == "registered":
                await bank_orders.change(tx, order.id, state="abandoned", next_read_at=None)
        renewed = await move(
            tx, payment, now, "new link", staff_id=staff_id, status=Status.REGISTERING, renewal=None,
            action_code=None, fault=None, bank_says=None, opened_at=None, link_until=None,
        )  # fmt: skip
        await queue_registration(tx, renewed, now)
        await queue_card(tx, renewed, now)

    async def _make_another(self, tx: AsyncConnection, payment: Payment, staff_id: int, now: datetime) -> None:
        person = await staff.get(tx, staff_id)
        assert person  # noqa: S101 - staff are never deleted
        made = await self._creation.make(
            tx, await sale_after(tx, person, payment, payment.renewal or payment.amount, self._vault)
        )
        if isinstance(made, Made):
            replaced = await move(
                tx, payment, now, "replace", staff_id=staff_id, renewal=None, replaced_by=made.payment.id
            )
            await queue_card(tx, replaced, now)
        elif isinstance(made, Refused):
            log.info("another sum was beyond a limit by then", payment_id=payment.id, why=made.key)
            await self._drop(tx, payment, "ping.renewal_limit", now)

    async def _drop(self, tx: AsyncConnection, payment: Payment, ping: str | None, now: datetime) -> None:
        """Nothing new is made."""
        dropped = await move(tx, payment, now, "drop renewal", renewal=None)
        if ping:
            await announce(tx, dropped, ping, now, about=f"v{dropped.version}")
        else:
            await queue_card(tx, dropped, now)
