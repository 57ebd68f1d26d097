"""What the database needs beside the work itself: leases after a crash, the installation's name, pruning, figures."""

import secrets
from datetime import timedelta

from storage import bank_orders, figures, inbox, jobs, leases, notes, sms
from storage.engine import Database

from .clock import Now
from .payments.create import BASE58

KEEP = timedelta(days=7)  # handled updates and done jobs
KEEP_CALLBACKS = timedelta(days=90)
PRUNE_BATCH = 500  # rows: small batches, so that nobody waits
INSTALLATION_LENGTH = 6  # 38 milliards: two installations at one merchant will not meet


class Upkeep:
    """Each method is one short transaction."""

    def __init__(self, db: Database, now: Now) -> None:
        self._db = db
        self._now = now

    async def take_over(self) -> None:
        """What the last process left half-done. Other replicas of PostgreSQL may be alive: there leases end by time."""
        if self._db.dialect == "sqlite":
            async with self._db.write() as tx:
                await leases.end_all(tx, self._now())

    async def installation(self) -> str:
        """A word that keeps our order numbers apart from all others that the merchant ever used."""
        fresh = "".join(secrets.choice(BASE58) for _ in range(INSTALLATION_LENGTH))
        async with self._db.write() as tx:
            return await notes.put_if_absent(tx, "installation", fresh)

    async def write_something(self) -> None:
        """Raises StorageUnavailable where the database takes nothing."""
        async with self._db.write() as tx:
            await notes.put(tx, "ready", self._now().isoformat())

    async def figures(self) -> dict[str, float]:
        """What waits, for the metrics."""
        async with self._db.read() as tx:
            return await figures.waiting(tx, self._now())

    async def prune(self) -> None:
        """Now and then: what only grows."""
        now = self._now()
        async with self._db.write() as tx:
            await inbox.prune(tx, now - KEEP, PRUNE_BATCH)
            await jobs.prune(tx, before=now - KEEP, limit=PRUNE_BATCH)
            await sms.prune_reports(tx, now - KEEP, PRUNE_BATCH)
            await bank_orders.prune_callbacks(tx, now - KEEP_CALLBACKS, PRUNE_BATCH)
