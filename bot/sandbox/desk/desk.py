"""The desk as one aiohttp application: its own page, the bank's checkout, and behind both the running product.

    GET  /               the page                      page.py
    *    /desk/…         static files, state, events, acts
    *    /bank/payment/… the simulated bank's checkout bank_door.py
    *    anything else   the product                   proxy.py

1. The simulators say what happens (`follow`); the desk notes links, coach and late shoppers, and tells every open page.
2. A page asks for the whole state when it has connected, so nothing is lost by a reload or a torn stream.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.sandbox.bank import BankSimulator
from bot.sandbox.clock import SandboxClock
from bot.sandbox.sms import SmsSimulator
from bot.sandbox.telegram import TelegramSimulator
from bot.sandbox.wire import Exchange, Wire

from .acts import Acts
from .bank_door import BankDoor
from .cast import seat
from .coach import Coach
from .links import Links
from .page import Page
from .proxy import Proxy
from .scene import Scene
from .stream import Stream
from .view import View, on_phone, sms

LARGEST_BODY = 12 * 1024**2


async def nothing() -> None:
    """The product needs no restart."""


async def unheard(language: str) -> None:
    """The product's staff keep their language."""


async def no_till() -> str:
    """Where the product has none: the desk."""
    return "/"


class Desk:
    """`service`: base address of the running product, whose PUBLIC_URL is the desk's own address.

    The simulators are run by the caller; the bank's `base_path` is "/bank", its `public_url` the desk's address.
    `on_reset` restarts the product with an empty database, `on_language` gives its staff the visitor's language,
    `open_till` is the path of a link that logs the seller in to the product's web till.
    """

    def __init__(
        self,
        *,
        clock: SandboxClock,
        wire: Wire,
        bank: BankSimulator,
        telegram: TelegramSimulator,
        sms: SmsSimulator,
        service: str,
        on_reset: Callable[[], Awaitable[None]] = nothing,
        on_language: Callable[[str], Awaitable[None]] = unheard,
        open_till: Callable[[], Awaitable[str]] = no_till,
    ) -> None:
        self._bank = bank
        self._telegram = telegram
        self._sms = sms
        self._wire = wire
        self._on_reset = on_reset
        self._tasks: list[asyncio.Task[None]] = []
        self._stream = Stream()
        self._coach = Coach()
        self._links = Links(bank, telegram)
        self._scene = Scene(clock, bank, telegram, sms, self._links)
        self._view = View(clock, wire, telegram, sms, self._links, self._scene, self._coach)
        self._page = Page(bank, telegram, self._scene.names, on_language, open_till)
        self._proxy = Proxy(service, wire.record, self._page_opened)
        clock.subscribe(self._clock_moved)
        self.app = self._build(BankDoor(clock, wire, bank, self._scene))

    def _build(self, bank_door: BankDoor) -> web.Application:
        app = web.Application(client_max_size=LARGEST_BODY)
        self._page.add_routes(app.router)
        acts = Acts(
            self._telegram, self._scene, self._view, self._links, self._coach, self._stream, self._start_over
        )  # fmt: skip
        acts.add_routes(app.router)
        bank_door.add_routes(app.router)
        app.router.add_route("*", "/{path:.*}", self._proxy.handle)
        app.on_shutdown.append(self._let_go)
        return app

    @property
    def language(self) -> str:
        """Of the last visitor."""
        return self._page.language

    async def start(self) -> None:
        """Follows the simulators and seats the cast. Call it once the product listens, or before: updates wait."""
        await self._proxy.start()
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(self._follow(self._telegram.follow(), self._telegram_happened)),
            loop.create_task(self._follow(self._sms.follow(), self._sms_happened)),
            loop.create_task(self._follow(self._wire.follow(), self._exchanged)),
        ]
        await asyncio.sleep(0)  # a follower hears what happens after its first step
        seat(self._telegram, self._page.language)

    async def stop(self) -> None:
        """Raises what a follower has died of."""
        self._scene.stop()
        self._stream.close()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self._proxy.stop()

    async def _start_over(self) -> None:
        """The product first, so that nothing of the old one reaches the empty simulators."""
        await self._on_reset()
        for simulator in (self._bank, self._telegram, self._sms):
            simulator.reset()
        self._bank.clock.reset()
        self._scene.reset()
        self._links.forget()
        self._coach.forget()
        seat(self._telegram, self._page.language)

    # What happens

    async def _follow(self, events: AsyncIterator[Any], hear: Callable[[Any], None]) -> None:
        async for event in events:
            hear(event)

    def _telegram_happened(self, event: dict[str, Any]) -> None:
        if "message" in event and event["type"] != "delete":
            message = self._view.found(event["chat_id"], event["message"]["id"])
            if message is None:
                return
            event = event | {"message": message}
            self._heed(event["type"], message)
        self._stream.tell(event)

    def _heed(self, kind: str, message: dict[str, Any]) -> None:
        """What a message means to the coach and to a shopper who pays late."""
        if kind != "ring":
            self._scene.saw(message["chat_id"], message["id"], message["caption"] or "")
        if kind == "message" and message["photo"]:
            self._step(self._coach.linked)
        elif kind == "ring":
            self._look_at_bank()
            self._step(lambda: self._coach.rang(message["text"] or ""))

    def _sms_happened(self, event: dict[str, Any]) -> None:
        """The phone sees a message once it is delivered."""
        told = event["message"]
        for message in self._sms.messages:
            if on_phone(message) and (message.provider, message.id) == (told["provider"], told["id"]):
                self._step(self._coach.linked)
                self._stream.tell({"type": "sms", "message": sms(message)})

    def _exchanged(self, exchange: Exchange) -> None:
        self._look_at_bank()
        self._stream.tell({"type": "wire", "row": exchange.as_json()})

    def _look_at_bank(self) -> None:
        if any(order.approved_at for order in self._bank.orders.values()):
            self._step(self._coach.paid)

    def _page_opened(self) -> None:
        self._step(self._coach.opened)

    def _step(self, advance: Callable[[], None]) -> None:
        before = self._coach.step
        advance()
        if self._coach.step != before:
            self._stream.tell({"type": "coach", "coach": self._coach.as_json()})

    def _clock_moved(self) -> None:
        self._stream.tell({"type": "clock", "now": self._view.now()})

    async def _let_go(self, app: web.Application) -> None:
        self._stream.close()
