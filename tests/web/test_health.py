"""Live while the process runs; ready while the database can be written, and for no other reason."""

import shutil
import sqlite3
from pathlib import Path

from bot.web.health import Health
from storage import notes
from storage.engine import Database
from tests.web.doors import open_doors


async def test_ready_while_the_database_can_be_written(db: Database) -> None:
    """On both databases."""

    async def probe() -> None:
        async with db.write() as tx:
            await notes.put(tx, "ready", "now")

    async with open_doors(health=Health(probe)) as http:
        answer = await http.get("/health/ready")
        assert (answer.status_code, answer.json()["status"]) == (200, "ready")
        assert (await http.get("/health/live")).json() == {"status": "live"}


async def test_not_ready_while_the_database_is_read_only(sqlite_template: Path, tmp_path: Path) -> None:
    """503, and live all the same; the answer names no path."""
    path = shutil.copyfile(sqlite_template, tmp_path / "shop.db")
    database = Database(f"sqlite:///{path}")
    await database.open()

    async def probe() -> None:
        async with database.write() as tx:
            await tx.exec_driver_sql("PRAGMA query_only = ON")
            await notes.put(tx, "ready", "now")

    async with open_doors(health=Health(probe)) as http:
        answer = await http.get("/health/ready")
        assert answer.status_code == 503
        assert str(tmp_path) not in answer.text
        assert (await http.get("/health/live")).status_code == 200
    await database.close()


async def test_not_ready_where_there_is_no_table(tmp_path: Path) -> None:
    """Not migrated is not ready."""
    sqlite3.connect(tmp_path / "empty.db").close()
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")

    async def probe() -> None:
        async with database.write() as tx:
            await notes.put(tx, "ready", "now")

    async with open_doors(health=Health(probe)) as http:
        assert (await http.get("/health/ready")).status_code == 503
    await database.close()
