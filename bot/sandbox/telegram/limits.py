"""Telegram's pace, off until asked for.

About one message a second in a chat with a small burst, 20 a minute in a group, 30 a second in all; sends and edits
share these budgets. The group's figure and the sharing are measured ones, the others Telegram's own words.
"""

import math
from collections import defaultdict, deque
from datetime import datetime, timedelta

from bot.sandbox.clock import SandboxClock

from .call import ApiError
from .shapes import Chat

BURST = 5  # messages in a chat before one a second is asked for
GROUP_A_MINUTE = 20
ALL_A_SECOND = 30


def too_many(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


class Limits:
    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self.on = False
        self._sent: dict[int, deque[datetime]] = defaultdict(deque)
        self._all: deque[datetime] = deque()
        self._bursts: dict[int, tuple[float, datetime]] = {}

    def clear(self) -> None:
        self.on = False
        self._sent.clear()
        self._all.clear()
        self._bursts.clear()

    def spend(self, chat: Chat) -> None:
        """Counts one send or edit. Raises 429, counting nothing, when there is none left."""
        if not self.on:
            return
        now = self._clock.now()
        left = self._burst_left(chat.id, now)
        waits = [_wait(self._all, ALL_A_SECOND, timedelta(seconds=1), now), 1 - left]
        if not chat.private:
            waits.append(_wait(self._sent[chat.id], GROUP_A_MINUTE, timedelta(minutes=1), now))
        if max(waits) > 0:
            raise too_many(math.ceil(max(waits)))
        self._bursts[chat.id] = (left - 1, now)
        self._sent[chat.id].append(now)
        self._all.append(now)

    def _burst_left(self, chat_id: int, now: datetime) -> float:
        left, at = self._bursts.get(chat_id, (float(BURST), now))
        return min(BURST, left + max((now - at).total_seconds(), 0))


def _wait(sent: deque[datetime], allowed: int, span: timedelta, now: datetime) -> float:
    """Seconds until one more fits into the sliding window."""
    while sent and not now - span < sent[0] <= now:
        sent.popleft()
    return (sent[0] + span - now).total_seconds() if len(sent) >= allowed else 0
