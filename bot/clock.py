"""Time: aware UTC inside; Moscow's where the bank's day counts."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")

Now = Callable[[], datetime]  # what is handed in as a clock; demo and tests move it


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


def bank_day(moment: datetime) -> date:
    """The bank's day of `moment`: cancelling without a refund ends with it."""
    return moment.astimezone(MOSCOW).date()
