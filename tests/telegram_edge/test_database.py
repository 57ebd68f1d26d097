"""The database locked by somebody else, or read-only: nobody is told that something was recorded which was not."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from storage import engine
from tests.telegram_edge.shop import Shop, until

FIELDS = {"mdOrder": "0123456-89ab-cdef-0123-456789abcdef0", "operation": "deposited", "status": "1"}


@pytest.fixture
async def hasty(world: Shop, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The shop, impatient with locks."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    await world.start()
    async with httpx.AsyncClient(base_url=world.address, timeout=10, verify=False) as client:  # noqa: S501 - no TLS
        yield client
    await world.stop()


@asynccontextmanager
async def locked(world: Shop) -> AsyncIterator[None]:
    """Another process writes, and does not end."""
    blocker = sqlite3.connect(world.database, isolation_level=None, timeout=0)
    async with asyncio.timeout(5):
        while not blocker.in_transaction:
            with suppress(sqlite3.OperationalError):  # the service is just writing
                blocker.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(0.002)
    yield
    blocker.execute("ROLLBACK")
    blocker.close()


async def test_a_callback_that_could_not_be_recorded_is_503_and_comes_again(
    world: Shop, hasty: httpx.AsyncClient
) -> None:
    """The bank repeats it, and the sale is paid; an unknown order is 200 once it is recorded."""
    world.say("12500")
    await world.hears("Ждём оплату")
    await world.settled()
    signed = world.bank.signer.sign(FIELDS, "hmac")
    async with locked(world):
        assert (await hasty.post("/bank/callback", data=signed)).status_code == 503
        assert (await hasty.get("/bank/callback", params=signed)).status_code == 503
        assert (await hasty.get("/health/ready")).status_code == 503
        assert (await hasty.get("/health/live")).status_code == 200
    assert (await hasty.get("/health/ready")).status_code == 200
    assert (await hasty.post("/bank/callback", data=signed)).status_code == 200
    assert await world.rows("SELECT count(*), count(bank_order_id) FROM callbacks") == [(1, 0)]
    world.pay()
    await world.hears("Оплачено 12 500")


async def test_a_message_written_while_the_database_is_locked_is_handled_later(
    world: Shop, hasty: httpx.AsyncClient
) -> None:
    """It is not acknowledged before it is recorded."""
    wire = world.telegram.wire
    async with locked(world):
        world.say("12500")
        await until(lambda: any("getUpdates" in e.path and "12500" in e.response for e in wire.recent()))
        assert world.telegram.world.updates.pending()
    await world.hears("12 500 ₽")
    assert len(await world.sales()) == 1
