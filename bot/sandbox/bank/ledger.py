"""The bank's book: who may do what to an order and when. No HTTP here.

    register -> created --pay--> deposited            --refund--> refunded
                        --pay--> approved --deposit--> deposited
    created  --time over, three failed attempts, decline--> declined
    approved --reverse, hold over--> reversed;  deposited --reverse on the same Moscow day--> reversed

Whatever happens to money is announced as (order, operation, succeeded): the bank's callback.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.sandbox.clock import SandboxClock

from .order import MOSCOW, Order, OrderStatus, Refund, new_reference
from .refusal import EXHAUSTED, EXPIRED, NO_FUNDS, OVER_LIMIT, BankError, Reason
from .rules import Rules

ROUBLE = 100
Announce = Callable[[Order, str, bool], None]


class Ledger:
    """All orders. Methods raise BankError where the bank would answer with an errorCode."""

    def __init__(self, clock: SandboxClock, rules: Rules, announce: Announce) -> None:
        self.orders: dict[str, Order] = {}
        self._by_number: dict[str, Order] = {}
        self._deadlines: list[tuple[datetime, str]] = []  # a heap; an entry may be out of date when its time comes
        self._clock = clock
        self._rules = rules
        self._announce = announce

    def clear(self) -> None:
        self.orders.clear()
        self._by_number.clear()
        self._deadlines.clear()

    def find(self, md_order: str = "", order_number: str = "") -> Order | None:
        """By mdOrder; by the shop's number only where there is no mdOrder."""
        return self.orders.get(md_order) if md_order else self._by_number.get(order_number)

    def check_free(self, order_number: str) -> None:
        """A number is taken for ever, whatever becomes of its order."""
        earlier = self._by_number.get(order_number)
        if earlier is not None:
            raise BankError(Reason.UNPAID if earlier.status is OrderStatus.CREATED else Reason.PROCESSED)

    def add(self, order: Order) -> None:
        self.orders[order.md_order] = self._by_number[order.order_number] = order
        heapq.heappush(self._deadlines, (order.expires_at, order.md_order))

    # The payer

    def enter_acs(self, order: Order) -> None:
        """The payer is at his own bank's page: orderStatus 5."""
        if order.payable:
            order.status = OrderStatus.IN_ACS

    def leave(self, order: Order) -> None:
        """The payer goes away; the link lives on."""
        if order.status is OrderStatus.IN_ACS:
            order.status = OrderStatus.CREATED

    def pay(self, order: Order, masked_pan: str = "") -> None:
        """Holds or debits the whole sum. A sum over the limit is a failed attempt."""
        if not order.payable:
            raise BankError(Reason.STATE)
        if order.amount > self._rules.max_amount:
            self.refuse(order, OVER_LIMIT)
            return
        order.action_code, order.masked_pan, order.reference = 0, masked_pan, new_reference()
        order.approved, order.approved_at = order.amount, self._clock.now()
        if order.two_stage:
            order.status = OrderStatus.APPROVED
            order.hold_ends_at = order.approved_at + timedelta(seconds=self._rules.hold)
            heapq.heappush(self._deadlines, (order.hold_ends_at, order.md_order))
            self._announce(order, "approved", True)
        else:
            self._debit(order, order.amount)

    def refuse(self, order: Order, action_code: int = NO_FUNDS) -> None:
        """A failed attempt; the last one allowed declines the order."""
        if not order.payable:
            raise BankError(Reason.STATE)
        order.attempts += 1
        order.status, order.action_code = OrderStatus.CREATED, action_code
        if order.attempts >= self._rules.attempts:
            order.status, order.action_code = OrderStatus.DECLINED, EXHAUSTED
        self._announce(order, "approved" if order.two_stage else "deposited", False)

    # The shop

    def deposit(self, order: Order, amount: int) -> None:
        """Debits a hold, once; 0 is the whole of it. The rest is released."""
        if order.status is not OrderStatus.APPROVED:
            raise BankError(Reason.STATE)
        if 0 < amount < ROUBLE:
            raise BankError(Reason.DEPOSIT_SMALL)
        if amount > order.approved:
            raise BankError(Reason.DEPOSIT_LARGE)
        self._debit(order, amount or order.approved)

    def reverse(self, order: Order, amount: int | None = None) -> None:
        """Cancels the whole payment. One try: a failed one spoils the later ones."""
        if amount not in (None, order.approved):
            raise BankError(Reason.AMOUNT)  # a part needs a permission that this merchant has not
        spoiled, order.reverse_tried = order.reverse_tried, True
        if spoiled or not self._reversible(order):
            raise BankError(Reason.REVERSE_STATE)
        if order.status is OrderStatus.DEPOSITED and order.deposited != order.approved:
            raise BankError(Reason.REVERSE_UNEQUAL)
        self._give_back(order)

    def refund(self, order: Order, amount: int) -> None:
        """Gives debited money back. Repeats are new refunds."""
        if order.status not in (OrderStatus.DEPOSITED, OrderStatus.REFUNDED):
            raise BankError(Reason.STATE)
        if amount == 0:
            raise BankError(Reason.AMOUNT)
        if amount > order.deposited:
            raise BankError(Reason.REFUND_LARGE)
        if amount < ROUBLE:
            raise BankError(Reason.REFUND_SMALL)
        order.status = OrderStatus.REFUNDED
        order.deposited -= amount
        order.refunded += amount
        order.refunds.append(Refund(self._clock.now(), amount, new_reference()))
        self._announce(order, "refunded", True)

    def decline(self, order: Order) -> None:
        """Kills the link of an unpaid order. Whether the bank calls back is unknown; this one does not."""
        if order.status is not OrderStatus.CREATED:
            raise BankError(Reason.STATE)
        order.status = OrderStatus.DECLINED

    # Time

    def sweep(self) -> None:
        """Ends what has run out: links and holds."""
        now = self._clock.now()
        while self._deadlines and self._deadlines[0][0] <= now:
            order = self.orders[heapq.heappop(self._deadlines)[1]]
            if order.payable and order.expires_at <= now:
                order.status, order.action_code = OrderStatus.DECLINED, EXPIRED
                self._announce(order, "declinedByTimeout", True)
            elif order.status is OrderStatus.APPROVED and order.hold_ends_at and order.hold_ends_at <= now:
                self._give_back(order)

    def next_deadline(self) -> datetime | None:
        return self._deadlines[0][0] if self._deadlines else None

    # The moves of money

    def _debit(self, order: Order, amount: int) -> None:
        order.status, order.deposited, order.deposited_at = OrderStatus.DEPOSITED, amount, self._clock.now()
        self._announce(order, "deposited", True)

    def _give_back(self, order: Order) -> None:
        order.status, order.deposited, order.reversed_at = OrderStatus.REVERSED, 0, self._clock.now()
        self._announce(order, "reversed", True)

    def _reversible(self, order: Order) -> bool:
        """A hold always; debited money until 00:00 in Moscow."""
        if order.status is OrderStatus.APPROVED:
            return True
        if order.status is not OrderStatus.DEPOSITED or order.deposited_at is None:
            return False
        if order.two_stage and not self._rules.reverse_deposited:
            return False
        return order.deposited_at.astimezone(MOSCOW).date() == self._clock.now().astimezone(MOSCOW).date()
