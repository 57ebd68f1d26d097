"""The shopper's own Telegram: the link and the result for whoever pressed Start for this payment, and nobody else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.payments.moves import move
from bot.payments.states import Status
from bot.sandbox.telegram import Message
from storage import payments
from tests.telegram_edge.shop import ANYA, OLEG, PUBLIC_URL, STRANGER, Shop, labels
from tests.telegram_edge.shown import NOON, card, lines, view

SUM = 12_500_00
GUEST, ENGLISH = 1011, 1012


@pytest.fixture
async def shop(world: Shop) -> AsyncIterator[Shop]:
    """With SHOPPER_TELEGRAM, and an English shopper."""
    for user, lang in ((GUEST, "ru"), (ENGLISH, "en")):
        world.telegram.add_user(user, "Покупатель", language_code=lang)
    await world.start(shopper_telegram=True)
    yield world
    await world.stop()


async def sells(shop: Shop, typed: str = "12500 9161234567 куртка") -> str:
    """The code of the sale's page."""
    shop.say(typed)
    await shop.hears("Ждём оплату")
    [[code]] = await shop.rows("SELECT code FROM links WHERE closed_at IS NULL ORDER BY payment_id DESC LIMIT 1")
    return str(code)


async def comes(shop: Shop, code: str, user: int = STRANGER) -> None:
    """From the page; all that follows is done."""
    shop.later(5)
    shop.telegram.start(user, f"p_{code}")
    await shop.settled()


async def becomes(shop: Shop, *steps: tuple[Status, dict[str, Any]]) -> None:
    """The sale, as the bank would have it: several steps before anybody can be told. All that follows is done."""
    shop.later(5)
    async with shop.service.db.write() as tx:
        payment = await payments.lock(tx, 1001)
        for status, news in steps:
            assert payment
            payment = await move(tx, payment, shop.clock.now(), "settle", status=status, **news)
    await shop.settled()


def url(message: Message) -> str:
    return str((message.markup or {})["inline_keyboard"][0][0]["url"])


async def test_whoever_pressed_start_gets_the_link_and_later_the_result(shop: Shop) -> None:
    """Sum, shop and goods with the way to our page; then the code for the seller. The card tells when."""
    code = await sells(shop)
    await comes(shop, code)
    [link] = shop.told(STRANGER)
    assert shop.texts(STRANGER) == ["ТЕСТ, денег нет\n«Прилавок»: 12 500 ₽ · куртка\nНапишу сюда, когда банк ответит."]
    assert (labels(link), url(link)) == (["Перейти к оплате"], f"{PUBLIC_URL}/p/{code}")
    shown = await shop.hears("Ссылка в Telegram покупателя")
    assert str(STRANGER) not in str(shown.caption)

    shop.pay()
    await shop.hears("Оплачено 12 500 ₽")
    [[handover]] = await shop.rows("SELECT handover_code FROM payments")
    result = f"ТЕСТ, денег нет\nОплачено · 12 500 ₽ · «Прилавок»\nКод для продавца: {handover}"
    await shop.settled()
    assert shop.texts(STRANGER)[1:] == [result]


@pytest.mark.parametrize(("phone", "line"), [(None, ""), ("+79161234567", "SMS не подключены. Покажите QR · ")])
def test_a_card_says_beside_the_sms_when_the_link_went_to_telegram(phone: str | None, line: str) -> None:
    """While it is to be paid; then it does not matter any more."""
    facts: dict[str, Any] = {"phone": phone, "sms_is_on": False, "in_telegram_at": NOON}
    assert lines(card(view(Status.OPENED, **facts)))[2] == f"{line}Ссылка в Telegram покупателя 12:00"
    assert "Telegram" not in card(view(Status.PAID, **facts)).html


