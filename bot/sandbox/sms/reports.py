"""Delivery reports: what a provider tells the service on its own, for each change of state.

1. `tell` decides by the manners how often, when and in which order.
2. One task sends them, one after another, so that order on the wire is order of events.
3. A report that is not acknowledged is sent again a few times, later each time.
"""

import asyncio
import json
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from bot.sandbox.wire import Wire

from .agenda import Agenda
from .manners import Manners
from .message import State, StoredMessage
from .recipients import habit_of

RESEND_AFTER = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))  # remembered: "for some time"
TIMEOUT = 5  # s


class Provider(Protocol):
    """What the reporter must know of a wire format."""

    name: str
    reports_json: bool
    reports_by_get: bool

    def report(self, message: StoredMessage, state: State, manners: Manners) -> dict[str, str]:
        """The fields."""

    def acknowledged(self, status: int, body: str) -> bool:
        """Whether the service's answer ends the resending."""


@dataclass(frozen=True, slots=True)
class Report:
    message: StoredMessage
    state: State
    manners: Manners
    attempt: int = 0


class Reporter:
    """Sends reports to `urls[provider]`; a provider without an address sends none."""

    def __init__(self, agenda: Agenda, wire: Wire) -> None:
        self.urls: dict[str, str] = {}
        self.manners = Manners()
        self._agenda = agenda
        self._wire = wire
        self._providers: dict[str, Provider] = {}
        self._queue: asyncio.Queue[Report] = asyncio.Queue()

    def serve(self, provider: Provider) -> None:
        self._providers[provider.name] = provider

    def reset(self) -> None:
        """Forgets what waits; addresses stay, they are configuration."""
        self.manners = Manners()
        while not self._queue.empty():
            self._queue.get_nowait()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._send(await self._queue.get())

    def tell(self, message: StoredMessage) -> None:
        """Queues the reports of the state that `message` has just reached."""
        manners = self._manners_of(message)
        for state in reported_states(message.state, manners):
            if not self._is_lost():
                for _ in range(manners.repeat):
                    self._put_later(Report(message, state, manners), manners.delay)

    async def tell_early(self, message: StoredMessage) -> None:
        """Sends "sent" at once, where the manners ask for a report before the answer."""
        manners = self._manners_of(message)
        if manners.early and not self._is_lost():
            await self._send(Report(message, State.SENT, manners))

    def _is_lost(self) -> bool:
        """Whether the next report is lost, counted down."""
        left = self.manners.drop
        if left and left is not True:
            self.manners = replace(self.manners, drop=left - 1)
        return left > 0

    def _manners_of(self, message: StoredMessage) -> Manners:
        return habit_of(message.to).manners or self.manners

    def _put_later(self, report: Report, delay: timedelta) -> None:
        if delay:
            self._agenda.after(delay, lambda: self._queue.put_nowait(report))
        else:
            self._queue.put_nowait(report)

    async def _send(self, report: Report) -> None:
        url = self.urls.get(report.message.provider)
        if not url:
            return
        provider = self._providers[report.message.provider]
        fields = provider.report(report.message, report.state, report.manners)
        by_get = provider.reports_by_get and report.manners.method == "GET"
        started = time.perf_counter()
        status, body = await call(url, fields, by_get=by_get, as_json=provider.reports_json)
        shown = json.dumps(fields, ensure_ascii=False) if provider.reports_json else form_text(fields)
        self._wire.record(
            "sms", "sms", "prilavok", "GET" if by_get else "POST", without_secret(url), status,
            (time.perf_counter() - started) * 1000, shown, body,
        )  # fmt: skip
        if not (status and provider.acknowledged(status, body)) and report.attempt < len(RESEND_AFTER):
            again = Report(report.message, report.state, report.manners, report.attempt + 1)
            self._put_later(again, RESEND_AFTER[report.attempt])


def reported_states(reached: State, manners: Manners) -> list[State]:
    """What is reported when a message has reached a state."""
    if reached is State.QUEUED:
        return []
    if not manners.shuffle:
        return [reached]
    return [] if reached is State.SENT else [reached, State.SENT]


async def call(url: str, fields: dict[str, str], *, by_get: bool, as_json: bool) -> tuple[int | None, str]:
    """The service's answer; status None: there was none. A connection of its own each time, as providers do."""
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            if by_get:
                answer = await client.get(url, params=fields)
            elif as_json:
                answer = await client.post(url, json=fields)
            else:
                answer = await client.post(url, data=fields)
    except (httpx.HTTPError, httpx.InvalidURL):
        return None, ""
    return answer.status_code, answer.text


def form_text(fields: dict[str, str]) -> str:
    """A form as people read it, for the wire's log."""
    return "&".join(f"{name}={value}" for name, value in fields.items())


def without_secret(url: str) -> str:
    """The path, its last part hidden: a report address ends with its secret."""
    path, _, _ = urlsplit(url).path.rpartition("/")
    return f"{path}/•••"
