"""The client against the simulated bank, over HTTP: two programs that share no code."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer

from bot.banks.sber import SberBank, Settings, create
from bot.config import load
from bot.errors import BankDuplicate, BankLoginRefused, BankOrderUnknown, BankRefused
from bot.ports import OrderRef, OrderStatus
from bot.sandbox.bank import BankSimulator

from .conftest import ORDER, SUM


@pytest.fixture
async def simulator() -> BankSimulator:
    return BankSimulator()


@pytest.fixture
async def address(simulator: BankSimulator) -> AsyncIterator[str]:
    async with TestServer(simulator.app) as server:
        yield str(server.make_url("/payment/rest/"))


@pytest.fixture
async def shop(address: str) -> AsyncIterator[SberBank]:
    settings = load(Settings, url=address, user="sandbox-api", password="sandbox", send_cart="true", decline="true")
    bank = create(settings)
    yield bank
    await bank.close()


async def test_a_sale_is_registered_paid_and_read(shop: SberBank, simulator: BankSimulator) -> None:
    """From the link to the money."""
    order = await shop.register(ORDER)
    asked = OrderRef(ORDER.number, order.md_order)
    assert (await shop.status(asked)).status is OrderStatus.REGISTERED
    simulator.pay(order.md_order)
    state = await shop.status(asked)
    assert (state.status, state.amount, state.approved, state.deposited) == (OrderStatus.PAID, SUM, SUM, SUM)
    assert state.bank_time is not None
    assert await shop.status(OrderRef(ORDER.number)) == state


async def test_an_unpaid_sale_is_closed(shop: SberBank, simulator: BankSimulator) -> None:
    """Its link is dead afterwards; a paid one cannot be closed."""
    order = await shop.register(ORDER)
    asked = OrderRef(ORDER.number, order.md_order)
    await shop.decline(asked)
    assert (await shop.status(asked)).status is OrderStatus.DECLINED
    with pytest.raises(BankRefused):
        await shop.decline(asked)


async def test_a_number_is_taken_once_for_ever(shop: SberBank) -> None:
    """The second registration tells so."""
    await shop.register(ORDER)
    with pytest.raises(BankDuplicate):
        await shop.register(ORDER)


async def test_an_order_that_nobody_registered_is_not_known(shop: SberBank) -> None:
    """errorCode 6."""
    with pytest.raises(BankOrderUnknown):
        await shop.status(OrderRef("S1-999999"))


async def test_a_wrong_password_is_told_apart(address: str) -> None:
    """The owner must hear of it."""
    bank = create(load(Settings, url=address, user="sandbox-api", password="wrong"))
    with pytest.raises(BankLoginRefused):
        await bank.register(ORDER)
    await bank.close()


async def test_callbacks_that_the_simulator_signs_are_believed(shop: SberBank, simulator: BankSimulator) -> None:
    """Both sides have the same idea of the checksum."""
    settings = load(Settings, user="sandbox-api", password="sandbox", callback_key=simulator.signer.key)
    fields = {"mdOrder": "1" * 36, "orderNumber": ORDER.number, "operation": "deposited", "status": "1"}
    bank = create(settings)
    assert bank.read_callback(list(simulator.signer.sign(fields, "hmac").items())).succeeded
    await bank.close()
