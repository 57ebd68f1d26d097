"""The whole demo, as `make demo` starts it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.demo import Demo


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """Everything on free ports, with an empty database."""
    running = Demo(tmp_path)
    await running.start()
    yield running
    await running.stop()
