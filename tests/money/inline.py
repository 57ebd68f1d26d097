"""SQLite without its thread: each statement runs at once, in the event loop.

aiosqlite hands every statement to a thread and waits for its answer, which is most of what a statement costs here. Ten
thousand histories on one event loop have nothing else to do meanwhile. The statements, the file and its locks are real.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import aiosqlite

_connect = aiosqlite.connect


class _AtOnce:
    """In the place of a connection's queue."""

    def put_nowait(self, work: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, function = work
        try:
            result = function()
        except sqlite3.Error as error:
            if future is None:
                raise
            future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)


def connect(*args: Any, **kwargs: Any) -> aiosqlite.Connection:
    """As aiosqlite.connect."""
    connection: Any = _connect(*args, **kwargs)
    connection._tx, connection._thread = _AtOnce(), SimpleNamespace(start=lambda: None, daemon=True)
    return connection  # type: ignore[no-any-return]
