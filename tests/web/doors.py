"""The whole web server with the doors that a test asks for, on a port of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from aiohttp import web

from bot.errors import CallbackRejected
from bot.ports import Callback
from bot.web.assets import Assets
from bot.web.callbacks import CallbackDoor
from bot.web.deliveries import DeliveryDoor
from bot.web.health import Health
from bot.web.metrics import Metrics
from bot.web.server import LONGEST_LINE, make_app


class Reader:
    """A bank's reader of callbacks out of one function."""

    def __init__(self, read: Callable[[list[tuple[str, str]]], Callback]) -> None:
        self.read_callback = read


def _refuse(parameters: list[tuple[str, str]]) -> Callback:
    raise CallbackRejected(400, "no bank here")


async def _nothing(*_given: Any) -> Any:
    return None


async def _no_figures() -> dict[str, float]:
    return {}


async def _bot(token: str) -> str | None:
    return f"https://t.me/bot?start={token}"


@asynccontextmanager
async def open_doors(**doors: Any) -> AsyncIterator[httpx.AsyncClient]:
    """`doors` replace what `make_app` takes."""
    plain: dict[str, Any] = {
        "pages": None,
        "till": None,
        "assets": Assets(),
        "callbacks": CallbackDoor(Reader(_refuse), _nothing),
        "deliveries": DeliveryDoor([], _nothing),
        "health": Health(_nothing),
        "metrics": Metrics(_no_figures, None),
        "open_bot": _bot,
        "receive_update": None,
        "webhook_secret": None,
    }
    app = make_app(**(plain | doors))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, max_line_size=LONGEST_LINE)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with httpx.AsyncClient(base_url=address, timeout=10, verify=False) as client:  # noqa: S501 - no TLS here
        yield client
    await runner.cleanup()
