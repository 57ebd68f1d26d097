"""A provider as a shop would write one itself: JSON, a bearer token, HTTP statuses that mean what they say.

POST /http/send         {"to", "text", "ref", "sender"?} -> 200 {"id", "ref", "status", "segments", "cost"}
GET  /http/status/{id}  -> 200 {"id", "ref", "status"} | 404
GET  /http/balance      -> 200 {"balance": "1000.00", "currency": "RUB"}
errors                  {"error": "<name>"}; the names and statuses are in ERRORS
reports                 POST {"id", "ref", "status"}; sent again unless answered with 2xx
"""

import hmac
import json

from aiohttp import web

from .manners import Manners
from .message import State, StoredMessage
from .network import Network
from .recipients import Refusal, digits_of

MOST_CHARACTERS = 1000
ERRORS = {
    "bad_request": 400, "too_long": 400, Refusal.BAD_NUMBER: 400, Refusal.BAD_LOGIN: 401, Refusal.NO_MONEY: 402,
    "not_found": 404, Refusal.DUPLICATE: 409, Refusal.BUSY: 429,
}  # fmt: skip


class Generic:
    """`/http/*`."""

    name = "http"
    reports_json = True
    reports_by_get = False

    def __init__(self, network: Network, token: str) -> None:
        self._network = network
        self._token = token

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/http/send", self._send),
            web.get("/http/status/{id}", self._status),
            web.get("/http/balance", self._balance),
        ]

    def _is_known(self, request: web.Request) -> bool:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {self._token}".encode())

    async def _send(self, request: web.Request) -> web.Response:
        if not self._is_known(request):
            return refused(Refusal.BAD_LOGIN)
        try:
            asked = json.loads(await request.read())
            phone, text, ref, sender = (asked.get(name, "") for name in ("to", "text", "ref", "sender"))
        except (ValueError, AttributeError):
            return refused("bad_request")
        if not all(isinstance(value, str) for value in (phone, text, ref, sender)) or not text:
            return refused("bad_request")
        if len(text) > MOST_CHARACTERS:
            return refused("too_long")
        digits = digits_of(phone)
        refusal = Refusal.BAD_NUMBER if digits is None else self._network.refusal(self.name, digits, text)
        if digits is None or refusal:
            return refused(refusal or Refusal.BAD_NUMBER)
        message_id = f"m{self._network.next_number()}"
        message = await self._network.take(self.name, message_id, digits, text, sender=sender, ref=ref)
        cost = {"segments": message.segments, "cost": roubles(message.cost)}
        return web.json_response(shown(message, message.state) | cost)

    async def _status(self, request: web.Request) -> web.Response:
        if not self._is_known(request):
            return refused(Refusal.BAD_LOGIN)
        message = self._network.find(self.name, request.match_info["id"])
        return web.json_response(shown(message, message.state)) if message else refused("not_found")

    async def _balance(self, request: web.Request) -> web.Response:
        if not self._is_known(request):
            return refused(Refusal.BAD_LOGIN)
        return web.json_response({"balance": roubles(self._network.balance(self.name)), "currency": "RUB"})

    def report(self, message: StoredMessage, state: State, manners: Manners) -> dict[str, str]:
        """Unsigned: the secret is in the address."""
        return shown(message, state)

    def acknowledged(self, status: int, body: str) -> bool:
        return 200 <= status < 300


def shown(message: StoredMessage, state: State) -> dict[str, str]:
    return {"id": message.id, "ref": message.ref, "status": state.value}


def roubles(kopecks: int) -> str:
    return f"{kopecks // 100}.{kopecks % 100:02}"


def refused(name: str) -> web.Response:
    return web.json_response({"error": str(name)}, status=ERRORS[name])
