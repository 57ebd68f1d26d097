"""Group commit: many recordings, one transaction. A commit waits for the disk, and that wait is shared.

1. `record` queues an item and waits for its own result.
2. `run` takes what has gathered while the last transaction was committing (at most `limit`) and writes it as one.
3. If a constraint or a bug fails the group, each item is written alone, so that only the bad one fails.

Nothing is held back to gather more: an item that comes alone is written at once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import Database
from .errors import StorageUnavailable

T = TypeVar("T")
R = TypeVar("R")


class GroupCommit(Generic[T, R]):
    """`write` gets an open transaction and the items, and returns one result for each, in their order.

    It may be called again with the same items after a rollback.
    """

    def __init__(
        self, db: Database, write: Callable[[AsyncConnection, Sequence[T]], Awaitable[Sequence[R]]], limit: int = 256
    ) -> None:
        self._db = db
        self._write = write
        self._limit = limit
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._news = asyncio.Event()
        self._closed = False

    async def record(self, item: T) -> R:
        """Returns once the item is committed. Raises what its own writing raised; StorageUnavailable after `close`."""
        if self._closed:
            raise StorageUnavailable("closed")
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        self._news.set()
        return await result

    async def run(self) -> None:
        """Writes until `close`, then what is left. Whatever ends it, nobody is left waiting."""
        group: list[tuple[T, asyncio.Future[R]]] = []
        try:
            while self._waiting or not self._closed:
                await self._news.wait()
                group = [self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))]
                if not self._waiting and not self._closed:
                    self._news.clear()
                await self._commit(group)
        finally:
            self.close()
            for _, result in (*group, *self._waiting):
                _fail(result, StorageUnavailable("closed"))
            self._waiting.clear()

    def close(self) -> None:
        """No more recordings; `run` ends when those that wait are written."""
        self._closed = True
        self._news.set()

    async def _commit(self, group: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        wanted = [(item, result) for item, result in group if not result.done()]  # the others were cancelled
        if not wanted:
            return
        try:
            async with self._db.write() as tx:
                results = await self._write(tx, [item for item, _ in wanted])
        except StorageUnavailable as error:  # not one item's fault: alone they would fail too, each after its own wait
            for _, result in wanted:
                _fail(result, error)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever recorded the item, and is raised there
            if len(wanted) == 1:
                _fail(wanted[0][1], error)
                return
            for pair in wanted:
                await self._commit([pair])
        else:
            for (_, result), value in zip(wanted, results, strict=True):
                if not result.done():
                    result.set_result(value)


def _fail(result: "asyncio.Future[R]", error: Exception) -> None:
    if not result.done():
        result.set_exception(error)
