"""Shops, invitations, the list of people and shared phones, as they are used in the chat."""

import asyncio
import re
from typing import Any

import pytest

from bot.sandbox.telegram import Message
from storage import staff
from tests.telegram_edge.shop import ANYA, GROUP, OLEG, PATIENCE, STRANGER, Shop, labels, until, words

OLGA, VERA = 1004, 1005
PERSONAL = {"invite", "join", "consent", "close access"}
MARKET = -1_001_000_000_002  # a group that is no shop


@pytest.fixture
async def firm(shop: Shop) -> Shop:
    """The shop, its owner Olga, and a second group of hers where all are members."""
    async with shop.service.db.write() as tx:
        await staff.add(tx, telegram_id=OLGA, name="Ольга", role="owner", shop_id=1, created_at=shop.clock.now())
    for user, name in ((OLGA, "Ольга"), (VERA, "Вера")):
        shop.telegram.add_user(user, name, "vera" if user == VERA else None)
        shop.telegram.world.private_chat(user).bot_status = "member"
    shop.telegram.add_group(MARKET, "Ярмарка", [OLGA, OLEG, ANYA])
    return shop


async def hears(firm: Shop, part: str, chat: int = ANYA) -> Message:
    """Time passes meanwhile: a chat's limit of messages keeps nobody waiting."""
    async with asyncio.timeout(PATIENCE):
        while not any(part in text for text in firm.texts(chat)):
            firm.later(1)
            await asyncio.sleep(0.02)
    return await firm.hears(part, chat)


