"""«до воскресенья 22:00» is one moment, or it is refused."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.staff.until import UntilFault, read_until

MOSCOW = ZoneInfo("Europe/Moscow")
WEDNESDAY = datetime.fromisoformat("2026-11-25T12:00:00+03:00")


def moscow(text: str, now: datetime = WEDNESDAY, zone: ZoneInfo = MOSCOW) -> str:
    """As a clock on the wall says it."""
    moment = read_until(text, now, zone)
    return moment.value if isinstance(moment, UntilFault) else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("до 22:00", "2026-11-25 22:00"),
        ("22:00", "2026-11-25 22:00"),
        ("до сегодня", "2026-11-25 23:59"),
        ("сегодня 9:30", "past"),
        ("до завтра", "2026-11-26 23:59"),
        ("до завтра 18:00", "2026-11-26 18:00"),
        ("tomorrow at 18:00", "2026-11-26 18:00"),
        ("послезавтра", "2026-11-27 23:59"),
        ("до воскресенья 22:00", "2026-11-29 22:00"),
        ("До Воскресенья, 22:00", "2026-11-29 22:00"),
        ("до воскресенья", "2026-11-29 23:59"),
        ("until sunday 22:00", "2026-11-29 22:00"),
        ("до вс", "2026-11-29 23:59"),
        ("по пятницу", "2026-11-27 23:59"),
        ("до понедельника 10:00", "2026-11-30 10:00"),
        ("до среды", "2026-11-25 23:59"),
        ("до среды 22:00", "2026-11-25 22:00"),
        ("до среды 12:00", "2026-12-02 12:00"),
        ("до 30.11", "2026-11-30 23:59"),
        ("until 30.11 22:00", "2026-11-30 22:00"),
        ("до 30.11.2026 22:00 мск", "2026-11-30 22:00"),
        ("30.11.27", "2027-11-30 23:59"),
        ("2026-11-30", "2026-11-30 23:59"),
        ("до 30 ноября", "2026-11-30 23:59"),
        ("until 30 november 2027 8:00", "2027-11-30 08:00"),
        ("до 5 мая", "2027-05-05 23:59"),
        ("до 05.01", "2027-01-05 23:59"),
        ("до 24.11", "past"),
        ("до 24.11 23:00", "past"),
        ("до 25.11.2025", "past"),
        ("", "unread"),
        ("до", "unread"),
        ("до 22", "unread"),
        ("до 24:00", "unread"),
        ("до 22:60", "unread"),
        ("до 31.11", "unread"),
        ("до 30.13", "unread"),
        ("до 12500", "unread"),
        ("до пятого", "unread"),
        ("до завтра вечером", "unread"),
        ("сегодня завтра", "unread"),
        ("до ½.11", "unread"),
        ("до 00.00", "unread"),
    ],
)
def test_each_way_of_writing_a_time_is_that_moment(typed: str, meant: str) -> None:
    """Seen on a Wednesday at noon."""
    assert moscow(typed) == meant


def test_the_day_is_the_shops() -> None:
    """At 22:30 in Moscow it is tomorrow in Vladivostok."""
    late = datetime.fromisoformat("2026-11-25T22:30:00+03:00")
    assert moscow("сегодня", late, ZoneInfo("Asia/Vladivostok")) == "2026-11-26 23:59"
