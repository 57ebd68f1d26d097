"""One budget of status reads: a flood of callbacks must not become a flood of calls to the bank."""

import asyncio
import time


class Budget:
    """At most `per_second` a second, evenly, after a burst of as many. Waiters are served in the order they came."""

    def __init__(self, per_second: int) -> None:
        self._step = 1 / per_second
        self._burst = 1.0  # s worth of calls that may be saved up
        self._next = 0.0

    async def take(self) -> None:
        now = time.monotonic()
        self._next = max(self._next, now - self._burst) + self._step
        wait = self._next - now
        if wait > 0:
            await asyncio.sleep(wait)
