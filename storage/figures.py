"""Figures about the work that waits."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .schema import inbox, jobs


async def waiting(tx: AsyncConnection, now: datetime) -> dict[str, float]:
    """By the names of the metrics."""
    open_jobs = select(func.count(), func.min(jobs.c.run_at)).where(jobs.c.done_at.is_(None), jobs.c.run_at <= now)
    count, oldest = (await tx.execute(open_jobs)).one()
    updates = (await tx.execute(select(func.count()).where(inbox.c.handled_at.is_(None)))).scalar_one()
    return {
        "jobs_waiting": float(count),
        "jobs_oldest_seconds": max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        "inbox_waiting": float(updates),
    }
