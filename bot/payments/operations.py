"""Movements of money that the shop asks the bank for, and what the bank's amounts say of them. Pure: no I/O, no clock.

    requested   waits for another person's yes
    approved    goes to the bank by a job
    sent        committed before the call; the bank's amounts end it, whatever the call itself answered
    unknown     the call's answer was lost: done as soon as the amounts show it, not done after 15 unchanged minutes
    done, refused, denied, lapsed       the end
    disputed                            more moved than was asked for: a person decides

An operation is sent once. Only a person's new command makes another one.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import MOSCOW, bank_day
from bot.ports import OrderState, OrderStatus
from storage.rows import Operation, Payment

from .states import Status


class Kind(StrEnum):
    DEPOSIT = "deposit"
    REVERSE = "reverse"
    REFUND = "refund"
    DECLINE = "decline"


class State(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    SENT = "sent"
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"
    DENIED = "denied"
    LAPSED = "lapsed"
    DISPUTED = "disputed"


class Origin(StrEnum):
    """Whose doing it was."""

    STAFF = "staff"
    CABINET = "cabinet"  # by hand, at the bank
    BANK = "bank"  # a hold that ran out


class Answer(StrEnum):
    """What the call itself said."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LOST = "lost"


IN_DOUBT = frozenset({State.SENT, State.UNKNOWN})
ROUBLE = 100  # kopecks: the bank moves no less
HOLD_LASTS = timedelta(days=7)
REQUEST_LIVES = timedelta(hours=24)
DOUBT_LASTS = timedelta(minutes=15)  # without a change at the bank; then it was not done
TOO_LATE = timedelta(minutes=2)  # before midnight in Moscow: a cancellation sent then may arrive on the next day
DECLINE_IN_VAIN = timedelta(minutes=1)  # a link that the bank keeps open after this is left to its own end


def is_reversible(payment: Payment, now: datetime, *, reverse_deposited: bool, tried: bool) -> bool:
    """Whether a paid sale can be cancelled without a refund: the whole of it, on the Moscow day it was paid, once.

    `now`: by the bank's clock where it is known. `tried`: the bank has refused it before. `reverse_deposited`: the
    merchant may cancel a completed hold as well.
    """
    if payment.status != Status.PAID or tried or payment.refunded or payment.paid_at is None:
        return False
    if payment.two_stage and not (reverse_deposited and payment.deposited == payment.approved):
        return False
    return bank_day(payment.paid_at) == bank_day(now) == bank_day(now + TOO_LATE)


def gives_back(operation: Operation) -> bool:
    """Whether it returns money that was charged; freeing a hold does not."""
    if operation.kind == Kind.REVERSE:
        return operation.before_status != OrderStatus.HELD
    return operation.kind == Kind.REFUND


def hold_ends_at(payment: Payment) -> datetime | None:
    return payment.held_at + HOLD_LASTS if payment.held_at else None


def midnight_after(moment: datetime) -> datetime:
    """The end of a Moscow day: until then a payment of it can be cancelled."""
    return datetime.combine(bank_day(moment) + timedelta(days=1), datetime.min.time(), tzinfo=MOSCOW)


def fault_of(operation: Operation, seen: OrderState, payment: Payment, now: datetime, **rules: bool) -> str | None:
    """Why the bank would not do it, by what it said just before: a key of the texts. None: it can be sent.

    `rules`: those of `is_reversible`.
    """
    status = seen.status
    if payment.status == Status.DISPUTED:
        return "op_fault.disputed"
    match operation.kind:
        case Kind.DEPOSIT:
            if status is not OrderStatus.HELD:
                return "op_fault.state"
            return "op_fault.above_hold" if operation.amount > seen.approved else None
        case Kind.REVERSE if status is OrderStatus.HELD:
            return None
        case Kind.REVERSE:
            was_held = operation.before_status == OrderStatus.HELD  # a release: nobody agreed to more
            if was_held or status is not OrderStatus.PAID:
                return "op_fault.state"
            return None if is_reversible(payment, now, **rules) else "op_fault.too_late"
        case Kind.REFUND:
            if status not in {OrderStatus.PAID, OrderStatus.REFUNDED}:
                return "op_fault.state"
            return "op_fault.above_left" if operation.amount > seen.deposited else None
    return None if status is OrderStatus.REGISTERED else "op_fault.state"


