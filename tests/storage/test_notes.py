"""Values of the installation, leases of what one replica does, and the audit's rows."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from storage import audit, notes, schema
from storage.engine import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)


async def test_the_first_value_holds_for_everybody(db: Database) -> None:
    """Replicas that make a secret at the same time end with the same one."""

    async def propose(value: str) -> str:
        async with db.write() as tx:
            return await notes.put_if_absent(tx, "secret", value)

    agreed = set(await asyncio.gather(*(propose(str(number)) for number in range(10))))
    async with db.write() as tx:
        assert {await notes.get(tx, "secret")} == agreed
        await notes.put(tx, "secret", "new")
        assert await notes.get(tx, "secret") == "new"
        assert await notes.get(tx, "unknown") is None


async def test_one_replica_holds_a_lease(db: Database) -> None:
    """It prolongs it; another gets it when it ends or is given up, and not by somebody else's release."""
    async with db.write() as tx:
        assert await notes.lease(tx, "poller", "a", NOW, LEASE)
        assert not await notes.lease(tx, "poller", "b", NOW, LEASE)
        assert await notes.lease(tx, "poller", "a", NOW + LEASE / 2, LEASE)
        assert not await notes.lease(tx, "poller", "b", NOW + LEASE, LEASE)
        assert await notes.lease(tx, "poller", "b", NOW + 2 * LEASE, LEASE)
        await notes.release(tx, "poller", "a")
        assert not await notes.lease(tx, "poller", "a", NOW + 2 * LEASE, LEASE)
        await notes.release(tx, "poller", "b")
        assert await notes.lease(tx, "poller", "a", NOW + 2 * LEASE, LEASE)


async def test_an_audit_row_says_who_did_what(db: Database) -> None:
    """In the transaction of what it tells."""
    async with db.write() as tx:
        await audit.record(tx, now=NOW, action="refund", staff_id=1, payment_id=2, chat_id=3, detail={"amount": 500})
    async with db.read() as tx:
        row = (await tx.execute(select(schema.audit))).one()
    assert (row.at, row.action, row.staff_id, row.payment_id, row.chat_id) == (NOW, "refund", 1, 2, 3)
    assert json.loads(row.detail) == {"amount": 500}
