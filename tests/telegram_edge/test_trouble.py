"""Telegram away, slow, too busy, or cards and chats gone: nothing is lost, order is kept, the bank is answered."""

import asyncio

import httpx
import pytest

from tests.telegram_edge.after_sale import Till
from tests.telegram_edge.shop import ANYA, GROUP, OLEG, Shop, labels, until, words


async def test_while_telegram_is_away_the_bank_is_answered_and_later_all_is_told(
    shop: Shop, http: httpx.AsyncClient
) -> None:
    """Callbacks and health do not depend on Telegram; the ping follows its card."""
    shop.say("12500")
    await shop.hears("Ждём оплату")
    await shop.settled()
    shop.telegram.away = True
    shop.pay()
    await shop.reaches("SELECT status FROM payments", ("paid",))
    assert (await http.get("/health/ready")).status_code == 200
    shop.telegram.away = False
    for _ in range(3):
        shop.later(20)  # in all less than a lease: what is under way is not to be taken over
        await asyncio.sleep(0.05)
    await shop.hears("Продавец: Аня", GROUP)
    ping = await shop.hears("Оплачено 12 500")
    assert words(shop.told()[0]).startswith("✅ Оплачено")
    assert ping.reply_to is not None
    await shop.settled()
    assert len(shop.told()) == 2
    assert len(shop.told(GROUP)) == 1


@pytest.mark.parametrize("kind", ["429", "502", "drop"])
async def test_a_refused_send_is_sent_later_once(shop: Shop, kind: str) -> None:
    """After retry_after, or after a pause where Telegram's front end was down."""
    shop.telegram.faults.arm("sendPhoto", kind)
    shop.say("12500")
    await until(lambda: any(e.method == "POST" and "sendPhoto" in e.path for e in shop.telegram.wire.recent()))
    await asyncio.sleep(0.05)
    assert shop.told() == []
    shop.later(4)
    await shop.hears("Ждём оплату")
    await shop.settled()
    assert len(shop.told()) == 1


async def test_a_429_keeps_the_order_of_the_chat(shop: Shop) -> None:
    """What came later waits behind it, whatever it is."""
    shop.telegram.faults.arm("sendMessage", "429")
    for question in ("500", "999000", "<куртка"):
        shop.say(question)
    await asyncio.sleep(0.3)
    assert shop.told() == []
    shop.later(4)
    await shop.hears("Не понял")
    assert [text.split()[0] for text in shop.texts()] == ["«Плати", "Один", "Не"]


async def test_a_card_deleted_by_hand_is_posted_anew(shop: Shop) -> None:
    """With the state of now; the ping comes all the same."""
    shop.say("12500")
    card = await shop.hears("Ждём оплату")
    await shop.settled()
    shop.telegram.delete_message(ANYA, card.id)
    shop.pay()
    await shop.hears("Оплачено 12 500")
    assert words(shop.told()[0]).startswith("✅ Оплачено")
    assert len(shop.told()) == 2


async def test_a_question_on_a_deleted_card_stands_on_a_new_one(paid: Till) -> None:
    """So does what is there after it."""
    shop = paid.shop
    shop.telegram.delete_message(ANYA, paid.card.id)
    await paid.says("/refund {n} 3000 брак")
    asking = await shop.hears("Вернуть 3 000 ₽")
    assert "Нет" in labels(asking)
    shop.telegram.delete_message(ANYA, asking.id)
    shop.later(61)
    await until(lambda: words(shop.told()[-1]).startswith("✅ Оплачено ·"))
    assert labels(shop.told()[-1]) == ["Отменить оплату"]
    await shop.settled()
    assert len(shop.told()) == 2


async def test_a_seller_who_blocked_the_bot_holds_up_nobody(shop: Shop) -> None:
    """The group is told, and the jobs of the closed chat are over."""
    shop.say("12500")
    await shop.hears("Ждём оплату")
    shop.telegram.block(ANYA)
    shop.pay()
    await shop.hears("Продавец: Аня", GROUP)
    shop.later(130)  # what the card was still to show by then is over too
    await shop.settled()
    assert await shop.rows("SELECT count(*) FROM jobs WHERE done_at IS NULL AND lane IS NOT NULL") == [(0,)]


