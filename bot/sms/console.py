"""Trials without a provider: the message goes to the log, its phone masked, and counts as sent."""

from collections.abc import Mapping
from typing import Any

import httpx
import structlog
from pydantic_settings import SettingsConfigDict

from bot.config import AdapterSettings
from bot.errors import CallbackRejected
from bot.phone import masked
from bot.ports import Accepted, SmsOutcome, SmsReport, SmsSender
from bot.segments import count

log = structlog.get_logger(__name__)


class Settings(AdapterSettings):
    """None of its own."""

    model_config = SettingsConfigDict(env_prefix="SMS_CONSOLE_")


def create(settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> SmsSender:
    return Console()


class Console:
    """Satisfies `ports.SmsSender`."""

    name = "console"
    report_secret = None

    async def send(self, to: str, text: str, ref: int) -> SmsOutcome:
        """The link stays readable: whoever tries the service opens it from here."""
        log.info("sms", to=masked(to), text=text, ref=ref)
        return Accepted(f"console-{ref}", count(text))

    async def status(self, message_id: str, to: str) -> SmsReport | None:
        return None

    def read_reports(self, form: Mapping[str, list[str]], body: Any) -> tuple[list[SmsReport], str]:
        raise CallbackRejected(404, "the console sends no reports")

    async def close(self) -> None:
        """Nothing is open."""
