"""What a read of the bank means for a payment's operations: the one in doubt ends, what was done by hand is kept.

So the ledger's operations add up to what the bank has moved, whoever moved it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.money import format_rub
from bot.ports import OrderState, OrderStatus
from storage import audit, operations
from storage.rows import BankOrder, Operation, Payment

from .operations import HOLD_LASTS, IN_DOUBT, Kind, Origin, State, ending_of, movements, released_by
from .states import Status
from .verdict import Verdict

ABOUT_A_WEEK = HOLD_LASTS - timedelta(hours=6)  # a hold that is gone after this ran out; the bank counts its own hours
YOUNG = timedelta(minutes=1)
SOON, LATER = timedelta(seconds=5), timedelta(seconds=30)  # between the reads that end a doubt


@dataclass(frozen=True, slots=True)
class Booked:
    """What was found. `ended`: the operation that is over now; `by_hand`: what was not our doing."""

    ended: Operation | None = None
    was_unknown: bool = False
    in_doubt: Operation | None = None
    by_hand: tuple[Operation, ...] = ()

    @property
    def told_by(self) -> Operation | None:
        """The operation that explains what is new."""
        if self.by_hand:
            return self.by_hand[-1]
        return self.ended if self.ended and self.ended.state == State.DONE else None

    @property
    def released(self) -> str | None:
        return released_by(self.told_by)


async def book(
    tx: AsyncConnection, payment: Payment, order: BankOrder, verdict: Verdict, seen: OrderState, now: datetime
) -> tuple[Booked, Verdict]:
    """Under a lock on the payment, before the payment itself is changed."""
    operation = await operations.open_one(tx, payment.id)
    ended, in_doubt = None, None
    if operation and operation.state in IN_DOUBT and operation.bank_order_id == order.id:
        ending = ending_of(operation, seen, now)
        if ending is None:
            in_doubt = operation
        else:
            ended = await operations.change(tx, operation, state=ending, ended_at=now)
            if ending is State.DISPUTED:
                verdict = Verdict(Status.DISPUTED, _amounts(seen))
    is_disputed = verdict.status is Status.DISPUTED  # then its amounts are not taken over, so nothing is explained yet
    by_hand = () if is_disputed else await _note_by_hand(tx, payment, order, ended, seen, now)
    was_unknown = operation is not None and operation.state == State.UNKNOWN
    return Booked(ended, was_unknown, in_doubt, by_hand), verdict


async def _note_by_hand(
    tx: AsyncConnection, payment: Payment, order: BankOrder, ours: Operation | None, seen: OrderState, now: datetime
) -> tuple[Operation, ...]:
    history = [known for known in await operations.of_payment(tx, payment.id) if known.bank_order_id == order.id]
    found = movements(payment, seen, history)
    if ours and ours.state == State.DONE:
        found = [(kind, amount) for kind, amount in found if kind != ours.kind]
    noted = []
    for kind, amount in found:
        operation = await operations.add(
            tx,
            key=f"seen:{order.id}:{kind}:{seen.deposited}:{seen.refunded}",
            payment_id=payment.id,
            bank_order_id=order.id,
            kind=kind,
            amount=amount,
            state=State.DONE,
            origin=_origin(payment, kind, now),
            before_status=OrderStatus.HELD if payment.status == Status.HELD else None,
            before_deposited=payment.deposited,
            before_refunded=payment.refunded,
            asked_at=now,
            ended_at=now,
        )
        await audit.record(
            tx, now=now, action=f"seen {kind}", payment_id=payment.id,
            detail={"operation": operation.id, "amount": amount, "origin": operation.origin},
        )  # fmt: skip
        noted.append(operation)
    return tuple(noted)


def _origin(payment: Payment, kind: Kind, now: datetime) -> Origin:
    ran_out = kind is Kind.REVERSE and payment.held_at and now >= payment.held_at + ABOUT_A_WEEK
    return Origin.BANK if ran_out and not payment.deposited else Origin.CABINET


def _amounts(seen: OrderState) -> str:
    return f"{format_rub(seen.deposited)} / {format_rub(seen.refunded)}"


def next_look(operation: Operation, now: datetime) -> datetime:
    """When the bank is asked again about an operation in doubt."""
    return now + (SOON if now - (operation.sent_at or now) < YOUNG else LATER)
