"""A provider that the shop has or writes itself: JSON, a bearer token, HTTP statuses that mean what they say.

POST SMS_HTTP_URL  {"to": "+79161234567", "text": "...", "ref": "17"}  ->  200 {"id": "..."}
a refusal          a status of FAULTS, or any other 4xx with {"error": <a name of ERRORS>}
its reports        POST {"id", "ref", "status"} to us; a status of STATES
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

import httpx
from pydantic import AfterValidator, SecretStr
from pydantic_settings import SettingsConfigDict

from bot.config import AdapterSettings
from bot.errors import CallbackRejected
from bot.ports import Accepted, Rejected, SmsFault, SmsOutcome, SmsReport, SmsSender, SmsState, Unknown

from . import TIMEOUTS, Answer, Endpoint, Line, Timeouts

ERRORS = {
    "bad_number": SmsFault.RECIPIENT,
    "too_long": SmsFault.CONTENT,
    "bad_request": SmsFault.CONTENT,
    "bad_login": SmsFault.LOGIN,
    "no_money": SmsFault.MONEY,
    "busy": SmsFault.RATE,
}
FAULTS = {401: SmsFault.LOGIN, 402: SmsFault.MONEY, 403: SmsFault.LOGIN, 422: SmsFault.CONTENT, 429: SmsFault.RATE}
STATES = {
    "queued": SmsState.SENT,
    "sent": SmsState.SENT,
    "delivered": SmsState.DELIVERED,
    "read": SmsState.DELIVERED,
    "failed": SmsState.FAILED,
    "expired": SmsState.FAILED,
    "rejected": SmsState.REJECTED,
}


def _sendable(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", token.get_secret_value()):
        raise ValueError("has a character that no header can hold")
    return token


class Settings(AdapterSettings):
    """SMS_HTTP_*."""

    model_config = SettingsConfigDict(env_prefix="SMS_HTTP_", hide_input_in_errors=True)

    url: Endpoint
    token: Annotated[SecretStr, AfterValidator(_sendable)] | None = None
    report_secret: SecretStr | None = None


def create(
    settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None, timeouts: Timeouts = TIMEOUTS
) -> SmsSender:
    headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"} if settings.token else None
    return HttpSender(settings, Line("http", settings.url, transport=transport, timeouts=timeouts, headers=headers))


class HttpSender:
    """Satisfies `ports.SmsSender`."""

    name = "http"

    def __init__(self, settings: Settings, line: Line) -> None:
        self._settings = settings
        self._line = line

    @property
    def report_secret(self) -> str | None:
        return self._settings.report_secret.get_secret_value() if self._settings.report_secret else None

    async def send(self, to: str, text: str, ref: int) -> SmsOutcome:
        return await self._line.send("", _outcome, json={"to": to, "text": text, "ref": str(ref)})

    async def status(self, message_id: str, to: str) -> SmsReport | None:
        """It cannot be asked: it reports."""
        return None

    def read_reports(self, form: Mapping[str, list[str]], body: Any) -> tuple[list[SmsReport], str]:
        match body:
            case {"id": str() | int() as message_id, "status": str(status)}:
                return [SmsReport(str(message_id), STATES.get(status), status)], "OK"
        raise CallbackRejected(400, "a report without id and status")

    async def close(self) -> None:
        await self._line.close()


def _outcome(answer: Answer) -> SmsOutcome:
    match answer.body.get("id"):
        case str() | int() as message_id if httpx.codes.is_success(answer.status) and message_id:
            segments = answer.body.get("segments")
            return Accepted(str(message_id), segments if isinstance(segments, int) else None)
    if httpx.codes.is_client_error(answer.status):
        return _refusal(answer)
    return answer.not_ok or Unknown("an answer that cannot be read")


def _refusal(answer: Answer) -> Rejected | Unknown:
    """409, the guard against duplicates, is no refusal: the first one probably went out."""
    error = answer.body.get("error")
    code = error if isinstance(error, str) and error in ERRORS else f"HTTP {answer.status}"
    fault = ERRORS.get(code) or FAULTS.get(answer.status)
    if fault is None or answer.status == httpx.codes.CONFLICT:
        return answer.not_ok or Unknown(code)
    return Rejected(fault, permanent=code in {"bad_number", "too_long"}, code=code)
