"""The adapters against real servers: the simulated providers, and one that answers what a test tells it to."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from aiohttp import web

from bot.config import load
from bot.errors import CallbackRejected
from bot.ports import SmsReport, SmsSender
from bot.sandbox.sms import SmsSimulator
from bot.sms import TIMEOUTS, Timeouts, http, smsc, smsru
from tests.serving import serve

PHONE = "+79161234567"
TEXT = "Прилавок: 12 500 ₽ частями https://pay.shop.ru/p/AbCdEf12Gh4"
PROVIDERS = ("smsru", "smsc", "http")
SECRET = "sandbox"
HURRIED = Timeouts(read=0.25, whole=0.4)  # for an answer that never comes
CERTIFICATES = ssl.create_default_context()  # read once: reading takes longer than a test
TICK = timedelta(seconds=10)  # only a moved clock gets there within a test


def make(provider: str, url: str, timeouts: Timeouts = TIMEOUTS, **more: Any) -> SmsSender:
    """The adapter of `provider`, with the simulator's keys, at the server `url`."""
    line: dict[str, Any] = {"transport": httpx.AsyncHTTPTransport(verify=CERTIFICATES), "timeouts": timeouts}
    if provider == "smsru":
        settings: dict[str, Any] = {"api_id": "sandbox-api-id", "url": url}
        return smsru.create(load(smsru.Settings, report_secret=SECRET, **settings, **more), **line)
    if provider == "smsc":
        settings = {"login": "sandbox", "password": "sandbox", "url": url}
        return smsc.create(load(smsc.Settings, report_secret=SECRET, **settings, **more), **line)
    settings = {"token": "sandbox", "url": f"{url}/http/send"}
    return http.create(load(http.Settings, report_secret=SECRET, **settings, **more), **line)


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    """Each that speaks HTTP in turn."""
    return str(request.param)


class Reports:
    """Our side of the reports' address: reads what comes, answers what the adapter says."""

    def __init__(self) -> None:
        self.url = ""
        self.reader: SmsSender | None = None
        self.seen: asyncio.Queue[SmsReport | int] = asyncio.Queue()
        self.app = web.Application()
        self.app.router.add_route("*", "/{path:.*}", self._take)

    async def _take(self, request: web.Request) -> web.Response:
        assert self.reader
        is_json = request.content_type == "application/json"
        body = await request.json() if is_json else None
        fields = request.query if request.method == "GET" else await request.post()
        form = {name: [str(value) for value in fields.getall(name)] for name in fields}
        try:
            reports, answer = self.reader.read_reports(form, body)
        except CallbackRejected as rejected:
            self.seen.put_nowait(rejected.status)
            return web.Response(status=rejected.status)
        for report in reports:
            self.seen.put_nowait(report)
        return web.Response(text=answer)

    async def next(self) -> SmsReport | int:
        """The next report; a number: the status with which one was refused."""
        async with asyncio.timeout(2):
            return await self.seen.get()


@dataclass
class Sandbox:
    """The simulated providers, and their clock in the test's hand."""

    simulator: SmsSimulator
    url: str
    reports: Reports

    def make(self, provider: str) -> SmsSender:
        """The adapter; from now on the provider reports to it."""
        self.reports.reader = make(provider, self.url)
        self.simulator.report_urls[provider] = f"{self.reports.url}/sms/{provider}/report/{SECRET}"
        return self.reports.reader

    async def pass_time(self, time: timedelta = TICK) -> None:
        self.simulator.clock.advance(time)
        for _ in range(10):
            await asyncio.sleep(0)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    reports = Reports()
    here, reports.url = await serve(reports.app)
    simulator = SmsSimulator()
    simulator.tick = TICK
    there, url = await serve(simulator.app)
    yield Sandbox(simulator, url, reports)
    await there.cleanup()
    await here.cleanup()


@dataclass
class Asked:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Provider:
    """Answers every request with `reply`; `asked` is what came."""

    url: str = ""
    reply: Callable[[web.Request], Any] = field(default=lambda request: web.json_response({}))
    asked: list[Asked] = field(default_factory=list)

    def says(self, body: object, status: int = 200) -> None:
        """`body`: an object to answer as JSON, or the bytes themselves."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.reply = lambda request: web.Response(body=raw, status=status)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(request.method, request.path_qs, dict(request.headers), await request.read()))
        answer = self.reply(request)
        result: web.StreamResponse = await answer if asyncio.iscoroutine(answer) else answer
        return result


@pytest.fixture
async def answering() -> AsyncIterator[Provider]:
    """A provider whose answers the test chooses."""
    provider = Provider()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", provider.handle)
    runner, provider.url = await serve(app)
    yield provider
    await runner.cleanup()
