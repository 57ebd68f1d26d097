"""The moments that the clock jumps to: those at which the rules of money change, and a little time on."""

from datetime import datetime, timedelta

from bot.sandbox.bank.order import MOSCOW

HOLD = timedelta(days=7)
LAST_HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def target(jump: str, now: datetime, hold_ends_at: datetime | None) -> datetime:
    """Aware, later than `now`. `hold_ends_at`: when the hold lapses that is looked at. Raises KeyError."""
    midnight = next_midnight(now)
    moments = {
        "minutes": now + 5 * MINUTE,
        "hour": now + timedelta(hours=1),
        "midnight": midnight - MINUTE if midnight - MINUTE > now else midnight - MINUTE + timedelta(days=1),
        "morrow": midnight + MINUTE,
        "seventh": last_hour(now, hold_ends_at),
        "week": now + timedelta(days=7),
    }
    return moments[jump]


def next_midnight(now: datetime) -> datetime:
    """The end of the bank's day, which is Moscow's."""
    start = now.astimezone(MOSCOW).replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(days=1)


def last_hour(now: datetime, hold_ends_at: datetime | None) -> datetime:
    """An hour before the hold lapses; without one, or within that hour, before a hold of this moment would."""
    begins = (hold_ends_at or now) - LAST_HOUR
    return begins if begins > now else now + HOLD - LAST_HOUR
