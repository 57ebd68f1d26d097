"""When the bank is asked about an order again. Pure.

Young open orders are read often, old ones rarely, closed ones until the bank itself has closed them, so that money that
comes late is found too. The steps keep the promise "a paid order is found within 15 s in its first ten minutes";
an order is young again whenever the shopper does something. Young ones are read before all others: thousands of old
ones that are overdue, after a day without us, must not make them wait.
"""

from datetime import datetime, timedelta

from bot.ports import OrderStatus
from storage.rows import BankOrder, Payment

from .operations import hold_ends_at
from .orders import LIVE, has_money
from .states import CLOSED_UNPAID, OPEN, Status

FIRST_READ = timedelta(seconds=10)
YOUNG, YOUNG_STEP = timedelta(minutes=10), timedelta(seconds=10)
GROWN, GROWN_STEP = timedelta(hours=1), timedelta(minutes=1)
OLD_STEP = timedelta(minutes=5)
AFTER_END = timedelta(minutes=30)  # a payer who was on the bank's page at the link's end may still finish
JUST_AFTER_END = timedelta(seconds=5)
ENDING_STEP = timedelta(seconds=30)

MONEY_STEP = timedelta(minutes=10)  # then as long as the state has lasted, up to:
LONGEST_STEP = {
    Status.HELD: timedelta(hours=1),
    Status.PAID: timedelta(days=1),
    Status.PART_REFUNDED: timedelta(days=1),
}
MOVABLE = frozenset(LONGEST_STEP)
MONEY_RESTS = timedelta(days=180)  # what is done at the bank by hand after this is told by its callback only


def first_read(now: datetime) -> datetime:
    """Of an order that has just been registered, or whose shopper has just gone to the bank."""
    return now + FIRST_READ


def is_young(payment: Payment, now: datetime) -> bool:
    """Whether its order comes before those of others."""
    return payment.status in OPEN | CLOSED_UNPAID and now - payment.changed_at < YOUNG


def is_over(order: BankOrder, now: datetime) -> bool:
    """Nobody can be paying any more, even if he came in the last second."""
    return now >= order.expires_at + AFTER_END


def next_read(order: BankOrder, payment: Payment, now: datetime) -> datetime | None:
    """When to ask the bank about the order again; None: nothing can change there without us."""
    if has_money(order):
        return _next_read_of_money(payment, now)
    if payment.status not in OPEN | CLOSED_UNPAID or order.state not in LIVE:
        return None
    if is_over(order, now):
        return now + OLD_STEP if order.bank_status == OrderStatus.AUTHORISING else None
    if now >= order.expires_at:
        return min(now + ENDING_STEP, order.expires_at + AFTER_END)
    is_grown = now - payment.changed_at < GROWN
    step = YOUNG_STEP if is_young(payment, now) else GROWN_STEP if is_grown else OLD_STEP
    return min(now + step, order.expires_at + JUST_AFTER_END)


def _next_read_of_money(payment: Payment, now: datetime) -> datetime | None:
    """Money may be moved by hand at the bank, and a hold runs out by itself: the older, the more rarely."""
    age = now - payment.changed_at
    if payment.status not in MOVABLE or age >= MONEY_RESTS:
        return None
    later = now + min(max(age, MONEY_STEP), LONGEST_STEP[Status(payment.status)])
    ends_at = hold_ends_at(payment) if payment.status == Status.HELD else None
    return min(later, ends_at + JUST_AFTER_END) if ends_at and ends_at > now else later
