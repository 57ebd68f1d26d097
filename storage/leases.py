"""After a crash: on SQLite one process serves the database, so at its start every lease is a dead one's."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from .schema import inbox, jobs, lanes


async def end_all(tx: AsyncConnection, now: datetime) -> None:
    """What the last process left half-done is taken over at once, as when its lease had run out."""
    for table in (inbox, jobs, lanes):
        await tx.execute(update(table).where(table.c.lease.is_not(None)).values(lease_until=now))
