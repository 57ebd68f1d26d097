"""A sale from its message to the ring, as the chat and the shopper see it."""

from bot.ports import OrderStatus

from .fakes import FakeBank
from .till import GROUP, PHONE, SELLER, Till


async def test_a_sale_is_made_paid_and_rung(till: Till, bank: FakeBank) -> None:
    """Card with the QR, SMS after its delay, callback, one ping to the seller and one to the shop's group."""
    number = await till.sell(phone=PHONE, what="куртка")
    assert till.chat.seen(SELLER) == ["🕓 Ждём оплату · 12 500 ₽"]
    code = await till.code(number)
    assert next(iter(till.chat.chats[SELLER].values())).photo == f"https://till.example/p/{code}"
    await till.passes(5)
    assert [to for to, _ in till.sms.sent] == [PHONE]
    assert f"https://till.example/p/{code}" in till.sms.sent[0][1]
    order = await till.order(number)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    await till.work()
    assert await till.status(number) == "paid"
    assert till.chat.seen(SELLER)[0] == "✅ Оплачено · 12 500 ₽"
    assert till.chat.seen(SELLER)[1].startswith("✅ Оплачено 12 500 ₽ · куртка")
    [bell] = till.chat.seen(GROUP)
    assert bell.startswith("✅ Оплачено 12 500 ₽ · куртка")
    assert "Аня" in bell
