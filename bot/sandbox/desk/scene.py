"""What may happen: troubles that are switched on, the clock, and a shopper who acts by himself."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from bot.sandbox.bank import BankError, BankSimulator, Order
from bot.sandbox.clock import SandboxClock
from bot.sandbox.sms import SmsSimulator
from bot.sandbox.telegram import TelegramSimulator

from .links import Links

SILENT_CALLS = 1_000_000  # all of them, as long as the switch is on
FIRST_SMS_PROVIDER = "smsru"
CANCELLED = "⛔"  # how the card of a cancelled payment begins
LATE_AFTER = 2.0  # s, real ones: the shopper finishes what he had begun
MIDNIGHT_OFFSET = timedelta(hours=3)  # Moscow


class NothingToPayError(Exception):
    """No bank order is open."""


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

    def saw(self, caption: str) -> None:
        """A card was edited."""
        if "late_money" in self.on and caption.startswith(CANCELLED):
            self._late.add(asyncio.get_running_loop().call_later(LATE_AFTER, self._pay_cancelled))

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
            self._bank.pay(newest(cancelled).md_order)

    # Time

    def move(self, jump: str) -> None:
        """`hour`, `midnight` (to the next 23:59 in Moscow) or `week`. Raises KeyError."""
        jumps = {"hour": timedelta(hours=1), "midnight": self._until_last_minute(), "week": timedelta(days=7)}
        self._clock.advance(jumps[jump])

    def _until_last_minute(self) -> timedelta:
        local = self._clock.now() + MIDNIGHT_OFFSET
        last = local.replace(hour=23, minute=59, second=0, microsecond=0)
        return last - local if last > local else last + timedelta(days=1) - local

    # The shopper

    def act(self, outcome: str) -> None:
        """`pay`, `refuse` or `leave`, on the newest open order. Raises KeyError, NothingToPayError."""
        do = {"pay": self._bank.pay, "refuse": self._bank.refuse, "leave": self._bank.leave}[outcome]
        open_ones = [order for order in self._bank.orders.values() if order.payable]
        if not open_ones:
            raise NothingToPayError
        try:
            do(newest(open_ones).md_order)
        except BankError as gone:  # its link ran out in this very moment
            raise NothingToPayError from gone


def newest(orders: list[Order]) -> Order:
    return max(orders, key=lambda order: order.created_at)