async def test_each_result_is_told_once_and_in_his_language(shop: Shop) -> None:
    """As the page puts it. What is closed here and then at the bank is one cancellation; a renewed link comes again."""
    code = await sells(shop)
    await comes(shop, code, ENGLISH)
    for status, news in (
        (Status.EXPIRED, {}),
        (Status.REGISTERING, {"link_until": None}),
        (Status.WAITING, {}),
        (Status.CANCELLING, {}),
        (Status.CANCELLED, {}),
        (Status.HELD, {"late": True, "approved": SUM, "held_at": shop.clock.now()}),
        (Status.PAID, {"deposited": 8_000_00, "paid_at": shop.clock.now()}),
        (Status.DISPUTED, {}),
        (Status.PAID, {}),
        (Status.PART_REFUNDED, {"deposited": 5_000_00, "refunded": 3_000_00}),
        (Status.PART_REFUNDED, {"deposited": 2_000_00, "refunded": 6_000_00}),
        (Status.REFUNDED, {"deposited": 0, "refunded": 8_000_00}),
    ):
        await becomes(shop, (status, news))
    heads = [text.split("\n")[1] for text in shop.texts(ENGLISH)]
    shop_ = "“Прилавок”"
    assert heads == [
        f"{shop_}: 12 500 ₽ · куртка",
        f"Link expired · 12 500 ₽ · {shop_}",
        f"{shop_}: 12 500 ₽ · куртка",
        f"Payment cancelled · 12 500 ₽ · {shop_}",
        f"Money reserved · 12 500 ₽ · {shop_}",
        f"Paid · 8 000 ₽ · {shop_}",
        f"3 000 ₽ refunded · {shop_}",
        f"6 000 ₽ refunded · {shop_}",
        f"Money refunded · 8 000 ₽ · {shop_}",
    ]
    told = "\n".join(shop.texts(ENGLISH))
    assert "Nothing to pay." in told
    assert not any(word in told for word in ("Аня", "916", "1001"))


async def test_what_came_of_a_refused_or_a_reversed_payment_is_told(shop: Shop) -> None:
    """With what to do next."""
    await comes(shop, await sells(shop))
    await becomes(shop, (Status.DECLINED, {}))
    await becomes(shop, (Status.REVERSED, {}))
    _, declined, reversed_ = shop.texts(STRANGER)
    assert "Оплата не прошла · 12 500 ₽ · «Прилавок»\nДеньги не списаны" in declined
    assert "Деньги возвращены · 12 500 ₽ · «Прилавок»\nПридут за 1–10 рабочих дней." in reversed_


async def test_staff_may_be_shoppers_and_stay_staff(shop: Shop) -> None:
    """Open access or closed; beside what they hear as staff."""
    code = await sells(shop)
    async with shop.service.db.write() as tx:
        await tx.exec_driver_sql("UPDATE staff SET closed_at = '2026-01-01 10:00:00.000000' WHERE role = 'manager'")
    for user in (ANYA, OLEG):
        await comes(shop, code, user)
        await shop.hears("Напишу сюда", user)
    shop.pay()
    await shop.hears("Код для продавца", OLEG)
    await shop.hears("Код для продавца", ANYA)
    await shop.settled()
    shop.later(10)
    shop.say("13500")
    await shop.hears("Ждём оплату · 13 500 ₽")


async def test_a_wrong_code_and_the_fourth_chat_are_strangers(shop: Shop) -> None:
    """No hint, and at most once a minute; three may come by one link, as often as they like."""
    code = await sells(shop)
    for user in (STRANGER, STRANGER, GUEST, ENGLISH):
        await comes(shop, code, user)
    assert [len(shop.told(user)) for user in (STRANGER, GUEST, ENGLISH)] == [1, 1, 1]
    shop.later(60)
    await comes(shop, code)
    assert len(shop.told(STRANGER)) == 2
    for payload in (code, "11111111111", "", "1" * 12):
        await comes(shop, payload, OLEG if payload == code else ANYA)
    assert shop.texts(OLEG)[-1].startswith("Это касса магазина")
    assert not await shop.rows(f"SELECT 1 FROM shopper_chats WHERE chat_id IN ({ANYA}, {OLEG})")  # noqa: S608 - as above


