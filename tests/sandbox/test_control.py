"""What every simulator can be told: hanging calls are let go, misspelt orders are refused."""

import asyncio

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.sandbox.bank import BankSimulator


async def test_a_hanging_call_is_closed_when_it_is_let_go() -> None:
    """At once, and without an answer."""
    bank = BankSimulator()
    runner = web.AppRunner(bank.app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    bank.faults.arm("*", "hang", 1)
    async with httpx.AsyncClient(base_url=address, timeout=5) as client:
        call = asyncio.create_task(client.post("/payment/rest/register.do", data={}))  # noqa: TID251 - awaited below
        async with asyncio.timeout(3):
            while not bank.wire.recent("bank"):  # noqa: ASYNC110 - what is seen from outside has no event to wait for
                await asyncio.sleep(0.01)
        bank.let_go()
        with pytest.raises(httpx.RemoteProtocolError):
            await call
    await runner.cleanup()


@pytest.mark.parametrize(
    ("route", "body"),
    [("clock", '{"now": "soon"}'), ("clock", '{"advance": []}'), ("clock", "{"), ("faults", "{}"), ("faults", "[]")],
)
async def test_a_misspelt_order_is_a_bad_request(route: str, body: str) -> None:
    """With what is wrong, and not an error of the server."""
    async with TestClient(TestServer(BankSimulator().app)) as client:
        answer = await client.post(f"/_sandbox/{route}", data=body)
        assert answer.status == 400
        assert "error" in await answer.json()
