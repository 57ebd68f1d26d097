"""What a seller does when a sale does not go straight: in the chat, by buttons and typed answers."""

import pytest

from bot.sandbox.telegram import Message
from tests.payments.fakes import FakeSms
from tests.telegram_edge.shop import Shop, labels, until, words

PHONE, RIGHT = "+79161234567", "+79167654321"


@pytest.fixture
async def sms(world: Shop) -> FakeSms:
    """A shop that sends SMS."""
    provider = FakeSms("smsru")
    world.senders = [provider]
    return provider


@pytest.fixture
async def shop_with_sms(sms: FakeSms, shop: Shop) -> Shop:
    return shop


async def sold_by_sms(shop: Shop, sms: FakeSms) -> Message:
    """The card, once the SMS has gone."""
    shop.say(f"12500 {PHONE}")
    card = await shop.hears("SMS уйдёт через 5 секунд")
    assert labels(card) == ["Не тот номер", "Показать QR", "Отменить"]
    shop.later(6)
    await until(lambda: len(sms.sent) == 1)
    await shop.settled()
    shop.later(2)
    await until(lambda: "Не тот номер" in labels(card))
    return card


async def declined(shop: Shop) -> Message:
    """The card of a sale whose third attempt the bank has refused."""
    shop.say("12500 куртка")
    card = await shop.hears("Ждём оплату")
    order = list(shop.bank.orders.values())[-1]
    for _ in range(3):
        shop.bank.ledger.refuse(order)
    await shop.reaches("SELECT declined_seen_at IS NOT NULL FROM bank_orders", (1,))
    shop.later(3)
    await until(lambda: "Не оплачено" in words(card))
    shop.later(2)
    await until(lambda: "Новая ссылка" in labels(card))
    return card


async def test_a_wrong_number_is_mended_by_typing_or_by_a_contact(sms: FakeSms, shop_with_sms: Shop) -> None:
    """The old link is gone at once; the new one goes to the right number only."""
    shop = shop_with_sms
    card = await sold_by_sms(shop, sms)
    [[old]] = await shop.rows("SELECT code FROM links")
    await shop.press("Не тот номер", card)
    await until(lambda: "Пришлите верный номер. Старая ссылка уже закрыта." in words(card))
    shop.say("8916765432")
    await shop.hears("не хватает цифр")
    shop.say("", contact={"phone_number": RIGHT, "first_name": "Мария 5000"})
    await until(lambda: "SMS уйдёт через 5 секунд · +7 916 765-43-21" in words(card))
    shop.later(6)
    await until(lambda: len(sms.sent) == 2)
    [[new]] = await shop.rows("SELECT code FROM links WHERE closed_at IS NULL")
    to, text = sms.sent[1]
    assert (to, old in text, new in text) == (RIGHT, False, True)
    assert len(await shop.sales()) == 1


async def test_a_look_alike_with_a_phone_gets_the_sms_again(sms: FakeSms, shop_with_sms: Shop) -> None:
    """Most often nobody wanted a second sale."""
    shop = shop_with_sms
    await sold_by_sms(shop, sms)
    shop.say(f"12500 {PHONE}")
    question = await shop.hears("для …67 ещё ждёт оплату")
    assert labels(question) == ["SMS ещё раз", "Это новый"]
    assert (await shop.press("SMS ещё раз", question))["text"] == "Отправляю SMS"
    await until(lambda: len(sms.sent) == 2)
    assert len(await shop.sales()) == 1


async def test_a_declined_sale_goes_on_with_a_new_link(shop: Shop) -> None:
    card = await declined(shop)
    assert (await shop.press("Новая ссылка", card))["text"] == "Делаю новую ссылку"
    await until(lambda: "Ждём оплату" in words(card))
    shop.pay()
    await shop.hears("Оплачено")
    assert await shop.rows("SELECT id, status FROM payments") == [(1001, "paid")]


async def test_another_sum_is_typed_and_has_its_own_card(shop: Shop) -> None:
    """In two ways is asked; the old card names the new sale."""
    card = await declined(shop)
    await shop.press("Другая сумма", card)
    await until(lambda: "Какая сумма вместо 12 500 ₽?" in words(card))
    shop.say("15.200")
    question = await shop.hears("это 15 200 ₽?")
    await shop.press(_label(question), question)
    newer = await shop.hears("Ждём оплату · 15 200 ₽")
    assert "куртка" in words(newer)
    await until(lambda: "Вместо него — № 1002" in words(card))
    assert labels(card) == []


def _label(question: Message) -> str:
    """As it is written, with its no-break spaces."""
    text: str = (question.markup or {})["inline_keyboard"][0][0]["text"]
    return text
