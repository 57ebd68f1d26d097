"""Polling: what the bank's callbacks did not tell is found by asking. That they stopped is told to the owners."""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.clock import Now
from bot.config import Settings
from bot.text import at
from storage import bank_orders, payments
from storage.engine import Database

from .owners import Owners
from .polling import next_read
from .settle import POLL, POLL_YOUNG, queue_settle

ENOUGH_UNTOLD = 3  # payments that no callback told, before the owners hear of it
MAY_BE_LATE = timedelta(minutes=5)  # a callback that failed is repeated for some minutes


class Poller:
    """Queues a status read for each order whose time has come."""

    def __init__(self, db: Database, settings: Settings, now: Now) -> None:
        self._db = db
        self._limit = settings.bank_calls_per_second
        self._now = now

    async def look(self) -> None:
        """Once a second: as many orders as the budget of calls allows, young ones first."""
        now = self._now()
        async with self._db.read() as tx:
            if not await bank_orders.are_due(tx, now):
                return
        async with self._db.write() as tx:
            for order in await bank_orders.due(tx, now, self._limit):
                payment = await payments.get(tx, order.payment_id)
                later = next_read(order, payment, now) if payment else None
                await bank_orders.change(tx, order.id, next_read_at=later)
                await queue_settle(tx, order, now, priority=POLL_YOUNG if order.read_first else POLL)


class CallbackWatch:
    """Sees that callbacks came once and come no more, though payments are found by asking."""

    def __init__(self, db: Database, settings: Settings, owners: Owners, now: Now) -> None:
        self._db = db
        self._settings = settings
        self._owners = owners
        self._now = now
        self._zone = ZoneInfo(settings.timezone)

    async def look(self) -> None:
        """Now and then."""
        now = self._now()
        async with self._db.read() as tx:
            last = await bank_orders.last_callback_at(tx)
            untold = last and await payments.count_paid(tx, last + MAY_BE_LATE, now - MAY_BE_LATE)
        if last is None or not untold or untold < ENOUGH_UNTOLD or self._settings.public_url is None:
            return
        async with self._db.write() as tx:
            await self._owners.tell(
                tx, "o.callbacks", now, once_in=timedelta(hours=12), about=last.isoformat(),
                t=partial(at, last, tz=self._zone, now=now), url=f"{self._settings.public_url}/bank/callback",
            )  # fmt: skip
