"""What may happen: troubles that are switched on, the clock, and what shopper and cashier do at the bank themselves."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from bot.sandbox.bank import BankError, BankSimulator, Order
from bot.sandbox.bank.order import OrderStatus
from bot.sandbox.clock import SandboxClock
from bot.sandbox.sms import SmsSimulator
from bot.sandbox.telegram import TelegramSimulator

from .jumps import target
from .links import Links

SILENT_CALLS = 1_000_000  # all of them, as long as the switch is on
FIRST_SMS_PROVIDER = "smsru"
CANCELLED = "⛔"  # how the card of a cancelled payment begins
LATE_AFTER = 2.0  # s, real ones: the shopper finishes what he had begun
PART = 1_000_00  # kopecks that the cabinet refunds


class NoSuchPaymentError(Exception):
    """The bank has no order that this could be done to."""


class Scene:
    """`on`: names of the switches that are on."""

    def __init__(
        self, clock: SandboxClock, bank: BankSimulator, telegram: TelegramSimulator, sms: SmsSimulator, links: Links
    ) -> None:
        self._clock = clock
        self._bank = bank
        self._telegram = telegram
        self._sms = sms
        self._links = links
        self._late: set[asyncio.TimerHandle] = set()
        self.on: set[str] = set()
        self._switches: dict[str, Callable[[bool], None]] = {
            "bank_silent": self._silence_bank,
            "callbacks_lost": self._lose_callbacks,
            "callbacks_thrice": self._repeat_callbacks,
            "telegram_away": self._take_telegram_away,
            "sms_lost": self._lose_sms,
            "sms_money": self._empty_account,
            "cert": lambda on: None,  # the bank's door looks at `on` itself
            "late_money": self._pay_late,
        }

    @property
    def names(self) -> list[str]:
        return list(self._switches)

    def turn(self, name: str, on: bool) -> None:
        """Raises KeyError for an unknown switch."""
        switch = self._switches[name]
        (self.on.add if on else self.on.discard)(name)
        switch(on)

    def reset(self) -> None:
        """All off. The simulators forget theirs by themselves."""
        self.on.clear()
        self.stop()

    def stop(self) -> None:
        for timer in self._late:
            timer.cancel()
        self._late.clear()

    # The switches

    def _silence_bank(self, on: bool) -> None:
        """What hangs when it is switched off is closed at once: nobody waits for a timeout."""
        self._bank.faults.arm("*", "hang", SILENT_CALLS if on else 0)
        if not on:
            self._bank.let_go()

    def _lose_callbacks(self, on: bool) -> None:
        self._bank.callbacks.knobs.drop = on

    def _repeat_callbacks(self, on: bool) -> None:
        self._bank.callbacks.knobs.repeat = 3 if on else 1

    def _take_telegram_away(self, on: bool) -> None:
        self._telegram.away = on

    def _lose_sms(self, on: bool) -> None:
        self._sms.no_delivery = on

    def _empty_account(self, on: bool) -> None:
        self._sms.no_money = {FIRST_SMS_PROVIDER} if on else set()

    def _pay_late(self, on: bool) -> None:
        if on:
            self._pay_cancelled()

    # The shopper who pays after cancelling

    def saw(self, chat_id: int, message_id: int, caption: str) -> None:
        """A card was posted or edited."""
        if "late_money" not in self.on or not caption.startswith(CANCELLED):
            return
        order = self._links.order_of(chat_id, message_id)
        if order is not None:
            self._late.add(asyncio.get_running_loop().call_later(LATE_AFTER, self._finish, order))

    def _finish(self, order: Order) -> None:
        """Another card of the same payment may have been seen earlier."""
        if order.payable:
            with suppress(BankError):  # its link ran out in this very moment
                self._bank.pay(order.md_order)

    def _pay_cancelled(self) -> None:
        """The newest order that the shop has cancelled and the bank still takes money for, if there is one."""
        cancelled = [
            order
            for chat in self._telegram.world.chats.values()
            for message in chat.messages.values()
            if (message.caption or "").startswith(CANCELLED)
            and (order := self._links.order_of(chat.id, message.id)) is not None
            and order.payable
        ]
        if cancelled:
            self._finish(newest(cancelled))

    # Time

    def move(self, jump: str) -> None:
        """To one of the moments of jumps.py. Raises KeyError."""
        now = self._clock.now()
        holds = [order for order in self._bank.orders.values() if order.status is OrderStatus.APPROVED]
        ends = newest(holds).hold_ends_at if holds else None
        self._clock.advance(target(jump, now, ends) - now)

    # The shopper, and the bank's cabinet

    def act(self, outcome: str) -> None:
        """`pay`, `refuse` or `leave`, on the newest open order. Raises KeyError, NoSuchPaymentError."""
        do = {"pay": self._bank.pay, "refuse": self._bank.refuse, "leave": self._bank.leave}[outcome]
        open_ones = [order for order in self._bank.orders.values() if order.payable]
        with refusals_told():  # its link may run out in this very moment
            do(newest(open_ones).md_order)

    def by_hand(self, operation: str) -> None:
        """`refund` of PART, `deposit` or `reverse` of all, on the newest order that has it. As `act` raises."""
        fits: dict[str, Callable[[Order], bool]] = {
            "refund": lambda order: order.deposited >= PART,
            "deposit": lambda order: order.status is OrderStatus.APPROVED,
            "reverse": lambda order: order.status in (OrderStatus.APPROVED, OrderStatus.DEPOSITED),
        }
        fitting = [order for order in self._bank.orders.values() if fits[operation](order)]
        with refusals_told():
            self._bank.cabinet(operation, newest(fitting).md_order, PART if operation == "refund" else None)


@contextmanager
def refusals_told() -> Iterator[None]:
    """Whatever the bank says no with, there is no such payment to act on."""
    try:
        yield
    except BankError as refused:
        raise NoSuchPaymentError from refused


def newest(orders: list[Order]) -> Order:
    """Raises NoSuchPaymentError where there is none."""
    if not orders:
        raise NoSuchPaymentError
    return max(orders, key=lambda order: order.created_at)
