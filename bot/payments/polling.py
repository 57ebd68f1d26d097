"""When the bank is asked about an order again. Pure.

Young open orders are read often, old ones rarely, closed ones until the bank itself has closed them, so that money that
comes late is found too. The steps keep the promise "a paid order is found within 15 s in its first ten minutes".
"""

from datetime import datetime, timedelta

from storage.rows import BankOrder

from .states import CLOSED_UNPAID, PAYABLE, Status

FIRST_READ = timedelta(seconds=10)
YOUNG, YOUNG_STEP = timedelta(minutes=10), timedelta(seconds=10)
GROWN, GROWN_STEP = timedelta(hours=1), timedelta(minutes=1)
OLD_STEP = timedelta(minutes=5)
AFTER_END = timedelta(minutes=30)  # a payer who was on the bank's page at the link's end may still finish
JUST_AFTER_END = timedelta(seconds=5)
ENDING_STEP = timedelta(seconds=30)


def first_read(now: datetime) -> datetime:
    """Of an order that has just been registered."""
    return now + FIRST_READ


def next_read(order: BankOrder, status: str, changed_at: datetime, now: datetime) -> datetime | None:
    """When to ask the bank about the order again; None: nothing can change there without us."""
    if status not in PAYABLE | CLOSED_UNPAID | {Status.REGISTERING, Status.UNKNOWN}:
        return None
    last = order.expires_at + AFTER_END
    if now >= last:
        return None
    age = now - (changed_at if status in CLOSED_UNPAID else order.asked_at)
    if now >= order.expires_at:
        step = ENDING_STEP
    elif age < YOUNG:
        step = YOUNG_STEP
    else:
        step = GROWN_STEP if age < GROWN else OLD_STEP
    then = now + step
    if now < order.expires_at:
        then = min(then, order.expires_at + JUST_AFTER_END)
    return min(then, last)
