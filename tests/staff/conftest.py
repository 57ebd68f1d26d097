"""The rooms of staff over a database, with a clock that tests move."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from bot.config import Settings, load
from bot.payments.leaving import Leaving
from bot.staff import Invitations, Logins, Newcomer, Sellers, Shops, Staff
from bot.vault import Vault
from storage import schema
from storage import staff as stored
from storage.engine import Database
from storage.rows import Person

NOON = datetime.fromisoformat("2026-11-25T12:00:00+03:00")
GROUP = -1001


class Firm:
    """A firm with one shop; `people` enter as the test needs them."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.moment = NOON
        self.configure()

    def configure(self, **settings: object) -> None:
        values = {"bot_token": "42:TEST", "shop_name": "Куртки"} | settings
        loaded = load(Settings, _env_file=None, **values)
        parts = self.db, loaded, self.now
        self.staff, self.shops, self.invitations = Staff(*parts), Shops(*parts), Invitations(*parts)
        self.sellers = Sellers(self.db, self.now)
        self.logins = Logins(self.db, self.now)
        self.leaving = Leaving(self.db, loaded, Vault("k" * 16), self.now)

    def now(self) -> datetime:
        return self.moment

    def later(self, **time: float) -> None:
        self.moment += timedelta(**time)

    async def enter(self, telegram_id: int | None, role: str, name: str = "Кто-то", **facts: Any) -> Person:
        async with self.db.write() as tx:
            known = {"shop_id": 1, "lang": "ru", "created_at": NOON} | facts
            staff_id = await stored.add(tx, telegram_id=telegram_id, role=role, name=name, **known)
            person = await stored.get(tx, staff_id)
        assert person
        return person

    async def names_of_shops(self) -> list[tuple[str, int | None, int | None]]:
        return [(shop.name, shop.chat_id, shop.thread_id) for shop in await self.shops.all()]

    async def audited(self) -> list[str]:
        async with self.db.read() as tx:
            return [row.action for row in await tx.execute(select(schema.audit).order_by(schema.audit.c.id))]


@pytest.fixture
async def firm(db: Database) -> Firm:
    firm = Firm(db)
    await firm.shops.open_first()
    return firm


someone = partial(Newcomer, name="Ольга", username="olga", lang="ru")
