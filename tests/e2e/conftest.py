"""The whole demo, as `make demo` starts it, and a Chromium to walk through it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot.demo import Demo
from tests.browser import chromium


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """Everything on free ports, with an empty database."""
    running = Demo(tmp_path)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser
