"""Polling: what the bank's callbacks did not tell is found by asking."""

from bot.clock import Now
from bot.config import Settings
from storage import bank_orders, payments
from storage.engine import Database

from .polling import next_read
from .settle import POLL, queue_settle


class Poller:
    """Queues a status read for each order whose time has come."""

    def __init__(self, db: Database, settings: Settings, now: Now) -> None:
        self._db = db
        self._limit = settings.bank_calls_per_second
        self._now = now

    async def look(self) -> None:
        """Once a second: as many orders as the budget of calls allows, the longest waiting first."""
        now = self._now()
        async with self._db.read() as tx:
            if not await bank_orders.are_due(tx, now):
                return
        async with self._db.write() as tx:
            for order in await bank_orders.due(tx, now, self._limit):
                payment = await payments.get(tx, order.payment_id)
                later = next_read(order, payment, now) if payment else None
                await bank_orders.change(tx, order.id, next_read_at=later)
                await queue_settle(tx, order, now, priority=POLL)
