"""The operator behind all providers: takes messages, charges the account, moves their states.

1. A provider asks `refusal` and answers with its own code for it.
2. `take` stores the message, charges it and plans its way: sent after one tick, the final state after two.
3. Each change of state is told to `on_change`.
"""

import itertools
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.sandbox.clock import SandboxClock

from .agenda import Agenda
from .message import State, StoredMessage
from .recipients import Loss, Refusal, habit_of
from .segments import segments

PRICE = 410  # kopecks a segment
TICK = timedelta(seconds=0.3)
DUPLICATE_WINDOW = timedelta(minutes=1)
BUSY_TIMES = 2


class AnswerLostError(Exception):
    """The caller of a send method will not get a readable answer; `loss` says how."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss)
        self.loss = loss


class Network:
    """Messages and balances of all providers."""

    def __init__(
        self,
        clock: SandboxClock,
        agenda: Agenda,
        balance: int,
        on_change: Callable[[StoredMessage], None],
        before_answer: Callable[[StoredMessage], Awaitable[None]],
    ) -> None:
        self.clock = clock
        self.tick = TICK
        self.messages: list[StoredMessage] = []
        self.no_delivery = False
        self.no_money: set[str] = set()
        self._agenda = agenda
        self._first_balance = balance
        self._on_change = on_change
        self._before_answer = before_answer
        self._forget()

    def _forget(self) -> None:
        self._spent: Counter[str] = Counter()
        self._refused_as_busy: Counter[tuple[str, str]] = Counter()
        self._numbers = itertools.count(1)

    def reset(self) -> None:
        self.messages.clear()
        self.no_delivery = False
        self.no_money = set()
        self._forget()

    def next_number(self) -> int:
        """For message ids."""
        return next(self._numbers)

    def balance(self, provider: str) -> int:
        """Kopecks."""
        return 0 if provider in self.no_money else self._first_balance - self._spent[provider]

    def find(self, provider: str, message_id: str, digits: str | None = None) -> StoredMessage | None:
        """The newest such message."""
        for message in reversed(self.messages):
            if (message.provider, message.id) == (provider, message_id) and digits in (None, message.digits):
                return message
        return None

    def refusal(self, provider: str, digits: str, text: str) -> Refusal | None:
        """Why this message would not be taken now. Asking counts: a busy number takes the third."""
        habit = habit_of(digits)
        if habit.refusal is Refusal.BUSY:
            self._refused_as_busy[provider, digits] += 1
            if self._refused_as_busy[provider, digits] <= BUSY_TIMES:
                return Refusal.BUSY
        elif habit.refusal:
            return habit.refusal
        if self._is_duplicate(provider, digits, text):
            return Refusal.DUPLICATE
        return Refusal.NO_MONEY if self.balance(provider) < segments(text) * PRICE else None

    def _is_duplicate(self, provider: str, digits: str, text: str) -> bool:
        now = self.clock.now()
        return any(
            (message.provider, message.digits, message.text) == (provider, digits, text)
            and timedelta() <= now - message.at < DUPLICATE_WINDOW
            for message in self.messages
        )

    async def take(
        self, provider: str, message_id: str, digits: str, text: str, *, sender: str = "", ref: str = ""
    ) -> StoredMessage:
        """Stores and charges. Raises AnswerLostError where the number asks for it."""
        habit = habit_of(digits)
        if habit.loss is Loss.RESET:
            raise AnswerLostError(habit.loss)
        parts = segments(text)
        message = StoredMessage(
            message_id, provider, "+" + digits, text, sender, ref, parts, parts * PRICE, self.clock.now()
        )
        self.messages.append(message)
        self._spent[provider] += message.cost
        self._plan(message)
        self._on_change(message)
        await self._before_answer(message)
        if habit.loss:
            raise AnswerLostError(habit.loss)
        return message

    def _plan(self, message: StoredMessage) -> None:
        final = State.FAILED if self.no_delivery else habit_of(message.to).final
        self._agenda.after(self.tick, lambda: self._move(message, State.SENT))
        self._agenda.after(2 * self.tick, lambda: self._move(message, final))

    def _move(self, message: StoredMessage, state: State) -> None:
        message.state = state
        message.changed_at = self.clock.now()
        if state is State.DELIVERED:
            message.delivered_at = message.changed_at
        self._on_change(message)
