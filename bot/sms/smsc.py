"""SMSC (smsc.ru, smsc.kz): JSON in and out, HTTP 200 whatever happens.

The sender chooses the message's id: ours is `ref`. A message is asked about by id and phone together. Reports are
signed with MD5, the provider's choice, over id, phone and status only: nothing else of them is believed.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from bot.config import AdapterSettings
from bot.errors import CallbackRejected
from bot.ports import Accepted, Rejected, SmsFault, SmsOutcome, SmsReport, SmsSender, SmsState, Unknown

from . import TIMEOUTS, Answer, BaseUrl, Line, Timeouts, kopecks

FAULTS = {
    "1": SmsFault.CONTENT,  # parameters of ours
    "2": SmsFault.LOGIN,
    "3": SmsFault.MONEY,
    "4": SmsFault.TEMPORARY,  # our address is blocked for a while, after bad requests
    "5": SmsFault.CONTENT,
    "6": SmsFault.CONTENT,  # text or sender not allowed there
    "7": SmsFault.RECIPIENT,
    "8": SmsFault.RECIPIENT,
}
ALREADY_SENT = "9"  # the same request within a minute: the first one probably went out
STATES = {
    **dict.fromkeys(("-2", "-1", "0"), SmsState.SENT),
    **dict.fromkeys(("1", "2", "4"), SmsState.DELIVERED),  # also read, link opened
    **dict.fromkeys(("3", "20", "22", "24", "25"), SmsState.FAILED),  # expired, impossible, number, money, no route
    "23": SmsState.REJECTED,  # black lists, filters, limits
}


class Settings(AdapterSettings):
    """SMS_SMSC_*. `report_secret` stands in the reports' address and, set in SMSC's cabinet, signs them."""

    model_config = SettingsConfigDict(env_prefix="SMS_SMSC_", hide_input_in_errors=True)

    login: str
    password: SecretStr
    url: BaseUrl = "https://smsc.ru"
    sender: str | None = None
    report_secret: SecretStr | None = None


def create(
    settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None, timeouts: Timeouts = TIMEOUTS
) -> SmsSender:
    return Smsc(settings, Line("smsc", settings.url, transport=transport, timeouts=timeouts))


class Smsc:
    """Satisfies `ports.SmsSender`."""

    name = "smsc"

    def __init__(self, settings: Settings, line: Line) -> None:
        self._settings = settings
        self._line = line
        self._login = {"login": settings.login, "psw": settings.password.get_secret_value(), "fmt": "3"}

    @property
    def report_secret(self) -> str | None:
        return self._settings.report_secret.get_secret_value() if self._settings.report_secret else None

    async def send(self, to: str, text: str, ref: int) -> SmsOutcome:
        """The phone keeps its plus, else SMSC may correct it. No `maxsms`: it would cut the link off."""
        message = {**self._login, "phones": to, "mes": text, "id": str(ref)}
        if self._settings.sender:
            message["sender"] = self._settings.sender
        return await self._line.send("/rest/send/", _outcome, json=message)

    async def status(self, message_id: str, to: str) -> SmsReport | None:
        def read(answer: Answer) -> SmsReport | None:
            match answer.body:
                case {"status": int() | str() as status} if not answer.not_ok and "error_code" not in answer.body:
                    return _report(message_id, str(status))
            return None

        form = {**self._login, "charset": "utf-8", "phone": to.removeprefix("+"), "id": message_id}
        return await self._line.ask("/sys/status.php", read, data=form)

    async def balance(self) -> int | Rejected | Unknown:
        """Satisfies `Prepaid`."""
        return await self._line.account("/sys/balance.php", _balance, data=self._login)

    def read_reports(self, form: Mapping[str, list[str]], body: Any) -> tuple[list[SmsReport], str]:
        """One report a request. Texts that people send back come to the same address: taken and passed over."""
        if "mes" in form:
            return [], "OK"
        message_id, phone, status = (form.get(name, [""])[0] for name in ("id", "phone", "status"))
        if not (message_id and phone and status):
            raise CallbackRejected(400, "a report without id, phone and status")
        self._verify(form.get("md5", [""])[0], message_id, phone, status)
        return [_report(message_id, status)], "OK"

    async def close(self) -> None:
        await self._line.close()

    def _verify(self, given: str, *signed: str) -> None:
        text = ":".join((*signed, self.report_secret or ""))
        right = hashlib.md5(text.encode(errors="replace"), usedforsecurity=False).hexdigest()
        if not self.report_secret or not hmac.compare_digest(right.encode(), given.lower().encode(errors="replace")):
            raise CallbackRejected(403, "a report with a wrong signature")


def _outcome(answer: Answer) -> SmsOutcome:
    """An error may carry the id, which is ours: it says nothing."""
    if answer.not_ok:
        return answer.not_ok
    match answer.body:
        case {"error_code": int() | str() as code}:
            return _refusal(str(code), str(answer.body.get("error", "")))
        case {"id": int() | str() as message_id} if message_id and "error" not in answer.body:
            parts = answer.body.get("cnt")
            return Accepted(str(message_id), parts if isinstance(parts, int) else None)
    return Unknown("an answer that cannot be read")


def _balance(answer: Answer) -> int | Rejected | Unknown:
    match answer.body:
        case _ if answer.not_ok:
            return answer.not_ok
        case {"error_code": int() | str() as code}:
            return _refusal(str(code), str(answer.body.get("error", "")))
    return kopecks(answer.body.get("balance"))


def _refusal(code: str, text: str) -> Rejected | Unknown:
    """An unknown code is a definite no all the same: SMSC answers with an error instead of taking a message."""
    if code == ALREADY_SENT:
        return Unknown(f"code {code}: the same text was sent just now")
    fault = FAULTS.get(code, SmsFault.TEMPORARY)
    return Rejected(fault, permanent=fault is SmsFault.RECIPIENT, code=code, text=text)


def _report(message_id: str, status: str) -> SmsReport:
    return SmsReport(message_id, STATES.get(status), status)
