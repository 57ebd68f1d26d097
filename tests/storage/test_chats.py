"""A group with a new id, and the leases of a dead process."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from storage import chats, jobs, lanes, leases
from storage.engine import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD, NEW = -7, -1007
LEASE = timedelta(seconds=90)


async def turn(db: Database) -> lanes.Turn | None:
    async with db.write() as tx:
        return await lanes.take_turn(tx, now=NOW, lease_for=LEASE, capacity=lambda lane: (5.0, 1.0))


async def move(db: Database) -> None:
    async with db.write() as tx:
        await chats.move(tx, OLD, NEW, lanes=(f"chat:{OLD}", f"chat:{NEW}"), now=NOW)


async def test_what_waits_for_a_chat_follows_it(db: Database) -> None:
    """Lane, slot and payload; an answer to a message of the old chat becomes a plain message. Twice is once."""
    async with db.write() as tx:
        lane = f"chat:{OLD}"
        await jobs.add(tx, "card", now=NOW, lane=lane, slot=f"card:1:{OLD}", payload={"chat": OLD}, priority=1)
        await jobs.add(tx, "reply", now=NOW, lane=lane, key="k", payload={"chat": OLD, "reply_to": 5})
        await jobs.add(tx, "reply", now=NOW, lane="chat:-77", payload={"chat": -77, "reply_to": 5})
    await move(db)
    await move(db)
    async with db.read() as tx:
        rows = (await tx.execute(text("SELECT lane, slot, payload FROM jobs ORDER BY id"))).all()
    assert [(row.lane, row.slot, json.loads(row.payload)) for row in rows] == [
        (f"chat:{NEW}", f"card:1:{NEW}", {"chat": NEW}),
        (f"chat:{NEW}", None, {"chat": NEW, "reply_to": None}),
        ("chat:-77", None, {"chat": -77, "reply_to": 5}),
    ]


async def test_a_job_that_is_being_sent_moves_too_and_both_lanes_go_on(db: Database) -> None:
    """Its worker puts it back and frees the old lane; the new one is free at once."""
    async with db.write() as tx:
        await jobs.add(tx, "ping", now=NOW, lane=f"chat:{OLD}", payload={"chat": OLD})
    taken = await turn(db)
    assert taken
    async with db.write() as tx:
        await chats.move(tx, OLD, NEW, lanes=(f"chat:{OLD}", f"chat:{NEW}"), now=NOW)
        await jobs.put_back(tx, taken.job, run_at=NOW)
        await lanes.end_turn(tx, taken, now=NOW, spent=0)
    again = await turn(db)
    assert again
    assert (again.lane, again.job.payload["chat"]) == (f"chat:{NEW}", NEW)


@pytest.mark.parametrize("ended", [True, False])
async def test_leases_of_a_dead_process_can_be_ended(db: Database, ended: bool) -> None:
    """What it held is taken over at once, and counts as an attempt."""
    async with db.write() as tx:
        await jobs.add(tx, "ping", now=NOW, lane="chat:1")
    assert await turn(db)
    if ended:
        async with db.write() as tx:
            await leases.end_all(tx, NOW)
    taken = await turn(db)
    assert (taken.job.attempts if taken else None) == (1 if ended else None)
