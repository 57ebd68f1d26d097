"""The owner of all background work, and timers."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from storage.errors import StorageUnavailable

log = structlog.get_logger(__name__)


class Nursery:
    """The only place that starts background work: it keeps the reference, logs a failure, and stops it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("background work failed", task=task.get_name(), exc_info=error)

    async def stop(self, patience: float = 10.0) -> None:
        """Lets what is under way end within `patience` seconds, then cancels it. Endless work is cancelled at once."""
        endless = [task for task in self._tasks if task.get_name().startswith("loop:")]
        for task in endless:
            task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def every(seconds: float, work: Callable[[], Awaitable[None]], name: str, *, first_after: float = 0.0) -> None:
    """A timer, for ever. A failure is logged; the next time comes all the same."""
    await asyncio.sleep(first_after)
    while True:
        try:
            await work()
        except StorageUnavailable as error:
            log.warning("a timer waits for the database", timer=name, why=str(error))
        except Exception:  # the boundary of background work: one bad moment must not stop the timer
            log.exception("a timer failed", timer=name)
        await asyncio.sleep(seconds)
