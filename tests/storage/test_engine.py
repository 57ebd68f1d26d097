"""The two doors: what is committed, who is woken, and what a broken database looks like from outside."""

import asyncio
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import insert, select, text

from storage import engine, jobs, listen
from storage.engine import Database, lock_file
from storage.errors import AlreadyRunning, Conflict, StorageError, StorageUnavailable
from storage.schema import metadata, notes

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
sqlite_only = pytest.mark.parametrize("dialect", ["sqlite"])
postgres_only = pytest.mark.parametrize("dialect", ["postgresql"])


async def note(db: Database, name: str, value: str = "x") -> None:
    """One row in one transaction."""
    async with db.write() as tx:
        await tx.execute(insert(notes).values(name=name, value=value))


async def names(db: Database) -> set[str]:
    """What a reader sees."""
    async with db.read() as tx:
        return set((await tx.execute(select(notes.c.name))).scalars())


async def test_an_exception_rolls_back(db: Database) -> None:
    """And goes on as it was."""
    with suppress(ZeroDivisionError):
        async with db.write() as tx:
            await tx.execute(insert(notes).values(name="a", value="x"))
            raise ZeroDivisionError
    assert await names(db) == set()


async def test_readers_cannot_write(db: Database) -> None:
    """The reading door is one way."""
    with pytest.raises(StorageUnavailable):
        async with db.read() as tx:
            await tx.execute(insert(notes).values(name="a", value="x"))


async def test_a_reader_sees_one_moment(db: Database) -> None:
    """What is committed meanwhile is not in it, and nobody waits."""
    async with db.read() as tx:
        assert (await tx.execute(select(notes.c.name))).all() == []
        await note(db, "a")
        assert (await tx.execute(select(notes.c.name))).all() == []
    assert await names(db) == {"a"}


async def test_a_cancelled_writer_leaves_the_door_open(db: Database) -> None:
    """Its transaction is rolled back and the next one gets the connection."""

    async def slow() -> None:
        async with db.write() as tx:
            await tx.execute(insert(notes).values(name="slow", value="x"))
            await asyncio.sleep(60)

    with suppress(TimeoutError):
        await asyncio.wait_for(slow(), 0.05)
    await note(db, "next")
    assert await names(db) == {"next"}


async def test_many_writers_wait_for_each_other(db: Database) -> None:
    """None is told that the database is locked."""
    await asyncio.gather(*(note(db, str(number)) for number in range(50)))
    assert len(await names(db)) == 50


async def test_a_conflict_tells_the_constraint(db: Database) -> None:
    """By the same name on both databases, and without a value."""
    async with db.write() as tx:
        await jobs.add(tx, "a", now=NOW, key="k")
    with pytest.raises(Conflict) as caught:
        async with db.write() as tx:
            await tx.execute(insert(metadata.tables["jobs"]).values(kind="a", key="k", run_at=NOW))
    assert caught.value.constraint == "uq_jobs_key"


async def test_foreign_keys_hold(db: Database) -> None:
    """SQLite enforces them only when told."""
    with pytest.raises(Conflict):
        async with db.write() as tx:
            await tx.execute(
                insert(metadata.tables["staff"]).values(name="A", role="owner", shop_id=99, created_at=NOW)
            )


async def test_a_mistake_of_ours_is_not_called_unavailable(db: Database) -> None:
    """Repeating would not help."""
    with pytest.raises(StorageError) as caught:
        async with db.write() as tx:
            await tx.execute(text("SELECT * FROM nowhere"))
    assert not isinstance(caught.value, StorageUnavailable)


async def test_listeners_are_woken_after_a_commit_that_queued_jobs(db: Database) -> None:
    """Not before, not by other commits, not by a rollback."""
    woken: list[str] = []
    await asyncio.sleep(0.05)  # PostgreSQL's listener wakes once when it is connected
    db.on_jobs(lambda: woken.append("!"))
    await note(db, "a")
    with suppress(ZeroDivisionError):
        async with db.write() as tx:
            await jobs.add(tx, "a", now=NOW)
            raise ZeroDivisionError
    await note(db, "b")
    assert woken == []
    async with db.write() as tx:
        await jobs.add(tx, "a", now=NOW)
        assert woken == []
    assert woken == ["!"]


