"""Group commit: many recordings share a transaction, and each has its own fate."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.commit import GroupCommit
from storage.engine import Database
from storage.errors import Conflict, StorageUnavailable
from storage.schema import notes


class Recorder:
    """Writes notes, and remembers how large each group was."""

    def __init__(self) -> None:
        self.groups: list[int] = []

    async def __call__(self, tx: AsyncConnection, names: Sequence[str]) -> list[str]:
        self.groups.append(len(names))
        for name in names:
            await tx.execute(insert(notes).values(name=name, value="x"))
        return [f"{name} is written" for name in names]


@asynccontextmanager
async def running(commit: "GroupCommit[str, str]") -> AsyncIterator[None]:
    """As the app's nursery runs it; closed at the end."""
    async with asyncio.TaskGroup() as group:
        group.create_task(commit.run())
        yield
        commit.close()


async def written(db: Database) -> int:
    """How many rows there are."""
    async with db.read() as tx:
        return len((await tx.execute(select(notes.c.name))).all())


async def test_many_recordings_share_few_transactions(db: Database) -> None:
    """Everybody gets the own result; no group is larger than the limit."""
    write = Recorder()
    commit = GroupCommit(db, write, limit=64)
    async with running(commit):
        results = await asyncio.gather(*(commit.record(str(number)) for number in range(200)))
    assert results == [f"{number} is written" for number in range(200)]
    assert await written(db) == 200
    assert len(write.groups) <= 5
    assert max(write.groups) <= 64


async def test_a_result_means_that_it_is_committed(db: Database) -> None:
    """Another connection sees the row at once."""
    commit = GroupCommit(db, Recorder())
    async with running(commit):
        await commit.record("a")
        assert await written(db) == 1


async def test_a_bad_row_fails_alone(db: Database) -> None:
    """The rest of its group is written."""
    commit = GroupCommit(db, Recorder())
    async with running(commit):
        await commit.record("taken")
        results = await asyncio.gather(*(commit.record(name) for name in ("a", "taken", "b")), return_exceptions=True)
    assert [type(result) for result in results] == [str, Conflict, str]
    assert await written(db) == 3


async def test_a_recording_before_the_run_waits_for_it(db: Database) -> None:
    """Nothing is lost between the start of the servers and that of the run."""
    commit = GroupCommit(db, Recorder())
    async with asyncio.TaskGroup() as group:
        early = group.create_task(commit.record("a"))
        await asyncio.sleep(0.01)
        assert not early.done()
        group.create_task(commit.run())
        assert await early == "a is written"
        commit.close()


async def test_closing_writes_what_waits_and_takes_no_more(db: Database) -> None:
    """`run` ends by itself."""
    commit = GroupCommit(db, Recorder())
    async with asyncio.TaskGroup() as group:
        early = group.create_task(commit.record("a"))
        await asyncio.sleep(0)
        commit.close()
        group.create_task(commit.run())
    assert early.result() == "a is written"
    with pytest.raises(StorageUnavailable):
        await commit.record("b")


async def test_whoever_waits_is_told_when_the_run_is_cancelled(db: Database) -> None:
    """Nobody hangs for ever."""

    async def never(_tx: AsyncConnection, _names: Sequence[str]) -> list[str]:
        await asyncio.Event().wait()
        return []

    commit = GroupCommit(db, never)
    async with asyncio.TaskGroup() as group:
        run = group.create_task(commit.run())
        waiting = [asyncio.ensure_future(commit.record(name)) for name in ("a", "b")]  # noqa: TID251 - gathered below
        await asyncio.sleep(0.05)
        run.cancel()
    assert [type(told) for told in await asyncio.gather(*waiting, return_exceptions=True)] == [StorageUnavailable] * 2
