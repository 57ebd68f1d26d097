"""Durable work: a job is queued in the transaction that makes it necessary, leased by a worker, finished or put back.

waiting     lease is null: due from `run_at`, the smaller priority first
leased      one worker holds it until `lease_until`; after that anybody may take it over (that counts as an attempt)
done        `done_at`, with an outcome

A lease is a token: whoever finishes must still hold it. A `once` job (SMS, a movement of money) writes `attempted_at`
before its call; a worker that takes over a job with `attempted_at` set must not call again: it cannot know whether the
call went out.
Jobs with a lane are leased through `lanes` only.
"""

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import insert, jobs_were_queued
from .errors import LeaseLost
from .schema import jobs, lanes

FULL = 1e9  # tokens of a lane that was never used: its capacity cuts them at the first turn


@dataclass(frozen=True, slots=True)
class Job:
    """A row as a worker sees it. `lease` is its token, or None for one that is only looked at (`lanes.waiting`)."""

    id: int
    kind: str
    payment_id: int | None
    lane: str | None
    key: str | None
    slot: str | None
    payload: dict[str, Any]
    priority: int
    run_at: datetime
    once: bool
    attempts: int
    attempted_at: datetime | None
    lease: str | None
    outcome: str | None  # of the last try


async def add(
    tx: AsyncConnection,
    kind: str,
    *,
    now: datetime,
    payment_id: int | None = None,
    key: str | None = None,
    slot: str | None = None,
    lane: str | None = None,
    run_at: datetime | None = None,
    priority: int = 50,
    payload: Mapping[str, Any] | None = None,
    once: bool = False,
) -> int | None:
    """Queues a job and returns its id. At most one of `key` and `slot`.

    key: done once; a second add returns None (until the done job is pruned).
    slot: one waiting job a slot; a second add makes the waiting one earlier and more urgent and returns its id.
    A leased job does not count: what happened after its lease needs a new look.
    """
    if key is not None and slot is not None:
        raise ValueError("a job has a key or a slot")
    if lane is not None:
        await lane_exists(tx, lane, now)
    new = insert(tx, jobs).values(
        kind=kind,
        payment_id=payment_id,
        key=key,
        slot=slot,
        lane=lane,
        run_at=run_at or now,
        priority=priority,
        payload=json.dumps(payload or {}, ensure_ascii=False, separators=(",", ":")),
        once=once,
    )
    if slot is None:
        new = new.on_conflict_do_nothing(index_elements=[jobs.c.key])
    else:
        wanted = new.excluded
        new = new.on_conflict_do_update(
            index_elements=[jobs.c.slot],
            index_where=and_(jobs.c.done_at.is_(None), jobs.c.lease.is_(None)),
            set_={
                "run_at": _smaller(jobs.c.run_at, wanted.run_at),
                "priority": _smaller(jobs.c.priority, wanted.priority),
            },
        )
    jobs_were_queued(tx)
    added: int | None = (await tx.execute(new.returning(jobs.c.id))).scalar_one_or_none()
    return added


async def lease_next(
    tx: AsyncConnection, *, now: datetime, lease_for: timedelta, kinds: Collection[str] | None = None
) -> Job | None:
    """The most urgent due job without a lane, of these kinds; expired leases are taken over."""
    best = select(jobs.c.id).where(jobs.c.lane.is_(None), due(now))
    if kinds is not None:
        best = best.where(jobs.c.kind.in_(kinds))
    return await take(tx, best, token=uuid.uuid4().hex, now=now, lease_for=lease_for)


async def next_due(tx: AsyncConnection, kinds: Collection[str] | None = None) -> datetime | None:
    """When `lease_next` will find something: the next `run_at` or the next end of a lease. None: nothing waits."""
    query = select(func.min(ready_at())).where(jobs.c.done_at.is_(None), jobs.c.lane.is_(None))
    return await tx.scalar(query if kinds is None else query.where(jobs.c.kind.in_(kinds)))


async def attempt(tx: AsyncConnection, job: Job, *, now: datetime) -> None:
    """Of a `once` job: commit this before the call. LeaseLost if it was taken over or attempted before."""
    held = update(jobs).where(_held(job), jobs.c.attempted_at.is_(None)).values(attempted_at=now)
    await _fenced(tx, held, job)


