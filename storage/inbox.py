"""Telegram's updates as they came: recorded first, acknowledged then, handled after that.

One chat's rows are handled strictly in order: a row is leased only when no earlier row of its chat is open. Different
chats go side by side. A row that failed or was left behind `ATTEMPTS` times is closed, so that it does not block its
chat for ever.
A handled row loses its body; its id stays until pruned, so that a redelivery is recognised.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import insert
from .errors import LeaseLost
from .schema import inbox

ATTEMPTS = 5
GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Update:
    """`body` is JSON as it came; `chat` orders: the chat's id, or the person's where there is no chat."""

    update_id: int
    chat: int
    body: str
    attempts: int = 0
    lease: str | None = None


async def add_many(tx: AsyncConnection, rows: Sequence[Update], now: datetime) -> None:
    """Records them; those that are known already are left as they are."""
    if not rows:
        return
    new = insert(tx, inbox).on_conflict_do_nothing(index_elements=[inbox.c.update_id])
    given = [{"update_id": row.update_id, "chat": row.chat, "body": row.body, "received_at": now} for row in rows]
    given.sort(key=itemgetter("update_id"))  # two replicas that record the same rows must not wait for each other
    await tx.execute(new, given)


async def lease_next(tx: AsyncConnection, now: datetime, lease_for: timedelta) -> Update | None:
    """The oldest open row that is its chat's first one; an expired lease is taken over and counts as an attempt."""
    earlier = inbox.alias("earlier")
    blocked = exists().where(
        earlier.c.chat == inbox.c.chat, earlier.c.update_id < inbox.c.update_id, earlier.c.handled_at.is_(None)
    )
    first = (
        select(inbox.c.update_id)
        .where(inbox.c.handled_at.is_(None), _free(now), ~blocked)
        .order_by(inbox.c.update_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    lease = (
        update(inbox)
        .where(inbox.c.update_id == first.scalar_subquery())
        .values(
            lease=uuid.uuid4().hex,
            lease_until=now + lease_for,
            attempts=inbox.c.attempts + case((inbox.c.lease.is_(None), 0), else_=1),
        )
        .returning(inbox.c.update_id, inbox.c.chat, inbox.c.body, inbox.c.attempts, inbox.c.lease)
    )
    while row := (await tx.execute(lease)).mappings().one_or_none():
        found = Update(**row)
        if found.attempts < ATTEMPTS:
            return found
        await finish(tx, found, now, outcome=GIVEN_UP)
    return None


async def next_due(tx: AsyncConnection) -> datetime | None:
    """When a row that was put back, or whose worker died, is ready again. None: nothing is open, or it is ready now."""
    next_one: datetime | None = await tx.scalar(
        select(func.min(inbox.c.lease_until)).where(inbox.c.handled_at.is_(None))
    )
    return next_one


async def finish(tx: AsyncConnection, row: Update, now: datetime, *, outcome: str = "") -> None:
    """Handled; the body is blanked. LeaseLost if somebody else has it."""
    await _fenced(tx, row, handled_at=now, body=None, lease=None, outcome=outcome[:200])


async def put_back(tx: AsyncConnection, row: Update, now: datetime, *, retry_at: datetime) -> None:
    """It failed and is handled again at `retry_at`, its chat waiting; the fifth time it is given up. Or LeaseLost."""
    if row.attempts + 1 >= ATTEMPTS:
        await finish(tx, row, now, outcome=GIVEN_UP)
    else:
        await _fenced(tx, row, attempts=row.attempts + 1, lease=None, lease_until=retry_at)


async def prune(tx: AsyncConnection, before: datetime, limit: int) -> int:
    """Deletes at most `limit` handled rows that came before then; returns how many."""
    old = select(inbox.c.update_id).where(inbox.c.received_at < before, inbox.c.handled_at.is_not(None))
    old = old.order_by(inbox.c.received_at).limit(limit)
    return (await tx.execute(delete(inbox).where(inbox.c.update_id.in_(old)))).rowcount


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= now)


async def _fenced(tx: AsyncConnection, row: Update, **values: object) -> None:
    held = and_(inbox.c.update_id == row.update_id, inbox.c.lease == row.lease, inbox.c.handled_at.is_(None))
    if (await tx.execute(update(inbox).where(held).values(**values))).rowcount != 1:
        raise LeaseLost(f"update {row.update_id}")
