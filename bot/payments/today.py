"""What the web till shows beside its form: the shop's day, as far as somebody may look at it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import Now
from bot.config import Settings
from bot.staff import Act, Reach, reach
from storage import days
from storage.engine import Database
from storage.rows import Payment, Person

from .states import PAID_FOR

MOST_ROWS = 100
FRESH = timedelta(seconds=60)  # a till that slept for a moment rings late rather than never


@dataclass(frozen=True, slots=True)
class Day:
    """`count`, `total`: what was paid today, in kopecks, less what went back. Lists begin with the newest."""

    count: int
    total: int
    asked: tuple[Payment, ...]  # whose refund waits for somebody's yes
    others: tuple[Payment, ...]
    paid_now: tuple[int, ...]  # numbers of those that were paid, or held, a moment ago


class Today:
    """Reads days. A day is the shop's, not the bank's."""

    def __init__(self, db: Database, settings: Settings, now: Now) -> None:
        self._db = db
        self._now = now
        self._zone = ZoneInfo(settings.timezone)

    async def of(self, person: Person) -> Day:
        """An assistant's own; else the whole shop's."""
        now = self._now()
        midnight = datetime.combine(now.astimezone(self._zone).date(), time(), tzinfo=self._zone)
        whose = person.shop_id, person.id if reach(person, Act.LOOK) <= Reach.OWN else None
        async with self._db.read() as tx:
            asked = await days.asked_for(tx, *whose)
            touched = await days.touched(tx, midnight, *whose, MOST_ROWS)
            count, total = await days.taken(tx, midnight, *whose)
        waiting = {payment.id for payment in asked}
        return Day(
            count=count,
            total=total,
            asked=tuple(asked),
            others=tuple(payment for payment in touched if payment.id not in waiting),
            paid_now=tuple(
                payment.id for payment in touched if payment.status in PAID_FOR and payment.changed_at > now - FRESH
            ),
        )
