"""A shop at work: the real use cases on a real database, around them small fakes of the bank, SMS and the chat.

`till` is all of it. Time stands still until a test moves it: `till.work()` does what is due now, `till.passes(60)` lets
a minute pass, with the timers that the service has.
"""

from pathlib import Path

import pytest

from storage import staff
from storage.engine import Database
from storage.rows import Person
from tests.inline import without_visits

from .counter import Counter
from .fakes import NOON, Clock, FakeBank
from .till import GROUP, OWNER, SELLER, Till

HERE = Path(__file__).parent


ALWAYS_ON_BOTH = {"test_create.py", "test_races.py", "test_register.py", "test_sale.py", "test_with_bank.py"}
"""Where locks and constraints decide. The others run on PostgreSQL in `make faults`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        parameters = getattr(item, "callspec", None)
        on_postgres = parameters is not None and parameters.params.get("dialect") == "postgresql"
        if on_postgres and item.path.parent == HERE and item.path.name not in ALWAYS_ON_BOTH:
            item.add_marker("faults")


@pytest.fixture(autouse=True)
def one_after_the_other(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where locks decide nothing, SQLite works in the event loop."""
    if request.path.name not in ALWAYS_ON_BOTH:
        without_visits(monkeypatch)


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


@pytest.fixture
async def counter(db: Database, till: Till, bank: FakeBank) -> Counter:
    return await Counter.open(db, till, bank)