async def told_all(firm: Shop) -> None:
    """Everything that waits in the chats is sent, however long their limits make it wait."""
    await until(lambda: not firm.telegram.world.updates.pending())
    await firm.reaches("SELECT count(*) FROM inbox WHERE handled_at IS NULL", (0,))
    waiting = "SELECT 1 FROM jobs WHERE done_at IS NULL AND kind IN ('reply', 'ping', 'card') AND run_at <= :now"
    async with asyncio.timeout(PATIENCE):
        while await firm.rows(waiting, now=firm.clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")):
            firm.later(4)
            await asyncio.sleep(0.01)


async def invited(firm: Shop, typed: str, by: int = OLEG) -> str:
    """The token of the link in the answer to /invite."""
    firm.say(f"/invite {typed}", by)
    found = re.search(r"/i/([\w-]{32})", words(await hears(firm, "Приглашение", by)))
    assert found
    return found[1]


async def entered(firm: Shop, user: int, typed: str = "продавец", by: int = OLEG) -> None:
    firm.telegram.start(user, await invited(firm, typed, by))
    await hears(firm, "Привет", user)
    await told_all(firm)


async def press(firm: Shop, part: str, message: Message, user: int) -> dict[str, Any]:
    """The button whose label has this in it."""
    label = next(
        button["text"] for row in (message.markup or {})["inline_keyboard"] for button in row if part in button["text"]
    )
    return await firm.press(label, message, user)


async def shops(firm: Shop) -> list[tuple[Any, ...]]:
    return await firm.rows("SELECT name, chat_id, thread_id FROM shops ORDER BY id")


async def test_a_group_becomes_a_shop_by_its_owners_word(firm: Shop) -> None:
    """T-SHOP, and the till message whose answers sell in that shop; a manager is told who may."""
    firm.say("/shop Ярмарка", OLEG, chat_id=MARKET)
    await hears(firm, "Это может владелец", MARKET)
    firm.say("/shop Шапки & Ко", OLGA)
    await hears(firm, "в чате магазина", OLGA)
    firm.say("/shop", OLGA, chat_id=MARKET)
    await hears(firm, "Как назвать магазин?", MARKET)
    firm.say("/shop Шапки & Ко", OLGA, chat_id=MARKET)
    await hears(firm, "Магазин «Шапки & Ко» готов", MARKET)
    till = await hears(firm, "Касса «Шапки & Ко»", MARKET)
    assert (till.markup or {})["inline_keyboard"][0][0]["url"] == "https://t.me/PrilavokSandboxBot"
    firm.say("12500", OLGA, chat_id=MARKET, reply_to=till.id)
    await hears(firm, "12 500 ₽", MARKET)
    firm.say("/pay 13500", OLGA)
    await hears(firm, "13 500 ₽", OLGA)
    assert await firm.rows("SELECT amount, shop_id FROM payments ORDER BY id") == [(1_250_000, 2), (1_350_000, 1)]
    assert (await firm.rows("SELECT action, chat_id FROM audit WHERE action = 'shop'")) == [("shop", MARKET)]


async def test_a_shop_lives_in_the_topic_where_it_was_named(firm: Shop) -> None:
    """And moves to another one; it survives the group's becoming a supergroup."""
    firm.say("/shop Шапки", OLGA, chat_id=MARKET, thread=40)
    till = await hears(firm, "Касса «Шапки»", MARKET)
    assert till.thread == 40
    firm.say("/shop Варежки", OLGA, chat_id=MARKET, thread=41)
    await hears(firm, "Касса «Варежки»", MARKET)
    assert (await shops(firm))[1:] == [("Варежки", MARKET, 41)]
    new = firm.telegram.migrate(MARKET)
    firm.say("/pay 12500", OLGA, chat_id=new)
    await hears(firm, "12 500 ₽", new)
    assert (await shops(firm))[1:] == [("Варежки", new, 41)]
    assert await firm.rows("SELECT shop_id, chat_id FROM payments") == [(2, new)]


async def test_each_acts_in_his_own_places(firm: Shop) -> None:
    """Messages and presses alike: private, own shop's group, no shop, another shop's, anonymous, shared phone."""
    async with firm.service.db.write() as tx:
        await staff.add(
            tx, telegram_id=VERA, name="Вера", role="assistant", shop_id=1, is_shared=True, created_at=firm.clock.now()
        )
    sold = {}
    for place in ("no shop", "another shop's"):
        for user in (ANYA, OLEG, VERA, OLGA):
            firm.say(f"/pay {2000 + user}", user, chat_id=MARKET)
        await told_all(firm)
        sold[place] = await firm.rows("SELECT seller_id, shop_id FROM payments ORDER BY id")
        firm.say("/shop Шапки", OLGA, chat_id=MARKET)
        await told_all(firm)
    answers = [text.split(".")[0] for text in firm.texts(MARKET)]
    assert answers.count("Здесь ещё нет магазина") == 3
    assert answers.count("Это чат другого магазина") == 3
    assert sold == {"no shop": [(3, 1)], "another shop's": [(3, 1), (3, 2)]}
    firm.telegram.say(OLEG, "/staff", GROUP, anonymous=True)
    await hears(firm, "Отключите анонимность", GROUP)
    firm.say("/pay 12.500", OLGA, chat_id=MARKET)
    question = await hears(firm, "это 12", MARKET)
    assert (await press(firm, "12", question, OLEG))["text"].startswith("Это чат другого магазина")


async def test_an_invitation_lets_in_one_person_and_the_inviter_sees_whom(firm: Shop) -> None:
    """With its QR; the welcome tells shop, end and to whom an SMS may be sent; «Это не он» closes at once."""
    token = await invited(firm, "продавец до воскресенья 22:00")
    offer = await hears(firm, "Приглашение: продавец", OLEG)
    assert offer.media
    firm.telegram.start(VERA, token)
    welcome = await hears(firm, "Привет, Вера", VERA)
    assert "доступ до" in words(welcome)
    assert (await press(firm, "Понятно", welcome, VERA))["text"] == "Готово"
    firm.telegram.start(STRANGER, token)
    await hears(firm, "уже использовано", STRANGER)
    firm.say("12500", VERA)
    card = await hears(firm, "Ждём оплату", VERA)
    told = await hears(firm, "Вход по приглашению: Вера · @vera", OLEG)
    assert (await press(firm, "Это не он", told, OLEG))["text"] == "Готово"
    await hears(firm, "Доступ к", VERA)
    await hears(firm, "12 500 ₽", GROUP)
    firm.say("13500", VERA)
    await hears(firm, "Это касса магазина", VERA)
    toast = await firm.answered(firm.telegram.press(VERA, VERA, card.id, "check:1001:1"))
    assert toast["text"].startswith("Это касса магазина")
    assert len(await firm.sales()) == 1
    actions = [action for (action,) in await firm.rows("SELECT action FROM audit ORDER BY id")]
    assert [done for done in actions if done in PERSONAL] == ["invite", "join", "consent", "close access"]


async def test_invite_alone_asks_by_buttons(firm: Shop) -> None:
    """As far as one may; an owner of several shops chooses one; rights are those of whoever presses."""
    firm.say("/invite", OLEG)
    assert labels(await hears(firm, "Кого пригласить?", OLEG)) == ["Продавец", "Общий телефон"]
    firm.say("/invite")
    await hears(firm, "Это может менеджер")
    firm.say("/shop Шапки", OLGA, chat_id=MARKET)
    await hears(firm, "Касса", MARKET)
    firm.say("/invite", OLGA)
    roles = await hears(firm, "Кого пригласить?", OLGA)
    assert labels(roles) == ["Продавец", "Общий телефон", "Менеджер", "Владелец"]
    await press(firm, "Менеджер", roles, OLGA)
    where = await hears(firm, "В какой магазин?", OLGA)
    await press(firm, "Шапки", where, OLGA)
    await hears(firm, "Приглашение: менеджер, «Шапки»", OLGA)
    firm.say("/invite продавец до вчера", OLEG)
    await hears(firm, "Напишите так", OLEG)
    data = (where.markup or {})["inline_keyboard"][-1][0]["callback_data"]
    question = await hears(firm, "Кого пригласить?", OLEG)
    await firm.answered(firm.telegram.press(OLEG, OLEG, question.id, data))
    await hears(firm, "Это может владелец", OLEG)
    assert await firm.rows("SELECT role, shop_id FROM invites") == [("manager", 2)]


async def test_closing_an_access_hands_its_open_sales_to_the_shop(firm: Shop) -> None:
    """T-REMOVE with their number; the card goes on in the group, and the old chat hears nothing more."""
    await entered(firm, VERA)
    firm.say("12500 9161234567", VERA)
    await hears(firm, "Ждём оплату", VERA)
    firm.say("/staff", OLEG)
    people = await hears(firm, "Люди магазина", OLEG)
    assert labels(people) == ["Ольга", "Олег", "Аня", "Вера"]
    await press(firm, "Вера", people, OLEG)
    one = await hears(firm, "Открытых платежей: 1", OLEG)
    assert labels(one) == ["Закрыть доступ: Вера"]
    await press(firm, "Закрыть", one, OLEG)
    question = await hears(firm, "Закрыть доступ: Вера?", OLEG)
    assert (await press(firm, "Да", question, ANYA))["alert"]
    await press(firm, "Да", question, OLEG)
    await hears(firm, "Доступ закрыт: Вера", OLEG)
    await hears(firm, "Доступ к «Прилавок» закрыт", VERA)
    await hears(firm, "12 500 ₽", GROUP)
    silent = len(firm.told(VERA))
    firm.pay()
    await hears(firm, "Оплачено 12 500 ₽", GROUP)
    await told_all(firm)
    assert len(firm.told(VERA)) == silent
    assert "Оплачено" not in words(await hears(firm, "12 500 ₽", VERA))
    assert await firm.rows("SELECT chat_id FROM payments") == [(GROUP,)]


async def test_a_yes_that_comes_late_closes_nothing(firm: Shop) -> None:
    """After a minute; an end is prolonged by what the button said, however often it is pressed; owners give roles."""
    await entered(firm, VERA, "продавец до 30.11.2099")
    firm.say("/staff", OLGA)
    await press(firm, "Вера", await hears(firm, "Люди магазина", OLGA), OLGA)
    one = await hears(firm, "@vera", OLGA)
    for _ in range(2):
        await press(firm, "Ещё на день", one, OLGA)
    assert (await firm.rows("SELECT access_until FROM staff WHERE name = 'Вера'"))[0][0].startswith("2099-12-01")
    await press(firm, "Сделать менеджером", one, OLGA)
    await firm.reaches("SELECT role FROM staff WHERE name = 'Вера'", ("manager",))
    await press(firm, "Закрыть", one, OLGA)
    question = await hears(firm, "Закрыть доступ: Вера?", OLGA)
    firm.later(61)
    assert (await press(firm, "Да", question, OLGA))["text"] == "Время вышло, нажмите ещё раз"
    assert await firm.rows("SELECT count(*) FROM staff WHERE closed_at IS NOT NULL") == [(0,)]


async def test_a_shared_phone_asks_who_sells_and_loses_no_sale(firm: Shop) -> None:
    """A name is added by answering with it; the typed sale is made by the press, under that name."""
    await entered(firm, VERA, "общий")
    firm.say("/staff", OLEG)
    await press(firm, "Вера", await hears(firm, "Люди магазина", OLEG), OLEG)
    phone = await hears(firm, "общий телефон · «", OLEG)
    for name in ("Катя", "Лена"):
        await press(firm, "Добавить имя", phone, OLEG)
        await hears(firm, "Как зовут", OLEG)
        await told_all(firm)
        firm.say(name, OLEG)
        await hears(firm, f"Записано: {name}", OLEG)
    firm.say("12500 9161234567", VERA)
    question = await hears(firm, "Кто сейчас?", VERA)
    assert await firm.sales() == []
    await press(firm, "Лена", question, VERA)
    await hears(firm, "Лена", VERA)
    firm.say("13500", VERA)
    await hears(firm, "13 500 ₽", VERA)
    firm.say("/start", VERA)
    hello = await hears(firm, "Привет", VERA)
    await press(firm, "Сменить продавца", (await hears(firm, "Привет", VERA)), VERA)
    await press(firm, "Катя", await hears(firm, "Кто сейчас?", VERA), VERA)
    firm.say("14500", VERA)
    await hears(firm, "14 500 ₽", VERA)
    assert "Сменить продавца" in labels(hello)
    sellers = await firm.rows("SELECT s.name FROM payments p JOIN staff s ON s.id = p.seller_id ORDER BY p.id")
    assert sellers == [("Лена",), ("Лена",), ("Катя",)]
    firm.later(12 * 3600)
    firm.say("15500", VERA)
    await told_all(firm)
    assert len(await firm.sales()) == 3
    firm.say("/staff", VERA)
    await hears(firm, "Это может менеджер", VERA)


async def test_a_sum_typed_where_a_name_was_asked_is_sold(firm: Shop) -> None:
    """Names have no digits."""
    await entered(firm, VERA, "общий")
    firm.say("/staff", OLEG)
    await press(firm, "Вера", await hears(firm, "Люди магазина", OLEG), OLEG)
    await press(firm, "Добавить имя", await hears(firm, "общий телефон · «", OLEG), OLEG)
    firm.say("12500 куртка", OLEG)
    await hears(firm, "12 500 ₽", OLEG)
    assert await firm.rows("SELECT count(*) FROM staff WHERE account_id IS NOT NULL") == [(0,)]


async def test_who_left_the_group_is_asked_about(firm: Shop) -> None:
    """Its managers are; «Оставить» changes nothing."""
    left = firm.say("пока", chat_id=GROUP).as_json() | {
        "left_chat_member": {"id": ANYA, "is_bot": False, "first_name": "Аня"}
    }
    firm.telegram.world.updates.put("message", left, ("message", GROUP))
    question = await hears(firm, "Аня: больше не в чате", OLEG)
    assert (await press(firm, "Оставить", question, OLEG))["text"] == "Всё осталось как было"
    await press(firm, "Закрыть", question, OLEG)
    await press(firm, "Да", await hears(firm, "Закрыть доступ: Аня?", OLEG), OLEG)
    await firm.reaches("SELECT count(*) FROM staff WHERE closed_at IS NOT NULL", (1,))
