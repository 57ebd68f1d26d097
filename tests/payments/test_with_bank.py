"""The use cases against the simulated bank, over HTTP, with the real client: two programs that share no code."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.banks.sber import SberBank, Settings, create
from bot.banks.sber.gateway import Timeouts
from bot.config import load
from bot.ports import Callback
from bot.sandbox.bank import BankSimulator
from bot.web.callbacks import CallbackDoor
from storage.engine import Database
from storage.rows import Person

from .fakes import Clock
from .till import GROUP, SUM, Till

HASTY = Timeouts(connect=0.6, read=0.6, whole=0.6)


class SandboxTime(Clock):
    """The till and the bank have one clock; it runs, and `advance` moves it on."""

    def __init__(self, simulator: BankSimulator) -> None:
        self._simulator = simulator

    @property
    def moment(self) -> datetime:
        return self._simulator.clock.now().astimezone(UTC)

    @moment.setter
    def moment(self, then: datetime) -> None:
        self._simulator.clock.set(then)

    def advance(self, seconds: float) -> None:
        self._simulator.clock.advance(timedelta(seconds=seconds))


@pytest.fixture
async def simulator() -> BankSimulator:
    return BankSimulator()


@pytest.fixture
async def client(simulator: BankSimulator) -> AsyncIterator[SberBank]:
    async with TestServer(simulator.app) as server:
        url = str(server.make_url("/payment/rest/"))
        key = simulator.signer.key
        settings = load(Settings, url=url, user="sandbox-api", password="sandbox", callback_key=key)
        bank = create(settings, timeouts=HASTY)
        yield bank
        await bank.close()


@pytest.fixture
async def shop(db: Database, simulator: BankSimulator, client: SberBank, seller: Person) -> AsyncIterator[Till]:
    """A till whose address the bank calls back."""
    till = Till(db, client, SandboxTime(simulator), seller)

    async def record(callback: Callback) -> bool:
        return all(await till.records(callback))

    app = web.Application()
    app.add_routes(CallbackDoor(client, record).routes())
    async with TestServer(app) as server:
        simulator.callback_url = str(server.make_url("/bank/callback"))
        yield till


async def test_a_sale_whose_answer_was_lost_is_paid_once(shop: Till, simulator: BankSimulator) -> None:
    """The bank took the order and hung: of two orders there one has a link, and that one is paid, told five times."""
    simulator.faults.arm("register.do", "hang")
    simulator.callbacks.knobs.repeat = 5
    number = await shop.sell()
    await shop.passes(5)
    assert await shop.status(number) == "waiting"
    assert len(simulator.orders) == 2
    living = (await shop.orders(number))[-1]
    assert living.md_order
    simulator.pay(living.md_order)
    await simulator.callbacks.first_try(living.md_order)
    await shop.passes(3)
    payment = await shop.payment(number)
    assert (payment.status, payment.deposited) == ("paid", SUM)
    assert len(shop.chat.seen(GROUP)) == 1


async def test_a_payer_who_is_quicker_than_the_answer(shop: Till, simulator: BankSimulator) -> None:
    """Paid and called back before register has answered, or while its answer is lost."""
    simulator.callbacks.knobs.early = True
    for answer in ("told", "lost"):
        if answer == "lost":
            simulator.faults.arm("register.do", "hang")
        number = await shop.sell(look_alike_accepted=True)
        await shop.passes(5)
        assert await shop.status(number) == "paid"
        assert len(await shop.orders(number)) == 1
    assert len(simulator.orders) == 2
    assert len(shop.chat.seen(GROUP)) == 2


async def test_refusals_and_the_end_without_any_callback(shop: Till, simulator: BankSimulator) -> None:
    """Two refused attempts leave the link alive; its time runs out at the bank, and polling finds it."""
    simulator.callbacks.knobs.drop = True
    number = await shop.sell()
    [order] = await shop.orders(number)
    assert order.md_order
    for code in (116, 5):
        simulator.refuse(order.md_order, code)
        await shop.passes(11)
        assert (await shop.payment(number)).action_code == code
        assert await shop.status(number) == "waiting"
    shop.clock.advance(7200)
    await shop.passes(10)
    assert await shop.status(number) == "expired"
    refused, over = shop.chat.seen(GROUP)
    assert refused.startswith("↩️ Банк отказал")
    assert over.startswith("⌛ Истекла ссылка")


async def test_a_payer_at_the_last_second(shop: Till, simulator: BankSimulator) -> None:
    """He was on the bank's page when the link ended here: his money is found."""
    simulator.callbacks.knobs.drop = True
    number = await shop.sell()
    [order] = await shop.orders(number)
    assert order.md_order
    shop.clock.advance(7195)
    assert await shop.shopper.pay(await shop.code(number))
    simulator.pay(order.md_order)
    await shop.passes(14)
    assert await shop.status(number) == "paid"
