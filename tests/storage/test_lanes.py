"""Lanes: one sender a chat, in order, within the limit, whoever asks."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage import jobs, lanes
from storage.engine import Database
from storage.errors import LeaseLost
from storage.lanes import Turn

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


async def queue(db: Database, *wishes: tuple[str, str, int]) -> None:
    """Jobs: kind, lane, priority."""
    async with db.write() as tx:
        for kind, lane, priority in wishes:
            await jobs.add(tx, kind, now=NOW, lane=lane, priority=priority)


async def take(db: Database, now: datetime = NOW, burst: float = 3, refill: float = 1) -> Turn | None:
    """What a worker may send now."""
    async with db.write() as tx:
        return await lanes.take_turn(tx, now=now, lease_for=LEASE, capacity=lambda _lane: (burst, refill))


async def taken(db: Database, now: datetime = NOW, burst: float = 3, refill: float = 1) -> Turn:
    """The same where there must be a turn."""
    turn = await take(db, now, burst, refill)
    assert turn
    return turn


async def end(db: Database, turn: Turn, now: datetime = NOW, *, not_before: datetime | None = None) -> None:
    """Sent."""
    async with db.write() as tx:
        await jobs.finish(tx, turn.job, now=now)
        await lanes.end_turn(tx, turn, now=now, not_before=not_before)


async def next_turn(db: Database, now: datetime = NOW) -> datetime | None:
    """When to look again."""
    async with db.read() as tx:
        return await lanes.next_turn_at(tx, now=now)


async def test_one_sender_a_lane_and_other_lanes_go_on(db: Database) -> None:
    """While a lane is held its other jobs wait, and those of other lanes do not."""
    await queue(db, ("card", "a", 1), ("ping", "a", 2), ("card", "b", 3))
    first, second = await taken(db), await taken(db)
    assert [(turn.lane, turn.job.kind) for turn in (first, second)] == [("a", "card"), ("b", "card")]
    assert await take(db) is None
    await end(db, first)
    assert (await taken(db)).job.kind == "ping"


async def test_a_lane_sends_its_best_job_first(db: Database) -> None:
    """Priority, then time, then the order of queueing."""
    await queue(db, ("edit", "a", 50), ("ping", "a", 20), ("card", "a", 10), ("ping2", "a", 20))
    order = []
    while turn := await take(db, burst=10):
        order.append(turn.job.kind)
        await end(db, turn)
    assert order == ["card", "ping", "ping2", "edit"]


async def test_after_the_burst_a_lane_waits_for_its_tokens(db: Database) -> None:
    """Three at once, then one a second: the times are told by `next_turn_at`."""
    await queue(db, *[("ping", "a", 20)] * 5)
    sent_at = []
    now: datetime | None = NOW
    while now:
        turn = await taken(db, now)
        await end(db, turn, now)
        sent_at.append(round((now - NOW).total_seconds()))
        following = await next_turn(db, now)
        now = max(now, following) if following else None
    assert sent_at == [0, 0, 0, 1, 2]


async def test_a_rest_fills_the_bucket_and_not_more(db: Database) -> None:
    """After an hour there are three again."""
    await queue(db, *[("ping", "a", 20)] * 8)
    for moment in [NOW] * 3 + [NOW + timedelta(hours=1)] * 3:
        await end(db, await taken(db, moment), moment)
    assert await take(db, NOW + timedelta(hours=1)) is None


async def test_retry_after_stops_the_lane_until_then(db: Database) -> None:
    """The job is put back, nothing of the lane is sent before, other lanes are."""
    await queue(db, ("ping", "a", 1), ("ping", "a", 1), ("ping", "b", 2))
    turn = await taken(db)
    async with db.write() as tx:
        await jobs.put_back(tx, turn.job, run_at=NOW, count=False)
        await lanes.end_turn(tx, turn, now=NOW, spent=0, not_before=NOW + 30 * SECOND)
    await end(db, await taken(db))
    assert await take(db, NOW + 29 * SECOND) is None
    assert await next_turn(db) == NOW + 30 * SECOND
    assert (await taken(db, NOW + 30 * SECOND)).job.id == turn.job.id


async def test_a_dead_senders_lane_is_taken_over_with_its_job(db: Database) -> None:
    """When the lease ends; the first sender has lost both, and what it wrote is gone."""
    await queue(db, ("ping", "a", 1))
    slow = await taken(db)
    assert await next_turn(db) == NOW + LEASE
    assert await take(db, NOW + LEASE - SECOND) is None
    heir = await taken(db, NOW + LEASE)
    assert (heir.job.id, heir.job.attempts) == (slow.job.id, 1)
    with pytest.raises(LeaseLost):
        await end(db, slow, NOW + LEASE)
    with pytest.raises(LeaseLost):
        async with db.write() as tx:
            await lanes.end_turn(tx, slow, now=NOW + LEASE)
    await end(db, heir, NOW + LEASE)
    assert await next_turn(db) is None


async def test_pings_that_wait_can_be_joined_and_finished_with_the_turn(db: Database) -> None:
    """Only due ones of the kind, in their order, and only of this lane."""
    await queue(db, ("ping", "a", 1), ("ping", "a", 1), ("ping", "a", 1), ("edit", "a", 50), ("ping", "b", 60))
    turn = await taken(db)
    async with db.write() as tx:
        others = await lanes.waiting(tx, "a", "ping", now=NOW)
        assert [job.id for job in others] == [turn.job.id + 1, turn.job.id + 2]
        for job in others:
            await jobs.finish(tx, job, now=NOW, outcome="joined")
    await end(db, turn)
    assert (await taken(db)).job.kind == "edit"


async def test_a_narrowed_limit_holds_at_once(db: Database) -> None:
    """A lane without a whole token is passed over until it has one."""
    await queue(db, ("ping", "a", 1), ("ping", "b", 2))
    async with db.write() as tx:
        turn = await lanes.take_turn(
            tx, now=NOW, lease_for=LEASE, capacity=lambda lane: (0.5 if lane == "a" else 1.0, 1.0)
        )
    assert turn
    assert turn.lane == "b"
    assert await next_turn(db) == NOW + SECOND / 2 + timedelta(microseconds=1)


async def test_a_slice_is_what_is_there_and_no_replica_gets_more(db: Database) -> None:
    """Ten at once, twenty a second over all of them; after a rest nobody gets any before its end."""

    async def slice_of(most: int, now: datetime) -> tuple[int, datetime]:
        async with db.write() as tx:
            return await lanes.take_slice(tx, most, now=now, burst=10, refill=20)

    got = await asyncio.gather(*(slice_of(4, NOW) for _ in range(4)))
    assert sorted(count for count, _ in got) == [0, 2, 4, 4]
    assert {until for count, until in got if not count} == {NOW + SECOND / 20 + timedelta(microseconds=1)}
    assert (await slice_of(4, NOW + SECOND / 10))[0] == 2
    async with db.write() as tx:
        await lanes.rest(tx, NOW + 30 * SECOND)
    assert await slice_of(4, NOW + 29 * SECOND) == (0, NOW + 30 * SECOND)
    assert (await slice_of(20, NOW + 30 * SECOND))[0] == 10


async def test_without_a_share_of_all_a_turn_stays_where_it_is(db: Database) -> None:
    """Another process may take it at once."""

    async def no() -> bool:
        return False

    await queue(db, ("ping", "a", 1))
    async with db.write() as tx:
        assert not await lanes.take_turn(tx, now=NOW, lease_for=LEASE, capacity=lambda _lane: (3, 1), may_send=no)
    assert (await taken(db)).lane == "a"


async def test_several_workers_keep_order_and_limit(db: Database) -> None:
    """Eight workers, three lanes: each lane sends in order, never two at once, never more than its burst."""
    await queue(db, *[("ping", lane, 20) for _ in range(6) for lane in ("a", "b", "c")])
    sent: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    sending: set[str] = set()

    async def worker() -> None:
        while turn := await take(db, burst=4):
            assert turn.lane not in sending
            sending.add(turn.lane)
            await asyncio.sleep(0.002)
            sent[turn.lane].append(turn.job.id)
            sending.remove(turn.lane)
            await end(db, turn)

    for _ in range(2):  # a worker that finds all lanes held goes home: the second shift sends what is left
        await asyncio.gather(*(worker() for _ in range(8)))
    assert all(len(ids) == 4 and ids == sorted(ids) for ids in sent.values())
