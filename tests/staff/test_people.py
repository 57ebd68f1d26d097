"""Who works here: the first shop, owners by setting and by one-use link."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.config import Settings, load
from bot.staff import Newcomer, Staff
from storage import schema
from storage import staff as stored
from storage.engine import Database
from storage.rows import Person

NOON = datetime.fromisoformat("2026-11-25T12:00:00+03:00")
OLGA = Newcomer(500, "Ольга", "olga", "ru")


class Clock:
    moment = NOON

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


def staff_of(db: Database, clock: Clock, **settings: object) -> Staff:
    values = {"bot_token": "42:TEST", "shop_name": "Куртки"} | settings
    return Staff(db, load(Settings, _env_file=None, **values), clock.now)


@pytest.fixture
async def staff(db: Database, clock: Clock) -> Staff:
    staff = staff_of(db, clock)
    await staff.open_first_shop()
    return staff


async def test_the_first_shop_is_there_from_the_start(db: Database, clock: Clock, staff: Staff) -> None:
    """A second start makes no second one; a new SHOP_NAME renames it."""
    await staff.open_first_shop()
    await staff_of(db, clock, shop_name="Шапки").open_first_shop()
    async with db.read() as tx:
        assert [row.name for row in await tx.execute(select(schema.shops))] == ["Шапки"]


async def test_an_owner_link_works_once_within_a_quarter_of_an_hour(db: Database, clock: Clock, staff: Staff) -> None:
    """For the first who uses it; only its hash is stored, and the audit knows who came."""
    assert not await staff.has_owner()
    token = await staff.new_owner_token()
    joined = await asyncio.gather(*(staff.join(token, replace(OLGA, telegram_id=500 + n)) for n in range(5)))
    [owner] = [person for person in joined if person]
    assert (owner.role, owner.name) == ("owner", "Ольга")
    assert await staff.has_owner()
    late = await staff.new_owner_token()
    clock.moment = NOON + timedelta(minutes=15)
    assert await staff.join(late, OLGA) is None
    assert await staff.join("never made", OLGA) is None
    async with db.read() as tx:
        hashes = [row.token_hash for row in await tx.execute(select(schema.invites))]
        assert token not in hashes
        assert [row.action for row in await tx.execute(select(schema.audit))] == ["join"]


async def test_owner_ids_name_owners(db: Database, clock: Clock, staff: Staff) -> None:
    """At first sight, however many messages come at once; a named assistant becomes one, a stranger does not."""
    named = staff_of(db, clock, owner_ids="500,501")
    people = await asyncio.gather(*(named.person(OLGA) for _ in range(5)))
    assert {person and person.role for person in people} == {"owner"}
    assert len({person and person.id for person in people}) == 1
    async with db.write() as tx:
        facts = {"name": "Аня", "username": None, "lang": "ru", "shop_id": 1, "created_at": NOON}
        await stored.add(tx, telegram_id=501, role="assistant", **facts)
    assistant = await staff.person(replace(OLGA, telegram_id=501))
    assert assistant
    assert assistant.role == "assistant"
    owner = await named.person(replace(OLGA, telegram_id=501))
    assert owner
    assert (owner.role, owner.id) == ("owner", assistant.id)
    assert await named.person(replace(OLGA, telegram_id=502)) is None


ANYA = Person(2, 501, "Аня", None, "ru", "assistant", 1, None, None, False, None, None, None)


async def test_access_ends(clock: Clock, staff: Staff) -> None:
    """When it is closed, and when its time is over."""
    assert staff.is_active(ANYA)
    assert not staff.is_active(replace(ANYA, closed_at=NOON))
    assert not staff.is_active(replace(ANYA, access_until=NOON))
    assert staff.is_active(replace(ANYA, access_until=NOON + timedelta(seconds=1)))
