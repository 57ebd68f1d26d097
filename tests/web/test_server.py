"""What holds for all routes: unknown paths, failures, the webhook's secret, and what a log may not hold."""

import asyncio
import logging

import httpx
import pytest
import structlog

from bot.errors import BankUnavailable
from bot.logs import set_up_logs
from bot.web.health import Health
from storage.errors import StorageUnavailable
from tests.web.doors import open_doors

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


async def test_what_is_not_there_is_404_without_a_hint() -> None:
    """At level 0 there are no pages, and while updates are polled no webhook."""
    async with open_doors() as http:
        for path in (
            "/",
            "/p/abcdefgh",
            "/bank",
            "/telegram/webhook",
            "/health",
            "/.env",
            "/static/../app.py",
            "/i/a b",
        ):
            assert (await http.get(path)).status_code == 404
        assert (await http.post("/telegram/webhook", content=b"{}")).status_code == 404


@pytest.mark.parametrize(
    ("fault", "status"), [(StorageUnavailable("locked"), 503), (BankUnavailable("away"), 500), (ValueError("bug"), 500)]
)
async def test_what_nobody_expected_is_no_200(fault: Exception, status: int) -> None:
    """And no traceback for the other side."""

    async def receive(body: bytes) -> None:
        raise fault

    async def probe() -> None:
        raise fault

    async with open_doors(receive_update=receive, webhook_secret="s", health=Health(probe)) as http:
        if not isinstance(fault, ValueError):  # of the webhook: not an update
            answer = await http.post("/telegram/webhook", content=b"{}", headers={SECRET_HEADER: "s"})
            assert answer.status_code == status
        answer = await http.get("/health/ready")
        assert answer.status_code == status
        assert "Traceback" not in answer.text


async def test_an_update_above_a_mebibyte_is_413() -> None:
    """Telegram sends no such thing."""

    async def receive(body: bytes) -> None: ...

    async with open_doors(receive_update=receive, webhook_secret="s") as http:
        headers = {SECRET_HEADER: "s"}
        small = await http.post("/telegram/webhook", content=b"x" * 1_000_000, headers=headers)
        large = await http.post("/telegram/webhook", content=b"x" * 1_100_000, headers=headers)
        assert (small.status_code, large.status_code) == (200, 413)


async def test_an_invitation_opens_the_bot_and_nothing_else() -> None:
    """503 until the bot's name is known; what is no token is 404."""

    async def away(token: str) -> None:
        return None

    async with open_doors() as http:
        answer = await http.get("/i/abc-DEF_1")
        assert answer.headers["Location"] == "https://t.me/bot?start=abc-DEF_1"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert (await http.get("/i/a%0d%0aSet-Cookie:x")).status_code == 404
    async with open_doors(open_bot=away) as http:
        assert (await http.get("/i/abc")).status_code == 503


async def test_no_log_quotes_a_request(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither one that cannot be read nor the variables of one that failed."""

    async def receive(body: bytes) -> None:
        raise BankUnavailable("away")

    set_up_logs("console")
    try:
        async with open_doors(receive_update=receive, webhook_secret="s") as http:
            await http.post("/telegram/webhook", content=b"private-words", headers={SECRET_HEADER: "s"})
            with_private_line = f"/bank/callback?private-words={'x' * 1_200_000}"
            await _raw(http, f"GET {with_private_line} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    finally:
        structlog.reset_defaults()
        logging.getLogger("aiohttp.server").setLevel(logging.NOTSET)
    said = capsys.readouterr()
    assert "a request failed" in said.err
    assert "private-words" not in said.err + said.out


async def _raw(http: httpx.AsyncClient, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    writer.write(request)
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return line
