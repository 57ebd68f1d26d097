"""ports.StaffChat over the Bot API. Every call has a time-out, none repeats itself: the jobs do that."""

import structlog
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendMessage, SendPhoto, TelegramMethod
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
from bot.errors import ChatError
from bot.ports import Button, Message, Place, Posted

from .errors import TopicLost, translated

log = structlog.get_logger(__name__)

TIMEOUT = 15  # s a call; shorter than a job's lease


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
    """Sends, edits and deletes."""

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

    async def _send(self, method: SendMessage | SendPhoto) -> Posted:
        """Where its topic is closed or gone, to the group's general one: told in the wrong place rather than never."""
        try:
            with translated():
                return posted(await self._bot(method))
        except TopicLost:
            with translated():
                return posted(await self._bot(method.model_copy(update={"message_thread_id": None})))

    async def edit(self, place: Place, message_id: int, message: Message, *, photo: bool) -> None:
        with translated():
            if photo:
                await self._bot.edit_message_caption(
                    chat_id=place.chat_id, message_id=message_id, caption=message.html, reply_markup=keyboard(message)
                )
            else:
                await self._bot.edit_message_text(
                    message.html, chat_id=place.chat_id, message_id=message_id, reply_markup=keyboard(message)
                )

    async def replace_photo(self, place: Place, message_id: int, picture: bytes, message: Message) -> Posted:
        media = InputMediaPhoto(media=photo_file(picture), caption=message.html)
        sent: TelegramMessage | bool = True
        with translated():
            sent = await self._bot.edit_message_media(
                media, chat_id=place.chat_id, message_id=message_id, reply_markup=keyboard(message)
            )
        return posted(sent) if isinstance(sent, TelegramMessage) else Posted(message_id)

    async def delete(self, place: Place, message_id: int) -> None:
        """What cannot be deleted stays: repeating the job would post its successor twice."""
        try:
            with translated():
                await self._bot.delete_message(place.chat_id, message_id)
        except ChatError as error:
            log.info("a message could not be deleted", why=type(error).__name__)


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


def posted(sent: TelegramMessage) -> Posted:
    return Posted(sent.message_id, sent.photo[-1].file_id if sent.photo else None)
