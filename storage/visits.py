"""SQLite's driver works in a thread beside the event loop, and goes there for every step of a statement: cursor,
execute, fetch, close. Here a statement is one visit: a transaction takes a third less.
"""

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import aiosqlite

Step = Callable[[sqlite3.Cursor, str, Any], sqlite3.Cursor]


class Statement(aiosqlite.Cursor):
    """A cursor that has fetched its rows, and is closed, when `execute` returns."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        super().__init__(connection, None)  # type: ignore[arg-type]  # the first visit makes it
        self._rows: list[Any] = []

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> "Statement":
        return await self._visit(sqlite3.Cursor.execute, sql, parameters or ())

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "Statement":
        return await self._visit(sqlite3.Cursor.executemany, sql, parameters)

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        """Done already."""

    async def _visit(self, step: Step, sql: str, parameters: Any) -> "Statement":
        await self._execute(self._run, step, sql, parameters)  # type: ignore[no-untyped-call]
        return self

    def _run(self, step: Step, sql: str, parameters: Any) -> None:
        """In the thread."""
        self._cursor = self._conn._conn.cursor()
        try:
            step(self._cursor, sql, parameters)
            self._rows = self._cursor.fetchall()
        finally:
            self._cursor.close()


class Connection(aiosqlite.Connection):
    """As SQLAlchemy uses one: it fetches all rows of each statement, and rolls back whatever returns to its pool."""

    def cursor(self) -> Statement:  # type: ignore[override]  # no visit, so nothing to wait for
        return Statement(self)

    async def rollback(self) -> None:
        if self.in_transaction:
            await super().rollback()


async def connect(path: str) -> aiosqlite.Connection:
    """An open connection to the file."""
    connection = Connection(partial(sqlite3.connect, path, check_same_thread=False), iter_chunk_size=1)
    connection._thread.daemon = True  # as SQLAlchemy makes it: a process that ends does not wait for it
    return await connection
