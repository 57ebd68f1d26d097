"""A running simulator, a client of it, and a service that takes its reports: all real servers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from aiohttp import web

from bot.sandbox.sms import SmsSimulator
from tests.serving import serve
from tests.until import eventually

TICK = timedelta(seconds=10)


until = partial(eventually, within=2)


class Service:
    """Where reports go. `answer` is what they get."""

    def __init__(self) -> None:
        self.url = ""
        self.answer = "100"
        self.status = 200
        self.reports: asyncio.Queue[tuple[str, str, dict[str, str]]] = asyncio.Queue()
        self.app = web.Application()
        self.app.router.add_route("*", "/{path:.*}", self._take)

    async def _take(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            fields = await request.json()
        else:
            fields = dict(request.query) or {name: str(value) for name, value in (await request.post()).items()}
        self.reports.put_nowait((request.method, request.path, fields))
        return web.Response(text=self.answer, status=self.status)

    async def next(self) -> dict[str, str]:
        """The fields of the next report."""
        async with asyncio.timeout(2):
            return (await self.reports.get())[2]


class Till:
    """A client of the providers, and the sandbox's clock in its hand."""

    def __init__(self, simulator: SmsSimulator, client: httpx.AsyncClient) -> None:
        self.simulator = simulator
        self.client = client

    async def smsru(self, method: str, /, **fields: Any) -> dict[str, Any]:
        form = {"api_id": "sandbox-api-id", "json": "1"} | {name.rstrip("_"): value for name, value in fields.items()}
        answer = await self.client.post(method, data=form)
        assert answer.status_code == 200
        body: dict[str, Any] = answer.json()
        return body

    async def smsc(self, method: str = "/rest/send/", /, **fields: Any) -> Any:
        asked = {"login": "sandbox", "psw": "sandbox"} | fields
        if method.startswith("/rest/"):
            answer = await self.client.post(method, json=asked)
        else:
            answer = await self.client.post(method, data={"fmt": "3", "charset": "utf-8"} | asked)
        assert answer.status_code == 200
        return answer.json()

    async def http(self, to: str, text: str = "hi", ref: str = "r1", bearer: str = "sandbox") -> httpx.Response:
        asked = {"to": to, "text": text, "ref": ref}
        return await self.client.post("/http/send", json=asked, headers={"Authorization": f"Bearer {bearer}"})

    async def control(self, name: str, **asked: Any) -> Any:
        answer = await self.client.post(f"/_sandbox/{name}", json=asked)
        assert answer.status_code == 200
        return answer.json()

    async def reported(self, count: int) -> None:
        """Waits until so many reports have been sent and their answers read."""
        await until(lambda: sum(one.source == "sms" for one in self.simulator.wire.recent()) >= count)

    async def pass_time(self, seconds: float = 10) -> None:
        """Moves the clock and lets what is due happen."""
        self.simulator.clock.advance(timedelta(seconds=seconds))
        for _ in range(10):
            await asyncio.sleep(0)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    runner, service.url = await serve(service.app)
    yield service
    await runner.cleanup()


@pytest.fixture
async def till() -> AsyncIterator[Till]:
    simulator = SmsSimulator()
    simulator.tick = TICK  # only `pass_time` gets there within a test
    runner, url = await serve(simulator.app)
    async with httpx.AsyncClient(base_url=url, timeout=2, trust_env=False) as client:
        yield Till(simulator, client)
    await runner.cleanup()
