"""A group that became a supergroup has another id: everything that names it follows, in one transaction.

No message of the old chat is valid in the new one, so its cards are posted anew and nothing is answered there.
"""

import json
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .jobs import lane_exists
from .schema import cards, drafts, jobs, operations, payments, shops


async def move(tx: AsyncConnection, old: int, new: int, *, lanes: tuple[str, str], now: datetime) -> None:
    """`lanes`: those of the old and of the new chat. Once moved, there is nothing left to move."""
    for table in (shops, payments, drafts, operations):
        await tx.execute(update(table).where(table.c.chat_id == old).values(chat_id=new))
    unposted = {"message_id": None, "is_photo": False, "file_id": None, "code": None, "shown": None}
    await tx.execute(update(cards).where(cards.c.chat_id == old).values(chat_id=new, **unposted))
    await _move_jobs(tx, old, new, lanes, now)


async def _move_jobs(tx: AsyncConnection, old: int, new: int, lanes: tuple[str, str], now: datetime) -> None:
    old_lane, new_lane = lanes
    await lane_exists(tx, new_lane, now)
    open_ones = select(jobs.c.id, jobs.c.slot, jobs.c.payload).where(jobs.c.lane == old_lane, jobs.c.done_at.is_(None))
    for job in (await tx.execute(open_ones)).all():
        told = json.loads(job.payload) | {"chat": new}
        if "reply_to" in told:
            told["reply_to"] = None
        values = {"lane": new_lane, "payload": json.dumps(told, ensure_ascii=False, separators=(",", ":"))}
        slot = job.slot and job.slot.replace(f":{old}", f":{new}")
        await tx.execute(update(jobs).where(jobs.c.id == job.id).values(slot=slot, **values))
