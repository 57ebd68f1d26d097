"""The sandbox's bank without its sockets: the real client's bytes go to the simulator's own REST interface.

Its ledger decides what is allowed. What the network makes of a call is drawn: see `Trouble`. What the bank calls back
waits in `callbacks`, until a test loses, repeats or delivers it.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import cast
from urllib.parse import parse_qsl

import httpx
from aiohttp import web

from bot.banks.sber import SberBank, Settings, create
from bot.banks.sber.gateway import Timeouts
from bot.config import load
from bot.sandbox.bank.callbacks import callback_fields
from bot.sandbox.bank.ledger import Ledger
from bot.sandbox.bank.order import Order
from bot.sandbox.bank.rest import PASSWORD, USER, Rest
from bot.sandbox.bank.rules import Rules
from bot.sandbox.bank.signing import KEY, Signer
from bot.sandbox.clock import SandboxClock
from tests.payments.fakes import Clock

from .killed import Killed

HOST = "https://bank.example"
UNHURRIED = Timeouts(connect=60, read=60, whole=60)  # real seconds: what is late here, is late by our own clock
HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"
REFUSAL = '{"errorCode":"7","errorMessage":"Операция невозможна"}'


class Trouble(StrEnum):
    """What becomes of one call."""

    AWAY = "no connection: not carried out"
    BUSY = "429: not carried out"
    BROKEN = "502: not carried out, but who knows"
    REFUSED = "refused"
    LOST = "carried out, no answer"
    LATE = "no answer, and carried out after a while"
    GARBLED = "carried out, the answer cannot be read"
    SLOW = "on its way to the bank for a while"
    SLOW_ANSWER = "carried out, the answer takes a while"
    KILLED = "we are killed before the call"
    KILLED_AFTER = "we are killed after the call"

    __repr__ = StrEnum.__str__


MONEY = {"deposit.do", "reverse.do", "refund.do"}
SLOW = {Trouble.SLOW, Trouble.SLOW_ANSWER}
UNDONE = {Trouble.AWAY, Trouble.BUSY, Trouble.BROKEN, Trouble.REFUSED}


class BankClock(SandboxClock):
    """The bank's time is the test's."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now().astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the simulator looks at of a request."""

    form: Mapping[str, str]
    match_info: Mapping[str, str]
    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)

    async def post(self) -> Mapping[str, str]:
        return self.form


class LocalBank:
    """The bank of one history. `troubles`: by method, of its next calls."""

    def __init__(self, clock: Clock) -> None:
        self._clock = BankClock(clock)
        self._signer = Signer()
        self.ledger = Ledger(self._clock, Rules(), self._announce)
        self._rest = Rest(self.ledger, Rules(), self._clock, self._link, self._registered)
        self.troubles: dict[str, list[Trouble]] = {}
        self.callbacks: list[dict[str, str]] = []  # signed, not delivered yet
        self.calls: list[tuple[str, str]] = []  # (method, mdOrder or order number), whatever came of it
        self.carried_out: list[tuple[str, str, int]] = []  # (method, order number, kopecks) of ours that moved money
        self.late: list[tuple[str, Mapping[str, str]]] = []  # calls that nobody waits for any more
        self.on_its_way = asyncio.Event()  # set when a slow call stands still
        self.standing: list[asyncio.Future[None]] = []  # what those wait for, oldest first

    # The network

    async def receive(self, request: httpx.Request) -> httpx.Response:
        method = request.url.path.rpartition("/")[2]
        form = dict(parse_qsl((await request.aread()).decode(), keep_blank_values=True))
        armed = self.troubles.get(method)
        trouble = armed.pop(0) if armed else None
        if trouble is Trouble.KILLED:
            raise Killed
        self.calls.append((method, form.get("orderId") or form["orderNumber"]))
        if trouble is Trouble.LATE:
            self.late.append((method, form))
            raise httpx.ReadTimeout("the bank is silent")
        if trouble is Trouble.SLOW:
            await self._wait_for(method, form)
        if trouble in UNDONE:
            return self._not_done(trouble)
        answer = await self._carry_out(method, form)
        if trouble is Trouble.SLOW_ANSWER:
            await self._wait()
        if trouble is Trouble.KILLED_AFTER:
            raise Killed
        if trouble is Trouble.LOST:
            raise httpx.ReadTimeout("the bank is silent")
        return self._answer(200, "<html>" if trouble is Trouble.GARBLED else answer.text or "")

    async def _carry_out(self, method: str, form: Mapping[str, str]) -> web.Response:
        answer = await self._rest.handle(cast(web.Request, Asked(form, {"method": method})))
        if method in MONEY and str(json.loads(answer.text or "")["errorCode"]) == "0":
            order = self.ledger.orders[form["orderId"]]
            self.carried_out.append((method, order.order_number, int(form.get("amount", order.approved))))
        return answer

    async def late_calls_arrive(self) -> None:
        while self.late:
            await self._carry_out(*self.late.pop(0))

    async def _wait_for(self, method: str, form: Mapping[str, str]) -> None:
        """If we are killed meanwhile, the call is on its way all the same."""
        try:
            await self._wait()
        except asyncio.CancelledError:
            self.late.append((method, form))
            raise

    def _not_done(self, trouble: Trouble | None) -> httpx.Response:
        if trouble is Trouble.AWAY:
            raise httpx.ConnectError("no way to the bank")
        status = {Trouble.BUSY: 429, Trouble.BROKEN: 502}.get(trouble, 200) if trouble else 200
        return self._answer(status, REFUSAL if status == 200 else "<html>")

    def _answer(self, status: int, body: str) -> httpx.Response:
        return httpx.Response(status, headers={"Date": self._clock.now().strftime(HTTP_DATE)}, content=body.encode())

    async def _wait(self) -> None:
        goes_on: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.standing.append(goes_on)
        self.on_its_way.set()
        await goes_on

    def may_be_slow(self) -> bool:
        """Whether the next call of some method will stand."""
        return any(armed[:1] and armed[0] in SLOW for armed in self.troubles.values())

    # What the simulator wants to know

    def _link(self, order: Order, request: web.Request) -> str:
        return f"{HOST}/pay?mdOrder={order.md_order}"

    async def _registered(self, order: Order) -> None:
        return

    def _announce(self, order: Order, operation: str, succeeded: bool) -> None:
        self.callbacks.append(self.signed(order, operation, succeeded))

    def signed(self, order: Order, operation: str, succeeded: bool) -> dict[str, str]:
        """A callback, whether it is true or not."""
        return self._signer.sign(callback_fields(order.md_order, order.order_number, operation, succeeded), "hmac")

    @property
    def orders(self) -> dict[str, Order]:
        """By mdOrder."""
        self.ledger.sweep()
        return self.ledger.orders


class Line(httpx.AsyncBaseTransport):
    """The wire to the bank. One client serves all histories: a TLS context takes longer to make than a history."""

    def __init__(self) -> None:
        self.bank: LocalBank | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert self.bank
        return await self.bank.receive(request)

    def client(self) -> SberBank:
        """The product's own."""
        settings = load(
            Settings, _env_file=None, url=f"{HOST}/payment/rest/", user=USER, password=PASSWORD,
            callback_key=KEY, decline=True, reverse_deposited=True,
        )  # fmt: skip
        return create(settings, transport=self, timeouts=UNHURRIED)