async def test_a_closed_link_tells_nothing_more(shop: Shop) -> None:
    """Its code may be in the hands of another person. By the new one he is a shopper again."""
    old = await sells(shop)
    await comes(shop, old)
    async with shop.service.db.write() as tx:
        await payments.close_link(tx, 1001, shop.clock.now())
        await payments.add_link(tx, 1001, "AbCdEf12Gh4", shop.clock.now())
    shop.later(60)
    for code in (old, "AbCdEf12Gh4"):
        await comes(shop, code, STRANGER if code == old else GUEST)
    shop.pay()
    await shop.hears("Код для продавца", GUEST)
    await shop.settled()
    assert [text.split("\n")[0] for text in shop.texts(STRANGER)[1:]] == [shop.texts(STRANGER)[-1]]
    assert shop.texts(STRANGER)[-1].startswith("Это касса магазина")


async def test_who_comes_too_late_hears_what_has_become_of_it(shop: Shop) -> None:
    """And no way to pay a second time."""
    code = await sells(shop)
    await becomes(shop, (Status.PAID, {"deposited": SUM}))
    await comes(shop, code)
    [told] = shop.told(STRANGER)
    assert "Оплачено · 12 500 ₽" in shop.texts(STRANGER)[0]
    assert not labels(told)


async def test_a_shopper_who_blocked_the_bot_is_let_be(shop: Shop) -> None:
    """Nothing is tried for ever, and the staff hear as always."""
    await comes(shop, await sells(shop))
    shop.telegram.block(STRANGER)
    shop.pay()
    await shop.hears("Оплачено 12 500 ₽")
    await shop.settled()
    assert len(shop.told(STRANGER)) == 1
    jobs = await shop.rows("SELECT outcome, once FROM jobs WHERE kind = 'shopper' ORDER BY id")
    assert jobs == [("", 1), ("chat closed", 1)]


@pytest.mark.parametrize(("fault", "expected"), [("429", 1), ("drop", 0)])
async def test_what_may_have_arrived_is_not_sent_again(shop: Shop, fault: str, expected: int) -> None:
    """After a refusal it is; never twice."""
    code = await sells(shop)
    await shop.settled()
    shop.telegram.faults.arm("sendMessage", fault)
    shop.telegram.start(STRANGER, f"p_{code}")
    await shop.reaches("SELECT count(*) FROM jobs WHERE kind = 'shopper' AND outcome IS NOT NULL", (1,))
    for _ in range(2):
        shop.later(30)
        await shop.settled()
    assert len(shop.told(STRANGER)) == expected


async def test_only_the_newest_state_is_told(shop: Shop) -> None:
    """What was true until a moment ago is no news."""
    await comes(shop, await sells(shop))
    await becomes(shop, (Status.EXPIRED, {}), (Status.PAID, {"deposited": SUM}))
    assert [text.split("\n")[1] for text in shop.texts(STRANGER)[1:]] == ["Оплачено · 12 500 ₽ · «Прилавок»"]


@pytest.mark.parametrize("settings", [{"shopper_telegram": False}, {"shopper_telegram": True, "public_url": None}])
async def test_without_the_setting_or_a_page_he_is_a_stranger(world: Shop, settings: dict[str, Any]) -> None:
    """Told so at most once a minute, whatever he writes; nothing is kept of him."""
    await world.start(**settings)
    world.clock.set(datetime.now(UTC).replace(second=0) + timedelta(minutes=1))
    code = await sells(world)
    for seen in (1, 1, 2):
        await comes(world, code)
        world.say("сколько стоит?", STRANGER)
        await world.settled()
        assert len(world.told(STRANGER)) == seen
        world.later(25)
    assert all(said.startswith("Это касса магазина") for said in world.texts(STRANGER))
    assert await world.rows("SELECT count(*) FROM shopper_chats") == [(0,)]
    await world.stop()
