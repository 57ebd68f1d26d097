"""Until when somebody may work, as a manager writes it: «до воскресенья 22:00», `until 30.11`. Pure.

    [до] [day] [time]       a day without a time lasts to its end; a time without a day is today's

A day is today, tomorrow, a weekday (the next one), `30.11`, `30.11.2026`, `2026-11-30` or «30 ноября». What is past,
or could be meant otherwise, is refused: an access that ends at another time than meant is worse than a question.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class UntilFault(StrEnum):
    """Why a time was not taken."""

    UNREAD = "unread"
    PAST = "past"


END_OF_DAY = time(23, 59)
HALF_A_YEAR = timedelta(days=183)  # a date without its year is no further away than this
FILLERS = {"до", "по", "в", "во", "к", "until", "till", "to", "at", "by", "on", "мск"}
DAYS = {"сегодня": 0, "today": 0, "завтра": 1, "tomorrow": 1, "послезавтра": 2}
WEEKDAYS = (
    r"пн|понедельник\w?|mon(day)?", r"вт|вторник\w?|tue(sday)?", r"ср|сред[аыу]|wed(nesday)?",
    r"чт|четверг\w?|thu(rsday)?", r"пт|пятниц[аыу]|fri(day)?", r"сб|суббот[аыу]|sat(urday)?",
    r"вс|воскресень[ея]|sun(day)?",
)  # fmt: skip
MONTHS = ("янв|jan", "фев|feb", "мар|mar", "апр|apr", "ма[йя]|may", "июн|jun", "июл|jul", "авг|aug", "сен|sep",
          "окт|oct", "ноя|nov", "дек|dec")  # fmt: skip


def read_until(text: str, now: datetime, zone: ZoneInfo) -> datetime | UntilFault:
    """The moment in UTC that is meant in the shop's `zone`, always after `now`."""
    words = [word for word in text.lower().replace(",", " ").split() if word not in FILLERS]
    at = _time(words[-1]) if words else None
    days = words[:-1] if at else words
    if not words or (":" in words[-1] and at is None):
        return UntilFault.UNREAD
    local = now.astimezone(zone)
    found = _day(days, local, at or END_OF_DAY)
    if not isinstance(found, date):
        return found
    moment = datetime.combine(found, at or END_OF_DAY, tzinfo=zone).astimezone(UTC)
    return moment if moment > now else UntilFault.PAST


def _time(word: str) -> time | None:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", word)
    return time(int(found[1]), int(found[2])) if found else None


def _day(words: list[str], local: datetime, at: time) -> date | UntilFault:
    today = local.date()
    if not words:
        return today
    if len(words) == 1 and words[0] in DAYS:
        return today + timedelta(days=DAYS[words[0]])
    if len(words) == 1:
        for weekday, pattern in enumerate(WEEKDAYS):
            if re.fullmatch(pattern, words[0]):
                ahead = (weekday - today.weekday()) % 7
                return today + timedelta(days=ahead or (7 if local.time() >= at else 0))
    return _date(" ".join(words), today)


def _date(text: str, today: date) -> date | UntilFault:
    """A date as written; without a year the next one, unless that is far away: then this year's, which is past."""
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})(?:\.((?:20)?[0-9]{2}))?\.?", text):
        year, month, day = int(found[3] or 0), int(found[2]), int(found[1])
    elif found := re.fullmatch(r"([0-9]{1,2}) ([a-zа-я]+)\.?(?: (20[0-9]{2}))?", text):
        year, month, day = int(found[3] or 0), _month(found[2]), int(found[1])
    else:
        return UntilFault.UNREAD
    try:
        if year:
            return date(year if year > 99 else 2000 + year, month, day)
        this, following = date(today.year, month, day), date(today.year + 1, month, day)
        return this if this >= today or following - today > HALF_A_YEAR else following
    except ValueError:
        return UntilFault.UNREAD


def _month(word: str) -> int:
    """0: none."""
    return next((number for number, start in enumerate(MONTHS, 1) if re.match(start, word)), 0)
