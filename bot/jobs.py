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
from functools import partial
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import jobs, lanes
from storage.engine import Database
from storage.errors import LeaseLost, StorageError, StorageUnavailable
from storage.jobs import Job
from storage.lanes import Turn

from .clock import Now
from .errors import ChatAway, ChatBusy, ChatClosed, ChatMoved

log = structlog.get_logger(__name__)

LOOK = 1.0  # s between looks at the queue when nothing wakes the worker (another replica's work, a moved clock)
BREATH = 0.02  # s at least between looks: what is due may be what another replica is taking, or of a kind unknown here
LEASE = timedelta(seconds=90)  # outlives the longest time-outs of a job's calls
BACKOFF = (1, 2, 4, 8, 15, 30, 60)  # s before a failed job is tried again, then always the last
PRIVATE_PACE = (4.0, 1.0)  # burst, tokens/s: Telegram allows about one message a second and chat, short bursts more
GROUP_PACE = (2.0, 18 / 60)  # sends and edits share 20 a minute and group: six sales a minute, each with a ping

HOLD_UP = {"busy", "away"}  # outcomes that keep the whole chat waiting, not just one job

Write = Callable[[AsyncConnection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job. `write` runs in the transaction that finishes it; `again_at`: not finished, run it then.

    `sent` False: nothing went to the chat, so the lane's limit is not touched.
    """

    write: Write | None = None
    again_at: datetime | None = None
    note: str = ""
    sent: bool = True


DONE = Outcome()
Perform = Callable[[Job], Awaitable[Outcome]]
Moved = Callable[[AsyncConnection, int, int], Awaitable[None]]
"""A group has another id now: the old one, the new one."""


@dataclass(frozen=True, slots=True)
class Work:
    """How one kind of job is done; `resolve`: of `once` jobs that were attempted, and nobody knows what came of it."""

    perform: Perform
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
    """Performs jobs of the kinds in `works`, `at_once` of each kind."""

    def __init__(
        self,
        db: Database,
        nursery: Nursery,
        works: Mapping[str, Work],
        now: Now,
        *,
        moved: Moved,
        at_once: int = 16,
        lanes_at_once: int = 8,
    ) -> None:
        self._db = db
        self._nursery = nursery
        self._works = works
        self._now = now
        self._moved = moved
        self._places = dict.fromkeys(works, at_once)  # a kind each: a bank that hangs must not hold up the SMS
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
            except StorageError as error:
                log.warning("the queue cannot be read", why=str(error))
                due = None
            await self._sleep(LOOK if due is None else min(LOOK, max(BREATH, (due - self._now()).total_seconds())))

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for of Python 3.11 may swallow a cancellation
                await self._awake.wait()

    async def _next_due(self) -> datetime | None:
        async with self._db.read() as tx:
            due = [
                await jobs.next_due(tx, self._free_kinds()),
                await lanes.next_turn_at(tx) if self._free_lanes else None,
            ]
        return min((moment for moment in due if moment), default=None)

    def _free_kinds(self) -> list[str]:
        return [kind for kind, places in self._places.items() if places > 0]

    # Jobs without a lane

    async def _take_jobs(self) -> None:
        while kinds := self._free_kinds():
            async with self._db.write() as tx:
                job = await jobs.lease_next(tx, now=self._now(), lease_for=LEASE, kinds=kinds)
            if job is None:
                return
            self._places[job.kind] -= 1
            self._nursery.start(self._do_job(job), f"job {job.kind} {job.id}")

    async def _do_job(self, job: Job) -> None:
        try:
            await self._finish(job, await self._perform(job))
        finally:
            self._places[job.kind] += 1
            self.wake()

    async def _perform(self, job: Job) -> Outcome | None:
        """Never raises: what fails is put back. None: only the end of its lease helps."""
        try:
            work = self._works[job.kind]
            return await (self._perform_once(work, job) if job.once else work.perform(job))
        except LeaseLost:
            return None
        except ChatBusy as busy:
            return Outcome(again_at=self._now() + timedelta(seconds=busy.retry_after), note="busy")
        except ChatMoved as moved:
            write = partial(self._move, job, moved.new_chat_id)
            return Outcome(write=write, again_at=self._now(), note="moved", sent=False)
        except ChatClosed as closed:
            log.warning("a chat is closed to us", job=job.kind, why=str(closed))
            return Outcome(note="chat closed")
        except ChatAway as away:
            log.warning("telegram does not answer", job=job.kind, attempts=job.attempts, why=str(away))
            return Outcome(again_at=self._later(job), note="away")
        except Exception:  # the worker's boundary: one bad job must not stop the others
            log.exception("a job failed", job=job.kind, id=job.id, payment_id=job.payment_id)
            return None if job.once else Outcome(again_at=self._later(job), note="failed")

    async def _perform_once(self, work: Work, job: Job) -> Outcome:
        """After the attempt is committed there is an outcome, or nobody knows it; never a second call."""
        if job.attempted_at is None:
            async with self._db.write() as tx:
                await jobs.attempt(tx, job, now=self._now())
            try:
                return await work.perform(job)
            except Exception:  # the worker's boundary, as above
                log.exception("a job failed, and may have done its work", job=job.kind, id=job.id)
        return await work.resolve(job) if work.resolve else Outcome(note="unknown")

    async def _move(self, job: Job, new_chat_id: int, tx: AsyncConnection) -> None:
        await self._moved(tx, job.payload["chat"], new_chat_id)

    def _later(self, job: Job) -> datetime:
        return self._now() + timedelta(seconds=BACKOFF[min(job.attempts, len(BACKOFF) - 1)])

    async def _finish(self, job: Job, outcome: Outcome | None, turn: Turn | None = None) -> None:
        """Never raises: a job whose outcome cannot be written is taken over when its lease ends."""
        try:
            if outcome:
                await self._write(job, outcome, turn)
        except LeaseLost:
            log.warning("a job took longer than its lease", job=job.kind, id=job.id)
        except StorageUnavailable as error:
            log.warning("a job's outcome was not written, it will run again", job=job.kind, id=job.id, why=str(error))
        except Exception:  # the worker's boundary: what it wanted to write is wrong, and must not hold up its lane
            log.exception("a job's outcome cannot be written", job=job.kind, id=job.id, payment_id=job.payment_id)
            if outcome and outcome.write and not job.once:
                await self._finish(job, Outcome(again_at=self._later(job), note="not written"), turn)

    async def _write(self, job: Job, outcome: Outcome, turn: Turn | None) -> None:
        async with self._db.write() as tx:
            if outcome.write:
                await outcome.write(tx)
            held_up = outcome.again_at if turn and outcome.note in HOLD_UP else None
            if outcome.again_at:  # where its whole chat waits, a job keeps its place in it
                run_at = job.run_at if held_up else outcome.again_at
                await jobs.put_back(tx, job, run_at=run_at, outcome=outcome.note)
            else:
                await jobs.finish(tx, job, now=self._now(), outcome=outcome.note)
            if turn:
                await lanes.end_turn(tx, turn, now=self._now(), spent=float(outcome.sent), not_before=held_up)

    # Jobs that wait for their turn in a chat

    async def _take_turns(self) -> None:
        while self._free_lanes > 0:
            async with self._db.write() as tx:
                turn = await lanes.take_turn(tx, now=self._now(), lease_for=LEASE, capacity=pace)
            if turn is None:
                return
            self._free_lanes -= 1
            self._nursery.start(self._do_turn(turn), f"turn {turn.lane}")

    async def _do_turn(self, turn: Turn) -> None:
        try:
            await self._finish(turn.job, await self._perform(turn.job), turn)
        finally:
            self._free_lanes += 1
            self.wake()
