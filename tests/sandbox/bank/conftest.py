"""A running bank, a merchant who calls it, and the shop's server that takes its callbacks: all real HTTP."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from aiohttp import web

from bot.sandbox.bank import BankSimulator
from tests.serving import serve
from tests.until import eventually

SUM = 12_500_00
NOON = datetime.fromisoformat("2026-11-25T12:00:00+03:00")
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # httpx would load the system's certificates for each test
LOGIN = {"userName": "sandbox-api", "password": "sandbox"}


until = partial(eventually, within=2)


class Shop:
    """Where callbacks go. `answers` are its next HTTP statuses, then 200."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[int] = []
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.app = web.Application()
        self.app.router.add_route("*", "/bank/callback", self._take)

    async def _take(self, request: web.Request) -> web.Response:
        fields = request.query if request.method == "GET" else await request.post()
        self.calls.append((request.method, {name: str(value) for name, value in fields.items()}))
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, headers={"Location": self.url} if status == 302 else None)

    @property
    def told(self) -> list[str]:
        """Each callback as `operation/status`."""
        return [f"{fields['operation']}/{fields['status']}" for _, fields in self.calls]

    async def hears(self, *expected: str) -> None:
        """Exactly these callbacks, once they are all there."""
        await until(lambda: len(self.told) >= len(expected))
        await asyncio.sleep(0.02)  # one too many would come now
        assert self.told == list(expected)


class Merchant:
    """A client of the REST interface and of the controls; `bank` is the simulator behind them."""

    def __init__(self, bank: BankSimulator, http: httpx.AsyncClient) -> None:
        self.bank = bank
        self.http = http
        self._numbers = iter(range(1, 1000))

    async def call(self, method: str, **fields: Any) -> dict[str, Any]:
        answer = await self.http.post(f"/payment/rest/{method}", data=LOGIN | fields)
        assert answer.status_code == 200
        body: dict[str, Any] = answer.json()
        return body

    async def register(self, *, hold: bool = False, **fields: Any) -> str:
        """mdOrder of a new order of 12 500 roubles."""
        order = {"orderNumber": f"S1-{next(self._numbers):06}", "amount": SUM, "returnUrl": "https://shop.example/r"}
        body = await self.call("registerPreAuth.do" if hold else "register.do", **(order | fields))
        return str(body["orderId"])

    async def status(self, md_order: str) -> dict[str, Any]:
        return await self.call("getOrderStatusExtended.do", orderId=md_order)

    async def amounts(self, md_order: str) -> tuple[int, str, int, int, int]:
        """orderStatus, paymentState, approved, deposited, refunded."""
        body = await self.status(md_order)
        sums = body["paymentAmountInfo"]
        return (
            body["orderStatus"],
            sums["paymentState"],
            sums["approvedAmount"],
            sums["depositedAmount"],
            sums["refundedAmount"],
        )

    async def control(self, name: str, **asked: Any) -> dict[str, Any]:
        answer = await self.http.post(f"/_sandbox/{name}", json=asked)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def pass_time(self, **by: float) -> None:
        self.bank.clock.advance(timedelta(**by))


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    shop = Shop()
    runner, url = await serve(shop.app)
    shop.url = f"{url}/bank/callback"
    yield shop
    await runner.cleanup()


@pytest.fixture
async def merchant(shop: Shop) -> AsyncIterator[Merchant]:
    """At noon in Moscow."""
    bank = BankSimulator(callback_url=shop.url)
    bank.clock.set(NOON)
    runner, url = await serve(bank.app)
    async with httpx.AsyncClient(base_url=url, verify=NO_TLS) as http:
        yield Merchant(bank, http)
    await runner.cleanup()
