"""Answers to what people write and press: queued in the chat's lane, so that they keep the order and the limits.

Only answerCallbackQuery is called at once: a press must be answered within 15 s, and it is not limited.
"""

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import CallbackQuery, Message

from bot.payments.replies import Replies
from bot.ports import Message as Answer
from bot.ports import Place
from bot.text import say

log = structlog.get_logger(__name__)

TOAST = 200  # characters, Telegram's limit


class Answers:
    """Answers a message, or a press."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    async def say(self, message: Message, key: str, lang: str, /, **values: object) -> None:
        """A sentence of the texts. Values are inserted as they are: escape what people typed."""
        await self.answer(message, Answer(say(key, lang, **values)))

    async def say_seldom(self, message: Message, key: str, lang: str, /, **values: object) -> None:
        """The same sentence at most once a minute in a chat: to people whom we do not know."""
        minute = int(message.date.timestamp()) // 60
        answer = Answer(say(key, lang, **values))
        await self.post(place_of(message), answer, key=f"answer:{message.chat.id}:{key}:{minute}")

    async def answer(self, message: Message, answer: Answer) -> None:
        """Once a message, and once more where it was edited, even if it is handled again."""
        edited = f":{message.edit_date}" if message.edit_date else ""
        key = f"answer:{message.chat.id}:{message.message_id}{edited}"
        reply_to = message.message_id if message.chat.type != "private" else None
        await self.post(place_of(message), answer, key=key, reply_to=reply_to)

    async def open(self, press: CallbackQuery, answer: Answer) -> None:
        """A message of its own where somebody pressed; once a press."""
        await self.post(place_pressed(press), answer, key=f"press:{press.id}")

    async def post(
        self, place: Place, answer: Answer, *, key: str, reply_to: int | None = None, pin_or: Answer | None = None
    ) -> None:
        """A message of its own. `pin_or`: it is to be pinned; what is said where we may not."""
        await self._replies.post(place, answer, key=key, reply_to=reply_to, pin_or=pin_or)

    async def toast(
        self, bot: Bot, press: CallbackQuery, key: str, lang: str, *, alert: bool = False, **values: object
    ) -> None:
        """The answer to a press. Too late or unreachable: the card tells the same."""
        await self.acknowledge(bot, press, say(key, lang, **values), alert=alert)

    async def acknowledge(self, bot: Bot, press: CallbackQuery, text: str, *, alert: bool = False) -> None:
        """`text` empty: the press was seen, and the card says the rest."""
        try:
            await bot.answer_callback_query(press.id, text[:TOAST], show_alert=alert, request_timeout=5)
        except (AiogramError, TypeError) as error:
            log.info("a press could not be answered", why=type(error).__name__)


def place_pressed(press: CallbackQuery) -> Place:
    """Of a message that is too old to be shown, its chat alone is known."""
    if isinstance(press.message, Message):
        return place_of(press.message)
    return Place(press.message.chat.id if press.message else press.from_user.id)


def message_pressed(press: CallbackQuery) -> int | None:
    """The message whose button it was."""
    return press.message.message_id if press.message else None


def place_of(message: Message) -> Place:
    return Place(message.chat.id, message.message_thread_id if message.is_topic_message else None)
