"""aiogram's exceptions become ours. Telegram's description is often the only thing that tells them apart."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiohttp_socks import ProxyConnectionError

from bot.errors import ChatAway, ChatBusy, ChatClosed, ChatMoved, ChatRefused, MessageLost, PictureLost

NOT_MODIFIED = "message is not modified"
LOST = ("message to edit not found", "message can't be edited", "message_id_invalid", "message to be replied not found",
        "there is no caption in the message to edit", "there is no text in the message to edit",
        "message to delete not found", "message can't be deleted")  # fmt: skip
CLOSED = ("chat not found", "not enough rights", "have no rights", "chat_write_forbidden", "chat_restricted",
          "bot was kicked", "bot was blocked", "bot is not a member", "user is deactivated", "peer_id_invalid",
          "can't initiate conversation", "the group chat was deleted", "group chat was deactivated")  # fmt: skip
TOPIC_LOST = ("message thread not found", "topic_closed", "topic_deleted")
PICTURE_LOST = ("wrong file identifier", "wrong remote file", "file reference", "wrong file_id", "file_reference_")
UNREADABLE = ("can't parse entities", "message is too long", "caption is too long", "message_too_long",
              "media_caption_too_long", "entities_too_long")  # fmt: skip

NEVER_SENT = (aiohttp.ClientConnectorError, ProxyConnectionError)  # refused, DNS, TLS, no proxy


class TopicLost(MessageLost):
    """The topic is closed or gone; its group is there."""


class Unreadable(ChatRefused):
    """Its markup is wrong, or it is too long: plain text that was cut would be taken."""


@contextmanager
def translated() -> Iterator[None]:
    """Raises the ChatError that fits. "Not modified" is a success and passes silently."""
    try:
        yield
    except TelegramRetryAfter as error:
        raise ChatBusy(error.retry_after) from error
    except TelegramMigrateToChat as error:
        raise ChatMoved(error.migrate_to_chat_id) from error
    except TelegramForbiddenError as error:
        raise ChatClosed(error.message) from error
    except TelegramBadRequest as error:
        _refused(error)
    except TelegramEntityTooLarge as error:
        raise ChatRefused("too large") from error
    except TelegramNetworkError as error:
        never_sent = isinstance(error.__cause__, NEVER_SENT)
        raise ChatAway(type(error.__cause__ or error).__name__, sent=False if never_sent else None) from error
    except (TelegramAPIError, ClientDecodeError, TypeError) as error:
        # TypeError: aiogram reads the description of a 5xx answer that has none; ClientDecodeError: an HTML page
        raise ChatAway(type(error).__name__) from error


def _refused(error: TelegramBadRequest) -> None:
    text = error.message.lower()
    if NOT_MODIFIED in text:
        return
    if any(words in text for words in TOPIC_LOST):
        raise TopicLost(error.message) from error
    if any(words in text for words in LOST):
        raise MessageLost(error.message) from error
    if any(words in text for words in CLOSED):
        raise ChatClosed(error.message) from error
    if any(words in text for words in PICTURE_LOST):
        raise PictureLost(kind_of(text)) from error
    raise (Unreadable if any(words in text for words in UNREADABLE) else ChatRefused)(kind_of(text)) from error


def kind_of(description: str) -> str:
    """What Telegram says, without what it may quote: that comes after the second colon, and may be anybody's words."""
    said = description.lower().removeprefix("bad request:").partition(":")[0]
    return re.sub(r"[^a-z_' ]", "", said).strip()[:60]
