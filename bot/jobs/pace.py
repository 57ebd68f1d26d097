"""How fast Telegram lets the bot send; sends and edits count alike.

a private chat    about one a second, short bursts more
a group           20 in any minute
all together      30 in any second, over all replicas: each takes a few at a time, good for a moment

Telegram's retry_after is the truth whatever these say. Two chats that it stops within a minute stop them all.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import lanes, notes

PRIVATE = (4.0, 1.0)  # burst, tokens/s
GROUP = (2.0, 18 / 60)  # the longest minute has 2 + 18; six sales a minute have a card, an edit and a ring each
ALL_BURST, ALL_REFILL = 5.0, 20.0
SLICE, GOOD_FOR = 5, timedelta(seconds=0.2)
"""The worst second: what is left of old slices, and what 1.2 s give, 5 + 1.2 * 20 = 29."""
SECOND_CHAT_WITHIN = timedelta(minutes=1)


def pace(lane: str) -> tuple[float, float]:
    """Burst and tokens a second of a chat's lane; a group's id is negative."""
    return GROUP if lane.startswith("chat:-") else PRIVATE


class Share:
    """This process's part of what the bot may send in all."""

    def __init__(self) -> None:
        self._left = 0
        self._taken_at: datetime | None = None
        self.closed_until: datetime | None = None

    def of(self, tx: AsyncConnection, now: datetime) -> Callable[[], Awaitable[bool]]:
        """Spends one send when it is called; False: none may be made before `closed_until`."""

        async def spend() -> bool:
            if not self._is_good(now):
                self._left, until = await lanes.take_slice(tx, SLICE, now=now, burst=ALL_BURST, refill=ALL_REFILL)
                self._taken_at, self.closed_until = now, None if self._left else until
            self._left -= 1
            return self._left >= 0

        return spend

    def give_back(self, spent_at: datetime) -> None:
        """Nothing was sent after all."""
        if self._taken_at and self._taken_at <= spent_at:  # of this slice, not of an older one
            self._left += 1

    def _is_good(self, now: datetime) -> bool:
        """A clock that was set back ends a slice too."""
        return self._left > 0 and self._taken_at is not None and timedelta() <= now - self._taken_at < GOOD_FOR


async def note_busy(tx: AsyncConnection, lane: str, now: datetime, until: datetime) -> None:
    """Telegram stops a chat. The second one within a minute means the bot: then all rest."""
    is_first = await notes.lease(tx, "busy chat", lane, now, SECOND_CHAT_WITHIN)
    if not is_first:
        await lanes.rest(tx, until)
