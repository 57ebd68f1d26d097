"""When the bank is asked about an order again. Pure.

Young open orders are read often, old ones rarely, closed ones until the bank itself has closed them, so that money that
comes late is found too. The steps keep the promise "a paid order is found within 15 s in its first ten minutes";
an order is young again whenever the shopper does something.
"""

from datetime import datetime, timedelta

from bot.ports import OrderStatus
from storage.rows import BankOrder

from .orders import LIVE
from .states import CLOSED_UNPAID, OPEN

FIRST_READ = timedelta(seconds=10)
YOUNG, YOUNG_STEP = timedelta(minutes=10), timedelta(seconds=10)
GROWN, GROWN_STEP = timedelta(hours=1), timedelta(minutes=1)
OLD_STEP = timedelta(minutes=5)
AFTER_END = timedelta(minutes=30)  # a payer who was on the bank's page at the link's end may still finish
JUST_AFTER_END = timedelta(seconds=5)
ENDING_STEP = timedelta(seconds=30)


def first_read(now: datetime) -> datetime:
    """Of an order that has just been registered, or whose shopper has just gone to the bank."""
    return now + FIRST_READ


def is_over(order: BankOrder, now: datetime) -> bool:
    """Nobody can be paying any more, even if he came in the last second."""
    return now >= order.expires_at + AFTER_END


def next_read(order: BankOrder, status: str, changed_at: datetime, now: datetime) -> datetime | None:
    """When to ask the bank about the order again; None: nothing can change there without us."""
    if status not in OPEN | CLOSED_UNPAID or order.state not in LIVE:
        return None
    if is_over(order, now):
        return now + OLD_STEP if order.bank_status == OrderStatus.AUTHORISING else None
    if now >= order.expires_at:
        return min(now + ENDING_STEP, order.expires_at + AFTER_END)
    age = now - changed_at
    step = YOUNG_STEP if age < YOUNG else GROWN_STEP if age < GROWN else OLD_STEP
    return min(now + step, order.expires_at + JUST_AFTER_END)
