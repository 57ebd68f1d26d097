"""What will happen later, in the sandbox's time: a jump of the clock brings it about at once."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.sandbox.clock import SandboxClock


class Agenda:
    """Actions with their moments. `run` does them in order of moment, then of entry."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._entries: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._wake = asyncio.Event()
        clock.subscribe(self._wake.set)

    def after(self, delay: timedelta, action: Callable[[], None]) -> None:
        heapq.heappush(self._entries, (self._clock.now() + delay, next(self._order), action))
        self._wake.set()

    def clear(self) -> None:
        self._entries.clear()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            self._do_what_is_due()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._until_next()):
                    await self._wake.wait()

    def _do_what_is_due(self) -> None:
        while self._entries and self._entries[0][0] <= self._clock.now():
            _, _, action = heapq.heappop(self._entries)
            action()

    def _until_next(self) -> float | None:
        """Seconds; None: nothing is planned."""
        if not self._entries:
            return None
        return max((self._entries[0][0] - self._clock.now()).total_seconds(), 0)
