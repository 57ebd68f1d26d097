"""What an answer of the bank means for a payment. Pure: no I/O, no clock of its own.

1. does this order concern the payment at all?   an abandoned order that runs out does not
2. are number, amount and currency ours?         else `disputed`
3. is it the only order with money?              else `disputed`, and it rings as paid twice
4. may the payment become what the bank says?    else `disputed`
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.money import format_rub
from bot.ports import OrderState, OrderStatus
from storage.rows import BankOrder, Payment

from .orders import LIVE, WITH_MONEY, has_money, shows_money
from .polling import is_over
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

ROUBLES = {"643", "810", "RUB", "RUR", ""}  # 810 and RUR: the rouble's codes of old merchants; empty: not told
NOT_TOLD = 0  # an amount that the answer does not name


@dataclass(frozen=True, slots=True)
class Verdict:
    """`bank_says`: what the bank says where it cannot be so."""

    status: Status
    bank_says: str | None = None
    paid_twice: bool = False


def concerns(order: BankOrder, others: Iterable[BankOrder], seen: OrderState) -> bool:
    """Money always does. That there is none counts only where the shopper's link is, and no other order has any."""
    if shows_money(seen) or has_money(order):
        return True
    return order.state in LIVE and not any(map(has_money, others))


def judge(payment: Payment, order: BankOrder, others: Iterable[BankOrder], seen: OrderState, now: datetime) -> Verdict:
    """Of an answer that `concerns` the payment. A declined order has been seen twice before."""
    if seen.number and seen.number != order.number:
        return Verdict(Status.DISPUTED, f"№ {seen.number}")
    if seen.amount not in {NOT_TOLD, payment.amount} or seen.currency not in ROUBLES:
        return Verdict(Status.DISPUTED, f"{format_rub(seen.amount)} {seen.currency}".strip())
    if (sum_ := _wrong_sum(payment, seen)) is not None:
        return Verdict(Status.DISPUTED, f"{format_rub(sum_)} из {format_rub(payment.amount)}")
    if shows_money(seen) and any(map(has_money, others)):
        return Verdict(Status.DISPUTED, f"№ {order.number}", paid_twice=True)
    current = Status(payment.status)
    status = seen_as(current, seen)
    if seen.status is OrderStatus.REGISTERED and is_over(order, now):  # the bank never closed it
        status = _ended_unpaid(status)
    if not may_become(current, status):
        return Verdict(Status.DISPUTED, f"orderStatus {int(seen.status)}" if seen.status is not None else "?")
    return Verdict(status)


def _ended_unpaid(status: Status) -> Status:
    """What the end of its link makes of a payment."""
    if status is Status.CANCELLING:
        return Status.CANCELLED
    return Status.EXPIRED if status in PAYABLE else status


def accepted(
    payment: Payment, order: BankOrder, others: Iterable[BankOrder], seen: OrderState, now: datetime
) -> Verdict:
    """Of a disputed payment, where an owner takes the bank's word: as if nothing had been known before.

    What cannot be so whatever was known (another sum, two paid orders) stays disputed.
    """
    return judge(replace(payment, status=Status.WAITING), order, others, seen, now)


def _wrong_sum(payment: Payment, seen: OrderState) -> int | None:
    """The kopecks that the bank holds or has, where they are not the price. A hold may be charged in part."""
    if (most := max(seen.approved, seen.deposited, seen.refunded)) > payment.amount:
        return most
    if seen.status is OrderStatus.HELD and seen.approved != payment.amount:
        return seen.approved
    if seen.status is OrderStatus.PAID:
        fits = 0 < seen.deposited <= payment.amount if payment.two_stage else seen.deposited == payment.amount
        return None if fits else seen.deposited
    return None


def news(payment: Payment, verdict: Verdict, seen: OrderState, now: datetime) -> dict[str, Any]:
    """What changes in the payment's row; empty: nothing."""
    new: dict[str, Any] = {}
    if verdict.status != payment.status:
        new |= {"status": verdict.status, "bank_says": verdict.bank_says}
        if payment.status in CLOSED_UNPAID and verdict.status in PAID_FOR:
            new["late"] = True
        elif payment.late and verdict.status is Status.PAID:
            new["late"] = False  # a hold that came late and was charged: the sale was kept
    if verdict.status is not Status.DISPUTED and (seen.status in WITH_MONEY or seen.status is OrderStatus.REVERSED):
        amounts = {"approved": seen.approved, "deposited": seen.deposited, "refunded": seen.refunded}
        new |= {name: value for name, value in amounts.items() if value != getattr(payment, name)}
        if seen.approved and payment.held_at is None and payment.two_stage:
            new["held_at"] = seen.held_at or now
        if seen.deposited and payment.paid_at is None:
            new["paid_at"] = seen.paid_at or now
    if _is_refusal(verdict.status, seen) and seen.action_code != payment.action_code:
        new["action_code"] = seen.action_code
    return new


def _is_refusal(status: Status, seen: OrderState) -> bool:
    if status is Status.DECLINED:
        return seen.action_code not in {None, 0, LINK_EXPIRED}
    return status in PAYABLE and is_refused_attempt(seen)


def ping_of(before: Payment, after: Payment, verdict: Verdict, released: str | None = None) -> str | None:
    """The short message that rings, if this is worth one. Of refused attempts only the first.

    `released`: as in `ping_text`.
    """
    status = Status(after.status)
    if before.status == Status.CANCELLING and status is Status.CANCELLED:
        return None  # it rang when it was cancelled
    if status in FINAL and (after.status != before.status or after.refunded != before.refunded):
        if verdict.paid_twice:
            return "ping.paid_twice"
        return ping_text(status, late=after.late, two_stage=after.two_stage, released=released)
    if status in PAYABLE and before.action_code is None and after.action_code is not None:
        return "ping.retry"
    return None
