"""Who is speaking: members of staff pass, strangers get nothing done. Checked for each update, before any handler."""

from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import BaseMiddleware, Bot
from aiogram.types import CallbackQuery, Message, TelegramObject, User

from bot.clock import Now
from bot.payments.moving import Moving
from bot.staff import Newcomer, Staff
from bot.text import LANGUAGES, at
from storage.rows import Person

from .answers import Answers

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class StaffOnly(BaseMiddleware):
    """Hands handlers `person`. `/start <token>` of a stranger passes as `newcomer` alone."""

    def __init__(self, staff: Staff, answers: Answers, moving: Moving, zone: ZoneInfo, now: Now) -> None:
        self._staff = staff
        self._answers = answers
        self._moving = moving
        self._zone = zone
        self._now = now

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if not isinstance(event, Message | CallbackQuery) or event.from_user is None:
            return None
        who = newcomer(event.from_user)
        if isinstance(event, Message):
            if event.migrate_to_chat_id:
                return await self._moving.noticed(event.chat.id, event.migrate_to_chat_id)
            if event.sender_chat is not None:
                return await self._answer_nobody(event, who)
        data["newcomer"] = who
        person = await self._staff.person(who)
        if person and self._staff.is_active(person):
            data["person"] = person
            if isinstance(event, Message) and event.forward_origin is not None:
                return await self._answers.say(event, "r.forward", person.lang)
            return await handler(event, data)
        if isinstance(event, Message) and is_start_with_token(event):
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
            await self._answers.say(event, key, who.lang, **values)


def newcomer(user: User) -> Newcomer:
    lang = (user.language_code or "ru")[:2]
    return Newcomer(user.id, user.full_name, user.username, lang if lang in LANGUAGES else "en")


def is_start_with_token(message: Message) -> bool:
    return message.chat.type == "private" and (message.text or "").startswith("/start ")
