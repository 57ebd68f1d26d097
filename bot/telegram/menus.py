"""The menus of commands, and the corner that opens the web till: each chat gets its own when it has become another.

Looked at by a timer, beside everything else: nobody waits for a menu, and what Telegram refuses is left for an hour.
"""

import hashlib
from datetime import datetime, timedelta

import structlog
from aiogram import Bot
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    MenuButtonDefault,
    MenuButtonWebApp,
    WebAppInfo,
)

from bot.clock import Now
from bot.errors import ChatAway, ChatBusy, ChatError
from bot.staff.menus import EVERYBODY, Menu, Menus
from bot.text import say

from .errors import translated

log = structlog.get_logger(__name__)

AT_ONCE = 20  # menus a look: a whole chain of shops must not use up the bot's calls
TIMEOUT = 10  # s a call
REFUSED_FOR = timedelta(hours=1)


class MenuKeeper:
    """Gives chats their menus. `till`: the address of the web till, where Telegram may open it."""

    def __init__(self, bot: Bot, menus: Menus, till: str | None, now: Now) -> None:
        self._bot = bot
        self._menus = menus
        self._till = till
        self._now = now
        self._refused: dict[int, datetime] = {}  # when to try them again

    async def look(self) -> None:
        """Gives what is new, and takes away what nobody should have."""
        wanted, given = await self._menus.wanted(), await self._menus.given()
        new = [menu for menu in wanted if given.get(menu.chat_id) != self._stamp(menu) and self._may(menu.chat_id)]
        old = given.keys() - {menu.chat_id for menu in wanted}
        try:
            for menu in new[:AT_ONCE]:
                await self._give(menu)
            for chat_id in sorted(old)[:AT_ONCE]:
                await self._take_away(chat_id)
        except (ChatAway, ChatBusy) as error:
            log.info("menus wait", why=type(error).__name__)

    def _may(self, chat_id: int) -> bool:
        until = self._refused.get(chat_id)
        return until is None or until <= self._now()

    def _stamp(self, menu: Menu) -> str:
        """Changes with the words too: a new version may call a command otherwise."""
        texts = [[(one.command, one.description) for one in commands(menu, lang)] for lang in ("ru", "en")]
        shown = repr((texts, menu.lang, self._till if menu.of_staff else None))
        return hashlib.sha256(shown.encode()).hexdigest()[:16]

    async def _give(self, menu: Menu) -> None:
        try:
            with translated():
                await self._set(menu)
        except (ChatAway, ChatBusy):
            raise
        except ChatError as error:  # it shut us out: nothing is owed to it
            log.info("a menu was not taken", why=type(error).__name__)
            self._refused[menu.chat_id] = self._now() + REFUSED_FOR
            return
        await self._menus.note(menu.chat_id, self._stamp(menu))

    async def _set(self, menu: Menu) -> None:
        if menu.chat_id == EVERYBODY:
            everybody = BotCommandScopeDefault()
            await self._bot.set_my_commands(commands(menu, "en"), everybody, request_timeout=TIMEOUT)
            await self._bot.set_my_commands(commands(menu, "ru"), everybody, "ru", request_timeout=TIMEOUT)
            return
        here = BotCommandScopeChat(chat_id=menu.chat_id)
        await self._bot.set_my_commands(commands(menu, menu.lang), here, request_timeout=TIMEOUT)
        if menu.chat_id > 0:
            corner: MenuButtonDefault | MenuButtonWebApp = MenuButtonDefault()
            if menu.of_staff and self._till:
                corner = MenuButtonWebApp(text=say("till.title", menu.lang), web_app=WebAppInfo(url=self._till))
            await self._bot.set_chat_menu_button(menu.chat_id, corner, request_timeout=TIMEOUT)

    async def _take_away(self, chat_id: int) -> None:
        try:
            with translated():
                here = BotCommandScopeChat(chat_id=chat_id)
                await self._bot.delete_my_commands(here, request_timeout=TIMEOUT)
                if chat_id > 0:
                    await self._bot.set_chat_menu_button(chat_id, MenuButtonDefault(), request_timeout=TIMEOUT)
        except (ChatAway, ChatBusy):
            raise
        except ChatError as error:
            log.info("a menu stays", why=type(error).__name__)
        await self._menus.forget([chat_id])


def commands(menu: Menu, lang: str) -> list[BotCommand]:
    return [BotCommand(command=name, description=say(f"cmd.{name}", lang)) for name in menu.commands]
