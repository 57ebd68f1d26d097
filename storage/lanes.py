"""Whose turn it is to send: one sender a lane (a chat) at a time, within the lane's limit, on any number of replicas.

1. `take_turn` leases a lane whose `next_at` has come and that has a due job, and the lane's best job with it.
2. The worker sends, outside any transaction; it may join jobs that wait in the same lane (`waiting`).
3. In one transaction the worker finishes the job, and `end_turn` writes what was spent and when the lane's
   next turn is.

A lane is a bucket of tokens: it holds `burst` of them and is refilled evenly. `next_at` is when one token is there
again, or when Telegram's retry_after ends. The lease of a turn and of its job is the same word.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .errors import LeaseLost
from .jobs import Job, due, job_of, ready_at, take
from .schema import jobs, lanes


@dataclass(frozen=True, slots=True)
class Turn:
    """A leased lane and the job to send. `token` is the lease; `tokens` are those that were there at `taken_at`."""

    lane: str
    job: Job
    token: str
    tokens: float
    taken_at: datetime
    burst: float
    refill: float


async def take_turn(
    tx: AsyncConnection, *, now: datetime, lease_for: timedelta, capacity: Callable[[str], tuple[float, float]]
) -> Turn | None:
    """The lane whose job is the most urgent, and that job. `capacity` of a lane: (burst, refill per second).

    A lane whose sender died is taken over when its lease ends, with the job that it held.
    """
    token = uuid.uuid4().hex
    while lane := await _lease_lane(tx, token, now, lease_for):
        name, tokens, counted_at = lane
        burst, refill = capacity(name)
        tokens = min(burst, tokens + refill * max(0.0, (now - counted_at).total_seconds()))
        here = select(jobs.c.id).where(jobs.c.lane == name, due(now))
        job = await take(tx, here, token=token, now=now, lease_for=lease_for) if tokens >= 1 else None
        if job:
            return Turn(name, job, token, tokens, now, burst, refill)
        await _free(tx, name, token, tokens, now, _token_there(tokens, refill, now))  # its limit was narrowed
    return None


async def waiting(tx: AsyncConnection, lane: str, kind: str, *, now: datetime) -> list[Job]:
    """The due jobs of a kind that wait in a lane, in their order. Who holds the lane may send and finish them too."""
    rows = select(jobs).where(jobs.c.lane == lane, jobs.c.kind == kind, jobs.c.lease.is_(None), due(now))
    found = await tx.execute(rows.order_by(jobs.c.priority, jobs.c.run_at, jobs.c.id))
    return [job_of(row) for row in found.mappings()]


async def end_turn(
    tx: AsyncConnection, turn: Turn, *, now: datetime, spent: float = 1.0, not_before: datetime | None = None
) -> None:
    """Frees the lane. `spent` tokens are gone (0: nothing was sent); `not_before` is the end of a retry_after.

    LeaseLost, and nothing written, if somebody else holds the lane.
    """
    refilled = turn.tokens + turn.refill * max(0.0, (now - turn.taken_at).total_seconds())
    tokens = min(turn.burst, refilled) - spent
    next_at = _token_there(tokens, turn.refill, now)
    await _free(tx, turn.lane, turn.token, tokens, now, max(next_at, not_before or next_at))


async def next_turn_at(tx: AsyncConnection) -> datetime | None:
    """When `take_turn` will find something. None: no job waits in any lane."""
    free_at = case((lanes.c.lease_until > lanes.c.next_at, lanes.c.lease_until), else_=lanes.c.next_at)
    turn_at = case((ready_at() > free_at, ready_at()), else_=free_at)
    waits = select(func.min(turn_at)).join_from(jobs, lanes, jobs.c.lane == lanes.c.lane)
    next_one: datetime | None = await tx.scalar(waits.where(jobs.c.done_at.is_(None)))
    return next_one


async def _lease_lane(
    tx: AsyncConnection, token: str, now: datetime, lease_for: timedelta
) -> tuple[str, float, datetime] | None:
    free = or_(lanes.c.lease.is_(None), lanes.c.lease_until <= now)
    best = (
        select(lanes.c.lane)
        .join_from(jobs, lanes, jobs.c.lane == lanes.c.lane)
        .where(due(now), lanes.c.next_at <= now, free)
        .order_by(jobs.c.priority, jobs.c.run_at, jobs.c.id)
        .limit(1)
        .with_for_update(of=lanes, skip_locked=True)
    )
    lease = (
        update(lanes)
        .where(lanes.c.lane == best.scalar_subquery())
        .values(lease=token, lease_until=now + lease_for)
        .returning(lanes.c.lane, lanes.c.tokens, lanes.c.counted_at)
    )
    row = (await tx.execute(lease)).one_or_none()
    return row and (row.lane, row.tokens, row.counted_at)


async def _free(
    tx: AsyncConnection, lane: str, token: str, tokens: float, counted_at: datetime, next_at: datetime
) -> None:
    freed = (
        update(lanes)
        .where(lanes.c.lane == lane, lanes.c.lease == token)
        .values(lease=None, lease_until=None, tokens=tokens, counted_at=counted_at, next_at=next_at)
    )
    if (await tx.execute(freed)).rowcount != 1:
        raise LeaseLost(f"lane {lane}")


def _token_there(tokens: float, refill: float, now: datetime) -> datetime:
    missing = max(0.0, 1 - tokens)
    # A microsecond more than the division says, so that rounding never finds 0.9999 of a token at that moment.
    return now + timedelta(seconds=missing / refill, microseconds=1) if missing else now
