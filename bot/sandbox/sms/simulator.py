"""The SMS server: three providers at their real paths, the network behind them, and their reports."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.sandbox.clock import SandboxClock
from bot.sandbox.control import Handler, Simulator, json_or_text
from bot.sandbox.wire import Wire

from .agenda import Agenda
from .controls import Controls
from .form import decoded, raw_fields
from .generic import Generic
from .manners import Manners
from .message import StoredMessage
from .network import AnswerLostError, Network
from .recipients import Loss
from .reports import Reporter, form_text
from .smsc import Smsc
from .smsru import SmsRu

GARBAGE = "<html><head><title>Вход</title></head><body>Технические работы</body></html>"


class SmsSimulator(Simulator):
    """Serve `app`: with its start states and reports begin to move. Provider names: smsru, smsc, http."""

    lane = "sms"

    def __init__(
        self,
        clock: SandboxClock | None = None,
        wire: Wire | None = None,
        *,
        smsru_api_id: str = "sandbox-api-id",
        smsc_login: str = "sandbox",
        smsc_password: str = "sandbox",  # noqa: S107 -- the sandbox's own, opens nothing else
        http_token: str = "sandbox",  # noqa: S107 -- likewise
        balance_kopecks: int = 100_000,
    ) -> None:
        super().__init__(clock, wire)
        self.away = False  # every connection to a provider is cut, nothing is taken
        self._followers: set[asyncio.Queue[dict[str, Any]]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._agenda = Agenda(self.clock)
        self._reporter = Reporter(self._agenda, self.wire)
        self._network = Network(self.clock, self._agenda, balance_kopecks, self._tell, self._reporter.tell_early)
        self._smsc = Smsc(self._network, smsc_login, smsc_password)
        self._smsru = SmsRu(self._network, self.report_urls, smsru_api_id)
        self._generic = Generic(self._network, http_token)
        self.app = self._build()

    def _build(self) -> web.Application:
        app = self.make_app()
        for provider in (self._smsru, self._smsc, self._generic):
            self._reporter.serve(provider)
            app.add_routes(provider.routes())
        app.add_routes(Controls(self).routes())
        app.on_startup.append(self._started)
        app.on_cleanup.append(self._stopped)
        return app

    # What others of the sandbox use

    @property
    def messages(self) -> list[StoredMessage]:
        """Every message taken, oldest first."""
        return self._network.messages

    def balance(self, provider: str) -> int:
        """Kopecks."""
        return self._network.balance(provider)

    @property
    def report_urls(self) -> dict[str, str]:
        """Provider -> the service's report address; without one no reports are sent."""
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

    # Switches

    @property
    def no_delivery(self) -> bool:
        """Messages taken from now on fail."""
        return self._network.no_delivery

    @no_delivery.setter
    def no_delivery(self, on: bool) -> None:
        self._network.no_delivery = on

    @property
    def no_money(self) -> set[str]:
        """Providers whose account is empty."""
        return self._network.no_money

    @no_money.setter
    def no_money(self, providers: set[str]) -> None:
        self._network.no_money = set(providers)

    @property
    def tick(self) -> timedelta:
        """From taken to sent, and from sent to the final state, in the sandbox's time."""
        return self._network.tick

    @tick.setter
    def tick(self, tick: timedelta) -> None:
        self._network.tick = tick

    @property
    def manners(self) -> Manners:
        """Of the reports; some numbers have their own."""
        return self._reporter.manners

    @manners.setter
    def manners(self, manners: Manners) -> None:
        self._reporter.manners = manners

    @property
    def smsc_report_secret(self) -> str:
        """What SMSC's cabinet knows to sign its reports with; "sandbox" at first."""
        return self._smsc.report_secret

    @smsc_report_secret.setter
    def smsc_report_secret(self, secret: str) -> None:
        self._smsc.report_secret = secret

    def reset(self) -> None:
        """Forgets messages, switches and what was planned. Configuration stays: report addresses, secret, tick."""
        super().reset()
        self.away = False
        self._agenda.clear()
        self._reporter.reset()
        self._network.reset()
        self._smsc.reset()

    # Life

    async def start(self) -> None:
        """Lets states and reports move. The app's start does this."""
        if not self._tasks:
            loop = asyncio.get_running_loop()
            self._tasks = [loop.create_task(self._agenda.run()), loop.create_task(self._reporter.run())]

    async def stop(self) -> None:
        """Raises what either task has died of."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _started(self, app: web.Application) -> None:
        await self.start()

    async def _stopped(self, app: web.Application) -> None:
        await self.stop()

    # What the common part asks

    def method_of(self, request: web.Request) -> str | None:
        """The path without its outer slashes: `sms/send`, `sys/send.php`, `rest/send`, `http/send`."""
        return None if request.path.startswith("/_sandbox/") else request.path.strip("/")

    async def body_of(self, request: web.Request) -> str:
        """A form as people read it, its query with it; JSON as it is."""
        if request.content_type == "application/json":
            return json_or_text((await request.read()).decode("utf-8", "replace"))
        return form_text(decoded(await raw_fields(request), "utf-8", "replace"))

    async def _answer(self, method: str, request: web.Request, handler: Handler) -> web.StreamResponse | None:
        if self.away:
            cut_off(request)
            return None
        try:
            return await super()._answer(method, request, handler)
        except AnswerLostError as lost:
            if lost.loss is Loss.GARBAGE:
                return web.Response(text=GARBAGE, content_type="text/html")
            if lost.loss is Loss.RESET:
                cut_off(request)
            return None


def cut_off(request: web.Request) -> None:
    """Breaks the connection."""
    if request.transport is not None:
        request.transport.abort()
