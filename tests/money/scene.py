"""What all histories share, since it takes longer to make than a history: the client, the database, the people."""

import sqlite3
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from storage import staff
from storage.engine import Database
from storage.migrate import upgrade
from storage.rows import Person
from storage.schema import metadata
from tests.inline import without_visits
from tests.payments import till
from tests.payments.fakes import NOON
from tests.payments.till import GROUP, OWNER, SELLER

from .bank import Line

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system, not a temporary file's name
KEPT = {"shops", "staff", "alembic_version"}
FIRST_NUMBER = 1001
MANAGER, SECOND_SELLER = 300, 101
ROLES = {
    "owner": (OWNER, "Ольга", "owner"),
    "manager": (MANAGER, "Марат", "manager"),
    "seller": (SELLER, "Аня", "assistant"),
    "other seller": (SECOND_SELLER, "Боря", "assistant"),
}


class Scene:
    """The product's database, and the same file seen past the product."""

    def __init__(self, path: Path, db: Database, people: Mapping[str, Person]) -> None:
        self.db, self.people = db, people
        self.line = Line()
        self.client = self.line.client()
        self._side = sqlite3.connect(path, isolation_level=None)
        self._side.row_factory = sqlite3.Row
        self._side.execute("PRAGMA synchronous = OFF")
        self._side.execute("DROP TRIGGER audit_no_delete")  # a history ends by forgetting it

    def rows(self, query: str, **values: Any) -> list[sqlite3.Row]:
        return self._side.execute(query, values).fetchall()

    def empty(self) -> None:
        """A new history begins."""
        self._side.execute("BEGIN IMMEDIATE")
        for table in reversed(metadata.sorted_tables):
            if table.name not in KEPT:
                self._side.execute(f"DELETE FROM {table.name}")  # noqa: S608 - names of our own
        self._side.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'payments'", (FIRST_NUMBER - 1,))
        self._side.execute("COMMIT")

    async def close(self) -> None:
        self._side.close()
        await self.client.close()
        await self.db.close()


async def open_scene(directory: Path, patch: pytest.MonkeyPatch) -> Scene:
    """In a directory of its own."""
    path = directory / "money.db"
    await upgrade(f"sqlite:///{path}")
    without_visits(patch)
    patch.setattr(till, "settings_of", cache(till.settings_of))  # each new process would read the environment again
    db = Database(f"sqlite:///{path}")
    await db.open()
    async with db.write() as tx:
        shop = await staff.add_shop(tx, "Куртки", NOON, chat_id=GROUP)
        facts = {"username": None, "lang": "ru", "shop_id": shop, "created_at": NOON}
        people = {}
        for title, (telegram_id, name, role) in ROLES.items():
            person = await staff.get(tx, await staff.add(tx, telegram_id=telegram_id, name=name, role=role, **facts))
            assert person
            people[title] = person
    return Scene(path, db, people)
