"""The inbox: each update once, a chat's updates in order, a poisoned one does not block for ever."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storage import inbox, schema
from storage.engine import Database
from storage.errors import LeaseLost
from storage.inbox import Update

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


async def came(db: Database, *rows: tuple[int, int]) -> None:
    """Updates: id, chat."""
    async with db.write() as tx:
        await inbox.add_many(tx, [Update(number, chat, f"body {number}") for number, chat in rows], NOW)


async def lease(db: Database, now: datetime = NOW) -> Update | None:
    """What a handler gets now."""
    async with db.write() as tx:
        return await inbox.lease_next(tx, now, LEASE)


async def leased(db: Database, now: datetime = NOW) -> Update:
    """The same where there must be one."""
    row = await lease(db, now)
    assert row
    return row


async def finish(db: Database, row: Update) -> None:
    """Handled."""
    async with db.write() as tx:
        await inbox.finish(tx, row, NOW)


async def test_a_chats_updates_are_handled_in_order_and_chats_side_by_side(db: Database) -> None:
    """The second one of a chat waits for the first, other chats do not."""
    await came(db, (3, 1), (1, 1), (2, 2))
    first, other = await leased(db), await leased(db)
    assert [(row.update_id, row.body) for row in (first, other)] == [(1, "body 1"), (2, "body 2")]
    assert await lease(db) is None
    await finish(db, first)
    assert (await leased(db)).update_id == 3


async def test_a_redelivered_update_is_not_handled_again(db: Database) -> None:
    """Neither while it is open nor when it is done; its body is gone by then."""
    await came(db, (1, 1), (1, 1))
    row = await leased(db)
    await came(db, (1, 1))
    await finish(db, row)
    await came(db, (1, 1))
    assert await lease(db) is None
    async with db.read() as tx:
        assert (await tx.execute(select(schema.inbox.c.body))).scalars().all() == [None]


async def test_a_dead_handlers_update_is_taken_over_and_lost_to_it(db: Database) -> None:
    """When the lease ends."""
    await came(db, (1, 1))
    slow = await leased(db)
    assert await lease(db, NOW + LEASE - SECOND) is None
    heir = await leased(db, NOW + LEASE)
    assert heir.attempts == 1
    with pytest.raises(LeaseLost):
        await finish(db, slow)
    await finish(db, heir)


async def test_a_failed_update_is_repeated_and_keeps_its_chat_waiting(db: Database) -> None:
    """Its chat waits until `retry_at`, so that the order holds."""
    await came(db, (1, 1), (2, 1))
    row = await leased(db)
    async with db.write() as tx:
        await inbox.put_back(tx, row, NOW, retry_at=NOW + SECOND)
    assert await lease(db) is None
    async with db.read() as tx:
        assert await inbox.next_due(tx) == NOW + SECOND
    assert (await leased(db, NOW + SECOND)).update_id == 1


@pytest.mark.parametrize("dies", [False, True])
async def test_a_poisoned_update_is_given_up_after_five_attempts(db: Database, dies: bool) -> None:
    """Whether its handler fails or takes the process with it; then the chat goes on."""
    await came(db, (1, 1), (2, 1))
    now = NOW
    for attempt in range(5):
        row = await leased(db, now)
        assert (row.update_id, row.attempts) == (1, attempt)
        if dies:
            now += LEASE
        else:
            async with db.write() as tx:
                await inbox.put_back(tx, row, now, retry_at=now)
    assert (await leased(db, now)).update_id == 2
    async with db.read() as tx:
        poisoned = select(schema.inbox.c.outcome, schema.inbox.c.body).where(schema.inbox.c.update_id == 1)
        assert (await tx.execute(poisoned)).one() == ("given up", None)


async def test_pruning_takes_old_handled_updates(db: Database) -> None:
    """Open ones stay."""
    await came(db, (1, 1), (2, 1), (3, 1))
    for _ in range(2):
        await finish(db, await leased(db))
    async with db.write() as tx:
        assert await inbox.prune(tx, NOW, 10) == 0
        assert [await inbox.prune(tx, NOW + SECOND, 1) for _ in range(3)] == [1, 1, 0]
    assert (await leased(db)).update_id == 3


async def test_twenty_handlers_keep_each_chats_order(db: Database) -> None:
    """No update twice, no two of a chat at once."""
    await came(db, *[(number, number % 4) for number in range(40)])
    seen: dict[int, list[int]] = {chat: [] for chat in range(4)}

    async def handler() -> None:
        while row := await lease(db):
            seen[row.chat].append(row.update_id)
            await finish(db, row)

    for _ in range(2):  # a handler that finds every chat busy goes home
        await asyncio.gather(*(handler() for _ in range(20)))
    assert all(ids == sorted(ids) and len(ids) == 10 for ids in seen.values())
