"""The jobs table: what is leased, by whom, and what happens when a worker is slow, dies, or is told the same twice."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import jobs, schema
from storage.engine import Database
from storage.errors import LeaseLost
from storage.jobs import Job

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


async def lease(db: Database, now: datetime = NOW, kinds: list[str] | None = None) -> Job | None:
    """What a worker gets now."""
    async with db.write() as tx:
        return await jobs.lease_next(tx, now=now, lease_for=LEASE, kinds=kinds)


async def leased(db: Database, now: datetime = NOW) -> Job:
    """The same where there must be one."""
    job = await lease(db, now)
    assert job
    return job


async def outcomes(db: Database) -> list[str | None]:
    """Of the jobs that are done, oldest first."""
    async with db.read() as tx:
        rows = select(schema.jobs.c.outcome).where(schema.jobs.c.done_at.is_not(None)).order_by(schema.jobs.c.id)
        return list((await tx.execute(rows)).scalars())


async def test_a_job_comes_back_as_it_was_queued(db: Database) -> None:
    """Every field survives the way through the table."""
    async with db.write() as tx:
        number = await jobs.add(
            tx, "settle", now=NOW, payment_id=7, key="k", priority=3, payload={"order": 5, "слово": "да"}, once=True
        )
    job = await leased(db)
    assert (job.id, job.kind, job.payment_id, job.key, job.priority) == (number, "settle", 7, "k", 3)
    assert (job.payload, job.once, job.attempts, job.run_at) == ({"order": 5, "слово": "да"}, True, 0, NOW)


async def test_a_job_that_was_rolled_back_was_never_queued(db: Database) -> None:
    """A job lives and dies with the transaction that made it necessary."""
    with suppress(ZeroDivisionError):
        async with db.write() as tx:
            await jobs.add(tx, "settle", now=NOW)
            raise ZeroDivisionError
    assert await lease(db) is None


async def test_the_urgent_come_first_then_the_old(db: Database) -> None:
    """Priority, then run_at, then id; what is not due yet waits."""
    async with db.write() as tx:
        late = await jobs.add(tx, "a", now=NOW, run_at=NOW - SECOND)
        later = await jobs.add(tx, "a", now=NOW)
        urgent = await jobs.add(tx, "a", now=NOW, priority=1)
        future = await jobs.add(tx, "a", now=NOW, priority=0, run_at=NOW + SECOND)
        assert await jobs.next_due(tx) == NOW - SECOND
    assert [(await leased(db)).id for _ in range(3)] == [urgent, late, later]
    assert await lease(db) is None
    async with db.read() as tx:
        assert await jobs.next_due(tx) == NOW + SECOND
    assert (await leased(db, NOW + SECOND)).id == future


async def test_a_worker_gets_only_the_kinds_that_it_asks_for(db: Database) -> None:
    """And never a job with a lane."""
    async with db.write() as tx:
        await jobs.add(tx, "card", now=NOW, lane="-1", priority=0)
        await jobs.add(tx, "a", now=NOW)
        wanted = await jobs.add(tx, "b", now=NOW)
    job = await lease(db, kinds=["b", "c"])
    assert job
    assert job.id == wanted
    assert await lease(db, kinds=["b", "card"]) is None


async def test_a_key_is_done_once(db: Database) -> None:
    """Neither while it waits nor when it is done does a second one appear."""
    async with db.write() as tx:
        assert await jobs.add(tx, "ping", now=NOW, key="ping:7") is not None
        assert await jobs.add(tx, "ping", now=NOW, key="ping:7") is None
    job = await leased(db)
    async with db.write() as tx:
        await jobs.finish(tx, job, now=NOW)
        assert await jobs.add(tx, "ping", now=NOW, key="ping:7") is None


async def test_a_slot_has_one_waiting_job_which_only_becomes_more_urgent(db: Database) -> None:
    """A later or less urgent wish changes nothing; a sooner one moves it."""
    async with db.write() as tx:
        first = await jobs.add(tx, "edit", now=NOW, slot="card:7", run_at=NOW + 10 * SECOND, priority=50)
        assert await jobs.add(tx, "edit", now=NOW, slot="card:7", run_at=NOW + 20 * SECOND, priority=60) == first
        assert await jobs.next_due(tx) == NOW + 10 * SECOND
        assert await jobs.add(tx, "edit", now=NOW, slot="card:7", run_at=NOW, priority=10) == first
    job = await leased(db)
    assert (job.id, job.run_at, job.priority) == (first, NOW, 10)
    assert await lease(db) is None


async def test_news_after_the_lease_need_a_new_look(db: Database) -> None:
    """A leased job does not fill its slot; put back, it gives way to the newer one."""
    async with db.write() as tx:
        first = await jobs.add(tx, "edit", now=NOW, slot="card:7")
    job = await leased(db)
    async with db.write() as tx:
        second = await jobs.add(tx, "edit", now=NOW, slot="card:7")
        assert second != first
        await jobs.put_back(tx, job, run_at=NOW + SECOND, outcome="timeout")
    assert await outcomes(db) == ["superseded"]
    assert (await leased(db, NOW + SECOND)).id == second


async def test_two_leased_jobs_of_a_slot_can_both_be_put_back(db: Database) -> None:
    """The first one waits, the second one is superseded by it."""
    async with db.write() as tx:
        await jobs.add(tx, "edit", now=NOW, slot="s")
    one = await leased(db)
    async with db.write() as tx:
        await jobs.add(tx, "edit", now=NOW, slot="s")
    two = await leased(db)
    for job in (two, one):
        async with db.write() as tx:
            await jobs.put_back(tx, job, run_at=NOW)
    assert await outcomes(db) == ["superseded"]
    assert (await leased(db)).id == two.id


async def test_a_job_that_is_put_back_is_repeated_then(db: Database) -> None:
    """Not before; and it counts the attempt unless told otherwise."""
    async with db.write() as tx:
        await jobs.add(tx, "register", now=NOW)
    job = await leased(db)
    async with db.write() as tx:
        await jobs.put_back(tx, job, run_at=NOW + SECOND)
    assert await lease(db) is None
    job = await leased(db, NOW + SECOND)
    assert job.attempts == 1
    async with db.write() as tx:
        await jobs.put_back(tx, job, run_at=NOW + SECOND, count=False)
    assert (await leased(db, NOW + SECOND)).attempts == 1


async def test_a_dead_workers_job_is_taken_over_and_lost_to_it(db: Database) -> None:
    """When the lease has ended; then the first worker can neither finish, attempt nor put back, and changes nothing."""
    async with db.write() as tx:
        await jobs.add(tx, "sms", now=NOW, once=True)
    slow = await leased(db)
    assert await lease(db, NOW + LEASE - SECOND) is None
    async with db.read() as tx:
        assert await jobs.next_due(tx) == NOW + LEASE
    heir = await leased(db, NOW + LEASE)
    assert (heir.id, heir.attempts) == (slow.id, 1)
    acts: list[Callable[[AsyncConnection], Awaitable[None]]] = [
        lambda tx: jobs.finish(tx, slow, now=NOW, outcome="slow"),
        lambda tx: jobs.attempt(tx, slow, now=NOW),
        lambda tx: jobs.put_back(tx, slow, run_at=NOW),
    ]
    for act in acts:
        with pytest.raises(LeaseLost):
            async with db.write() as tx:
                await act(tx)
    async with db.write() as tx:
        await jobs.finish(tx, heir, now=NOW, outcome="heir")
    assert await outcomes(db) == ["heir"]


async def test_whoever_takes_over_sees_the_attempt(db: Database) -> None:
    """It cannot be attempted twice, unless its outcome was known and it was put back."""
    async with db.write() as tx:
        await jobs.add(tx, "refund", now=NOW, once=True)
    job = await leased(db)
    async with db.write() as tx:
        await jobs.attempt(tx, job, now=NOW)
    heir = await leased(db, NOW + LEASE)
    assert heir.attempted_at == NOW
    with pytest.raises(LeaseLost):
        async with db.write() as tx:
            await jobs.attempt(tx, heir, now=NOW)
    async with db.write() as tx:
        await jobs.put_back(tx, heir, run_at=NOW)
    assert (await leased(db)).attempted_at is None


async def test_pruning_takes_old_done_jobs_in_small_batches(db: Database) -> None:
    """Open ones stay, whatever their age."""
    async with db.write() as tx:
        for number in range(3):
            await jobs.add(tx, "a", now=NOW, key=str(number))
            job = await jobs.lease_next(tx, now=NOW, lease_for=SECOND)
            assert job
            await jobs.finish(tx, job, now=NOW)
        await jobs.add(tx, "a", now=NOW)
        assert await jobs.prune(tx, before=NOW, limit=2) == 0
        assert [await jobs.prune(tx, before=NOW + SECOND, limit=2) for _ in range(3)] == [2, 1, 0]
    assert await lease(db) is not None


async def test_twenty_workers_never_get_the_same_job(db: Database) -> None:
    """Each job goes to exactly one of them, at the first try."""
    async with db.write() as tx:
        for _ in range(60):
            await jobs.add(tx, "a", now=NOW)

    async def worker() -> list[Job]:
        mine: list[Job] = []
        while job := await lease(db):
            mine.append(job)
        return mine

    got = [job for mine in await asyncio.gather(*(worker() for _ in range(20))) for job in mine]
    assert len({job.id for job in got}) == len(got) == 60
    assert len({job.lease for job in got}) == 60


async def test_many_writers_of_one_slot_leave_one_job(db: Database) -> None:
    """Nobody fails, everybody gets its id."""

    async def write() -> int | None:
        async with db.write() as tx:
            return await jobs.add(tx, "edit", now=NOW, slot="card:7")

    assert len(set(await asyncio.gather(*(write() for _ in range(20))))) == 1
