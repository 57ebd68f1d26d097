"""Brings a database to the newest revision. Replicas that start together wait for the first one."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import Database

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 0x5052494C  # "PRIL": of PostgreSQL's advisory lock; SQLite's write transaction locks by itself


async def upgrade(url: str) -> None:
    """All in one transaction: the newest revision, or the database as it was."""
    from alembic import command

    await _with_alembic(url, lambda config: command.upgrade(config, "head"))


async def revisions(tx: AsyncConnection) -> tuple[str | None, str | None, bool]:
    """The database's revision, the newest one, and whether this version knows the first: a newer one made it if not."""

    def look(connection: Connection) -> tuple[str | None, str | None, bool]:
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory

        scripts = ScriptDirectory.from_config(_config(connection))
        here = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in scripts.walk_revisions()}
        return here, scripts.get_current_head(), here is None or here in known

    return await tx.run_sync(look)


async def draft(url: str, message: str) -> None:
    """Writes a revision file: the difference between `schema` and this database. To be read and edited by a person."""
    from alembic import command

    await _with_alembic(url, lambda config: command.revision(config, message, autogenerate=True))


async def _with_alembic(url: str, act: "Callable[[Config], object]") -> None:
    db = Database(url)
    try:
        async with db.write() as tx:
            await _lock(tx)
            await tx.run_sync(lambda connection: act(_config(connection)))
    finally:
        await db.close()


async def _lock(tx: AsyncConnection) -> None:
    if tx.dialect.name == "postgresql":
        await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
