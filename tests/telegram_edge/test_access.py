"""Who is obeyed: staff. Strangers, anonymous admins and forwarded texts get nothing done."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.sandbox.telegram import User
from tests.telegram_edge.shop import ANYA, GROUP, OLEG, STRANGER, Shop, until

OWNER = 1004


async def test_a_stranger_sells_nothing_and_is_told_where_he_is(shop: Shop) -> None:
    """In private one sentence, in a group silence."""
    shop.say("12500", STRANGER)
    await shop.hears("Это касса магазина", STRANGER)
    shop.say("/pay 12500", STRANGER, chat_id=GROUP)
    await shop.settled()
    assert shop.told(GROUP) == []
    assert await shop.sales() == []


async def test_a_stranger_presses_in_vain(shop: Shop) -> None:
    """Everybody in a group can press; any data can be sent."""
    shop.say("/pay 12.500", OLEG, chat_id=GROUP)
    question = await shop.hears("это", GROUP)
    data = (question.markup or {})["inline_keyboard"][0][0]["callback_data"]
    toast = await shop.answered(shop.telegram.press(STRANGER, GROUP, question.id, data))
    assert toast["alert"]
    assert toast["text"].startswith("Это касса магазина")
    assert await shop.sales() == []


@pytest.mark.parametrize(
    "data", ["twin:1", "pick:9:9", "pick:99999999999999999999:1", "retry:x:y", "no", "twin:1:new:1"]
)
async def test_data_that_no_button_of_ours_has_does_no_harm(shop: Shop, data: str) -> None:
    """A modified client is answered, and its chat goes on at once."""
    shop.say("/last")
    message = await shop.hears("нет")
    await shop.answered(shop.telegram.press(ANYA, ANYA, message.id, data))
    assert await shop.sales() == []


async def test_an_assistant_shows_no_sale_of_others_again(shop: Shop) -> None:
    """Rights are checked where the action is, not in the menu."""
    shop.say("12500", OLEG)
    await shop.hears("12 500 ₽", OLEG)
    [[number]] = await shop.rows("SELECT id FROM payments")
    shop.say("/last")
    message = await shop.hears("нет")
    toast = await shop.answered(shop.telegram.press(ANYA, ANYA, message.id, f"twin:1:show:{number}"))
    assert toast["text"].startswith("Не нашёл")
    await shop.settled()
    assert len(shop.told(OLEG)) == 1


async def test_an_anonymous_admin_is_asked_to_show_himself(shop: Shop) -> None:
    """Who sells must be known."""
    shop.telegram.say(OLEG, "/pay 12500", GROUP, anonymous=True)
    await shop.hears("Отключите анонимность", GROUP)
    assert await shop.sales() == []


async def test_posts_of_a_linked_channel_are_no_business_of_ours(shop: Shop) -> None:
    """They come in the channel's name to a bot that is an admin."""
    message = shop.telegram.say(OLEG, "Скидки 5000", GROUP)
    post = message.as_json() | {"sender_chat": {"id": -1009, "type": "channel", "title": "Канал"}}
    shop.telegram.world.updates.put("message", post, ("message", GROUP))
    await shop.settled()
    assert shop.told(GROUP) == []


async def test_forwarded_text_is_not_obeyed(shop: Shop) -> None:
    """It is somebody else's."""
    shop.telegram.say(ANYA, "12500", forwarded=True)
    await shop.hears("Пересланное не выполняю")
    assert await shop.sales() == []


async def test_an_owner_link_works_once(shop: Shop) -> None:
    """The second who uses it stays a stranger."""
    token = await shop.service.invitations.owner_token()
    shop.telegram.start(OWNER, token)
    await shop.hears("Вы владелец", OWNER)
    shop.telegram.start(STRANGER, token)
    await shop.hears("Приглашение уже использовано", STRANGER)
    assert await shop.rows("SELECT telegram_id FROM staff WHERE role = 'owner'") == [(OWNER,)]


async def test_an_owner_link_is_over_after_fifteen_minutes(shop: Shop) -> None:
    """It was printed on a terminal that others may see."""
    token = await shop.service.invitations.owner_token()
    shop.later(15 * 60)
    shop.telegram.start(OWNER, token)
    await shop.hears("Приглашение уже использовано", OWNER)


async def test_an_owner_link_leads_through_our_address_to_the_bot(shop: Shop, http: httpx.AsyncClient) -> None:
    """302 to t.me; what is no token of ours is not passed on."""
    token = await shop.service.invitations.owner_token()
    link = shop.service.invitations.address(token, None)
    answer = await http.get(urlsplit(link).path)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"https://t.me/PrilavokSandboxBot?start={token}"
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"start": [token]}
    for wrong in ("/i/a%0d%0aX:1", "/i/a&b=1", f"/i/{'a' * 65}", "/i/"):
        assert (await http.get(wrong)).status_code == 404


async def test_owners_of_the_settings_need_no_link(world: Shop) -> None:
    """OWNER_IDS; their names may hold anything."""
    world.telegram.add_user(OWNER, "<Пётр> & сын")
    await world.start(owner_ids=(OWNER,))
    world.telegram.start(OWNER)
    await world.hears("Вы владелец", OWNER)
    world.say("12500", OWNER)
    await world.hears("<Пётр> & сын", OWNER)
    await world.stop()


async def test_a_name_with_markup_is_shown_as_it_is(shop: Shop) -> None:
    """Telegram would refuse the greeting for ever."""
    async with shop.service.db.write() as tx:
        await tx.exec_driver_sql("UPDATE shops SET name = '<Куртки> & Ко'")
    shop.telegram.start(ANYA)
    await shop.hears("Магазин «<Куртки> & Ко»")


async def test_an_access_that_is_over_is_told_so(shop: Shop) -> None:
    """Not like a stranger: he is to ask the manager."""
    async with shop.service.db.write() as tx:
        await tx.exec_driver_sql("UPDATE staff SET access_until = '2026-01-01 10:00:00.000000'")
    shop.say("12500")
    await shop.hears("Ваша смена закрыта")
    assert await shop.sales() == []


async def test_other_bots_and_service_messages_are_left_alone(shop: Shop) -> None:
    """Nothing is said to them in a group."""
    shop.telegram.world.users[77] = User(77, "Робот", "otherbot", is_bot=True)
    shop.telegram.add_bot(GROUP, "administrator")
    shop.telegram.say(77, "/pay 12500", GROUP)
    await until(lambda: not shop.telegram.world.updates.pending())
    await shop.settled()
    assert shop.told(GROUP) == []
