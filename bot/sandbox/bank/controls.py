"""`/_sandbox/*` of the bank, beside what every simulator has: knobs, rules, payer, cabinet, forgeries."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.control import parse_duration

from .callbacks import callback_fields, read_knobs
from .order import Order
from .refusal import NO_FUNDS, BankError

if TYPE_CHECKING:
    from .simulator import BankSimulator

Asked = dict[str, Any]
OK = {"ok": True}


class Controls:
    """Each route takes a JSON object and answers one."""

    def __init__(self, bank: "BankSimulator") -> None:
        self._bank = bank

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/_sandbox/callbacks", self._route(self._set_knobs))
        router.add_post("/_sandbox/rules", self._route(self._set_rules))
        router.add_post("/_sandbox/callback", self._route(self._call_back))
        router.add_post("/_sandbox/pay", self._route(self._pay))
        router.add_post("/_sandbox/cabinet", self._route(self._cabinet))
        router.add_get("/_sandbox/orders", self._orders)
        router.add_get("/_sandbox/public-key.pem", self._public_key)

    def _route(self, act: Callable[[Asked], Awaitable[Asked]]) -> Callable[[web.Request], Awaitable[web.Response]]:
        """400 for what is misspelt, 404 for an unknown order, 409 where the bank refuses."""

        async def handle(request: web.Request) -> web.Response:
            self._bank.ledger.sweep()
            try:
                return web.json_response(await act(await request.json()))
            except BankError as refused:
                said = {"errorCode": refused.reason.code, "errorMessage": refused.reason.text("ru")}
                return web.json_response(said, status=409)
            except LookupError as unknown:
                return web.json_response({"error": f"unknown: {unknown}"}, status=404)
            except (ValueError, TypeError) as wrong:
                return web.json_response({"error": f"cannot be: {wrong}"}, status=400)

        return handle

    async def _set_knobs(self, asked: Asked) -> Asked:
        """See callbacks.Knobs."""
        read_knobs(self._bank.callbacks.knobs, asked, parse_duration)
        return OK

    async def _set_rules(self, asked: Asked) -> Asked:
        """See rules.Rules."""
        self._bank.rules.update(asked)
        return OK

    async def _call_back(self, asked: Asked) -> Asked:
        """One callback at once, true or not: {"mdOrder", "operation", "status", "orderNumber"?, "sign"?, "extra"?}."""
        order = self._bank.orders.get(asked["mdOrder"])
        number = asked.get("orderNumber", order.order_number if order else "")
        fields = callback_fields(asked["mdOrder"], number, asked["operation"], str(asked.get("status", 1)) == "1")
        fields |= {name: str(value) for name, value in asked.get("extra", {}).items()}
        delivery = self._bank.callbacks.queue(asked["mdOrder"], fields, sign=asked.get("sign"))
        async with asyncio.timeout(self._bank.callbacks.timeout + 1):
            await delivery.tried.wait()
        return {"status": delivery.status}

    async def _pay(self, asked: Asked) -> Asked:
        """The payer without a browser: {"mdOrder"|"orderNumber", "outcome": pay|refuse|leave|acs, "actionCode"?}."""
        order = self._order(asked)
        match asked.get("outcome", "pay"):
            case "pay":
                self._bank.ledger.pay(order)
            case "refuse":
                self._bank.ledger.refuse(order, int(asked.get("actionCode", NO_FUNDS)))
            case "leave":
                self._bank.ledger.leave(order)
            case "acs":
                self._bank.ledger.enter_acs(order)
            case other:
                raise ValueError(other)
        return order.as_json()

    async def _cabinet(self, asked: Asked) -> Asked:
        """By hand at the bank: {"mdOrder"|"orderNumber", "operation": deposit|reverse|refund, "amount"?}."""
        order, amount = self._order(asked), asked.get("amount")
        self._bank.cabinet(asked["operation"], order.md_order, None if amount is None else int(amount))
        return order.as_json()

    async def _orders(self, request: web.Request) -> web.Response:
        self._bank.ledger.sweep()
        return web.json_response([order.as_json() for order in self._bank.orders.values()])

    async def _public_key(self, request: web.Request) -> web.Response:
        return web.Response(text=self._bank.public_key_pem, content_type="application/x-pem-file")

    def _order(self, asked: Asked) -> Order:
        order = self._bank.ledger.find(asked.get("mdOrder", ""), asked.get("orderNumber", ""))
        if order is None:
            raise LookupError(asked.get("mdOrder") or asked.get("orderNumber"))
        return order
