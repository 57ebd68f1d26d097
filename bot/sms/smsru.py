"""SMS.ru: a form in, JSON out, HTTP 200 whatever happens.

The request has a status of its own and the phone inside has another: a request that is OK may hold a refused message.
One space of codes serves sending, status and reports; the tables follow sms.ru/api.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from bot.config import AdapterSettings
from bot.errors import CallbackRejected
from bot.ports import Accepted, Rejected, SmsFault, SmsOutcome, SmsReport, SmsSender, SmsState, Unknown

from . import TIMEOUTS, Answer, BaseUrl, Line, Timeouts, kopecks

RECIPIENT = {202, 207, 209, 214, 215}  # no such number, no route, stop lists, foreign
TEXT = {203, 205}  # empty, above 8 parts: nobody would send it
FAULTS = {
    SmsFault.MONEY: {201},
    SmsFault.LOGIN: {200, 300, 301, 302, 303, 304, 305},
    SmsFault.CONTENT: {204, 208, 210, 211, 212, 213, 216},  # sender not approved, forbidden word, a request of ours
    SmsFault.RATE: {206, 230, 233, *range(501, 509), 550},
    SmsFault.TEMPORARY: {220, 500},  # both ask to repeat: it was not taken
}
ALREADY_SENT = {231, 232}  # the same text to this number within a minute, a day: the first one probably went out
STATES = {
    **dict.fromkeys((100, 101, 102), SmsState.SENT),
    **dict.fromkeys((103, 110), SmsState.DELIVERED),
    **dict.fromkeys((104, 105, 106, 107, 150), SmsState.FAILED),
    108: SmsState.REJECTED,
}
ENTRY = re.compile(r"data(?:\[(\d{0,4})\])?")  # data[0], data[1] ...; also data[] and data


class Settings(AdapterSettings):
    """SMS_SMSRU_*. `sender`: an approved name; without one the account's default is used."""

    model_config = SettingsConfigDict(env_prefix="SMS_SMSRU_", hide_input_in_errors=True)

    api_id: SecretStr
    url: BaseUrl = "https://sms.ru"
    sender: str | None = None
    report_secret: SecretStr | None = None


def create(
    settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None, timeouts: Timeouts = TIMEOUTS
) -> SmsSender:
    return SmsRu(settings, Line("smsru", settings.url, transport=transport, timeouts=timeouts))


class SmsRu:
    """Satisfies `ports.SmsSender`. Knows no id of ours: `ref` is not sent."""

    name = "smsru"

    def __init__(self, settings: Settings, line: Line) -> None:
        self._settings = settings
        self._line = line
        self._login = {"api_id": settings.api_id.get_secret_value(), "json": "1"}

    @property
    def report_secret(self) -> str | None:
        return self._settings.report_secret.get_secret_value() if self._settings.report_secret else None

    async def send(self, to: str, text: str, ref: int) -> SmsOutcome:
        form = {**self._login, "to": to.removeprefix("+"), "msg": text}
        if self._settings.sender:
            form["from"] = self._settings.sender
        return await self._line.send("/sms/send", _outcome, data=form)

    async def status(self, message_id: str, to: str) -> SmsReport | None:
        def read(answer: Answer) -> SmsReport | None:
            one = _only(answer.body)
            return None if answer.not_ok or one is None else _report(message_id, str(one.get("status_code", "")))

        return await self._line.ask("/sms/status", read, data={**self._login, "sms_id": message_id})

    async def balance(self) -> int | Rejected | Unknown:
        """Satisfies `Prepaid`."""
        return await self._line.account("/my/balance", _balance, data=self._login)

    def read_reports(self, form: Mapping[str, list[str]], body: Any) -> tuple[list[SmsReport], str]:
        """Entries of lines: `sms_status`, id, code, time. Entries of other kinds are taken and passed over."""
        entries = _entries(form)
        if not entries:
            raise CallbackRejected(400, "a report without data")
        self._verify(form.get("hash"), entries)
        lines = [entry.split("\n") for entry in entries]
        return [_report(line[1].strip(), line[2].strip()) for line in lines if _is_status(line)], "100"

    async def close(self) -> None:
        await self._line.close()

    def _verify(self, given: list[str] | None, entries: list[str]) -> None:
        """`hash`, which not every report has: SHA-256 of the key and all entries."""
        signed = self._login["api_id"] + "".join(entries)
        right = hashlib.sha256(signed.encode(errors="replace")).hexdigest()
        if given and not hmac.compare_digest(right.encode(), given[0].lower().encode(errors="replace")):
            raise CallbackRejected(403, "a report with a wrong hash")


def _outcome(answer: Answer) -> SmsOutcome:
    if answer.not_ok:
        return answer.not_ok
    one = _only(answer.body) or answer.body
    match one:
        case {"status": "OK", "sms_id": str(sms_id)} if sms_id:
            return Accepted(sms_id)
        case {"status": "ERROR", "status_code": int() | str() as code} if not one.get("sms_id"):
            return _refusal(str(code), str(one.get("status_text", "")))
    return Unknown("an answer that cannot be read")


def _balance(answer: Answer) -> int | Rejected | Unknown:
    match answer.body:
        case _ if answer.not_ok:
            return answer.not_ok
        case {"status": "ERROR", "status_code": int() | str() as code}:
            return _refusal(str(code), str(answer.body.get("status_text", "")))
    return kopecks(answer.body.get("balance"))


def _refusal(code: str, text: str) -> Rejected | Unknown:
    """An unknown code is a definite no all the same: the answer says ERROR and gives the message no id."""
    number = _number(code)
    if number in ALREADY_SENT:
        return Unknown(f"code {code}: the same text was sent just now")
    if number in RECIPIENT:
        return Rejected(SmsFault.RECIPIENT, permanent=True, code=code, text=text)
    if number in TEXT:
        return Rejected(SmsFault.CONTENT, permanent=True, code=code, text=text)
    fault = next((fault for fault, codes in FAULTS.items() if number in codes), SmsFault.TEMPORARY)
    return Rejected(fault, permanent=False, code=code, text=text)


def _only(body: dict[str, Any]) -> dict[str, Any] | None:
    """The one phone's or message's part of an answer. Not by its key: a phone comes back written in another way."""
    inner = body.get("sms")
    one = next(iter(inner.values()), None) if isinstance(inner, dict) else None
    return one if isinstance(one, dict) else None


def _report(message_id: str, code: str) -> SmsReport:
    return SmsReport(message_id, STATES.get(_number(code)), code)


def _number(code: str) -> int:
    """0, which is no code, for what is no number."""
    return int(code) if re.fullmatch(r"[0-9]{1,4}", code) else 0


def _entries(form: Mapping[str, list[str]]) -> list[str]:
    """In the order of their numbers."""
    found = [(int(match[1] or 0), values) for name, values in form.items() if (match := ENTRY.fullmatch(name))]
    return [value for _, values in sorted(found, key=lambda one: one[0]) for value in values]


def _is_status(lines: list[str]) -> bool:
    return len(lines) >= 3 and lines[0].strip() == "sms_status" and bool(lines[1].strip())
