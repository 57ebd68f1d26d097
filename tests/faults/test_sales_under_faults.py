"""Many sales at once while bank and Telegram fail at random: no sale is lost, none is told twice, none is paid twice.

The seed is printed; FAULTS_SEED repeats a run.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.demo import Demo
from bot.sandbox.desk import SELLER
from storage import bank_orders, payments
from storage.rows import Payment

pytestmark = pytest.mark.faults

SALES = 30
PATIENCE = 150  # s; a call that hangs costs the client's whole time-out, and then its repeats
BANK_METHODS = ("register.do", "getOrderStatusExtended.do")
TELEGRAM_METHODS = ("sendPhoto", "sendMessage", "editMessageCaption", "getUpdates")


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    running = Demo(tmp_path)
    await running.start()
    yield running
    await running.stop()


async def test_every_sale_is_registered_once_and_told_once(demo: Demo) -> None:
    """Lost answers, dropped connections, 502, 429; callbacks lost, repeated, out of order."""
    seed = int(os.environ.get("FAULTS_SEED", random.SystemRandom().randrange(10**6)))
    print(f"FAULTS_SEED={seed}")  # noqa: T201 - to repeat this very run
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    for number in range(SALES):
        demo.telegram.say(SELLER.id, f"{1000 + number} куртка")
        break_something(demo, chance)
        await asyncio.sleep(chance.random() / 5)
    await until(lambda: len(waiting_at_the_bank(demo)) >= SALES)
    await until_async(lambda: all_linked(demo))
    for payment in await all_payments(demo):
        demo.bank.pay(await payable_order(demo, payment))
        break_something(demo, chance)
    await until(lambda: len(pings(demo)) >= SALES)
    await asyncio.sleep(3)  # whatever would come twice has come by then

    assert sorted(pings(demo)) == sorted(set(pings(demo)))
    assert {payment.status for payment in await all_payments(demo)} == {"paid"}
    assert sum(order.deposited for order in demo.bank.orders.values()) == sum(
        payment.deposited for payment in await all_payments(demo)
    )


def break_something(demo: Demo, chance: random.Random) -> None:
    """Telegram's answers are not lost after it has sent: such a message may rightly come twice."""
    simulator, methods, kinds = chance.choice(
        [
            (demo.bank, BANK_METHODS, ("hang", "drop", "502", "429")),
            (demo.telegram, TELEGRAM_METHODS, ("drop", "502", "429")),
        ]
    )
    simulator.faults.arm(chance.choice(methods), chance.choice(kinds), chance.randrange(1, 3))
    demo.bank.callbacks.knobs.repeat = chance.choice((1, 1, 3))
    demo.bank.callbacks.knobs.drop = chance.choice((0, 0, 1))


def waiting_at_the_bank(demo: Demo) -> list[str]:
    return [order.md_order for order in demo.bank.orders.values()]


def pings(demo: Demo) -> list[str]:
    """The ringing messages of the seller's chat."""
    texts = (message.shown().get("text") or "" for message in demo.telegram.world.chat(SELLER.id).messages.values())
    return [text for text in texts if text.startswith("✅ Оплачено")]


async def all_payments(demo: Demo) -> list[Payment]:
    assert demo.service is not None
    async with demo.service.db.read() as tx:
        found = [await payments.get(tx, number) for number in range(1001, 1001 + SALES)]
    return [payment for payment in found if payment]


async def all_linked(demo: Demo) -> bool:
    return [payment.status for payment in await all_payments(demo)] == ["waiting"] * SALES


async def payable_order(demo: Demo, payment: Payment) -> str:
    """The one bank order of a payment whose link was handed out."""
    assert demo.service is not None
    async with demo.service.db.read() as tx:
        orders = await bank_orders.of_payment(tx, payment.id)
    registered = [order for order in orders if order.state == "registered"]
    assert len(registered) == 1
    assert registered[0].md_order is not None
    return registered[0].md_order


async def until(is_so: Callable[[], bool]) -> None:
    async def answer() -> bool:
        return is_so()

    await until_async(answer)


async def until_async(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await is_so():  # noqa: ASYNC110 - what is seen from outside has no event to wait for
            await asyncio.sleep(0.1)
