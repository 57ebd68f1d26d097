"""What the chats show: one card a sale that follows it, and short messages that ring."""

import asyncio

from bot.errors import BankUnknown, ChatBusy
from bot.ports import OrderStatus, Place
from storage import staff

from .fakes import FakeBank
from .till import GROUP, PHONE, SELLER, SUM, Till


async def test_a_slow_bank_gets_a_text_first_and_then_the_photo(till: Till, bank: FakeBank) -> None:
    """After 2 s, not before; the text goes away when the QR comes."""
    number = await till.record()
    register = await till.lease("register")  # and the bank takes its time
    assert register
    await till.passes(1)
    await till.refresh(number)
    await till.passes(0.5)
    assert till.chat.acts == []
    await till.passes(1)
    assert till.chat.seen(SELLER) == ["⏳ Создаю ссылку · 12 500 ₽"]
    await till.finish(register, await till.perform(register))
    await till.work()
    assert till.chat.acts == ["post", "delete", "photo"]
    assert till.chat.seen(SELLER) == ["🕓 Ждём оплату · 12 500 ₽"]


async def test_a_busy_telegram_does_not_double_the_photo(till: Till, bank: FakeBank) -> None:
    """Whichever of deleting and posting is refused, there is one card in the end."""
    for act in ("delete", "photo"):
        bank.register_trouble = [BankUnknown("HTTP 502")] * 2
        number = await till.record(look_alike_accepted=True)
        await till.passes(2.5)
        till.chat.trouble[act] = [ChatBusy(3)]
        await till.passes(1)
        await till.passes(30)
        assert await till.status(number) == "waiting"
    assert till.chat.seen(SELLER) == ["🕓 Ждём оплату · 12 500 ₽"] * 2


async def test_nothing_is_sent_when_nothing_changed(till: Till) -> None:
    """An edit that would show the same is none."""
    number = await till.sell()
    acts = len(till.chat.acts)
    for _ in range(3):
        await till.steps.check(number)
        await till.refresh(number)
        await till.work()
    assert len(till.chat.acts) == acts


async def test_a_lost_card_is_posted_anew(till: Till, bank: FakeBank) -> None:
    """Somebody deleted it; a look-alike asks for it; and an edit under way does not keep it away."""
    number = await till.sell()
    till.chat.chats[SELLER].clear()
    await till.shopper.opened(await till.code(number))
    await till.work()
    assert till.chat.seen(SELLER) == ["👀 Ссылка открыта · 12 500 ₽"]
    await till.shopper.pay(await till.code(number))
    edit = await till.lease()
    assert edit
    outcome = await till.perform(edit)
    await till.steps.show_again(number)
    await till.finish(edit, outcome)
    await till.work()
    assert till.chat.seen(SELLER) == ["💳 Покупатель на странице банка · 12 500 ₽"] * 2


async def test_a_ping_answers_the_card_and_names_the_seller_in_the_group(till: Till, bank: FakeBank) -> None:
    """A sale that was typed in the group rings there once, and nowhere else."""
    numbers = [await till.sell(phone=PHONE), await till.sell(place=Place(GROUP, 7))]
    for number in numbers:
        order = await till.order(number)
        bank.says(order, OrderStatus.PAID)
        await till.hears(order)
        await till.passes(3)
    [card, ping] = till.chat.chats[SELLER].items()
    assert ping[1].reply_to == card[0]
    assert "Аня" not in ping[1].html
    bell, _, own = till.chat.chats[GROUP].values()
    assert "Аня" in bell.html
    assert "Аня" not in own.html
    assert PHONE[-4:] not in bell.html


async def test_the_card_shows_the_last_state_whatever_overlaps(till: Till, bank: FakeBank) -> None:
    """An edit read its state before the payment came: what was queued meanwhile is a job of its own."""
    number = await till.sell()
    order = await till.order(number)
    await till.shopper.opened(await till.code(number))
    edit = await till.lease()
    assert edit
    outcome = await till.perform(edit)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    settle = await till.lease("settle")
    assert settle
    await till.finish(settle, await till.perform(settle))
    await till.finish(edit, outcome)
    await till.work()
    assert till.chat.seen(SELLER)[0] == "✅ Оплачено · 12 500 ₽"


async def test_a_shopper_who_presses_pay_while_the_money_comes(till: Till, bank: FakeBank) -> None:
    """Either order is right: paid is never taken back to paying, and nobody is sent to the bank twice."""
    for _ in range(3):
        number = await till.sell(look_alike_accepted=True)
        order, code = await till.order(number), await till.code(number)
        bank.says(order, OrderStatus.PAID)
        await till.hears(order)
        await asyncio.gather(till.work(), *(till.shopper.pay(code) for _ in range(3)), till.shopper.opened(code))
        assert await till.status(number) == "paid"
        assert await till.shopper.pay(code) is None
        view = await till.shopper.view(code)
        assert view
        assert (view.state, view.handover_code) == ("paid", (await till.payment(number)).handover_code)


async def test_whoever_has_left_is_told_no_more(till: Till, bank: FakeBank) -> None:
    """A refund of what he sold: the shop hears of it, his own chat does not, and his card stays as it was."""
    number = await till.sell()
    order = await till.order(number)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    await till.passes(3)
    known = till.chat.seen(SELLER)
    async with till.db.write() as tx:
        await staff.change(tx, till.seller.id, closed_at=till.now())
    bank.says(order, OrderStatus.REFUNDED, deposited=0, refunded=SUM)
    await till.hears(order, "refunded")
    await till.passes(3)
    assert len(till.chat.seen(GROUP)) == 2
    assert till.chat.seen(SELLER) == known
