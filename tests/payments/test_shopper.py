"""The shopper's page: what it shows, and that it decides nothing."""

from bot.errors import BankRefused
from bot.payments.shopper import Shopper
from bot.ports import OrderStatus, PageState

from .fakes import FakeBank, plain
from .till import SELLER, Till


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


async def test_the_banks_app_is_offered_where_the_bank_gave_a_link_to_it(till: Till, bank: FakeBank) -> None:
    """Otherwise even the app's address of our page leads to the ordinary one."""
    for app_url in ("sberpay://invoicing/v2?bankInvoiceId=1", None):
        bank.app_url = app_url
        code = await till.code(await till.sell(look_alike_accepted=True))
        view = await till.shopper.view(code)
        assert view
        assert view.has_app_link == (app_url is not None)
        link = await till.shopper.pay(code, in_app=True)
        assert link
        assert link == app_url or (app_url is None and link.startswith("https://bank.example/"))


async def test_page_card_and_ring_show_the_same_code(till: Till, bank: FakeBank) -> None:
    """Seller and shopper compare two digits."""
    number = await till.sell()
    bank.says(await till.order(number), OrderStatus.PAID)
    await till.hears(await till.order(number))
    await till.work()
    view = await till.shopper.view(await till.code(number))
    assert view
    card, ring = (plain(shown.html) for shown in till.chat.chats[SELLER].values())
    assert f"Код покупателя: {view.handover_code}." in card
    assert f"· код {view.handover_code} ·" in ring


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


async def test_the_shoppers_telegram_is_offered_while_he_may_pay(till: Till, bank: FakeBank) -> None:
    """Where the setting is on and the bot's name is known."""
    number = await till.sell()
    code = await till.code(number)

    async def offered(name: str | None) -> str | None:
        async def open_bot(token: str) -> str | None:
            return name and f"https://t.me/{name}?start={token}"

        view = await Shopper(till.db, till.clock.now, is_test=True, open_bot=open_bot).view(code)
        assert view
        return view.telegram_url

    assert await offered("ShopBot") == f"https://t.me/ShopBot?start=p_{code}"
    assert await offered(None) is None
    usual = await till.shopper.view(code)
    assert usual
    assert usual.telegram_url is None
    bank.says(await till.order(number), OrderStatus.PAID)
    await till.hears(await till.order(number))
    await till.work()
    assert await offered("ShopBot") is None
