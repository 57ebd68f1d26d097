"""The SMS server: the three providers, the network behind them, their reports, and the controls.

GET  /_sandbox/messages    every message taken, oldest first
POST /_sandbox/sms         {"no_delivery", "no_money", "away", "tick", "report_urls", "smsc_report_secret"}, any of them
POST /_sandbox/callbacks   {"delay", "repeat", "shuffle", "drop", "method", "sign"}: manners of the reports
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.sandbox.clock import SandboxClock
from bot.sandbox.control import Handler, Simulator, parse_duration
from bot.sandbox.wire import Wire

from .agenda import Agenda
from .generic import Generic
from .message import StoredMessage
from .network import AnswerLostError, Network
from .recipients import Loss, Manners
from .reports import Reporter
from .smsc import Smsc
from .smsru import SmsRu

METHODS = {"GET", "POST"}
SIGNS = {"right", "wrong", "none"}
GARBAGE = "<html><head><title>Вход</title></head><body>Технические работы</body></html>"


class SmsSimulator(Simulator):
    """`app` answers at once; states and reports move between `start` and `stop`."""

    lane = "sms"

    def __init__(
        self,
        clock: SandboxClock | None = None,
        wire: Wire | None = None,
        *,
        smsru_api_id: str = "sandbox-api-id",
        smsc_login: str = "sandbox",
        smsc_password: str = "sandbox",  # noqa: S107 -- the sandbox's own, in the contract
        http_token: str = "sandbox",  # noqa: S107 -- likewise
        balance_kopecks: int = 100_000,
    ) -> None:
        super().__init__(clock, wire)
        self.away = False
        self._followers: set[asyncio.Queue[dict[str, Any]]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._agenda = Agenda(self.clock)
        self._reporter = Reporter(self._agenda, self.wire)
        self.network = Network(self.clock, self._agenda, balance_kopecks, self._tell, self._reporter.tell_early)
        self.smsc = Smsc(self.network, smsc_login, smsc_password)
        self.app = self.make_app()
        for provider in (
            SmsRu(self.network, self.report_urls, smsru_api_id), self.smsc, Generic(self.network, http_token),
        ):  # fmt: skip
            self._reporter.serve(provider)
            self.app.add_routes(provider.routes())
        self.app.router.add_get("/_sandbox/messages", self._show_messages)
        self.app.router.add_post("/_sandbox/sms", self._switch)
        self.app.router.add_post("/_sandbox/callbacks", self._set_manners)

    # What the desk and the tests see

    @property
    def messages(self) -> list[StoredMessage]:
        return self.network.messages

    @property
    def report_urls(self) -> dict[str, str]:
        """Provider -> the service's report address."""
        return self._reporter.urls

    async def follow(self) -> AsyncIterator[dict[str, Any]]:
        """`{"type": "sms", "message": {...}}` when a message is taken and when its state changes, for ever."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._followers.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._followers.discard(queue)

    def _tell(self, message: StoredMessage) -> None:
        self._reporter.tell(message)
        for follower in self._followers:
            follower.put_nowait({"type": "sms", "message": message.as_json()})

    # Life

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._agenda.run()), loop.create_task(self._reporter.run())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._tasks = []

    def reset(self) -> None:
        """Forgets messages, switches and what was planned; report addresses stay, they are configuration."""
        super().reset()
        self.away = False
        self._agenda.clear()
        self._reporter.reset()
        self.network.reset()
        self.smsc.reset()

    # What the common part asks

    def method_of(self, request: web.Request) -> str | None:
        """The path without its outer slashes: `sms/send`, `sys/send.php`, `rest/send`, `http/send`."""
        return None if request.path.startswith("/_sandbox/") else request.path.strip("/")

    async def _answer(self, method: str, request: web.Request, handler: Handler) -> web.StreamResponse | None:
        if self.away:
            cut_off(request)
            return None
        try:
            return await super()._answer(method, request, handler)
        except AnswerLostError as lost:
            match lost.loss:
                case Loss.RESET:
                    cut_off(request)
                    return None
                case Loss.HANG:
                    return None
                case Loss.GARBAGE:
                    return web.Response(text=GARBAGE, content_type="text/html")

    # The controls

    @property
    def no_delivery(self) -> bool:
        """Messages taken from now on fail."""
        return self.network.no_delivery

    @no_delivery.setter
    def no_delivery(self, on: bool) -> None:
        self.network.no_delivery = on

    @property
    def no_money(self) -> set[str]:
        """Providers whose account is empty."""
        return self.network.no_money

    @no_money.setter
    def no_money(self, providers: set[str]) -> None:
        self.network.no_money = set(providers)

    async def _show_messages(self, request: web.Request) -> web.Response:
        return web.json_response([message.as_json() for message in self.messages])

    async def _switch(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.no_delivery = bool(asked.get("no_delivery", self.no_delivery))
        self.no_money = set(asked.get("no_money", self.no_money))
        self.away = bool(asked.get("away", self.away))
        if "tick" in asked:
            self.network.tick = parse_duration(asked["tick"])
        self.report_urls.update(asked.get("report_urls", {}))
        self.smsc.report_secret = asked.get("smsc_report_secret", self.smsc.report_secret)
        return web.json_response(
            {
                "no_delivery": self.no_delivery,
                "no_money": sorted(self.no_money),
                "away": self.away,
                "tick": self.network.tick.total_seconds(),
                "report_urls": self.report_urls,
            }
        )

    async def _set_manners(self, request: web.Request) -> web.Response:
        asked = await request.json()
        method, sign = str(asked.get("method", "POST")).upper(), asked.get("sign", "right")
        if method not in METHODS or sign not in SIGNS:
            return web.json_response(
                {"error": f"method is one of {sorted(METHODS)}, sign of {sorted(SIGNS)}"}, status=400
            )
        self._reporter.manners = Manners(
            delay=parse_duration(asked.get("delay", 0)),
            repeat=int(asked.get("repeat", 1)),
            shuffle=bool(asked.get("shuffle", False)),
            drop=bool(asked.get("drop", False)),
            method="GET" if method == "GET" else "POST",
            sign=sign,
        )
        return web.json_response({"ok": True})


def cut_off(request: web.Request) -> None:
    """Breaks the connection."""
    if request.transport is not None:
        request.transport.abort()