async def test_a_group_that_takes_the_bot_back_hears_in_one_line_what_it_missed(shop: Shop) -> None:
    """Sold in the group: the seller is told in private meanwhile. The card there shows the truth again."""
    shop.say("/pay 12500", OLEG, chat_id=GROUP)
    card = await shop.hears("Ждём оплату", GROUP)
    await shop.settled()
    shop.telegram.kick_bot(GROUP)
    shop.pay()
    assert "Продавец" not in words(await shop.hears("Оплачено 12 500 ₽", OLEG))
    await shop.settled()
    shop.telegram.add_bot(GROUP)
    assert words(await shop.hears("сюда не доходили", GROUP)).endswith(": ✅ № 1001 12 500 ₽")
    await shop.settled()
    assert words(card).startswith("✅ Оплачено")


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_group_that_became_a_supergroup_is_followed(shop: Shop, is_told: bool) -> None:
    """By the service message, or where that was missed by the refusal of the old id."""
    shop.say("/pay 12500", OLEG, chat_id=GROUP)
    await shop.hears("Ждём оплату", GROUP)
    await shop.settled()
    if not is_told:
        shop.telegram.world.updates.allowed = ["callback_query"]
    new = shop.telegram.migrate(GROUP)
    if is_told:
        await until(lambda: not shop.telegram.world.updates.pending())
    shop.pay()
    await shop.hears("Оплачено 12 500", new)
    assert words(shop.told(new)[0]).startswith("✅ Оплачено")
    assert len(shop.told(new)) == 2
    assert await shop.rows("SELECT chat_id FROM shops") == [(new,)]
    assert await shop.rows("SELECT chat_id FROM payments") == [(new,)]
    assert await shop.rows("SELECT chat_id FROM cards") == [(new,)]


async def test_more_than_three_pings_in_a_group_go_as_one_message_that_names_each(shop: Shop) -> None:
    """A burst; each seller has his own rings all the same."""
    for amount in (2001, 2002, 2003, 2004, 2005):
        shop.say(str(amount))
        await shop.hears(f"{amount // 1000} 00{amount % 10} ₽")
    await shop.settled()
    shop.telegram.faults.arm("sendMessage", "429", 1)
    for order in list(shop.bank.orders.values()):
        shop.bank.ledger.pay(order)
    for _ in range(8):
        await asyncio.sleep(0.15)
        shop.later(4)
    await shop.settled()
    lines = [line for text in shop.texts(GROUP) for line in text.split("\n")]
    for number in range(1, 6):
        assert sum(f"Оплачено 2 00{number} ₽" in line for line in lines) == 1
    assert len(shop.told(GROUP)) < 5
    assert sum("Оплачено 2 00" in text for text in shop.texts()) == 5


async def test_a_slow_telegram_keeps_no_press_and_no_callback_waiting(shop: Shop, http: httpx.AsyncClient) -> None:
    """sendPhoto hangs for ever: health and the bank are answered meanwhile, another chat's card comes."""
    shop.telegram.faults.arm("sendPhoto", "hang", 1)
    shop.say("12500")
    await until(shop.told)
    shop.say("13500", OLEG)
    await shop.hears("13 500 ₽", OLEG)
    assert (await http.get("/health/ready")).status_code == 200
    shop.pay()
    await shop.hears("Оплачено 13 500", OLEG)


async def test_a_topic_that_is_gone_is_replaced_by_the_group(shop: Shop) -> None:
    """Told in the wrong place rather than never."""
    async with shop.service.db.write() as tx:
        await tx.exec_driver_sql("UPDATE shops SET thread_id = 777")
    shop.say("12500")
    await shop.hears("Ждём оплату")
    shop.pay()
    await shop.hears("Продавец: Аня", GROUP)