def is_done(operation: Operation, seen: OrderState) -> bool:
    """The bank shows exactly what was asked for."""
    before_refunded, before_deposited = operation.before_refunded or 0, operation.before_deposited or 0
    match operation.kind:
        case Kind.DEPOSIT:
            charged = seen.deposited + seen.refunded  # some of it may have gone back by hand since
            return seen.status in {OrderStatus.PAID, OrderStatus.REFUNDED} and charged == operation.amount
        case Kind.REVERSE:
            return seen.status is OrderStatus.REVERSED
        case Kind.REFUND:
            return seen.status is OrderStatus.REFUNDED and (seen.refunded, seen.deposited) == (
                before_refunded + operation.amount,
                before_deposited - operation.amount,
            )
    return seen.status is OrderStatus.DECLINED


def is_unchanged(operation: Operation, seen: OrderState) -> bool:
    """The bank shows what it showed before the call."""
    before = operation.before_status, operation.before_deposited, operation.before_refunded
    return before == (seen.status, seen.deposited, seen.refunded)


def ending_of(operation: Operation, seen: OrderState, now: datetime) -> State | None:
    """What a read of the bank makes of an operation that was sent. None: nobody knows yet."""
    if is_done(operation, seen):
        return State.DONE
    if operation.answer == Answer.REFUSED:
        return State.REFUSED  # what did change there is somebody else's doing
    if not is_unchanged(operation, seen):
        moves_back = operation.kind in {Kind.REVERSE, Kind.REFUND}
        return State.DISPUTED if moves_back else State.REFUSED
    age = now - (operation.sent_at or now)
    if operation.kind == Kind.DECLINE:
        return State.REFUSED if age >= DECLINE_IN_VAIN else None
    if age < DOUBT_LASTS:
        return None
    return State.DISPUTED if operation.answer == Answer.ACCEPTED else State.REFUSED


def movements(payment: Payment, seen: OrderState, history: Sequence[Operation]) -> list[tuple[Kind, int]]:
    """What has moved at the bank and stands nowhere yet: each a kind and kopecks.

    `history`: the order's operations. A disputed payment's own amounts are old; what ended meanwhile is in there.
    """
    done = [known for known in history if known.state == State.DONE]
    kinds = {known.kind for known in done}
    found: list[tuple[Kind, int]] = []
    charged, now_charged = payment.deposited + payment.refunded, seen.deposited + seen.refunded
    if payment.two_stage and not charged and now_charged and Kind.DEPOSIT not in kinds:
        found.append((Kind.DEPOSIT, now_charged))
    refunded = max(payment.refunded, sum(known.amount for known in done if known.kind == Kind.REFUND))
    if seen.refunded > refunded:
        found.append((Kind.REFUND, seen.refunded - refunded))
    if seen.status is OrderStatus.REVERSED and payment.status != Status.REVERSED and Kind.REVERSE not in kinds:
        found.append((Kind.REVERSE, payment.amount))
    return found


def was_tried(history: Iterable[Operation]) -> bool:
    """Whether a cancellation reached the bank before: it takes one only. What has a fault never got there."""
    return any(found.kind == Kind.REVERSE and found.sent_at and found.fault is None for found in history)


def released_by(last: Operation | None) -> str | None:
    """`hold_released` or `hold_lapsed`, where the last operation freed money that was held and never charged."""
    if last is None or last.state != State.DONE or last.kind != Kind.REVERSE:
        return None
    if last.before_status != OrderStatus.HELD:
        return None
    return "hold_lapsed" if last.origin == Origin.BANK else "hold_released"
