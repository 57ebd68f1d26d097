"""The bank's REST interface, `/payment/rest/*.do`: form fields in, JSON out, HTTP 200 for every refusal."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox.clock import SandboxClock

from .answers import done_body, error_body, register_body, status_body
from .ledger import Ledger
from .order import Order
from .refusal import BankError, Reason
from .registration import read_amount, read_order
from .rules import Rules

USER, PASSWORD, TOKEN = "sandbox-api", "sandbox", "sandbox-token"
PLAIN_METHODS = ("reverse.do", "refund.do")  # answer JSON as text/plain, as old installations do
Form = dict[str, str]
Body = dict[str, Any]


class Rest:
    """`link` makes an order's formUrl; `registered` is awaited before register's answer leaves."""

    def __init__(
        self,
        ledger: Ledger,
        rules: Rules,
        clock: SandboxClock,
        link: Callable[[Order, web.Request], str],
        registered: Callable[[Order], Awaitable[None]],
    ) -> None:
        self._ledger = ledger
        self._rules = rules
        self._clock = clock
        self._link = link
        self._registered = registered
        self._operations: dict[str, Callable[[Form], Body]] = {
            "deposit.do": self._deposit,
            "reverse.do": self._reverse,
            "refund.do": self._refund,
            "decline.do": self._decline,
            "getOrderStatusExtended.do": self._status,
        }

    async def handle(self, request: web.Request) -> web.Response:
        """One call of any method."""
        method = request.match_info["method"]
        if method not in self._operations and method not in ("register.do", "registerPreAuth.do"):
            return html_page(404, "Not Found")
        if request.method not in ("GET", "POST"):
            return html_page(405, "Method Not Allowed")
        form = await read_form(request)
        self._ledger.sweep()
        try:
            check_credentials(form)
            if method in self._operations:
                body = self._operations[method](form)
            else:
                body = await self._register(request, form, two_stage=method == "registerPreAuth.do")
        except BankError as refused:
            body = error_body(refused.reason, error_language(refused.reason, form))
        return self._answer(method, body)

    async def _register(self, request: web.Request, form: Form, *, two_stage: bool) -> Body:
        order = read_order(
            form,
            two_stage=two_stage,
            now=self._clock.now(),
            lifetime=self._rules.lifetime,
            check_free=self._ledger.check_free,
        )
        order.form_url = self._link(order, request)
        self._ledger.add(order)
        await self._registered(order)
        return register_body(order, deep_link=self._rules.deep_link)

    def _deposit(self, form: Form) -> Body:
        order = self._order(form)
        self._ledger.deposit(order, read_amount(form.get("amount", "")))
        return {"errorCode": 0}

    def _reverse(self, form: Form) -> Body:
        order = self._order(form)
        self._ledger.reverse(order, read_amount(form["amount"]) if form.get("amount") else None)
        return done_body(language_of(form))

    def _refund(self, form: Form) -> Body:
        order = self._order(form)
        self._ledger.refund(order, read_amount(form.get("amount", "")))
        return done_body(language_of(form))

    def _decline(self, form: Form) -> Body:
        self._ledger.decline(self._order(form))
        return done_body(language_of(form))

    def _status(self, form: Form) -> Body:
        number = "" if form.get("token") else form.get("orderNumber", "")  # a token finds by orderId only
        if not form.get("orderId") and not number:
            raise BankError(Reason.NO_ORDER)
        order = self._ledger.find(form.get("orderId", ""), number)
        if order is None:
            raise BankError(Reason.NOT_FOUND)
        return status_body(order, language_of(form), sparse=self._rules.sparse)

    def _order(self, form: Form) -> Order:
        """The order that is to be changed."""
        if not form.get("orderId") and not form.get("orderNumber"):
            raise BankError(Reason.ORDER_ID_EMPTY)
        order = self._ledger.find(form.get("orderId", ""), form.get("orderNumber", ""))
        if order is None:
            raise BankError(Reason.WRONG_NUMBER)
        return order

    def _answer(self, method: str, body: Body) -> web.Response:
        if self._rules.numbers and "errorCode" in body:
            body = body | {"errorCode": int(body["errorCode"])}
        plain = self._rules.plain or method in PLAIN_METHODS
        return web.Response(
            text=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
            content_type="text/plain" if plain else "application/json",
            charset="utf-8",
        )


async def read_form(request: web.Request) -> Form:
    """Query and body as one; the body wins, and of a repeated name the first. JSON has no fields, as at the bank."""
    form: Form = {}
    for name, value in [*(await request.post()).items(), *request.query.items()]:
        if isinstance(value, str):
            form.setdefault(name, value)
    return form


def check_credentials(form: Form) -> None:
    if form.get("token"):
        allowed = form["token"] == TOKEN and not form.get("userName")
    elif form.get("userName") and form.get("password"):
        allowed = (form["userName"], form["password"]) == (USER, PASSWORD)
    else:
        raise BankError(Reason.NO_CREDENTIALS)
    if not allowed:
        raise BankError(Reason.ACCESS_DENIED)


def language_of(form: Form) -> str:
    return "en" if form.get("language") == "en" else "ru"


def error_language(reason: Reason, form: Form) -> str:
    """A stranger is refused in English unless he asks for another language: so it was seen."""
    return "en" if reason is Reason.ACCESS_DENIED and not form.get("language") else language_of(form)


def html_page(status: int, title: str) -> web.Response:
    """What a front end answers in the bank's place."""
    page = f"<html><head><title>{status} {title}</title></head><body><h1>{status} {title}</h1></body></html>"
    return web.Response(status=status, text=page, content_type="text/html")
