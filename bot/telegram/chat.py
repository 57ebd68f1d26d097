"""ports.StaffChat over the Bot API. Every call has a time-out, none repeats itself: the jobs do that.

What Telegram refuses as it is goes once more in another shape: plain text for markup that it cannot read and for what
is too long, the group for a topic that is gone.
"""

import re
from html import unescape
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import (
    DeleteMessage,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageText,
    PinChatMessage,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import (
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyParameters,
)
from aiogram.types import Message as TelegramMessage
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from bot.config import Settings
from bot.errors import ChatAway, ChatError
from bot.ports import Button, Message, Place, Posted

from .errors import TopicLost, Unreadable, translated

log = structlog.get_logger(__name__)

TIMEOUT = 15  # s a call; shorter than a job's lease
TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024  # UTF-16 units


class Session(AiohttpSession):
    """A proxy that fails is a network that fails: aiogram lets the exceptions of aiohttp_socks through."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - the signature is aiogram's
    ) -> TelegramType:
        try:
            return await super().make_request(bot, method, timeout)
        except (ProxyError, ProxyConnectionError, ProxyTimeoutError) as error:
            raise TelegramNetworkError(method=method, message=f"{type(error).__name__}: {error}") from error


def make_bot(settings: Settings) -> Bot:
    """The client of the Bot API, through TELEGRAM_PROXY and to TELEGRAM_API_URL where they are set."""
    proxy = settings.telegram_proxy.get_secret_value() if settings.telegram_proxy else None
    session = Session(proxy=proxy, api=TelegramAPIServer.from_base(settings.telegram_api_url), timeout=TIMEOUT)
    properties = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
    return Bot(settings.bot_token.get_secret_value(), session=session, default=properties)


class TelegramChat:
    """Sends, edits, deletes, pins."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def post(self, place: Place, message: Message, *, reply_to: int | None = None) -> Posted:
        reply = ReplyParameters(message_id=reply_to, allow_sending_without_reply=True) if reply_to else None
        return await self._send(
            SendMessage(
                chat_id=place.chat_id,
                text=message.html,
                message_thread_id=place.thread_id,
                reply_parameters=reply,
                reply_markup=keyboard(message),
            )
        )

    async def post_photo(self, place: Place, picture: bytes | str, message: Message) -> Posted:
        return await self._send(
            SendPhoto(
                chat_id=place.chat_id,
                photo=photo_file(picture),
                caption=message.html,
                message_thread_id=place.thread_id,
                reply_markup=keyboard(message),
            )
        )

    async def _send(self, method: TelegramMethod[TelegramMessage]) -> Posted:
        """Where its topic is closed or gone, to the group's general one: told in the wrong place rather than never."""
        try:
            sent = await self._call(method)
        except TopicLost:
            sent = await self._call(method.model_copy(update={"message_thread_id": None}))
        return posted(sent)

    async def edit(self, place: Place, message_id: int, message: Message, *, photo: bool) -> None:
        here: dict[str, Any] = {"chat_id": place.chat_id, "message_id": message_id, "reply_markup": keyboard(message)}
        if photo:
            await self._call(EditMessageCaption(caption=message.html, **here))
        else:
            await self._call(EditMessageText(text=message.html, **here))

    async def replace_photo(self, place: Place, message_id: int, picture: bytes | str, message: Message) -> Posted:
        media = InputMediaPhoto(media=photo_file(picture), caption=message.html)
        sent = await self._call(
            EditMessageMedia(media=media, chat_id=place.chat_id, message_id=message_id, reply_markup=keyboard(message))
        )
        return posted(sent) if isinstance(sent, TelegramMessage) else Posted(message_id)

    async def delete(self, place: Place, message_id: int) -> None:
        """What cannot be deleted stays: repeating the job would post its successor twice."""
        try:
            await self._call(DeleteMessage(chat_id=place.chat_id, message_id=message_id))
        except ChatError as error:
            log.info("a message could not be deleted", why=type(error).__name__)

    async def pin(self, place: Place, message_id: int) -> None:
        await self._call(PinChatMessage(chat_id=place.chat_id, message_id=message_id, disable_notification=True))

    async def _call(self, method: TelegramMethod[TelegramType]) -> TelegramType | None:
        """None: the message looks like that already."""
        answer: TelegramType | None = None
        try:
            with translated():
                answer = await self._bot(method)
        except Unreadable as refused:
            log.warning("a message goes as plain text", method=type(method).__name__, why=str(refused))
            with translated():
                answer = await self._bot(plain(method))
        return answer


def plain(method: TelegramMethod[TelegramType]) -> TelegramMethod[TelegramType]:
    """The same without markup, cut to what Telegram takes."""
    changes: dict[str, Any] = {"parse_mode": None}
    if isinstance(method, SendMessage | EditMessageText):
        changes["text"] = cut(without_tags(method.text or ""), TEXT_LIMIT)
    elif isinstance(method, SendPhoto | EditMessageCaption):
        changes["caption"] = cut(without_tags(method.caption or ""), CAPTION_LIMIT)
    elif isinstance(method, EditMessageMedia):
        caption = cut(without_tags(method.media.caption or ""), CAPTION_LIMIT)
        changes = {"media": method.media.model_copy(update={"caption": caption, "parse_mode": None})}
    return method.model_copy(update=changes)


def without_tags(html: str) -> str:
    return unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", html))


def cut(text: str, limit: int) -> str:
    """To `limit` UTF-16 units, the dots included."""
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * limit else units[: 2 * (limit - 1)].decode("utf-16-le", "ignore") + "…"


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Rows of buttons; an edit without them would remove those that are there, as it should."""
    rows = [[_button(button) for button in row] for row in message.buttons if row]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        text=button.label,
        callback_data=button.data,
        url=button.url,
        copy_text=CopyTextButton(text=button.copy) if button.copy else None,
        style=button.style,
    )


def photo_file(picture: bytes | str) -> BufferedInputFile | str:
    return picture if isinstance(picture, str) else BufferedInputFile(picture, "qr.png")


def posted(sent: TelegramMessage | None) -> Posted:
    if sent is None:
        raise ChatAway("no message in the answer")
    return Posted(sent.message_id, sent.photo[-1].file_id if sent.photo else None)
