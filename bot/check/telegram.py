"""Telegram: is it reached, and does it know the bot. Whether it reaches a webhook of ours cannot be seen from here."""

import httpx
from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError

from bot.config import Settings
from bot.telegram.chat import make_bot

from .finding import PATIENCE, Finding, Words


async def probe(settings: Settings, words: Words) -> list[Finding]:
    try:
        return [words.fine("check.telegram", name=await bot_name(settings))]
    except (TelegramUnauthorizedError, TelegramNotFound):  # 404: a token of a wrong shape is no address there
        return [words.fault("check.telegram.token")]
    except (AiogramError, OSError) as error:
        host = httpx.URL(settings.telegram_api_url).host
        return [words.fault("check.telegram.away", host=host, why=_without_secrets(words.why(error), settings))]


async def bot_name(settings: Settings) -> str:
    """Raises AiogramError or OSError."""
    bot = make_bot(settings)
    try:
        return (await bot.get_me(request_timeout=int(PATIENCE))).username or ""
    except TypeError as error:  # an answer that is not of the Bot API
        raise OSError("no answer of the Bot API") from error
    finally:
        await bot.session.close()


def _without_secrets(why: str, settings: Settings) -> str:
    """Addresses of requests hold the token, the proxy's its password."""
    for secret in (settings.bot_token, settings.telegram_proxy):
        if secret:
            why = why.replace(secret.get_secret_value(), "…")
    return why
