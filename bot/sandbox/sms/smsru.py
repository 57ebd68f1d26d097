"""SMS.ru: form in, JSON out, HTTP status 200 whatever happens.

The request has a status of its own and each phone or message inside has another: a request that is OK may carry a
message that was refused. One table of codes serves sending, status and reports.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .form import decoded, raw_fields
from .manners import Manners
from .message import State, StoredMessage
from .network import PRICE, Network
from .recipients import Refusal, digits_of
from .segments import segments

MOST_RECIPIENTS = 100
MOST_SEGMENTS = 8
DAILY_LIMIT = 10_000  # messages; any number does
SENDER = re.compile(r"[A-Za-z0-9 ._-]{1,11}")
PHONE_FIELD = re.compile(r"to\[(.+)\]")

STATE_CODES = {
    State.QUEUED: 100, State.SENT: 102, State.DELIVERED: 103, State.EXPIRED: 104, State.FAILED: 107,
    State.REJECTED: 108, State.ODD: 199,
}  # fmt: skip
REFUSAL_CODES = {
    Refusal.BAD_NUMBER: 202, Refusal.NO_MONEY: 201, Refusal.BAD_LOGIN: 200, Refusal.BUSY: 220, Refusal.DUPLICATE: 231,
}  # fmt: skip
OF_THE_REQUEST = {200, 220}  # these refuse the request as a whole
TEXTS = {
    -1: "Сообщение не найдено",
    100: "Сообщение находится в очереди",
    102: "Сообщение отправлено (в пути)",
    103: "Сообщение доставлено",
    104: "Не может быть доставлено: время жизни истекло",
    107: "Не может быть доставлено: неизвестная причина",
    108: "Не может быть доставлено: отклонено",
    200: "Неправильный api_id",
    201: "Не хватает средств на лицевом счету",
    202: "Неправильно указан номер телефона получателя, либо на него нет маршрута",
    203: "Нет текста сообщения",
    204: "Имя отправителя не согласовано с администрацией",
    205: "Сообщение слишком длинное (превышает 8 СМС)",
    211: "Метод не найден",
    212: "Текст сообщения необходимо передать в кодировке UTF-8",
    213: "Указано более 100 номеров в списке получателей",
    220: "Сервис временно недоступен, попробуйте чуть позже",
    231: "Превышен лимит одинаковых сообщений на этот номер в минуту",
    901: "Callback: URL неверный (не начинается на http://)",
}

Answer = dict[str, Any]
Fields = dict[str, str]


class RequestRefusedError(Exception):
    """The request as a whole is refused with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class SmsRu:
    """`/sms/*`, `/my/*`, `/auth/check`, `/callback/*`."""

    name = "smsru"
    reports_json = False
    reports_by_get = False

    def __init__(self, network: Network, report_urls: dict[str, str], api_id: str) -> None:
        self._network = network
        self._report_urls = report_urls
        self._api_id = api_id
        self._methods: dict[str, Callable[[Fields], Awaitable[Answer]]] = {
            "/sms/send": self._send,
            "/sms/status": self._status,
            "/sms/cost": self._cost,
            "/my/balance": self._balance,
            "/my/limit": self._limit,
            "/my/senders": self._senders,
            "/auth/check": self._check,
            "/callback/add": self._callback_add,
            "/callback/del": self._callback_del,
            "/callback/get": self._callback_get,
        }

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", f"/{part}/{{method}}", self._answer) for part in ("sms", "my", "auth", "callback")]

    async def _answer(self, request: web.Request) -> web.Response:
        raw = await raw_fields(request)
        try:
            answer = await self._perform(request.path, raw)
        except RequestRefusedError as refused:
            answer = error(refused.code)
        if raw.get("json") == "1":
            return web.json_response(answer)
        return web.Response(text=plain(answer))

    async def _perform(self, path: str, raw: Fields) -> Answer:
        try:
            fields = decoded(raw, "utf-8")
        except UnicodeDecodeError:
            raise RequestRefusedError(212) from None
        if fields.get("api_id") != self._api_id:
            raise RequestRefusedError(200)
        if path not in self._methods:
            raise RequestRefusedError(211)
        return {"status": "OK", "status_code": 100} | await self._methods[path](fields)

    # Sending

    async def _send(self, fields: Fields) -> Answer:
        sms = {phone: await self._send_one(phone, text, fields) for phone, text in recipients(fields).items()}
        return {"sms": sms, "balance": self._roubles()}

    async def _send_one(self, phone: str, text: str, fields: Fields) -> Answer:
        if code := self._objection(phone, text, fields.get("from", "")):
            return error(code)
        now = self._network.clock.now().isocalendar()
        sms_id = f"{now.year}{now.week:02}-{1_000_000 + self._network.next_number()}"
        if fields.get("test") != "1":
            await self._network.take(self.name, sms_id, phone, text, sender=fields.get("from", ""))
        return {"status": "OK", "status_code": 100, "sms_id": sms_id}

    def _objection(self, phone: str, text: str, sender: str = "") -> int | None:
        """The code of one phone's refusal. Raises RequestRefusedError where it concerns the whole request."""
        if not text.strip():
            return 203
        if digits_of(phone) is None:
            return 202
        if sender and not SENDER.fullmatch(sender):
            return 204
        if segments(text) > MOST_SEGMENTS:
            return 205
        refusal = self._network.refusal(self.name, phone, text)
        if refusal is None:
            return None
        code = REFUSAL_CODES[refusal]
        if code in OF_THE_REQUEST:
            raise RequestRefusedError(code)
        return code

    async def _cost(self, fields: Fields) -> Answer:
        sms: dict[str, Answer] = {}
        parts = 0
        for phone, text in recipients(fields).items():
            if digits_of(phone) is None:
                sms[phone] = error(202)
                continue
            count = segments(text)
            parts += count
            sms[phone] = {"status": "OK", "status_code": 100, "cost": roubles(count * PRICE), "sms": count}
        return {"sms": sms, "total_cost": roubles(parts * PRICE), "total_sms": parts}

    async def _status(self, fields: Fields) -> Answer:
        ids = [sms_id.strip() for sms_id in fields.get("sms_id", "").split(",")]
        return {"sms": {sms_id: self._status_one(sms_id) for sms_id in ids}, "balance": self._roubles()}

    def _status_one(self, sms_id: str) -> Answer:
        message = self._network.find(self.name, sms_id)
        if message is None:
            return error(-1)
        code = STATE_CODES[message.state]
        return {
            "status": "OK", "status_code": code, "cost": roubles(message.cost), "status_text": TEXTS.get(code, ""),
        }  # fmt: skip

    # The account

    def _roubles(self) -> float:
        return roubles(self._network.balance(self.name))

    async def _balance(self, fields: Fields) -> Answer:
        return {"balance": self._roubles()}

    async def _limit(self, fields: Fields) -> Answer:
        used = sum(message.provider == self.name for message in self._network.messages)
        return {"total_limit": DAILY_LIMIT, "used_today": used}

    async def _senders(self, fields: Fields) -> Answer:
        return {"senders": ["Prilavok"]}

    async def _check(self, fields: Fields) -> Answer:
        return {}

    async def _callback_add(self, fields: Fields) -> Answer:
        if not fields.get("url", "").startswith(("http://", "https://")):
            raise RequestRefusedError(901)
        self._report_urls[self.name] = fields["url"]
        return await self._callback_get(fields)

    async def _callback_del(self, fields: Fields) -> Answer:
        if self._report_urls.get(self.name) == fields.get("url"):
            del self._report_urls[self.name]
        return await self._callback_get(fields)

    async def _callback_get(self, fields: Fields) -> Answer:
        url = self._report_urls.get(self.name)
        return {"callback": [url] if url else []}

    # Reports

    def report(self, message: StoredMessage, state: State, manners: Manners) -> Fields:
        """`data[0]`: kind, id, code and time, a line each. `hash` is remembered, not documented in what was read."""
        moment = int((message.changed_at or message.at).timestamp())
        entry = f"sms_status\n{message.id}\n{STATE_CODES[state]}\n{moment}"
        fields = {"data[0]": entry}
        if manners.sign != "none":
            key = self._api_id if manners.sign == "right" else "another-key"
            fields["hash"] = hashlib.sha256((key + entry).encode()).hexdigest()
        return fields

    def acknowledged(self, status: int, body: str) -> bool:
        return status == 200 and body.strip() == "100"


def recipients(fields: Fields) -> dict[str, str]:
    """Phones as SMS.ru keys them (digits; what is no phone stays as sent) and their texts."""
    text = fields.get("msg", fields.get("text", ""))
    asked = {phone.strip(): text for phone in fields.get("to", "").split(",") if phone.strip()}
    asked |= {found[1]: value for name, value in fields.items() if (found := PHONE_FIELD.fullmatch(name))}
    if len(asked) > MOST_RECIPIENTS:
        raise RequestRefusedError(213)
    if not asked:
        raise RequestRefusedError(202)
    return {digits_of(phone) or phone: text for phone, text in asked.items()}


def roubles(kopecks: int) -> float:
    return round(kopecks / 100, 2)


def error(code: int) -> Answer:
    return {"status": "ERROR", "status_code": code, "status_text": TEXTS[code]}


def plain(answer: Answer) -> str:
    """The answer without json=1: the request's code, then a line each for the ids or codes of messages (remembered)."""
    lines = [str(answer["status_code"])]
    lines += [str(one.get("sms_id", one["status_code"])) for one in answer.get("sms", {}).values()]
    if "balance" in answer:
        lines.append(f"balance={answer['balance']}")
    return "\n".join(lines)
