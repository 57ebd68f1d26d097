"""A payment's card in the web till: the chat's words and buttons, and its own questions."""

from bot.sms.console import Console
from tests.telegram_edge.after_sale import Till
from tests.telegram_edge.shop import ANYA, OLEG, Shop, labels
from tests.web.till import TillBrowser, browser, plain


async def test_a_question_stands_in_the_till_where_it_was_asked(anybody: TillBrowser, waiting: Till) -> None:
    """The card in the chat keeps its buttons; what becomes of the sale is in both."""
    shop, number = waiting.shop, waiting.number
    await anybody.enter()
    assert f"Ждём оплату 12 500 ₽ № {number} · куртка" in await anybody.card(number)
    before = labels(shop.told()[0])
    assert await anybody.press(number, "Отменить") == {"toast": "", "alert": False}
    shop.later(1.5)
    assert "Да, " in await anybody.card(number)
    async with browser(shop) as his:
        await his.enter(OLEG)
        assert "Да, " not in await his.card(number)
    await shop.settled()
    assert labels(shop.told()[0]) == before
    assert (await anybody.press(number, "Да, "))["toast"]
    await shop.reaches("SELECT status FROM payments", ("cancelling",))
    assert "Не оплачено" in await anybody.list()
    await shop.hears("Отменено")


async def test_a_refund_is_typed_in_one_till_and_agreed_to_in_another(anybody: TillBrowser, paid: Till) -> None:
    """The assistant's needs a manager, who sees it first in his list; the money moves once."""
    shop, number = paid.shop, paid.number
    shop.later(24 * 3600)  # the day of free cancelling is over
    await anybody.enter()
    await anybody.press(number, "Вернуть деньги")
    assert 'inputmode="text"' in (await anybody.get(f"/till/state?card={number}"))["card"]
    status, told = await anybody.post("/till/answer", text="99000 брак")
    assert (status, plain(told["error"])) == (422, "Больше 12 500 ₽ вернуть нельзя.")
    assert (await anybody.post("/till/answer", text="3000 брак")) == (200, {"toast": ""})
    shop.later(1.5)
    assert "Решает менеджер" in await anybody.card(number)
    assert (await anybody.press(number, "Да"))["toast"]
    async with browser(shop) as his:
        await his.enter(OLEG)
        shop.later(1.5)
        assert "Ждёт решения" in (await his.list()).split("₽")[1]
        assert (await his.press(number, "Вернуть 3 000 ₽"))["toast"]
        await shop.reaches("SELECT status, refunded FROM payments", ("part_refunded", 300_000))
        assert "Часть возвращена" in await his.list()
    assert await paid.operations() == [("refund", 3000, "done")]
    assert await shop.rows(
        "SELECT count(*) FROM cards WHERE chat_id NOT IN (:a, :o) AND chat_id > 0", a=ANYA, o=OLEG
    ) == [(0,)]


async def test_a_press_that_is_none_does_nothing(anybody: TillBrowser, waiting: Till) -> None:
    """An old button, one of somebody else's sale, or none at all."""
    await anybody.enter()
    for data in ("", "cancel", "cancel:999999:1", "yes:1", "approve:1", "drop table"):
        status, told = await anybody.post("/till/press", data=data)
        assert (status, bool(told["toast"])) == (200, True), data
    assert (await anybody.post("/till/answer", text="3000"))[1]["toast"]
    assert await waiting.status() == "waiting"


async def test_a_wrong_number_is_mended_by_typing_the_right_one(world: Shop) -> None:
    """Before its SMS goes: the field wants a phone, says what is wrong with one, and sends to the right one."""
    world.senders = [Console()]
    await world.start()
    async with browser(world) as anya:
        await anya.enter()
        number = (await anya.sell("12500", phone="9161234567"))["number"]
        await world.reaches("SELECT status FROM payments", ("waiting",))
        world.later(1.5)
        await anya.press(number, "Не тот номер")
        assert 'inputmode="tel"' in (await anya.get(f"/till/state?card={number}"))["card"]
        status, told = await anya.post("/till/answer", text="916123456")
        assert (status, "не хватает цифр" in told["error"]) == (422, True)
        assert (await anya.post("/till/answer", text="+7 916 123-45-68"))[0] == 200
        assert "+7 916 123-45-68" in await anya.card(number)
        world.later(6)
        await world.reaches("SELECT state FROM sms ORDER BY id", ("stopped",), ("sent",))
    await world.stop()
