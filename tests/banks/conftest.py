"""A gateway that answers what a test tells it to: a real server, whose requests are kept as bytes."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from bot.banks.sber import SberBank, Settings, create
from bot.banks.sber.gateway import TIMEOUTS, Timeouts
from bot.config import load
from bot.ports import NewOrder, OrderRef
from tests.serving import serve

PATH = "/payment/rest/"
MD_ORDER = "aefeb658-48fb-7f37-aefe-b65804b11830"
SUM = 12_500_50
ORDER = NewOrder("S1-000042", SUM, "куртка зимняя", "https://shop.example/p/abc/return", timedelta(hours=2))
ASKED = OrderRef("S1-000042", MD_ORDER)
LOGIN = {"user": "shop-api", "password": "secret"}
SHORT = Timeouts(connect=0.2, read=0.1, whole=0.15)

Reply = Callable[[web.Request], Any]
Operation = Callable[[SberBank], Awaitable[None]]

OPERATIONS: dict[str, Operation] = {
    "deposit.do": lambda bank: bank.deposit(ASKED, SUM, description=ORDER.description),
    "reverse.do": lambda bank: bank.reverse(ASKED),
    "refund.do": lambda bank: bank.refund(ASKED, SUM, description=ORDER.description),
    "decline.do": lambda bank: bank.decline(ASKED),
}


def sample(name: str) -> dict[str, Any]:
    """A body in the shape of a real one."""
    body: dict[str, Any] = json.loads((Path(__file__).parent / "samples" / f"{name}.json").read_text("utf-8"))
    return body


@dataclass
class FakeGateway:
    """`says` sets the next answers; `asked` is what came: (path, headers, raw body)."""

    url: str = ""
    reply: Reply = field(default=lambda request: web.json_response({}))
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def says(self, body: object, status: int = 200, **more: Any) -> None:
        """`body`: an object to answer as JSON, or the bytes themselves."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.reply = lambda request: web.Response(body=raw, status=status, **more)

    @property
    def app(self) -> web.Application:
        """Answers whatever is asked."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        return app

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, dict(request.headers), await request.read()))
        answer = self.reply(request)
        result: web.StreamResponse = await answer if asyncio.iscoroutine(answer) else answer
        return result

    @property
    def form(self) -> dict[str, str]:
        """The fields of the last request, decoded."""
        fields = parse_qsl(self.asked[-1][2].decode("ascii"), keep_blank_values=True, strict_parsing=True)
        assert len(dict(fields)) == len(fields)
        return dict(fields)


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    fake = FakeGateway()
    runner, address = await serve(fake.app)
    fake.url = f"{address}{PATH}"
    yield fake
    await runner.cleanup()


MakeBank = Callable[..., SberBank]


@pytest.fixture
async def make_bank(gateway: FakeGateway) -> AsyncIterator[MakeBank]:
    """A client of the fake gateway (or of another `url`) with the settings that are named."""
    made: list[SberBank] = []

    def make(timeouts: Timeouts = TIMEOUTS, **values: object) -> SberBank:
        values = {"url": gateway.url, **({} if "token" in values else LOGIN), **values}
        made.append(create(load(Settings, **values), timeouts=timeouts))
        return made[-1]

    yield make
    for bank in made:
        await bank.close()


@pytest.fixture
def bank(make_bank: MakeBank) -> SberBank:
    return make_bank()
