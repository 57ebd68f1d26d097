"""A payment's bank orders seen together: which one is paid by the link, which have money. Pure."""

from collections.abc import Iterable, Sequence

from bot.ports import OrderState, OrderStatus
from storage.rows import BankOrder

LIVE = {"asked", "registered"}  # states of an order whose link the shopper has or may still get
WITH_MONEY = {OrderStatus.HELD, OrderStatus.PAID, OrderStatus.REFUNDED}


def linked(orders: Sequence[BankOrder]) -> BankOrder | None:
    """The newest with a link: what the shopper pays."""
    return next((order for order in reversed(orders) if order.state == "registered"), None)


def has_money(order: BankOrder) -> bool:
    """Whether the bank said so when it was read last. Refunded in full it has none any more."""
    return order.bank_status in {OrderStatus.HELD, OrderStatus.PAID} or order.deposited > 0


def shows_money(seen: OrderState) -> bool:
    """The same of an answer that has just come."""
    return seen.status in WITH_MONEY and (seen.status is not OrderStatus.REFUNDED or seen.deposited > 0)


def is_paid_twice(orders: Iterable[BankOrder]) -> bool:
    return sum(map(has_money, orders)) > 1
