"""The whole bank as one aiohttp application: REST interface, checkout, callbacks and the controls over them.

/payment/rest/{method}                                  rest.py
/payment/merchants/sandbox/payment_{ru|en}.html         checkout.py
/_sandbox/*                                             here, and in bot.sandbox.control
"""

import asyncio
import contextlib
from datetime import datetime

import aiohttp
from aiohttp import web
from yarl import URL

from bot.sandbox.clock import SandboxClock
from bot.sandbox.control import Simulator
from bot.sandbox.wire import Wire

from .callbacks import Callbacks
from .checkout import Checkout
from .controls import Controls
from .ledger import Ledger
from .order import Order
from .refusal import NO_FUNDS
from .rest import Rest
from .rules import Rules
from .signing import Signer

PAGES = "/payment/merchants/sandbox"
HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"


class BankSimulator(Simulator):
    """`base_path`: where the pages are mounted on `public_url`. Without it, links lead to register's own Host."""

    lane = "bank"

    def __init__(
        self,
        clock: SandboxClock | None = None,
        wire: Wire | None = None,
        *,
        callback_url: str | None = None,
        base_path: str = "",
        public_url: str | None = None,
    ) -> None:
        super().__init__(clock, wire)
        self.base_path = base_path
        self.public_url = public_url
        self.rules = Rules()
        self.signer = Signer()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.callbacks = Callbacks(self.clock, self.wire, self.signer, self._changed.set)
        self.callback_url = callback_url
        self.ledger = Ledger(self.clock, self.rules, self.callbacks.announce)
        self.clock.subscribe(self._time_moved)
        self.app = self._build()

    def _build(self) -> web.Application:
        app = self.make_app()
        rest = Rest(self.ledger, self.rules, self.clock, self._link, self._registered)
        checkout = Checkout(self.ledger, self.rules, self.clock, self.wire)
        app.router.add_route("*", "/payment/rest/{method}", rest.handle)
        for verb in ("GET", "POST"):
            app.router.add_route(verb, PAGES + "/payment_{language:ru|en}.html", checkout.handle)
        Controls(self).add_routes(app.router)
        app.on_response_prepare.append(self._date)
        app.on_startup.append(self._started)
        app.on_cleanup.append(self._stopped)
        return app

    # What others of the sandbox use

    @property
    def callback_url(self) -> str | None:
        return None if self.callbacks.url is None else str(self.callbacks.url)

    @callback_url.setter
    def callback_url(self, url: str | None) -> None:
        self.callbacks.url = URL(url) if url else None

    @property
    def orders(self) -> dict[str, Order]:
        """By mdOrder."""
        return self.ledger.orders

    @property
    def public_key_pem(self) -> str:
        """Of RSA checksums."""
        return self.signer.public_key_pem

    def pay(self, md_order: str) -> None:
        """What the page's «Оплатить» does. BankError where the order cannot be paid any more, as for the two below."""
        self.ledger.sweep()
        self.ledger.pay(self.orders[md_order])

    def refuse(self, md_order: str, action_code: int = NO_FUNDS) -> None:
        """A failed attempt, as by «Отказать»."""
        self.ledger.sweep()
        self.ledger.refuse(self.orders[md_order], action_code)

    def leave(self, md_order: str) -> None:
        """«Уйти»: no attempt is made."""
        self.ledger.leave(self.orders[md_order])

    def enter_acs(self, md_order: str) -> None:
        """The payer is asked by his own bank: orderStatus 5 until he pays, fails or leaves."""
        self.ledger.enter_acs(self.orders[md_order])

    def cabinet(self, operation: str, md_order: str, amount: int | None = None) -> None:
        """By hand at the bank: `deposit`, `reverse` or `refund`; without a sum, all of it. ValueError for any other."""
        self.ledger.sweep()
        order = self.orders[md_order]
        match operation:
            case "deposit":
                self.ledger.deposit(order, amount or 0)
            case "reverse":
                self.ledger.reverse(order)
            case "refund":
                self.ledger.refund(order, order.deposited if amount is None else amount)
            case other:
                raise ValueError(other)

    def reset(self) -> None:
        """Forgets orders, callbacks, knobs and rules; the clock stays where it is."""
        super().reset()
        self.ledger.clear()
        self.callbacks.clear()
        self.rules.restore()

    # The simulator's own time

    async def start(self) -> None:
        """Lets time run out by itself and callbacks go out. The app's start does this."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        connector = aiohttp.TCPConnector(force_close=True)  # a shop that was restarted must not look like a failed try
        async with aiohttp.ClientSession(connector=connector) as client, asyncio.TaskGroup() as group:
            while True:
                self._changed.clear()
                self.ledger.sweep()
                self.callbacks.dispatch(client, group)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._until_next()):
                        await self._changed.wait()

    def _until_next(self) -> float | None:
        """Seconds to the next deadline or callback; None: nothing is coming."""
        coming = [due for due in (self.ledger.next_deadline(), self.callbacks.next_due()) if due is not None]
        return max(0.0, (min(coming) - self.clock.now()).total_seconds()) if coming else None

    def _time_moved(self) -> None:
        self.ledger.sweep()
        self._changed.set()

    # Hooks

    def method_of(self, request: web.Request) -> str | None:
        return request.match_info.get("method")

    async def _registered(self, order: Order) -> None:
        """Tells the clock's loop of a new deadline and, with the knob `early`, lets a fast payer pay first."""
        self._changed.set()
        if self.callbacks.knobs.early:
            self.ledger.pay(order)
            await self.callbacks.first_try(order.md_order)

    def _link(self, order: Order, request: web.Request) -> str:
        origin = self.public_url or f"{request.scheme}://{request.host}"
        return f"{origin}{self.base_path}{PAGES}/payment_{order.language}.html?mdOrder={order.md_order}"

    async def _date(self, request: web.Request, answer: web.StreamResponse) -> None:
        """The bank's own clock, which decides what is still today."""
        now: datetime = self.clock.now()
        answer.headers["Date"] = now.strftime(HTTP_DATE)

    async def _started(self, app: web.Application) -> None:
        await self.start()

    async def _stopped(self, app: web.Application) -> None:
        await self.stop()
