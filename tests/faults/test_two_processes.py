"""Two processes on one PostgreSQL, as an operator runs replicas: twenty equal messages at once are one order."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.demo import free_port
from storage import schema, staff
from storage.engine import Database
from storage.migrate import upgrade
from tests.e2e.process import Product, product
from tests.until import eventually

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("dialect", ["postgresql"])]

SELLERS = range(2001, 2021)
PATIENCE = 60  # s


@pytest.fixture
async def replicas(empty_url: str, tmp_path: Path) -> AsyncIterator[tuple[Product, Product]]:
    """The second one has the first one's world, and an address of its own."""
    await upgrade(empty_url)
    async with product(tmp_path) as first:
        first.environment |= {"DATABASE_URL": empty_url, "DATA_KEY": "k" * 32}
        (tmp_path / "second").mkdir()
        second = Product(tmp_path / "second")
        second.address = f"http://127.0.0.1:{free_port()}"
        second.environment = first.environment | {"LISTEN": second.address.removeprefix("http://")}
        await first.start()
        await second.start()
        yield first, second
        await second.killed()


async def test_twenty_equal_messages_at_once_make_one_order(replicas: tuple[Product, Product], empty_url: str) -> None:
    """Twenty people of one shop sell the same to the same phone; nineteen are asked whether it is another sale."""
    first, _ = replicas
    db = Database(empty_url)
    await seat_sellers(db, first)
    for seller in SELLERS:
        first.telegram.say(seller, "12500 9161234567 куртка")
    await eventually(lambda: answered(first) == len(SELLERS), within=PATIENCE)
    async with db.read() as tx:
        made = await tx.scalar(select(func.count()).select_from(schema.payments))
        leased_by = await tx.scalar(select(func.count()).select_from(schema.inbox).filter_by(handled_at=None))
    await db.close()
    assert (made, len(first.bank.orders), leased_by) == (1, 1, 0)


async def seat_sellers(db: Database, shop: Product) -> None:
    async with db.write() as tx:
        here = await staff.first_shop(tx)
        assert here is not None
        for seller in SELLERS:
            shop.telegram.add_user(seller, f"Продавец {seller}")
            shop.telegram.start(seller)
            await staff.add(
                tx, telegram_id=seller, name=f"Продавец {seller}", role="assistant", shop_id=here.id,
                created_at=datetime.now(UTC),
            )  # fmt: skip


def answered(shop: Product) -> int:
    """Chats in which a card or a question about the look-alike stands."""
    chats = shop.telegram.world.chats
    bot = shop.telegram.world.bot
    words = ("Ждём оплату", "ещё ждёт оплату")
    return sum(
        any(message.sender is bot and any(word in (message.text or message.caption or "") for word in words)
            for message in chats[seller].messages.values())
        for seller in SELLERS
    )  # fmt: skip
