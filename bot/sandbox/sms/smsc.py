"""SMSC: one protocol under two doors, HTTP status 200 whatever happens.

`/rest/send/` takes JSON in UTF-8. `/sys/*.php` takes a form whose charset is windows-1251 unless `charset` says
otherwise, and answers in JSON only where `fmt=3`. Money is written as strings. The phone belongs to a message's id.
"""

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from .form import decoded, raw_fields
from .manners import Manners
from .message import State, StoredMessage
from .network import PRICE, Network
from .recipients import Refusal, digits_of
from .segments import cut, segments

MOSCOW = ZoneInfo("Europe/Moscow")
MOST_ID = 2_147_483_647
WINDOW = timedelta(minutes=1)
MOST_ALIKE = 5  # identical price and status requests in WINDOW

STATE_CODES = {
    State.QUEUED: -1, State.SENT: 0, State.DELIVERED: 1, State.EXPIRED: 3, State.FAILED: 20, State.REJECTED: 23,
    State.ODD: 99,
}  # fmt: skip
ERR_CODES = {State.EXPIRED: 6, State.FAILED: 1, State.REJECTED: 244}  # remembered; 0 for the others
REFUSAL_CODES = {
    Refusal.BAD_NUMBER: 7, Refusal.NO_MONEY: 3, Refusal.BAD_LOGIN: 2, Refusal.BUSY: 4, Refusal.DUPLICATE: 9,
}  # fmt: skip
TEXTS = {
    1: "parameters error",
    2: "authorise error",
    3: "no money",
    4: "ip blocked",
    7: "invalid number",
    9: "duplicate request, wait a minute",
}

Answer = dict[str, Any] | list[dict[str, Any]]
Fields = dict[str, str]