async def finish(tx: AsyncConnection, job: Job, *, now: datetime, outcome: str = "") -> None:
    """Done. LeaseLost, and nothing written, unless the job is still held as `job` says."""
    await _fenced(tx, update(jobs).where(_held(job)).values(done_at=now, lease=None, outcome=outcome[:200]), job)


async def put_back(
    tx: AsyncConnection,
    job: Job,
    *,
    run_at: datetime,
    outcome: str = "",
    count: bool = True,
    priority: int | None = None,
) -> None:
    """To be repeated at `run_at`. Its outcome is known, so a `once` job may be attempted again. LeaseLost as `finish`.

    If its slot has a newer waiting job, that one will do the work, and this one is finished as "superseded".
    """
    again = (
        update(jobs)
        .where(_held(job))
        .values(
            lease=None,
            lease_until=None,
            attempted_at=None,
            run_at=run_at,
            outcome=outcome[:200],
            attempts=jobs.c.attempts + int(count),
            priority=job.priority if priority is None else priority,
        )
    )
    try:
        async with tx.begin_nested():
            await _fenced(tx, again, job)
    except IntegrityError:  # of the slot: the only constraint that an update can hurt
        await finish(tx, job, now=run_at, outcome="superseded")
    else:
        jobs_were_queued(tx)


async def prune(tx: AsyncConnection, *, before: datetime, limit: int) -> int:
    """Deletes at most `limit` jobs that were done before then; returns how many."""
    old = select(jobs.c.id).where(jobs.c.done_at < before).order_by(jobs.c.done_at).limit(limit)
    return (await tx.execute(delete(jobs).where(jobs.c.id.in_(old)))).rowcount


def due(now: datetime) -> ColumnElement[bool]:
    """Waiting and due, or left behind by a worker whose lease has ended."""
    free = or_(jobs.c.lease.is_(None), jobs.c.lease_until <= now)
    return and_(jobs.c.done_at.is_(None), jobs.c.run_at <= now, free)


def ready_at() -> ColumnElement[datetime]:
    """When an open job may be taken."""
    return case((jobs.c.lease.is_(None), jobs.c.run_at), else_=jobs.c.lease_until)


async def take(tx: AsyncConnection, ids: Any, *, token: str, now: datetime, lease_for: timedelta) -> Job | None:
    """Leases the best of the jobs that `ids` selects; rows that another worker is just taking are passed over."""
    best = ids.order_by(jobs.c.priority, jobs.c.run_at, jobs.c.id).limit(1).with_for_update(skip_locked=True)
    lease = (
        update(jobs)
        .where(jobs.c.id == best.scalar_subquery())
        .values(
            lease=token,
            lease_until=now + lease_for,
            attempts=jobs.c.attempts + case((jobs.c.lease.is_(None), 0), else_=1),
        )
        .returning(jobs)
    )
    row = (await tx.execute(lease)).mappings().one_or_none()
    return row and job_of(row)


def job_of(row: RowMapping) -> Job:
    """A row of the table as a Job."""
    fields = {name: row[name] for name in Job.__dataclass_fields__}
    return Job(**{**fields, "payload": json.loads(row["payload"])})


def _held(job: Job) -> ColumnElement[bool]:
    return and_(jobs.c.id == job.id, jobs.c.lease == job.lease, jobs.c.done_at.is_(None))


async def _fenced(tx: AsyncConnection, change: Any, job: Job) -> None:
    if (await tx.execute(change)).rowcount != 1:
        raise LeaseLost(f"job {job.id} ({job.kind})")


async def lane_exists(tx: AsyncConnection, lane: str, now: datetime) -> None:
    """A lane must be there before a job waits in it."""
    row = insert(tx, lanes).values(lane=lane, next_at=now, tokens=FULL, counted_at=now)
    await tx.execute(row.on_conflict_do_nothing(index_elements=[lanes.c.lane]))


def _smaller(one: Any, other: Any) -> ColumnElement[Any]:
    return case((other < one, other), else_=one)
