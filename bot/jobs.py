"""The worker: takes durable jobs, performs them, writes down what came of it. And the owner of all background work.

A job is leased, performed outside any transaction, and finished in one transaction with what its performer wants to
write; a lease that was lost meanwhile makes that transaction fail, so nothing is written twice.

    repeatable jobs   may run twice rather than never: a failure puts them back for later
    `once` jobs       (SMS, operations at the bank) an attempt is committed before the call; whoever takes over a job
                      with an attempt and no outcome does not call again but resolves: `Work.resolve`

Jobs with a lane (a chat) wait for their turn there: one sender a lane, at the pace that Telegram allows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import jobs, lanes
from storage.engine import Database
from storage.errors import LeaseLost, StorageUnavailable
from storage.jobs import Job
from storage.lanes import Turn

from .clock import Now
from .errors import ChatAway, ChatBusy, ChatClosed

log = structlog.get_logger(__name__)

LOOK = 1.0  # s between looks at the queue when nothing wakes the worker (another replica's work, a moved clock)
BACKOFF = (1, 2, 4, 8, 15, 30, 60)  # s before a failed job is tried again, then always the last
PRIVATE_PACE = (4.0, 1.0)  # burst, tokens/s: Telegram allows about one message a second and chat, short bursts more
GROUP_PACE = (6.0, 14 / 60)  # sends and edits share 20 a minute and group

Write = Callable[[AsyncConnection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job. `write` runs in the transaction that finishes it; `again_at`: not finished, run it then."""

    write: Write | None = None
    again_at: datetime | None = None
    note: str = ""


DONE = Outcome()
Perform = Callable[[Job], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Work:
    """How one kind of job is done. `lease` outlives the longest time-out of its call."""

    perform: Perform
    lease: timedelta = timedelta(seconds=90)
    resolve: Perform | None = None


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


async def every(seconds: float, work: Callable[[], Awaitable[None]], name: str) -> None:
    """A timer, for ever. A failure is logged; the next time comes all the same."""
    while True:
        try:
            await work()
        except StorageUnavailable as error:
            log.warning("a timer waits for the database", timer=name, why=str(error))
        except Exception:  # the worker's boundary, as below
            log.exception("a timer failed", timer=name)
        await asyncio.sleep(seconds)


def pace(lane: str) -> tuple[float, float]:
    """Burst and tokens a second of a chat's lane; a group's id is negative."""
    return GROUP_PACE if lane.startswith("chat:-") else PRIVATE_PACE


class Worker:
    """Performs jobs of the kinds in `works`, some at a time."""

    def __init__(
        self,
        db: Database,
        nursery: Nursery,
        works: Mapping[str, Work],
        now: Now,
        *,
        at_once: int = 8,
        lanes_at_once: int = 8,
    ) -> None:
        self._db = db
        self._nursery = nursery
        self._works = works
        self._now = now
        self._free = at_once
        self._free_lanes = lanes_at_once
        self._awake = asyncio.Event()
        db.on_jobs(self.wake)

    def wake(self) -> None:
        """There may be something to do."""
        self._awake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._awake.clear()
            try:
                await self._take_jobs()
                await self._take_turns()
                due = await self._next_due()
            except StorageUnavailable as error:
                log.warning("the queue cannot be read", why=str(error))
                due = None
            seconds = LOOK if due is None else min(LOOK, max(0.0, (due - self._now()).total_seconds()))
            if seconds > 0:
                await self._sleep(seconds)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), seconds)

    async def _next_due(self) -> datetime | None:
        async with self._db.read() as tx:
            due = [
                await jobs.next_due(tx) if self._free else None,
                await lanes.next_turn_at(tx) if self._free_lanes else None,
            ]
        return min((moment for moment in due if moment), default=None)

    # Jobs without a lane

    async def _take_jobs(self) -> None:
        while self._free > 0:
            async with self._db.write() as tx:
                job = await jobs.lease_next(
                    tx, now=self._now(), lease_for=timedelta(seconds=90), kinds=list(self._works)
                )
            if job is None:
                return
            self._free -= 1
            self._nursery.start(self._do_job(job), f"job {job.kind} {job.id}")

    async def _do_job(self, job: Job) -> None:
        try:
            outcome = await self._perform(job)
            await self._finish(job, outcome)
        finally:
            self._free += 1
            self.wake()

    async def _perform(self, job: Job) -> Outcome:
        """Never raises: what fails is put back."""
        work = self._works[job.kind]
        try:
            if job.once and job.attempted_at is not None:
                return await work.resolve(job) if work.resolve else DONE
            if job.once:
                async with self._db.write() as tx:
                    await jobs.attempt(tx, job, now=self._now())
            return await work.perform(job)
        except LeaseLost:
            raise
        except ChatBusy as busy:
            return Outcome(again_at=self._now() + timedelta(seconds=busy.retry_after), note="busy")
        except ChatClosed as closed:
            log.warning("a chat is closed to us", job=job.kind, why=str(closed))
            return Outcome(note="chat closed")
        except ChatAway as away:
            log.warning("telegram does not answer", job=job.kind, attempts=job.attempts, why=str(away))
            return Outcome(again_at=self._later(job), note="away")
        except Exception:  # the worker's boundary: one bad job must not stop the others
            log.exception("a job failed", job=job.kind, id=job.id, payment_id=job.payment_id)
            return Outcome(again_at=self._later(job), note="failed")

    def _later(self, job: Job) -> datetime:
        return self._now() + timedelta(seconds=BACKOFF[min(job.attempts, len(BACKOFF) - 1)])

    async def _finish(self, job: Job, outcome: Outcome, turn: Turn | None = None) -> None:
        try:
            async with self._db.write() as tx:
                if outcome.write:
                    await outcome.write(tx)
                if outcome.again_at:
                    await jobs.put_back(tx, job, run_at=outcome.again_at, outcome=outcome.note)
                else:
                    await jobs.finish(tx, job, now=self._now(), outcome=outcome.note)
                if turn:
                    held_up = outcome.again_at if outcome.note in {"busy", "away"} else None
                    await lanes.end_turn(tx, turn, now=self._now(), not_before=held_up)
        except LeaseLost:
            log.warning("a job took longer than its lease", job=job.kind, id=job.id)
        except StorageUnavailable as error:
            log.warning("a job's outcome was not written, it will run again", job=job.kind, id=job.id, why=str(error))

    # Jobs that wait for their turn in a chat

    async def _take_turns(self) -> None:
        while self._free_lanes > 0:
            async with self._db.write() as tx:
                turn = await lanes.take_turn(tx, now=self._now(), lease_for=timedelta(seconds=90), capacity=pace)
            if turn is None:
                return
            self._free_lanes -= 1
            self._nursery.start(self._do_turn(turn), f"turn {turn.lane}")

    async def _do_turn(self, turn: Turn) -> None:
        try:
            outcome = await self._perform(turn.job)
            await self._finish(turn.job, outcome, turn)
        finally:
            self._free_lanes += 1
            self.wake()
