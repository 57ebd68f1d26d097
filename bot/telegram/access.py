"""Who is speaking: members of staff pass, strangers get nothing done. Checked for each update, before any handler."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.types import CallbackQuery, Message, TelegramObject, User

from bot.staff import Newcomer, Staff
from bot.text import LANGUAGES

from .answers import Answers

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class StaffOnly(BaseMiddleware):
    """Hands handlers `person`. `/start <token>` of a stranger passes as `newcomer` alone."""

    def __init__(self, staff: Staff, answers: Answers) -> None:
        self._staff = staff
        self._answers = answers

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if not isinstance(event, Message | CallbackQuery) or event.from_user is None:
            return None
        who = newcomer(event.from_user)
        if isinstance(event, Message) and event.sender_chat is not None:
            return await self._answers.say(event, "r.anon", who.lang)
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
        return await self._turn_away(event, who, data["bot"])

    async def _turn_away(self, event: Message | CallbackQuery, who: Newcomer, bot: Bot) -> None:
        if isinstance(event, CallbackQuery):
            await self._answers.toast(bot, event, "r.stranger", who.lang, alert=True)
        elif event.chat.type == "private":
            await self._answers.say(event, "r.stranger", who.lang)


def newcomer(user: User) -> Newcomer:
    lang = (user.language_code or "ru")[:2]
    return Newcomer(user.id, user.full_name, user.username, lang if lang in LANGUAGES else "en")


def is_start_with_token(message: Message) -> bool:
    return message.chat.type == "private" and (message.text or "").startswith("/start ")
