"""The simulated bank's checkout under the desk's origin, and a browser that does not trust the bank's certificate.

The product's own `/bank/callback` has the same first word; only the checkout's exact addresses are taken.
"""

import re
from pathlib import Path

import jinja2
from aiohttp import web

from bot.sandbox.bank import BankSimulator
from bot.sandbox.bank.checkout import Checkout
from bot.sandbox.bank.simulator import PAGES
from bot.sandbox.clock import SandboxClock
from bot.sandbox.wire import Wire

from .page import LANGUAGE_COOKIE
from .scene import Scene
from .words import WORDS

BASE_PATH = "/bank"
DISTRUST = jinja2.Environment(autoescape=True).from_string((Path(__file__).parent / "distrust.html").read_text("utf-8"))
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'self'",
    "Cache-Control": "no-store",
}


class BankDoor:
    def __init__(self, clock: SandboxClock, wire: Wire, bank: BankSimulator, scene: Scene) -> None:
        self._bank = bank
        self._wire = wire
        self._scene = scene
        self._checkout = Checkout(bank.ledger, bank.rules, clock, wire)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        for verb in ("GET", "POST"):
            router.add_route(verb, BASE_PATH + PAGES + "/payment_{language:ru|en}.html", self._handle)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if "cert" in self._scene.on:
            return self._distrust(request)
        return await self._checkout.handle(request)

    def _distrust(self, request: web.Request) -> web.Response:
        """What the browser itself would show; nothing reaches the bank."""
        language = request.cookies.get(LANGUAGE_COOKIE, request.match_info["language"])
        language = language if language in WORDS else "ru"
        order = self._bank.orders.get(request.query.get("mdOrder", ""))
        self._wire.record("bank", "shopper", "bank", request.method, request.path, None, 0, "", "(certificate)")
        back = re.sub(r"/return(\?.*)?$", "", order.return_url) if order else "/"
        page = DISTRUST.render(words=WORDS[language], language=language, host=request.host, back=back)
        return web.Response(text=page, content_type="text/html", headers=HEADERS)
