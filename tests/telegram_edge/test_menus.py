"""Menus of commands: each chat has those that its people may use, and Telegram is told only what has changed."""

from bot.sandbox.telegram.settings import commands_seen
from tests.telegram_edge.shop import ANYA, GROUP, OLEG, STRANGER, Shop


def seen(shop: Shop, user: int, chat: int = 0, lang: str = "ru") -> str:
    """The commands that a person is offered in a chat."""
    found = commands_seen(shop.telegram.world, chat or user, user, lang)
    return " ".join(command["command"] for command in found)


def calls(shop: Shop) -> int:
    """That gave or took menus."""
    paths = [exchange.path.rpartition("/")[2] for exchange in shop.telegram.wire.recent()]
    return sum(path in {"setMyCommands", "deleteMyCommands", "setChatMenuButton"} for path in paths)


async def test_each_role_and_place_has_its_own_menu(shop: Shop) -> None:
    """Nothing that does not work yet; strangers see hardly anything."""
    await shop.service.menus.look()
    assert seen(shop, ANYA) == "last hold till help"
    assert seen(shop, OLEG) == "last hold till staff invite help"
    assert seen(shop, STRANGER) == "start help"
    assert seen(shop, OLEG, GROUP) == "pay hold last help"
    words = commands_seen(shop.telegram.world, STRANGER, STRANGER, "ru"), commands_seen(shop.telegram.world, ANYA, ANYA)
    assert [[one["description"] for one in menu] for menu in words] == [
        ["Начать", "Помощь"], ["Мои последние", "Удержать", "Касса в браузере", "Помощь"],
    ]  # fmt: skip
    assert commands_seen(shop.telegram.world, STRANGER, STRANGER, "de")[0]["description"] == "Begin"


async def test_a_menu_follows_its_person(shop: Shop) -> None:
    """Who rises gets more, who leaves has a stranger's; nothing is said twice, also by another process."""
    await shop.service.menus.look()
    before = calls(shop)
    await shop.service.menus.look()
    await shop.stop()
    await shop.start()
    await shop.service.menus.look()
    assert calls(shop) == before
    async with shop.service.db.write() as tx:
        await tx.exec_driver_sql("UPDATE staff SET role = 'manager' WHERE telegram_id = ?", (ANYA,))
        await tx.exec_driver_sql("UPDATE staff SET closed_at = '2026-01-01' WHERE telegram_id = ?", (OLEG,))
    await shop.service.menus.look()
    assert seen(shop, ANYA) == "last hold till staff invite help"
    assert seen(shop, OLEG) == "start help"
    assert shop.telegram.world.menu_buttons[OLEG] == {"type": "default"}


async def test_the_corner_of_a_private_chat_opens_the_web_till(shop: Shop) -> None:
    """Where Telegram can: by HTTPS, for who works here."""
    await shop.service.menus.look()
    corner = shop.telegram.world.menu_buttons[ANYA]
    assert corner["web_app"] == {"url": "https://shop.example/till"}
    assert {STRANGER, GROUP} & shop.telegram.world.menu_buttons.keys() == set()


async def test_who_shuts_the_bot_out_holds_nobody_up(shop: Shop) -> None:
    """He is left in peace for an hour; while Telegram is away, all wait."""
    shop.telegram.block(ANYA)
    await shop.service.menus.look()
    assert seen(shop, OLEG, GROUP) == "pay hold last help"
    before = calls(shop)
    await shop.service.menus.look()
    assert calls(shop) == before
    shop.telegram.unblock(ANYA)
    shop.later(3601)
    shop.telegram.away = True
    await shop.service.menus.look()
    shop.telegram.away = False
    await shop.service.menus.look()
    assert seen(shop, ANYA) == "last hold till help"
