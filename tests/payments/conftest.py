"""A shop at work: the real use cases on a real database, around them small fakes of the bank, SMS and the chat.

`till` is all of it. Time stands still until a test moves it: `till.work()` does what is due now, `till.passes(60)` lets
a minute pass, with the timers that the service has.
"""

import pytest

from storage import staff
from storage.engine import Database
from storage.rows import Person

from .fakes import NOON, Clock, FakeBank
from .till import GROUP, OWNER, SELLER, Till


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bank(clock: Clock) -> FakeBank:
    return FakeBank(clock.now)


@pytest.fixture
async def seller(db: Database) -> Person:
    """An assistant of a shop that has an owner and a group."""
    async with db.write() as tx:
        shop = await staff.add_shop(tx, "Куртки", NOON, chat_id=GROUP)
        facts = {"username": None, "lang": "ru", "shop_id": shop, "created_at": NOON}
        await staff.add(tx, telegram_id=OWNER, name="Ольга", role="owner", **facts)
        assistant = await staff.add(tx, telegram_id=SELLER, name="Аня", role="assistant", **facts)
        person = await staff.get(tx, assistant)
    assert person is not None
    return person


@pytest.fixture
async def till(db: Database, bank: FakeBank, clock: Clock, seller: Person) -> Till:
    return Till(db, bank, clock, seller)
