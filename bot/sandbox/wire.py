"""Everything that crosses a simulator's wire, kept for the desk, the tests and `GET /_sandbox/log`."""

import asyncio
import itertools
import re
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from .clock import SandboxClock

KEPT = 500  # exchanges; the desk shows no more (older ones scroll away)

SECRET = re.compile(
    r"(?i)(\b(?:password|token|psw|api_id|apikey|checksum|secret_token|hash|md5)\b\"?\s*[=:]\s*\"?)([^&\"\s,}]+)"
)
BOT_TOKEN = re.compile(r"/bot\d+:[A-Za-z0-9_-]+")
PHONE = re.compile(r"(?<!\d)(\+?7|8)(9\d{2})(\d{5})(\d{2})(?!\d)")


def masked(text: str) -> str:
    """`text` without secrets and with phones as +7916•••••67."""
    text = SECRET.sub(r"\1•••", text)
    text = BOT_TOKEN.sub("/bot•••", text)
    return PHONE.sub(r"\1\2•••••\4", text)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. `status` None: no answer was given (hung or dropped)."""

    id: int
    at: datetime
    lane: str  # "bank" | "telegram" | "sms" | "page"
    source: str  # who asked: "prilavok" | "bank" | "telegram" | "sms" | "shopper"
    target: str  # who answered
    method: str
    path: str
    status: int | None
    ms: int
    request: str
    response: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"at": self.at.isoformat()}


class Wire:
    """A ring of exchanges that can be followed."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._ids = itertools.count(1)
        self._kept: deque[Exchange] = deque(maxlen=KEPT)
        self._followers: set[asyncio.Queue[Exchange]] = set()

    def record(
        self,
        lane: str,
        source: str,
        target: str,
        method: str,
        path: str,
        status: int | None,
        ms: float,
        request: str = "",
        response: str = "",
    ) -> Exchange:
        """Keeps one exchange (secrets and phones masked) and tells the followers."""
        exchange = Exchange(
            next(self._ids), self._clock.now(), lane, source, target, method, masked(path), status, round(ms),
            masked(request)[:4000], masked(response)[:4000],
        )  # fmt: skip
        self._kept.append(exchange)
        for follower in self._followers:
            follower.put_nowait(exchange)
        return exchange

    def recent(self, lane: str | None = None) -> list[Exchange]:
        """Oldest first."""
        return [exchange for exchange in self._kept if lane in (None, exchange.lane)]

    def clear(self) -> None:
        self._kept.clear()

    async def follow(self) -> AsyncIterator[Exchange]:
        """Exchanges from now on, for ever."""
        queue: asyncio.Queue[Exchange] = asyncio.Queue()
        self._followers.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._followers.discard(queue)
