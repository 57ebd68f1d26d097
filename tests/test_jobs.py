"""The worker: what runs again after a crash and what never does, lanes, failures, and how soon it wakes."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ChatAway, ChatBusy, ChatClosed, ChatMoved
from bot.jobs import BACKOFF, DONE, LEASE, Nursery, Outcome, Work, Worker, every, pace
from storage import jobs, notes
from storage.engine import Database
from storage.errors import StorageUnavailable
from storage.jobs import Job
from tests.until import eventually

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
Perform = Callable[[Job], Awaitable[Outcome]]


until = partial(eventually, within=5)


class Bench:
    """A worker on a database, with a clock that the test moves and a diary of what was performed."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.moment = START
        self.diary: list[str] = []
        self.moved: list[tuple[int, int]] = []
        self.nursery = Nursery()

    def now(self) -> datetime:
        return self.moment

    async def note(self, job: Job) -> Outcome:
        self.diary.append(str(job.payload.get("say", job.kind)))
        return DONE

    async def add(self, kind: str, **values: Any) -> None:
        async with self.db.write() as tx:
            await jobs.add(tx, kind, now=self.moment, **values)

    @asynccontextmanager
    async def working(self, *, at_once: int = 8, **works: Work | Perform) -> AsyncIterator[Worker]:
        """`works`: how each kind is performed; `note` by default."""
        table = {kind: work if isinstance(work, Work) else Work(work) for kind, work in works.items()}
        worker = Worker(self.db, self.nursery, table, self.now, moved=self._move, at_once=at_once)
        self.nursery.start(worker.run(), "loop:worker")
        yield worker
        await self.nursery.stop(1)

    async def _move(self, tx: AsyncConnection, old: int, new: int) -> None:
        self.moved.append((old, new))
        await tx.execute(text("UPDATE jobs SET lane = :lane"), {"lane": f"chat:{new}"})
        await tx.execute(
            text(
                "INSERT INTO lanes (lane, next_at, tokens, counted_at)"
                " SELECT :lane, next_at, 9, counted_at FROM lanes WHERE lane = :old"
            ),
            {"lane": f"chat:{new}", "old": f"chat:{old}"},
        )

    async def later(self, worker: Worker, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        worker.wake()

    async def says(self, *diary: str) -> None:
        """Just this has been performed, sooner or later."""
        await until(lambda: len(self.diary) >= len(diary))
        await asyncio.sleep(0.03)  # one too many would come now
        assert self.diary == list(diary)

    async def rows(self) -> list[Any]:
        """outcome, lease, done_at; oldest first."""
        async with self.db.read() as tx:
            return list(await tx.execute(text("SELECT outcome, lease, done_at FROM jobs ORDER BY id")))

    async def ends(self, *outcomes: str) -> None:
        async with asyncio.timeout(5):
            while [row.outcome for row in await self.rows()] != list(outcomes):  # noqa: ASYNC110 - likewise
                await asyncio.sleep(0.01)


@pytest.fixture
async def bench(db: Database) -> AsyncIterator[Bench]:
    bench = Bench(db)
    yield bench
    await bench.nursery.stop(1)


async def taken_by_a_dead_worker(bench: Bench, *, attempted: bool) -> None:
    """Its lease runs for a while yet."""
    async with bench.db.write() as tx:
        job = await jobs.lease_next(tx, now=bench.moment, lease_for=LEASE)
        assert job
        if attempted:
            await jobs.attempt(tx, job, now=bench.moment)


async def test_a_repeatable_job_of_a_dead_worker_runs_again(bench: Bench) -> None:
    """When its lease has ended, not before."""
    await bench.add("settle")
    await taken_by_a_dead_worker(bench, attempted=False)
    async with bench.working(settle=bench.note) as worker:
        await bench.later(worker, LEASE.total_seconds() - 1)
        await bench.says()
        await bench.later(worker, 1)
        await bench.says("settle")


async def test_a_once_job_that_was_attempted_is_resolved_and_never_called_again(bench: Bench) -> None:
    """Nobody knows whether the call went out."""
    await bench.add("sms", once=True)
    await taken_by_a_dead_worker(bench, attempted=True)

    async def resolve(job: Job) -> Outcome:
        bench.diary.append("resolved")
        return Outcome(note="unknown")

    bench.moment += LEASE
    async with bench.working(sms=Work(bench.note, resolve=resolve)):
        await bench.says("resolved")
        await bench.ends("unknown")


async def test_a_once_job_without_an_attempt_is_performed(bench: Bench) -> None:
    """Its worker died before the call."""
    await bench.add("sms", once=True)
    await taken_by_a_dead_worker(bench, attempted=False)
    bench.moment += LEASE
    async with bench.working(sms=bench.note):
        await bench.says("sms")


async def test_a_once_job_that_fails_in_its_call_is_resolved_not_repeated(bench: Bench) -> None:
    """A bug after the call must not make a second one."""
    await bench.add("sms", once=True)

    async def fails(job: Job) -> Outcome:
        bench.diary.append("called")
        raise RuntimeError

    async with bench.working(sms=fails) as worker:
        await bench.says("called")
        await bench.ends("unknown")
        await bench.later(worker, 1000)
        await bench.says("called")


async def test_a_once_job_whose_resolver_fails_is_not_called_again(bench: Bench) -> None:
    """It stays attempted; the resolver comes again when the lease ends."""
    await bench.add("sms", once=True)

    async def fails(job: Job) -> Outcome:
        bench.diary.append("called" if job.attempted_at is None else "resolved")
        raise StorageUnavailable("locked")

    async with bench.working(sms=Work(fails, resolve=fails)) as worker:
        await bench.says("called", "called")  # the second by its resolver, with the same job
        await bench.later(worker, LEASE.total_seconds())
        await bench.says("called", "called", "resolved")


async def test_a_lost_lease_writes_nothing(bench: Bench) -> None:
    """Whoever took longer than his lease finds his transaction undone."""
    await bench.add("settle")
    hold = asyncio.Event()

    async def slow(job: Job) -> Outcome:
        bench.diary.append("began")
        if len(bench.diary) == 1:
            await hold.wait()
            return Outcome(write=lambda tx: notes.put(tx, "slow", "wrote"))
        return Outcome(write=lambda tx: notes.put(tx, "second", "wrote"))

    async with bench.working(settle=slow) as worker:
        await bench.says("began")
        await bench.later(worker, LEASE.total_seconds())
        await bench.says("began", "began")
        hold.set()
        await asyncio.sleep(0.05)
        async with bench.db.read() as tx:
            assert (await notes.get(tx, "slow"), await notes.get(tx, "second")) == (None, "wrote")


async def test_a_failing_job_comes_back_ever_later_and_stops_no_other(bench: Bench) -> None:
    """1, 2, 4 ... s."""
    await bench.add("bad", priority=1)
    await bench.add("good", payload={"say": "good"})

    async def fails(job: Job) -> Outcome:
        bench.diary.append(f"bad {job.attempts}")
        raise ValueError

    async with bench.working(bad=fails, good=bench.note) as worker:
        await bench.says("bad 0", "good")
        await bench.ends("failed", "")
        for attempt in (1, 2):
            await bench.later(worker, BACKOFF[attempt - 1])
            await bench.says("bad 0", "good", *(f"bad {n + 1}" for n in range(attempt)))


@pytest.mark.parametrize("lane", [None, "chat:7"])
async def test_an_outcome_that_cannot_be_written_holds_up_nobody(bench: Bench, lane: str | None) -> None:
    """A bug in what a job wants to write: the job comes back later, its chat goes on now."""
    await bench.add("bad", lane=lane, priority=1)
    await bench.add("good", lane=lane)

    async def broken(tx: AsyncConnection) -> None:
        raise KeyError

    async def bad(job: Job) -> Outcome:
        return Outcome(write=broken)

    async with bench.working(bad=bad, good=bench.note):
        await bench.says("good")
        await bench.ends("not written", "")


async def test_a_kind_that_nobody_knows_holds_up_nobody(bench: Bench) -> None:
    """After going back to an older version; and the worker does not spin meanwhile."""
    await bench.add("future", priority=1)
    await bench.add("future", lane="chat:7", priority=1)
    await bench.add("good", lane="chat:7")
    async with bench.working(good=bench.note):
        await bench.says("good")
        before = time.process_time()
        await asyncio.sleep(0.2)
        assert time.process_time() - before < 0.19


async def test_a_lane_keeps_its_order_and_its_pace(bench: Bench) -> None:
    """More urgent first, then as they came; a group has two at once, then one each 3⅓ s."""
    for number, priority in enumerate((20, 10, 20, 20), 1):
        await bench.add("reply", lane="chat:-1", priority=priority, payload={"say": str(number)})
    async with bench.working(reply=bench.note) as worker:
        await bench.says("2", "1")
        await bench.later(worker, 3.2)
        await bench.says("2", "1")
        await bench.later(worker, 0.2)
        await bench.says("2", "1", "3")
    assert pace("chat:7")[1] > pace("chat:-7")[1]


async def test_what_is_not_sent_costs_no_turn(bench: Bench) -> None:
    """A card that is up to date already leaves the limit to others."""
    for _ in range(6):
        await bench.add("card", lane="chat:-1")

    async def same(job: Job) -> Outcome:
        bench.diary.append("same")
        return Outcome(sent=False)

    async with bench.working(card=same):
        await bench.says(*["same"] * 6)


@pytest.mark.parametrize("trouble", [ChatBusy(30), ChatAway("timeout")])
async def test_a_chat_that_is_held_up_keeps_its_order(bench: Bench, trouble: Exception) -> None:
    """Others go on; what was first stays first, after retry_after or the pause."""
    troubles = [trouble]

    async def say(job: Job) -> Outcome:
        if job.payload["say"] == "1" and troubles:
            raise troubles.pop()
        return await bench.note(job)

    for words in ("1", "2"):
        await bench.add("reply", lane="chat:7", payload={"say": words})
    await bench.add("reply", lane="chat:8", payload={"say": "another chat"})
    async with bench.working(reply=say) as worker:
        await bench.says("another chat")
        await bench.later(worker, 31)
        await bench.says("another chat", "1", "2")


async def test_a_closed_chat_ends_its_job(bench: Bench) -> None:
    """Blocked or gone: repeating would not help."""

    async def closed(job: Job) -> Outcome:
        raise ChatClosed("blocked")

    await bench.add("ping", lane="chat:7")
    async with bench.working(ping=closed):
        await bench.ends("chat closed")


async def test_a_moved_chat_is_followed_and_the_job_goes_to_the_new_one(bench: Bench) -> None:
    """In the transaction that puts the job back."""

    async def say(job: Job) -> Outcome:
        if job.lane == "chat:-1":
            raise ChatMoved(-1005)
        return await bench.note(job)

    await bench.add("ping", lane="chat:-1", payload={"chat": -1})
    async with bench.working(ping=say):
        await bench.says("ping")
    assert bench.moved == [(-1, -1005)]


async def test_many_jobs_run_side_by_side_as_many_as_allowed(bench: Bench) -> None:
    """One slow call does not make the others wait; the ninth does."""
    running, most, hold = 0, 0, asyncio.Event()

    async def slow(job: Job) -> Outcome:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await hold.wait()
        running -= 1
        return await bench.note(job)

    for _ in range(7):
        await bench.add("settle")
    async with bench.working(settle=slow, at_once=5):
        await until(lambda: running == 5)
        hold.set()
        await bench.says(*["settle"] * 7)
    assert most == 5


async def test_a_kind_that_hangs_holds_up_no_other(bench: Bench) -> None:
    """A silent bank must not keep an SMS waiting."""
    answered = asyncio.Event()

    async def hang(job: Job) -> Outcome:
        await answered.wait()
        return DONE

    for _ in range(3):
        await bench.add("register", priority=10)
    await bench.add("sms", priority=50)
    async with bench.working(at_once=2, register=hang, sms=bench.note):
        await bench.says("sms")
        answered.set()


async def test_a_new_job_wakes_the_worker_at_once(bench: Bench) -> None:
    """Not at its next look, which is a second away."""
    async with bench.working(settle=bench.note):
        await asyncio.sleep(0.1)
        began = time.perf_counter()
        await bench.add("settle")
        await until(lambda: bench.diary)
        assert time.perf_counter() - began < 0.5


async def test_a_clock_that_jumps_is_seen_within_a_look(bench: Bench) -> None:
    """Nobody wakes the worker: it looks once a second."""
    await bench.add("settle", run_at=START + timedelta(hours=5))
    async with bench.working(settle=bench.note):
        await bench.says()
        bench.moment += timedelta(hours=5)
        await bench.says("settle")


async def test_a_stop_lets_what_is_under_way_end(bench: Bench) -> None:
    """And takes nothing new; what does not end in time is cut off and left to its lease."""
    await bench.add("quick")
    await bench.add("endless")

    async def quick(job: Job) -> Outcome:
        await asyncio.sleep(0.1)
        return await bench.note(job)

    async def endless(job: Job) -> Outcome:
        await asyncio.Event().wait()
        return DONE

    async with bench.working(quick=quick, endless=endless):
        async with asyncio.timeout(5):
            while not all(row.lease for row in await bench.rows()):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.005)
        began = time.perf_counter()
        await bench.nursery.stop(0.3)
        assert time.perf_counter() - began < 1
        await bench.add("quick")
    assert bench.diary == ["quick"]
    assert [row.done_at is None for row in await bench.rows()] == [False, True, True]


async def test_a_timer_goes_on_after_a_failure() -> None:
    """It is logged; the next time comes all the same."""
    times: list[int] = []

    async def work() -> None:
        times.append(1)
        raise (StorageUnavailable("locked") if len(times) == 1 else ValueError)

    nursery = Nursery()
    nursery.start(every(0.001, work, "test"), "loop:test")
    await until(lambda: len(times) >= 3)
    await nursery.stop()
