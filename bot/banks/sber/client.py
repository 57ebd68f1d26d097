"""The bank as the use cases see it: what each method sends."""

from functools import partial
from typing import Any

import httpx

from bot.errors import BankRefused
from bot.ports import Callback, NewOrder, OrderRef, OrderState, Registered

from . import callbacks
from .answers import (
    DECLINE,
    DEPOSIT,
    REFUND,
    REGISTER,
    REGISTER_HOLD,
    REVERSE,
    STATUS,
    carried_out,
    order_state,
    registered,
)
from .gateway import TIMEOUTS, Gateway, Timeouts
from .settings import Settings, compact_json, public_key

ROUBLES = "643"
LANGUAGE = "ru"
SMALLEST_DEPOSIT = 100  # kopecks; 0 would charge the whole hold
DESCRIPTION_LENGTH = 99  # recommended by the bank; it allows 512
ITEM_NAME_LENGTH = 100


def create(
    settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None, timeouts: Timeouts = TIMEOUTS
) -> "SberBank":
    """The bank of `settings`. Raises SettingsError if a file of theirs cannot be read any more."""
    return SberBank(settings, Gateway(settings, timeouts, transport))


class SberBank:
    """Satisfies `ports.Bank` and `ports.CallbackReader`."""

    def __init__(self, settings: Settings, gateway: Gateway) -> None:
        self._settings = settings
        self._gateway = gateway
        self._verify = _verifier(settings)

    @property
    def is_test(self) -> bool:
        return self._settings.is_test

    @property
    def can_decline(self) -> bool:
        return self._settings.decline

    @property
    def can_reverse_deposited(self) -> bool:
        return self._settings.reverse_deposited

    async def register(self, order: NewOrder) -> Registered:
        """The link's life goes as seconds, not as expirationDate: a wrong clock or zone of ours cannot shorten it."""
        fields = {
            **self._settings.extra_params,
            "orderNumber": order.number,
            "amount": str(order.amount),
            "currency": ROUBLES,
            "returnUrl": order.return_url,
            "failUrl": order.return_url,
            "sessionTimeoutSecs": str(int(order.lifetime.total_seconds())),
            "language": LANGUAGE,
        }
        if description := _plain(order.description)[:DESCRIPTION_LENGTH].rstrip():
            fields["description"] = description
        if self._settings.send_cart:
            cart = _cart(order.number, order.description, order.amount)
            fields["orderBundle"] = compact_json({"cartItems": cart})
        return await self._gateway.call(REGISTER_HOLD if order.two_stage else REGISTER, fields, registered)

    async def status(self, order: OrderRef) -> OrderState:
        """By mdOrder where it is known. With a token the bank may refuse a number: it is asked all the same."""
        return await self._gateway.call(STATUS, _named(order), partial(order_state, asked=order))

    async def decline(self, order: OrderRef) -> None:
        """Without BANK_SBER_DECLINE it is refused here, as the bank would do."""
        if not self._settings.decline:
            raise BankRefused(5, "BANK_SBER_DECLINE is off")
        fields = _named(order)
        if self._settings.merchant_login:
            fields["merchantLogin"] = self._settings.merchant_login
        await self._gateway.call(DECLINE, fields, carried_out)

    async def deposit(self, order: OrderRef, amount: int, *, description: str) -> None:
        if amount < SMALLEST_DEPOSIT:
            raise ValueError(amount)
        fields = self._sum(order, amount, "depositItems", description)
        await self._gateway.call(DEPOSIT, fields, carried_out)

    async def reverse(self, order: OrderRef) -> None:
        """Without a sum, which would ask for a part: that needs a permission, and no cart allows it."""
        await self._gateway.call(REVERSE, _named(order), carried_out)

    async def refund(self, order: OrderRef, amount: int, *, description: str) -> None:
        """A sum below what the bank gives back is its own to refuse."""
        if amount < 1:
            raise ValueError(amount)
        fields = self._sum(order, amount, "refundItems", description)
        await self._gateway.call(REFUND, fields, carried_out)

    def _sum(self, order: OrderRef, amount: int, cart: str, description: str) -> dict[str, str]:
        """A whole sum could go without its cart; but once an order had one, later refunds must bring theirs."""
        fields = {**_named(order), "amount": str(amount)}
        if self._settings.send_cart:
            fields[cart] = compact_json(_cart(order.number, description, amount))
        return fields

    def read_callback(self, parameters: list[tuple[str, str]]) -> Callback:
        return callbacks.read(parameters, self._verify)

    async def close(self) -> None:
        await self._gateway.close()


def _verifier(settings: Settings) -> callbacks.Verify | None:
    if settings.callback_key:
        return callbacks.hmac_verifier(settings.callback_key.get_secret_value())
    if settings.callback_public_key_file:
        return callbacks.rsa_verifier(public_key(settings.callback_public_key_file))
    return None


def _named(order: OrderRef) -> dict[str, str]:
    """An order by the name that the bank accepts: its own, or ours while its own is not known."""
    name = {"orderId": order.md_order} if order.md_order else {"orderNumber": order.number}
    return {**name, "language": LANGUAGE}


def _plain(text: str) -> str:
    """Without what the bank forbids, % and line ends, and without half characters, which no form can hold."""
    return " ".join(text.encode(errors="ignore").decode().replace("%", " ").split())


def _cart(number: str, description: str, amount: int) -> dict[str, list[Any]]:
    """One plain position: fiscal fields are refused where the merchant has no fiscalisation.

    A completion or a refund names the position as it was registered; only its sum may be smaller."""
    item = {
        "positionId": 1,
        "name": (_plain(description) or number)[:ITEM_NAME_LENGTH].rstrip(),
        "quantity": {"value": 1, "measure": "шт"},
        "itemAmount": amount,
        "itemPrice": amount,
        "itemCode": number,
        "itemCurrency": ROUBLES,
    }
    return {"items": [item]}