@postgres_only
async def test_another_replica_is_woken_even_after_its_connection_was_cut(
    database_url: str, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes back by itself; our own echo wakes nobody twice."""
    monkeypatch.setattr(listen, "RETRY_SECONDS", 0.01)
    other = Database(database_url)
    await other.open()
    woken = asyncio.Event()
    other.on_jobs(woken.set)
    await asyncio.wait_for(woken.wait(), 2)  # connected
    for cut in (False, True):
        if cut:
            woken.clear()
            server = await asyncpg.connect(database_url)
            await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
            await server.close()
            await asyncio.wait_for(woken.wait(), 2)  # came back
        woken.clear()
        async with db.write() as tx:
            await jobs.add(tx, "a", now=NOW)
        await asyncio.wait_for(woken.wait(), 2)
    await other.close()


@postgres_only
async def test_a_cut_connection_is_unavailable_and_the_next_one_works(database_url: str, db: Database) -> None:
    """The pool asks each connection whether it lives."""

    async def cut_while_writing() -> None:
        async with db.write() as tx:
            pid = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            server = await asyncpg.connect(database_url)
            await server.execute("SELECT pg_terminate_backend($1)", pid)
            await server.close()
            await tx.execute(insert(notes).values(name="a", value="x"))

    with pytest.raises(StorageUnavailable):
        await cut_while_writing()
    await note(db, "b")
    assert await names(db) == {"b"}


@postgres_only
async def test_a_connection_that_was_cut_while_idle_is_replaced(database_url: str, db: Database) -> None:
    """After a restart of the server nobody gets a dead connection."""
    await note(db, "a")
    server = await asyncpg.connect(database_url)
    await server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await server.close()
    await note(db, "b")
    assert await names(db) == {"a", "b"}


async def test_an_unreachable_server_is_unavailable() -> None:
    """Nobody listens there."""
    db = Database("postgresql://nobody:secret@127.0.0.1:1/none")
    with pytest.raises(StorageUnavailable) as caught:
        await db.open()
    assert "secret" not in str(caught.value)


@sqlite_only
async def test_sqlite_is_durable_and_in_wal(db: Database) -> None:
    """WAL, FULL, and readers that never checkpoint."""
    async with db.write() as tx:
        told = [(await tx.execute(text(f"PRAGMA {name}"))).scalar_one() for name in ("journal_mode", "synchronous")]
    async with db.read() as tx:
        told += [
            (await tx.execute(text(f"PRAGMA {name}"))).scalar_one() for name in ("wal_autocheckpoint", "query_only")
        ]
    assert told == ["wal", 2, 0, 1]


@sqlite_only
async def test_two_processes_that_read_and_then_write_wait_for_each_other(database_url: str, db: Database) -> None:
    """Plain BEGIN would fail the second one: what it has read is no longer true."""
    other = Database(database_url)

    async def count_and_write(database: Database, name: str) -> None:
        async with database.write() as tx:
            seen = len((await tx.execute(select(notes.c.name))).all())
            await tx.execute(insert(notes).values(name=name, value=str(seen)))

    await asyncio.gather(
        *(count_and_write(database, f"{n}-{id(database)}") for n in range(10) for database in (db, other))
    )
    await other.close()
    async with db.read() as tx:
        assert sorted(map(int, (await tx.execute(select(notes.c.value))).scalars())) == list(range(20))


@sqlite_only
async def test_a_locked_file_is_unavailable(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process holds the write lock longer than we wait."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    db = Database(database_url)
    await db.open()
    holder = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable):
        await note(db, "a")
    holder.execute("ROLLBACK")
    holder.close()
    await note(db, "b")
    assert await names(db) == {"b"}
    await db.close()


@sqlite_only
async def test_a_full_disk_is_unavailable_until_there_is_room(db: Database) -> None:
    """Nothing of the transaction is left; reading goes on."""
    async with db.write() as tx:
        pages = (await tx.execute(text("PRAGMA page_count"))).scalar_one()
        await tx.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(StorageUnavailable):
        await note(db, "big", "x" * 1_000_000)
    assert await names(db) == set()
    async with db.write() as tx:
        await tx.execute(text("PRAGMA max_page_count = 100000"))
    await note(db, "big", "x" * 1_000_000)


@sqlite_only
async def test_a_read_only_directory_is_unavailable(db: Database, database_url: str, tmp_path: Path) -> None:
    """Told when the database is opened, as root too: the path is a directory's."""
    taken = tmp_path / "directory.db"
    taken.mkdir()
    with pytest.raises(StorageUnavailable):
        await Database(f"sqlite:///{taken}").open()


@sqlite_only
async def test_a_second_process_on_the_file_is_refused(database_url: str) -> None:
    """Until the first one ends."""
    with lock_file(database_url), pytest.raises(AlreadyRunning), lock_file(database_url):
        pass
    with lock_file(database_url):
        pass


@postgres_only
async def test_replicas_share_postgresql(database_url: str) -> None:
    """No lock there."""
    with lock_file(database_url), lock_file(database_url):
        pass


def test_another_database_is_refused() -> None:
    """Only two are known."""
    with pytest.raises(ValueError, match="mysql"):
        Database("mysql://host/db")
