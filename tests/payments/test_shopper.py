"""The shopper's page: what it shows, and that it decides nothing."""

from bot.errors import BankRefused
from bot.ports import OrderStatus, PageState

from .fakes import FakeBank
from .till import Till


async def test_the_page_follows_the_sale(till: Till, bank: FakeBank) -> None:
    """Soon, wait, paying, refused, paid; the hand-over code is shown to who has paid, and to nobody before."""
    number = await till.record()
    code = await till.code(number)
    states = []

    async def look() -> None:
        view = await till.shopper.view(code)
        assert view
        states.append((view.state, view.handover_code is not None))

    await look()
    await till.work()
    await till.shopper.opened(code)
    await look()
    await till.shopper.pay(code)
    await look()
    order = await till.order(number)
    bank.says(order, OrderStatus.REGISTERED, action_code=116)
    await till.shopper.returned(code)
    await till.work()
    await look()
    bank.says(order, OrderStatus.PAID)
    await till.shopper.returned(code)
    await till.passes(3)
    await look()
    soon, wait, paying, retry, paid = PageState.SOON, PageState.WAIT, PageState.PAYING, PageState.RETRY, PageState.PAID
    assert states == [(soon, False), (wait, False), (paying, False), (retry, False), (paid, True)]
    assert await till.audit(number) == ["create", "register", "opened", "paying", "settle", "settle"]


async def test_the_bank_s_link_ends_with_its_time(till: Till) -> None:
    """To the second, and never later than at the bank, whose clock began before ours."""
    number = await till.sell()
    code = await till.code(number)
    till.clock.advance(7199)
    assert await till.shopper.pay(code)
    till.clock.advance(1)
    assert await till.shopper.pay(code) is None
    view = await till.shopper.view(code)
    assert view
    assert view.state is PageState.EXPIRED


async def test_there_is_no_page_for_what_was_never_made(till: Till, bank: FakeBank) -> None:
    """Nor for a code that nobody has."""
    bank.register_trouble = [BankRefused(5, "no")]
    number = await till.sell()
    assert await till.shopper.view(await till.code(number)) is None
    assert await till.shopper.view("1" * 11) is None
    assert await till.shopper.pay(await till.code(number)) is None
