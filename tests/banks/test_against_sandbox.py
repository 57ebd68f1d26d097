"""The client against the simulated bank, over HTTP: two programs that share no code."""

from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from aiohttp.test_utils import TestServer

from bot.banks.sber import SberBank, Settings, create
from bot.config import load
from bot.errors import BankDuplicate, BankLoginRefused, BankOrderUnknown, BankRefused
from bot.ports import OrderRef, OrderStatus
from bot.sandbox.bank import BankSimulator

from .conftest import ORDER, SUM

NOON = datetime.fromisoformat("2026-11-25T12:00:00+03:00")
GOODS = ORDER.description


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


async def registered(shop: SberBank, *, two_stage: bool = False) -> OrderRef:
    order = await shop.register(replace(ORDER, two_stage=two_stage))
    return OrderRef(ORDER.number, order.md_order)


async def refused(operation: Awaitable[None], code: int) -> None:
    """Neither unknown nor a trouble with the login."""
    with pytest.raises(BankRefused) as refusal:
        await operation
    assert (type(refusal.value), refusal.value.code) == (BankRefused, code)


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


async def amounts(shop: SberBank, order: OrderRef) -> tuple[OrderStatus | None, int, int, int]:
    """Its status; approved, deposited, refunded."""
    state = await shop.status(order)
    return state.status, state.approved, state.deposited, state.refunded


async def test_a_hold_is_completed_for_less_and_once(shop: SberBank, simulator: BankSimulator) -> None:
    """The rest is released: nothing of it can be charged or reversed later."""
    order = await registered(shop, two_stage=True)
    simulator.pay(order.md_order or "")
    assert await amounts(shop, order) == (OrderStatus.HELD, SUM, 0, 0)
    await refused(shop.deposit(order, SUM + 1, description=GOODS), 5)
    await shop.deposit(order, 1_000_00, description=GOODS)
    assert await amounts(shop, order) == (OrderStatus.PAID, SUM, 1_000_00, 0)
    await refused(shop.deposit(order, 1_000_00, description=GOODS), 7)
    await refused(shop.reverse(order), 7)


async def test_the_moments_of_money_are_told(shop: SberBank, simulator: BankSimulator) -> None:
    """Held, and completed two days later, by the bank's own clock."""
    order = await registered(shop, two_stage=True)
    assert (await shop.status(order)).held_at is None
    simulator.pay(order.md_order or "")
    held = await shop.status(order)
    assert held.held_at is not None
    assert held.bank_time is not None
    assert abs(held.held_at - held.bank_time) < timedelta(seconds=2)
    assert held.paid_at is None
    simulator.clock.advance(timedelta(days=2))
    await shop.deposit(order, SUM, description=GOODS)
    paid = await shop.status(order)
    assert paid.held_at == held.held_at
    assert paid.paid_at is not None
    assert timedelta(days=2) <= paid.paid_at - held.held_at < timedelta(days=2, seconds=2)


@pytest.mark.parametrize("two_stage", [False, True])
async def test_a_payment_or_a_hold_is_reversed(shop: SberBank, simulator: BankSimulator, two_stage: bool) -> None:
    """All of it is the shopper's again; there is nothing left to take or give back."""
    simulator.clock.set(NOON)
    order = await registered(shop, two_stage=two_stage)
    simulator.pay(order.md_order or "")
    await shop.reverse(order)
    assert await amounts(shop, order) == (OrderStatus.REVERSED, SUM, 0, 0)
    await refused(shop.reverse(order), 7)
    await refused(shop.deposit(order, SUM, description=GOODS), 7)
    await refused(shop.refund(order, SUM, description=GOODS), 7)


async def test_a_refused_reverse_spoils_the_later_ones(shop: SberBank, simulator: BankSimulator) -> None:
    """It may be tried once."""
    simulator.clock.set(NOON)
    order = await registered(shop)
    await refused(shop.reverse(order), 7)
    simulator.pay(order.md_order or "")
    await refused(shop.reverse(order), 7)


async def test_two_equal_refunds_are_two(shop: SberBank, simulator: BankSimulator) -> None:
    """Until nothing is left."""
    order = await registered(shop)
    await refused(shop.refund(order, 3_000_00, description=GOODS), 7)
    simulator.pay(order.md_order or "")
    for back in (3_000_00, 6_000_00):
        await shop.refund(order, 3_000_00, description=GOODS)
        assert await amounts(shop, order) == (OrderStatus.REFUNDED, SUM, SUM - back, back)
    await refused(shop.refund(order, SUM, description=GOODS), 7)
    await refused(shop.refund(order, 99, description=GOODS), 7)
    await shop.refund(order, SUM - 6_000_00, description=GOODS)
    assert await amounts(shop, order) == (OrderStatus.REFUNDED, SUM, 0, SUM)
    await refused(shop.refund(order, 100, description=GOODS), 7)


async def test_an_operation_on_an_order_that_nobody_registered_is_refused_as_unknown(shop: SberBank) -> None:
    """errorCode 6, whichever it is."""
    nobody = OrderRef("S1-999999")
    for operation in (
        shop.deposit(nobody, SUM, description=GOODS),
        shop.reverse(nobody),
        shop.refund(nobody, SUM, description=GOODS),
        shop.decline(nobody),
    ):
        with pytest.raises(BankOrderUnknown):
            await operation


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
