"""Whose turn it is to send: one sender a lane (a chat) at a time, within the lane's limit, on any number of replicas.

1. `take_turn` leases a lane whose `next_at` has come and that has a due job, and the lane's best job with it.
2. The worker sends, outside any transaction; it may join jobs that wait in the same lane (`waiting`).
3. In one transaction the worker finishes the job, and `end_turn` writes what was spent and when the lane's
   next turn is.

A lane is a bucket of tokens: it holds `burst` of them and is refilled evenly. `next_at` is when one token is there
again, or when Telegram's retry_after ends. The lease of a turn and of its job is the same word.

What the bot may send in all is one more row, ALL: a process takes a slice of its tokens for a moment, and asks the
database again only when that is used up or over.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import jobs_were_queued
from .errors import LeaseLost
from .jobs import Job, due, job_of, lane_exists, ready_at, take
from .schema import jobs, lanes

ALL = "all"
"""The row of all lanes together; no job waits in it."""


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
    tx: AsyncConnection,
    *,
    now: datetime,
    lease_for: timedelta,
    capacity: Callable[[str], tuple[float, float]],
    may_send: Callable[[], Awaitable[bool]] | None = None,
) -> Turn | None:
    """The lane whose job is the most urgent, and that job. `capacity` of a lane: (burst, refill per second).

    A lane whose sender died is taken over when its lease ends, with the job that it held. `may_send` is asked once a
    job was found: False leaves it where it is.
    """
    token = uuid.uuid4().hex
    while lane := await _lease_lane(tx, token, now, lease_for):
        name, tokens, counted_at = lane
        if may_send and not await may_send():
            await _free(tx, name, token, tokens, counted_at, now)
            return None
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


async def delayed(tx: AsyncConnection, turn: Turn, kind: str, why: str, *, now: datetime) -> None:
    """Telegram did not take the turn's job: those of this kind that wait behind it know why, by their outcome."""
    behind = jobs.c.lane == turn.lane, jobs.c.kind == kind, jobs.c.lease.is_(None), due(now)
    await tx.execute(update(jobs).where(*behind).values(outcome=why))


async def reopen(tx: AsyncConnection, lane: str, kind: str, outcome: str, *, since: datetime) -> int:
    """Jobs of a kind that ended so since then are to be done after all; how many. They keep that outcome until then."""
    ended = jobs.c.done_at >= since, jobs.c.lane == lane, jobs.c.kind == kind, jobs.c.outcome == outcome
    jobs_were_queued(tx)
    return (await tx.execute(update(jobs).where(*ended).values(done_at=None))).rowcount


async def next_turn_at(tx: AsyncConnection, *, now: datetime) -> datetime | None:
    """When to call `take_turn` again: never later than there is a turn. None: no job waits in any lane.

    What is due looks at its lane. What comes later is found by its time alone: there may be thousands.
    """
    free_at = case((lanes.c.lease_until > lanes.c.next_at, lanes.c.lease_until), else_=lanes.c.next_at)
    turn_at = case((ready_at() > free_at, ready_at()), else_=free_at)
    waits = select(func.min(turn_at)).join_from(jobs, lanes, jobs.c.lane == lanes.c.lane)
    is_open = jobs.c.done_at.is_(None), jobs.c.lane.is_not(None)
    later = select(func.min(jobs.c.run_at)).where(*is_open, jobs.c.run_at > now)
    moments = [await tx.scalar(waits.where(*is_open, jobs.c.run_at <= now)), await tx.scalar(later)]
    return min((moment for moment in moments if moment), default=None)


# All lanes together


async def take_slice(
    tx: AsyncConnection, most: int, *, now: datetime, burst: float, refill: float
) -> tuple[int, datetime]:
    """How many sends this process may make, at most `most`; if none: until when nobody may."""
    here = select(lanes.c.tokens, lanes.c.counted_at, lanes.c.next_at).where(lanes.c.lane == ALL).with_for_update()
    row = (await tx.execute(here)).one_or_none()
    if row is None:
        await lane_exists(tx, ALL, now)
        row = (await tx.execute(here)).one()
    if row.next_at > now:
        return 0, row.next_at
    tokens = min(burst, row.tokens + refill * max(0.0, (now - row.counted_at).total_seconds()))
    taken = min(most, int(tokens))
    left = {"tokens": tokens - taken, "counted_at": now}
    await tx.execute(update(lanes).where(lanes.c.lane == ALL).values(**left))
    return taken, now if taken else _token_there(tokens, refill, now)


async def rest(tx: AsyncConnection, until: datetime) -> None:
    """Nobody takes a slice before then."""
    await lane_exists(tx, ALL, until)
    await tx.execute(update(lanes).where(lanes.c.lane == ALL, lanes.c.next_at < until).values(next_at=until))


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
