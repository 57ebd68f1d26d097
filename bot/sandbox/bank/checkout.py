"""The payer's pages: phone -> code -> schedule and card -> result. One address, a plain form a step, no JavaScript.

A step's form names the step and how many attempts had failed when it was shown, so a page sent twice counts once.
"""

import base64
import hashlib
import re
import time
from pathlib import Path

import jinja2
from aiohttp import web
from yarl import URL

from bot.sandbox.clock import SandboxClock
from bot.sandbox.wire import Wire

from .ledger import Ledger
from .order import MOSCOW, Order, OrderStatus
from .refusal import NO_FUNDS, action_text
from .rest import Form, read_form
from .rules import Rules
from .words import WORDS, plan, sum_text

CODE = "1111"
STEPS = ("phone", "code", "card")
WRONG_CARD = 14
# Test cards that are refused, with their actionCode; every other number pays.
REFUSED_CARDS = {
    "2202205000060910": NO_FUNDS,
    "0000000000000116": NO_FUNDS,
    "0000000000000061": 61,
    "0000000000000101": 101,
    "0000000000000103": 103,
    "0000000000000120": 120,
    "0000000000002006": -2006,
}

HERE = Path(__file__).parent
CSS = (HERE / "page.css").read_text("utf-8")
PAGE = jinja2.Environment(autoescape=True).from_string((HERE / "page.html").read_text("utf-8"))
STYLE_HASH = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
# No form-action: it would stop the redirect of «Уйти» back to the shop.
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; frame-ancestors 'self'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Checkout:
    """`merchant` stands on the page where an order has no description."""

    merchant = "Прилавок"

    def __init__(self, ledger: Ledger, rules: Rules, clock: SandboxClock, wire: Wire) -> None:
        self._ledger = ledger
        self._rules = rules
        self._clock = clock
        self._wire = wire

    async def handle(self, request: web.Request) -> web.Response:
        """Any step, shown or sent; recorded without what the payer typed."""
        started = time.perf_counter()
        form = await read_form(request)
        self._ledger.sweep()
        answer = self._turn(request, form)
        said = " ".join(form[name] for name in ("step", "do") if name in form)
        ms = (time.perf_counter() - started) * 1000
        self._wire.record("bank", "shopper", "bank", request.method, request.path, answer.status, ms, said)
        return answer

    def _turn(self, request: web.Request, form: Form) -> web.Response:
        language = page_language(request)
        order = self._ledger.find(form.get("mdOrder", ""))
        if order is None:
            return self._page(None, "unknown", language, status=404)
        if request.method == "POST" and order.payable and form.get("attempt") == str(order.attempts):
            if form.get("do") == "leave":
                self._ledger.leave(order)
                return web.Response(status=303, headers={"Location": back_to_shop(order)})
            return self._page(order, self._act(order, form), language)
        return self._page(order, STEPS[0], language)

    def _act(self, order: Order, form: Form) -> str:
        """Does what the button says; the step that comes next while the order can be paid."""
        step = form.get("step", "")
        step = step if step in STEPS else STEPS[0]
        if form.get("do") == "refuse":
            self._ledger.refuse(order)
            return step
        if step == "card":
            self._charge(order, re.sub(r"\D", "", form.get("card", "")))
            return step
        if step == "code" and form.get("code", "").strip() != CODE:
            return step
        following = STEPS[STEPS.index(step) + 1]
        if following == "card" and self._rules.acs:
            self._ledger.enter_acs(order)
        return following

    def _charge(self, order: Order, card: str) -> None:
        if not 13 <= len(card) <= 19:
            self._ledger.refuse(order, WRONG_CARD)
        elif card in REFUSED_CARDS:
            self._ledger.refuse(order, REFUSED_CARDS[card])
        else:
            self._ledger.pay(order, f"{card[:6]}**{card[-4:]}")

    def _page(self, order: Order | None, step: str, language: str, *, status: int = 200) -> web.Response:
        """`step`, unless the order is beyond paying: then its result."""
        context: dict[str, object] = {}
        if order is not None:
            if not order.payable:
                step = "refused" if order.status in (OrderStatus.DECLINED, OrderStatus.REVERSED) else "paid"
            failed = order.attempts > 0 and step != "paid"
            context = {
                "amount": sum_text(order.amount),
                "plan": plan(order.amount, self._clock.now().astimezone(MOSCOW).date(), language),
                "failed": failed,
                "reason": action_text(order.action_code, language) if failed or step == "refused" else "",
                "action": f"payment_{language}.html?mdOrder={order.md_order}",
                "back": back_to_shop(order),
            }
        texts = {"language": language, "words": WORDS[language], "css": CSS, "merchant": self.merchant}
        text = PAGE.render(order=order, step=step, **texts, **context)
        return web.Response(status=status, text=text, content_type="text/html", headers=HEADERS)


def page_language(request: web.Request) -> str:
    """`?lang`, else the browser's first of ours, else that of the address."""
    asked = request.query.get("lang", "")
    accepted = re.findall(r"\b(ru|en)\b", request.headers.get("Accept-Language", "").lower())
    of_address: str = request.match_info["language"]
    return asked if asked in WORDS else accepted[0] if accepted and request.method == "GET" else of_address


def back_to_shop(order: Order) -> str:
    """returnUrl or, for an order that failed, failUrl, with what the bank appends to it."""
    failed = order.status is OrderStatus.DECLINED or (order.payable and order.attempts > 0)
    url = URL(order.fail_url if failed else order.return_url)
    return str(url.extend_query({"orderId": order.md_order, "lang": order.language}))
