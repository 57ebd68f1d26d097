"""Fixtures of the shop: before it opens, open, and with one sale in some state."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.telegram_edge.after_sale import Till, sold
from tests.telegram_edge.shop import Shop


@pytest.fixture
async def world(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Shop]:
    """Everything but the service, which the test starts."""
    shutil.copyfile(sqlite_template, tmp_path / "shop.db")
    world = Shop(tmp_path / "shop.db")
    await world.open()
    yield world
    await world.close()


@pytest.fixture
async def shop(world: Shop) -> AsyncIterator[Shop]:
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def http(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=shop.address, timeout=10, verify=False) as client:  # noqa: S501 - no TLS here
        yield client


@pytest.fixture
async def waiting(shop: Shop) -> Till:
    """Not paid yet."""
    return await sold(shop, "12500 куртка")


@pytest.fixture
async def paid(waiting: Till) -> Till:
    waiting.shop.pay()
    await waiting.shop.reaches("SELECT status FROM payments", ("paid",))
    await waiting.shop.settled()
    return waiting


@pytest.fixture
async def held(shop: Shop) -> Till:
    till = await sold(shop, "/hold 12500")
    shop.pay()
    await shop.reaches("SELECT status FROM payments", ("held",))
    await shop.settled()
    return till
