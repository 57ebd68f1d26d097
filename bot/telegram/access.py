"""Who is speaking, and where: checked for each update, before any handler.

StaffOnly   members of staff pass, strangers get nothing done
ShopsOnly   in a group its own people act, and owners; the shop of the place is the one that they act for
"""

from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import BaseMiddleware, Bot
from aiogram.dispatcher.flags import get_flag
from aiogram.types import CallbackQuery, Message, TelegramObject, User

from bot.clock import Now
from bot.payments.moving import Moving
from bot.staff import Newcomer, Shops, Staff, acting_in
from bot.text import LANGUAGES, at
from storage.rows import Person

from .answers import Answers, place_pressed

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
Left = Callable[[int, int, int], Awaitable[None]]
"""Told of the group, the user who is no longer in it, and the message that says so."""

ANYWHERE = {"anywhere": True}
"""Flags of a handler that does no harm wherever it is called, or asks itself who may."""


class StaffOnly(BaseMiddleware):
    """Hands handlers `person`. `/start <token>` of a stranger passes as `newcomer` alone."""

    def __init__(self, staff: Staff, answers: Answers, moving: Moving, left: Left, zone: ZoneInfo, now: Now) -> None:
        self._staff = staff
        self._answers = answers
        self._moving = moving
        self._left = left
        self._zone = zone
        self._now = now

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if not isinstance(event, Message | CallbackQuery) or event.from_user is None:
            return None
        who = newcomer(event.from_user)
        if isinstance(event, Message):
            if event.migrate_to_chat_id:
                return await self._moving.noticed(event.chat.id, event.migrate_to_chat_id)
            if event.left_chat_member:
                return await self._left(event.chat.id, event.left_chat_member.id, event.message_id)
            if event.sender_chat is not None:
                return await self._answer_nobody(event, who)
        data["newcomer"] = who
        person = await self._staff.person(who)
        forwarded = isinstance(event, Message) and event.forward_origin is not None
        if person and self._staff.is_active(person):
            data["person"] = person
            if isinstance(event, Message) and forwarded:
                return await self._answers.say(event, "r.forward", person.lang)
            return await handler(event, data)
        if isinstance(event, Message) and is_start_with_token(event) and not forwarded:
            data["person"] = None
            return await handler(event, data)
        return await self._turn_away(event, who, person, data["bot"])

    async def _answer_nobody(self, message: Message, who: Newcomer) -> None:
        """An anonymous admin speaks as the group; posts of a linked channel and service messages ask for no answer."""
        if message.sender_chat == message.chat and message.text:
            await self._answers.say(message, "r.anon", who.lang)

    async def _turn_away(self, event: Message | CallbackQuery, who: Newcomer, person: Person | None, bot: Bot) -> None:
        key, values = "r.stranger", {}
        if person and person.closed_at is None and person.access_until:
            key, values = "r.sale_ended", {"t": at(person.access_until, who.lang, self._zone, self._now())}
        if isinstance(event, CallbackQuery):
            await self._answers.toast(bot, event, key, who.lang, alert=True, **values)
        elif event.chat.type == "private":
            await self._answers.say_seldom(event, key, who.lang, **values)


class ShopsOnly(BaseMiddleware):
    """Of handlers that matched, so that a group's chatter costs nothing. Hands them `shop`: the one that the group is.

    `person` becomes the one who acts here: an owner acts for the shop of the group.
    """

    def __init__(self, shops: Shops, answers: Answers) -> None:
        self._shops = shops
        self._answers = answers

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        person: Person | None = data["person"]
        chat_id = chat_of(event)
        shop = await self._shops.of_chat(chat_id) if chat_id < 0 else None
        data["shop"] = shop
        if person is None:
            return await handler(event, data)
        acting = acting_in(person, chat_id, shop)
        data["person"] = acting or person
        if acting or get_flag(data, "anywhere"):
            return await handler(event, data)
        key = "r.other_shop" if shop else "r.no_shop"
        if isinstance(event, CallbackQuery):
            return await self._answers.toast(data["bot"], event, key, person.lang, alert=True)
        return await self._answers.say(event, key, person.lang) if isinstance(event, Message) else None


def chat_of(event: TelegramObject) -> int:
    if isinstance(event, Message):
        return event.chat.id
    return place_pressed(event).chat_id if isinstance(event, CallbackQuery) else 0


def newcomer(user: User) -> Newcomer:
    lang = (user.language_code or "ru")[:2]
    return Newcomer(user.id, user.full_name, user.username, lang if lang in LANGUAGES else "en")


def is_start_with_token(message: Message) -> bool:
    return message.chat.type == "private" and (message.text or "").startswith("/start ")
