"""A simulator on a port of its own, an aiogram bot and a bare HTTP client that talk to it."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from PIL import Image

from bot.sandbox.telegram import TelegramSimulator
from tests.serving import serve

SELLER, MANAGER, GROUP = 7, 8, -1001

Call = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def telegram() -> TelegramSimulator:
    """A seller who has started the bot, and nothing else."""
    simulator = TelegramSimulator()
    simulator.add_user(SELLER, "Аня", "anya")
    simulator.add_user(MANAGER, "Олег")
    simulator.start(SELLER)
    simulator.world.updates.clear()
    return simulator


@pytest.fixture
async def address(telegram: TelegramSimulator) -> AsyncIterator[str]:
    runner, address = await serve(telegram.app)
    yield address
    await runner.cleanup()


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, timeout=5) as client:
        yield client


@pytest.fixture
def call(http: httpx.AsyncClient) -> Call:
    """`await call("sendMessage", chat_id=7, text="...")`: the answer's JSON, whatever it says."""

    async def ask(method: str, **parameters: Any) -> dict[str, Any]:
        answer: dict[str, Any] = (await http.post(f"/bot42:SANDBOX/{method}", json=parameters)).json()
        return answer

    return ask


@pytest.fixture
async def bot(address: str) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(address))
    bot = Bot("42:SANDBOX", session=session)
    yield bot
    if session._session is not None:  # Bot.session.close() sleeps a quarter of a second, for TLS
        await session._session.close()


@pytest.fixture
def picture() -> bytes:
    """A PNG of 600 x 600."""
    drawn = io.BytesIO()
    Image.new("RGB", (600, 600), "white").save(drawn, "PNG")
    return drawn.getvalue()


@pytest.fixture
async def events(telegram: TelegramSimulator) -> AsyncIterator[list[dict[str, Any]]]:
    """What people have seen since the test began."""
    seen: list[dict[str, Any]] = []

    async def watch() -> None:
        async for event in telegram.follow():
            seen.append(event)  # noqa: PERF401 - the events never end, a comprehension would show none

    task = asyncio.get_running_loop().create_task(watch())
    await asyncio.sleep(0)
    yield seen
    task.cancel()
    await asyncio.wait((task,))
