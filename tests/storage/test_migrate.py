"""The revisions make exactly the tables that the code knows."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from storage.engine import Database
from storage.errors import StorageError
from storage.migrate import upgrade
from storage.schema import metadata


async def test_the_revisions_and_the_tables_agree(db: Database) -> None:
    """Alembic finds no difference between a migrated database and `schema`."""

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_server_default": db.dialect == "postgresql"})
        return list(compare_metadata(context, metadata))

    async with db.read() as tx:
        assert await tx.run_sync(differences) == []


async def test_a_second_upgrade_changes_nothing(database_url: str, db: Database) -> None:
    """What is there stays there."""
    async with db.write() as tx:
        await tx.execute(text("INSERT INTO notes (name, value) VALUES ('a', 'b')"))
    await upgrade(database_url)
    async with db.read() as tx:
        assert (await tx.execute(text("SELECT value FROM notes"))).scalar_one() == "b"


@pytest.mark.parametrize("dialect", ["postgresql"])  # an SQLite file has one process
async def test_replicas_that_start_together_migrate_once(empty_url: str) -> None:
    """Each waits for the first and finds the tables there."""
    await asyncio.gather(*(upgrade(empty_url) for _ in range(3)))
    db = Database(empty_url)
    async with db.read() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM alembic_version"))).scalar_one() == 1
    await db.close()


async def test_payments_are_numbered_from_1001(db: Database) -> None:
    """The number on the card is the payment's id."""
    async with db.write() as tx:
        await tx.execute(text("INSERT INTO shops (id, name, created_at) VALUES (1, 'A', '2026-01-01 00:00:00')"))
        await tx.execute(
            text(
                "INSERT INTO staff (id, name, role, shop_id, created_at) "
                "VALUES (1, 'B', 'owner', 1, '2026-01-01 00:00:00')"
            )
        )
        number = await tx.execute(
            text(
                "INSERT INTO payments (key, shop_id, seller_id, amount, status, handover_code, changed_at, created_at) "
                "VALUES ('k', 1, 1, 100, 'waiting', '11', '2026-01-01 00:00:00', '2026-01-01 00:00:00') RETURNING id"
            )
        )
    assert number.scalar_one() == 1001


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_workers_find_work_by_the_indexes_of_open_rows(db: Database) -> None:
    """What is done long ago costs nothing: the plans name the partial indexes."""
    open_rows = {
        "SELECT id FROM jobs WHERE done_at IS NULL AND lane IS NULL AND run_at <= 'x' ORDER BY priority, run_at, id":
            "ix_jobs_due",
        "SELECT id FROM jobs JOIN lanes ON lanes.lane = jobs.lane WHERE done_at IS NULL AND run_at <= 'x'":
            "ix_jobs_lane",
        "SELECT update_id FROM inbox WHERE handled_at IS NULL ORDER BY update_id": "ix_inbox_open",
    }  # fmt: skip
    async with db.read() as tx:
        for query, index in open_rows.items():
            plan = (await tx.execute(text(f"EXPLAIN QUERY PLAN {query} LIMIT 1"))).all()
            assert index in str(plan), query


@pytest.mark.parametrize("change", ["UPDATE audit SET action = 'other'", "DELETE FROM audit"])
async def test_audit_rows_cannot_be_changed_or_deleted(db: Database, change: str) -> None:
    """Triggers refuse, and the row stays as it was."""
    async with db.write() as tx:
        await tx.execute(text("INSERT INTO audit (at, action) VALUES ('2026-01-01 00:00:00', 'refund')"))
    with pytest.raises(StorageError):
        async with db.write() as tx:
            await tx.execute(text(change))
    async with db.read() as tx:
        assert (await tx.execute(text("SELECT action FROM audit"))).scalars().all() == ["refund"]
