"""aiogram's exceptions become ours. Telegram's description is often the only thing that tells them apart."""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiohttp_socks import ProxyConnectionError

from bot.errors import ChatAway, ChatBusy, ChatClosed, ChatMoved, MessageLost

NOT_MODIFIED = "message is not modified"
LOST = ("message to edit not found", "message can't be edited", "message_id_invalid", "message to be replied not found",
        "there is no caption in the message to edit", "there is no text in the message to edit",
        "message to delete not found", "message can't be deleted")  # fmt: skip
CLOSED = ("chat not found", "not enough rights", "chat_write_forbidden", "bot was kicked", "bot was blocked",
          "user is deactivated", "can't initiate conversation", "the group chat was deleted")  # fmt: skip
TOPIC_LOST = ("message thread not found", "topic_closed", "topic_deleted")

NEVER_SENT = (aiohttp.ClientConnectorError, ProxyConnectionError)  # refused, DNS, TLS, no proxy


class TopicLost(MessageLost):
    """The topic is closed or gone; its group is there."""


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
    raise error
