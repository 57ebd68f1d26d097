"""Telegram may be away when the service starts: what needs the bot's name waits for the first answer."""

import asyncio

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError

from bot.config import Settings

from .intake import KINDS, Intake

log = structlog.get_logger(__name__)

PAUSE = 5.0  # s before Telegram is asked again


class Reach:
    """The way to Telegram, from its first answer on."""

    def __init__(self, bot: Bot, settings: Settings) -> None:
        self._bot = bot
        self._settings = settings
        self._reached = asyncio.Event()

    async def bot_name(self) -> str:
        """Waits until Telegram has answered once."""
        await self._reached.wait()
        return (await self._bot.me()).username or ""

    async def deep_link(self, token: str) -> str | None:
        """Opens the bot with this token; None: nobody knows the bot's name yet."""
        return f"https://t.me/{await self.bot_name()}?start={token}" if self._reached.is_set() else None

    async def handle(self, intake: Intake) -> None:
        """For ever. Commands may name the bot, so what was recorded waits until it knows its own name."""
        await self._reached.wait()
        await intake.handle()

    async def receive(self, intake: Intake) -> None:
        """A webhook or long polling; whichever it is, the other one is told off first. Tried until Telegram answers."""
        secret = self._settings.telegram_webhook_secret
        while True:
            try:
                await self._bot.me()  # kept by aiogram
                self._reached.set()
                if secret:
                    url = f"{self._settings.public_url}/telegram/webhook"
                    await self._bot.set_webhook(url, secret_token=secret.get_secret_value(), allowed_updates=KINDS)
                    return
                await self._bot.delete_webhook()
                break
            except (AiogramError, TypeError) as error:
                log.warning("telegram does not answer", why=type(error).__name__)
                await asyncio.sleep(PAUSE)
        await intake.poll()
