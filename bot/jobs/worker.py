"""The worker: takes durable jobs, performs them, writes down what came of it.

A job is leased, performed outside any transaction, and finished in one transaction with what its performer wants to
write; a lease that was lost meanwhile makes that transaction fail, so nothing is written twice.

    repeatable jobs   may run twice rather than never: a failure puts them back for later
    `once` jobs       (SMS, operations at the bank) an attempt is committed before the call; whoever takes over a job
                      with an attempt and no outcome does not call again but resolves: `Work.resolve`

Jobs with a lane (a chat) wait for their turn there: one sender a lane, at the pace that Telegram allows.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.errors import ChatAway, ChatBusy, ChatClosed, ChatMoved, ChatRefused
from storage import jobs, lanes
from storage.engine import Database
from storage.errors import LeaseLost, StorageError, StorageUnavailable
from storage.jobs import Job
from storage.lanes import Turn

from .nursery import Nursery
from .pace import Share, note_busy, pace
from .work import AWAY, BUSY, CLOSED, HOLD_UP, Outcome, Work

log = structlog.get_logger(__name__)

LOOK = 1.0  # s between looks at the queue when nothing wakes the worker (another replica's work, a moved clock)
BREATH = 0.02  # s at least between looks: what is due may be what another replica is taking, or of a kind unknown here
TOGETHER = 8  # jobs that are taken in one transaction
LEASE = timedelta(seconds=90)  # outlives the longest time-outs of a job's calls
BACKOFF = (1, 2, 4, 8, 15, 30, 60)  # s before a failed job is tried again, then always the last
MOST_TRIES = 30  # of a message that fails by our own fault: half an hour, in which a mended version may come

Moved = Callable[[AsyncConnection, int, int], Awaitable[None]]
"""A group has another id now: the old one, the new one."""


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
        lanes_at_once: int = 16,
    ) -> None:
        self._db = db
        self._nursery = nursery
        self._works = works
        self._now = now
        self._moved = moved
        self._places = Counter(dict.fromkeys(works, at_once))  # a kind each: a bank that hangs must not hold up the SMS
        self._free_lanes = lanes_at_once
        self._share = Share()
        self._awake = asyncio.Event()
        self._queued = True  # something new, surely; a place that became free may find nothing
        db.on_jobs(self.wake)

    def wake(self) -> None:
        """There is something to do."""
        self._queued = True
        self._awake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._awake.clear()
            try:
                due = await self.look()
            except StorageError as error:
                log.warning("the queue cannot be read", why=str(error))
                self._queued, due = True, None
            await self._sleep(LOOK if due is None else min(LOOK, max(BREATH, (due - self._now()).total_seconds())))

    async def look(self) -> datetime | None:
        """Starts what is due, as far as there are places; says when to look again.

        What nobody has queued is looked for in a reading transaction first: it disturbs no writer.
        """
        due = None if self._queued else await self._next_due()
        if self._queued or (due and due <= self._now()):
            self._queued = False
            while await self._take() == TOGETHER:
                pass
            due = await self._next_due()
        return due

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for of Python 3.11 may swallow a cancellation
                await self._awake.wait()

    async def _next_due(self) -> datetime | None:
        async with self._db.read() as tx:
            job_at = await jobs.next_due(tx, [kind for kind, places in self._places.items() if places > 0])
            turn_at = await lanes.next_turn_at(tx, now=self._now()) if self._free_lanes > 0 else None
        if turn_at and self._share.closed_until:
            turn_at = max(turn_at, self._share.closed_until)
        return min((moment for moment in (job_at, turn_at) if moment), default=None)

    async def _take(self) -> int:
        """Leases and starts what there are places for, in one transaction; how many."""
        now = self._now()
        async with self._db.write() as tx:
            taken = await self._take_jobs(tx, now)
            turns = await self._take_turns(tx, now, TOGETHER - len(taken))
        for job in taken:
            self._places[job.kind] -= 1
            self._nursery.start(self._do_job(job), f"job {job.kind} {job.id}")
        for turn in turns:
            self._free_lanes -= 1
            self._nursery.start(self._do_turn(turn), f"turn {turn.lane}")
        return len(taken) + len(turns)

    # Jobs without a lane

    async def _take_jobs(self, tx: AsyncConnection, now: datetime) -> list[Job]:
        taken: list[Job] = []
        free = self._places.copy()
        while len(taken) < TOGETHER and (kinds := [kind for kind, places in free.items() if places > 0]):
            job = await jobs.lease_next(tx, now=now, lease_for=LEASE, kinds=kinds)
            if job is None:
                break
            free[job.kind] -= 1
            taken.append(job)
        return taken

    async def _do_job(self, job: Job) -> None:
        try:
            await self._finish(job, await self._perform(job))
        finally:
            self._places[job.kind] += 1
            self._awake.set()

    async def _perform(self, job: Job) -> Outcome | None:
        """Never raises: what fails is put back. None: only the end of its lease helps."""
        try:
            work = self._works[job.kind]
            return await (self._perform_once(work, job) if job.once else work.perform(job))
        except LeaseLost:
            return None
        except ChatBusy as busy:
            return Outcome(again_at=self._now() + timedelta(seconds=busy.retry_after), note=BUSY)
        except ChatMoved as moved:
            write = partial(self._move, job, moved.new_chat_id)
            return Outcome(write=write, again_at=self._now(), note="moved", sent=False)
        except ChatClosed as closed:
            log.warning("a chat is closed to us", job=job.kind, why=str(closed))
            return Outcome(note=CLOSED)
        except ChatRefused as refused:
            log.warning("telegram refuses a message", job=job.kind, payment_id=job.payment_id, why=str(refused))
            return Outcome(note="refused")
        except ChatAway as away:
            log.warning("telegram does not answer", job=job.kind, attempts=job.attempts, why=str(away))
            return Outcome(again_at=self._later(job), note=AWAY)
        except Exception:  # the worker's boundary: one bad job must not stop the others
            log.exception("a job failed", job=job.kind, id=job.id, payment_id=job.payment_id)
            return self._failed(job)

    def _failed(self, job: Job) -> Outcome | None:
        if job.once:
            return None
        if job.lane and job.attempts >= MOST_TRIES:
            log.error("a message is given up", job=job.kind, id=job.id, payment_id=job.payment_id)
            return Outcome(note="given up")
        return Outcome(again_at=self._later(job), note="failed")

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
                await jobs.put_back(tx, job, run_at=run_at, outcome=outcome.note, priority=outcome.priority)
            else:
                await jobs.finish(tx, job, now=self._now(), outcome=outcome.note)
            if turn:
                await self._end_turn(tx, turn, outcome, held_up)

    # Jobs that wait for their turn in a chat

    async def _take_turns(self, tx: AsyncConnection, now: datetime, most: int) -> list[Turn]:
        taken: list[Turn] = []
        may_send = self._share.of(tx, now)
        while len(taken) < min(most, self._free_lanes):
            turn = await lanes.take_turn(tx, now=now, lease_for=LEASE, capacity=pace, may_send=may_send)
            if turn is None:
                break
            taken.append(turn)
        return taken

    async def _do_turn(self, turn: Turn) -> None:
        try:
            await self._finish(turn.job, await self._perform(turn.job), turn)
        finally:
            self._free_lanes += 1
            self._awake.set()

    async def _end_turn(self, tx: AsyncConnection, turn: Turn, outcome: Outcome, held_up: datetime | None) -> None:
        now = self._now()
        if not outcome.sent:
            self._share.give_back(turn.taken_at)
        await lanes.end_turn(tx, turn, now=now, spent=float(outcome.sent), not_before=held_up)
        if held_up and outcome.note == BUSY:
            await note_busy(tx, turn.lane, now, held_up)
        if held_up and outcome.note == AWAY:
            await lanes.delayed(tx, turn, "ping", AWAY, now=now)
