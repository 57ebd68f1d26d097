"""The bot's queue of updates, and how those who wait for it are woken.

An update stays until it is acknowledged (by the offset of getUpdates, or a 2xx of the webhook) or has outlived its
time: 150 s for a press, 24 h for all else.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.clock import SandboxClock

PRESS_KEPT = timedelta(seconds=150)
KEPT = timedelta(hours=24)
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


class Bell:
    """Wakes all waiters when something has happened or the sandbox clock has jumped."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._waiters: set[asyncio.Future[None]] = set()
        clock.subscribe(self.ring)

    def ring(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, until: datetime | None = None) -> None:
        """Until the next ring, at most until `until` by the sandbox clock. The caller looks again at what it needs."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        left = None if until is None else max((until - self._clock.now()).total_seconds(), 0)
        try:
            await asyncio.wait((waiter,), timeout=left)
        finally:
            self._waiters.discard(waiter)


@dataclass(frozen=True, slots=True)
class Update:
    id: int
    kind: str  # "message" | "edited_message" | "callback_query" | "my_chat_member"
    body: dict[str, Any]
    source: tuple[str, int]  # updates of one source are delivered in order
    expires: datetime

    def as_json(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.body}


class Updates:
    """The queue, oldest first."""

    def __init__(self, clock: SandboxClock, bell: Bell) -> None:
        self._clock = clock
        self._bell = bell
        self._next_id = 1000
        self._queue: dict[int, Update] = {}
        self.allowed: list[str] = []  # empty: Telegram's default set. Sticky: a call that does not name it keeps it
        self.poller: object = None  # the getUpdates that is being answered
        self.closing = False

    def put(self, kind: str, body: dict[str, Any], source: tuple[str, int]) -> None:
        """Queues an update, unless the bot asked for other kinds only."""
        if kind not in self.allowed if self.allowed else kind in NOT_BY_DEFAULT:
            return
        kept = PRESS_KEPT if kind == "callback_query" else KEPT
        self._queue[self._next_id] = Update(self._next_id, kind, body, source, self._clock.now() + kept)
        self._next_id += 1
        self._bell.ring()

    def pending(self) -> list[Update]:
        """Those still wanted; the outlived ones are dropped here."""
        now = self._clock.now()
        for update in [update for update in self._queue.values() if update.expires <= now]:
            del self._queue[update.id]
        return list(self._queue.values())

    def is_pending(self, update: Update) -> bool:
        return self._queue.get(update.id) is update and self._clock.now() < update.expires

    def forget(self, update: Update) -> None:
        self._queue.pop(update.id, None)

    def acknowledge(self, offset: int) -> None:
        """Forgets what lies before `offset`; a negative one keeps that many from the end."""
        ids = list(self._queue)
        gone = [known for known in ids if known < offset] if offset > 0 else ids[:offset] if offset < 0 else []
        for known in gone:
            del self._queue[known]

    def clear(self) -> None:
        self._queue.clear()
        self._bell.ring()
