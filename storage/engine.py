"""The database behind one pair of doors: `write()` and `read()`, each one transaction.

SQLite       WAL; one writer connection (BEGIN IMMEDIATE, the only one that checkpoints), a few readers (query_only)
PostgreSQL   one pool; readers see one snapshot; other replicas are woken by NOTIFY, which the commit itself sends

Driver errors become ours here (see `faults`). A transaction that queued jobs wakes the listeners once it is committed.
"""

import asyncio
import fcntl
import os
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any

from sqlalchemy import Table, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from .errors import AlreadyRunning
from .faults import connecting, translated
from .listen import CHANNEL, listen
from .visits import connect

BUSY_SECONDS = 5.0  # how long a statement waits for another process's lock before it says "unavailable"
READERS = 4
_QUEUED = "jobs_queued"
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class Database:
    """One database for the whole process. `url`: sqlite:///prilavok.db or postgresql://user:pass@host/db."""

    def __init__(self, url: str) -> None:
        self._url = driver_url(url)
        self.dialect: str = self._url.get_backend_name()
        self._name = uuid.uuid4().hex  # tells our own NOTIFY from another replica's
        self._listeners: list[Callable[[], None]] = []
        self._listening: asyncio.Task[None] | None = None
        self._writer, self._reader = _sqlite_engines(self._url) if self._is_sqlite else _postgres_engines(self._url)

    @property
    def _is_sqlite(self) -> bool:
        return self.dialect == "sqlite"

    async def open(self) -> None:
        """Connects once, so that a wrong address or a read-only file is told at the start."""
        async with self.write() as tx:
            await tx.execute(select(1))
        if not self._is_sqlite:
            _, where = self._writer.dialect.create_connect_args(self._url)
            self._listening = asyncio.get_running_loop().create_task(listen(where, self._name, self._wake))

    async def close(self) -> None:
        """Ends the listening connection and the pools."""
        if self._listening:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None
        await self._reader.dispose()
        await self._writer.dispose()

    def on_jobs(self, listener: Callable[[], None]) -> None:
        """`listener` is called after each commit that queued jobs: ours, and on PostgreSQL any replica's."""
        self._listeners.append(listener)

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction, committed at the end, rolled back by an exception. On SQLite one at a time."""
        return self._write()

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction that sees one moment and cannot write."""
        return self._read()

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[AsyncConnection]:
        async with _transaction(self._writer) as tx:
            tx.info.pop(_QUEUED, None)
            yield tx
            queued = tx.info.pop(_QUEUED, False)
            if queued and not self._is_sqlite:
                await tx.execute(select(func.pg_notify(CHANNEL, self._name)))
        if queued:
            self._wake()

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[AsyncConnection]:
        async with _transaction(self._reader) as tx:
            yield tx

    def _wake(self) -> None:
        for listener in self._listeners:
            listener()


def jobs_were_queued(tx: AsyncConnection) -> None:
    """Marks the transaction: the listeners of `on_jobs` are called once it is committed."""
    tx.info[_QUEUED] = True


def insert(tx: AsyncConnection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows ON CONFLICT: both dialects have it, SQLAlchemy's common one does not."""
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)


def driver_url(url: str) -> URL:
    """The contract's DATABASE_URL with the driver's name in it."""
    given = make_url(url)
    backend = given.get_backend_name()
    if backend not in _DRIVERS:
        raise ValueError(f"neither SQLite nor PostgreSQL: {backend}")
    return given.set(drivername=_DRIVERS[backend])


@contextmanager
def lock_file(url: str) -> Iterator[None]:
    """Held while the service runs, so that a second one on the same SQLite file fails with AlreadyRunning.

    The lock dies with the process. PostgreSQL takes any number of replicas: nothing is locked there.
    """
    place = driver_url(url)
    if place.get_backend_name() != "sqlite":
        yield
        return
    with connecting():
        lock = os.open(f"{place.database}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise AlreadyRunning(place.database) from error
    finally:
        os.close(lock)


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    connection = engine.connect()
    with connecting():
        await connection.start()
    try:
        with translated():
            async with connection.begin():
                yield connection
    finally:
        with translated():
            await asyncio.shield(connection.close())


def _sqlite_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    common: dict[str, Any] = {
        "async_creator": partial(connect, url.database or ""), "max_overflow": 0, "hide_parameters": True,
    }  # fmt: skip
    writer = create_async_engine(url, pool_size=1, **common)
    reader = create_async_engine(url, pool_size=READERS, **common)
    for engine, begin, pragmas in (
        (writer, "BEGIN IMMEDIATE", ("journal_mode = WAL", "synchronous = FULL")),
        (reader, "BEGIN", ("query_only = ON", "wal_autocheckpoint = 0")),
    ):
        _prepare(engine, begin, pragmas)
    return writer, reader


def _prepare(engine: AsyncEngine, begin: str, pragmas: tuple[str, ...]) -> None:
    """Every connection gets its pragmas, and begins by our word: the driver's own BEGIN is the deferred one."""

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout = {int(BUSY_SECONDS * 1000)}", "foreign_keys = ON", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: object) -> None:
        connection.exec_driver_sql(begin)  # type: ignore[attr-defined]


def _postgres_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    engine = create_async_engine(url, pool_size=10, max_overflow=0, pool_pre_ping=True, hide_parameters=True)
    return engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