class SmscError(Exception):
    """The request is refused with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Smsc:
    """`/sys/send.php`, `/rest/send/`, `/sys/status.php`, `/sys/balance.php`."""

    name = "smsc"
    reports_json = False
    reports_by_get = True

    def __init__(self, network: Network, login: str, password: str) -> None:
        self._network = network
        self._login = login
        self._passwords = {password, hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()}
        self._api_key = password
        self.report_secret = "sandbox"  # noqa: S105 -- set in the provider's cabinet; this is the sandbox's
        self._asked: dict[tuple[str, ...], deque[datetime]] = defaultdict(lambda: deque(maxlen=MOST_ALIKE + 1))

    def reset(self) -> None:
        self._asked.clear()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/sys/send.php", self._answer_with(self._send)),
            web.post("/rest/send", self._answer_with(self._send)),
            web.post("/rest/send/", self._answer_with(self._send)),
            web.route("*", "/sys/status.php", self._answer_with(self._status)),
            web.route("*", "/sys/balance.php", self._answer_with(self._balance)),
        ]

    def _answer_with(
        self, perform: Callable[[Fields], Awaitable[Answer]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            fields: Fields = {}
            try:
                fields = await read(request)
                self._authorise(fields)
                said = await perform(fields)
            except SmscError as refused:
                said = {"error": TEXTS[refused.code], "error_code": refused.code}
            if fields.get("fmt") == "3":
                return web.json_response(said)
            return web.Response(text=plain(said))

        return answer

    def _authorise(self, fields: Fields) -> None:
        if fields.get("login"):
            known = fields["login"] == self._login and fields.get("psw") in self._passwords
        else:
            known = fields.get("apikey") == self._api_key
        if not known:
            raise SmscError(2)

    # Sending

    async def _send(self, fields: Fields) -> Answer:
        text = fields.get("mes", "")
        phones = [phone.strip() for phone in fields.get("phones", "").replace(";", ",").split(",") if phone.strip()]
        if not text or not phones or not is_number(fields.get("id", "1")):
            raise SmscError(1)
        if is_number(fields.get("maxsms", "")):
            text = cut(text, int(fields["maxsms"]))
        numbers = [digits for phone in phones if (digits := digits_of(phone))]
        if not numbers:
            raise SmscError(7)
        parts = segments(text) * len(numbers)
        priced = {"cost": money(parts * PRICE), "cnt": parts}
        if fields.get("cost") == "1":
            self._not_too_often("cost", text, *numbers)
            return priced
        message_id = fields.get("id") or str(self._network.next_number())
        await self._take(message_id, numbers, text, fields.get("sender", ""))
        return self._sent(message_id, priced, fields.get("cost", "0"))

    async def _take(self, message_id: str, numbers: list[str], text: str, sender: str) -> None:
        for digits in numbers:
            if refusal := self._network.refusal(self.name, digits, text):
                raise SmscError(REFUSAL_CODES[refusal])
        for digits in numbers:
            await self._network.take(self.name, message_id, digits, text, sender=sender, ref=message_id)

    def _sent(self, message_id: str, priced: dict[str, Any], detail: str) -> Answer:
        answer: dict[str, Any] = {"id": int(message_id), "cnt": priced["cnt"]}
        if detail in {"2", "3"}:
            answer["cost"] = priced["cost"]
        if detail == "3":
            answer["balance"] = money(self._network.balance(self.name))
        return answer

    # Asking

    async def _status(self, fields: Fields) -> Answer:
        ids, phones = fields.get("id", "").split(","), fields.get("phone", "").split(",")
        if not ids[0] or not phones[0] or len(ids) != len(phones):
            raise SmscError(1)
        asked = [(i.strip(), digits_of(phone) or phone) for i, phone in zip(ids, phones, strict=True) if i.strip()]
        for message_id, digits in asked:
            self._not_too_often("status", message_id, digits)
        if len(ids) == 1:
            return self._status_one(*asked[0])
        return [
            self._status_one(message_id, digits) | {"id": message_id, "phone": digits, "flag": 0}
            for message_id, digits in asked
        ]

    def _status_one(self, message_id: str, digits: str) -> dict[str, Any]:
        message = self._network.find(self.name, message_id, digits)
        if message is None:
            return {"status": -3}
        moment = message.changed_at or message.at
        return {
            "status": STATE_CODES[message.state],
            "last_date": moment.astimezone(MOSCOW).strftime("%d.%m.%Y %H:%M:%S"),
            "last_timestamp": int(moment.timestamp()),
            "err": ERR_CODES.get(message.state, 0),
        }

    async def _balance(self, fields: Fields) -> Answer:
        answer = {"balance": money(self._network.balance(self.name))}
        return answer | {"credit": "0", "currency": "RUR"} if fields.get("cur") == "1" else answer

    def _not_too_often(self, *request: str) -> None:
        """Raises SmscError for the sixth such request within a minute."""
        now, asked = self._network.clock.now(), self._asked[request]
        asked.append(now)
        if len(asked) > MOST_ALIKE and timedelta() <= now - asked[0] < WINDOW:
            raise SmscError(9)

    # Reports

    def report(self, message: StoredMessage, state: State, manners: Manners) -> Fields:
        """The signature covers id, phone and status only."""
        moment = message.changed_at or message.at
        fields = {
            "id": message.id,
            "phone": message.digits,
            "status": str(STATE_CODES[state]),
            "err": str(ERR_CODES.get(state, 0)),
            "ts": str(int(moment.timestamp())),
            "time": moment.astimezone(MOSCOW).strftime("%d.%m.%Y %H:%M:%S"),
            "type": "0",
            "cost": money(message.cost),
        }
        if manners.sign != "none":
            secret = self.report_secret if manners.sign == "right" else "another-secret"
            signed = ":".join((fields["id"], fields["phone"], fields["status"], secret))
            fields["md5"] = hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()
        return fields

    def acknowledged(self, status: int, body: str) -> bool:
        return status == 200


async def read(request: web.Request) -> Fields:
    """The fields of either door. What does not fit the charset is replaced, as the provider does."""
    if request.path.startswith("/rest/"):
        try:
            given = json.loads(await request.read())
        except ValueError:
            raise SmscError(1) from None
        if not isinstance(given, dict):
            raise SmscError(1)
        return {str(name): str(value) for name, value in given.items()} | {"fmt": "3"}
    raw = await raw_fields(request)
    try:
        return decoded(raw, raw.get("charset", "windows-1251"), "replace")
    except LookupError:
        raise SmscError(1) from None


def is_number(value: str) -> bool:
    return value.isdecimal() and 1 <= int(value) <= MOST_ID


def money(kopecks: int) -> str:
    """`4.1`, `83.6`, `100`: roubles as SMSC writes them."""
    return f"{kopecks // 100}.{kopecks % 100:02}".rstrip("0").rstrip(".")


def plain(answer: Answer) -> str:
    """The answer without fmt=3."""
    if isinstance(answer, list):
        return "\n".join(plain(one) for one in answer)
    if "error_code" in answer:
        return f"ERROR = {answer['error_code']} ({answer['error']})"
    if "id" in answer and "cnt" in answer:
        return f"OK - {answer['cnt']} SMS, ID - {answer['id']}"
    if set(answer) == {"balance"}:
        return str(answer["balance"])
    return ", ".join(f"{name} = {value}" for name, value in answer.items())
