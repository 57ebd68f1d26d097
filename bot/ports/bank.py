"""The bank: a gateway, its orders, its callbacks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A bank order to register. `amount` in kopecks; `number` is ours, at most 32 of [A-Za-z0-9_-]."""

    number: str
    amount: int
    description: str
    return_url: str
    lifetime: timedelta
    two_stage: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """The bank's answer: its own id of the order and where the shopper pays."""

    md_order: str
    form_url: str
    app_url: str | None = None


@dataclass(frozen=True, slots=True)
class OrderRef:
    """A bank order to ask about; `md_order` is None while the answer to its registration is not known."""

    number: str
    md_order: str | None = None


class OrderStatus(IntEnum):
    """The bank's orderStatus. REFUNDED stands for a part and for the whole: the amounts tell which."""

    REGISTERED = 0
    HELD = 1
    PAID = 2
    REVERSED = 3
    REFUNDED = 4
    AUTHORISING = 5
    DECLINED = 6


@dataclass(frozen=True, slots=True)
class OrderState:
    """What the bank says of an order. Amounts in kopecks; `status` None: a value that we do not know.

    `amount` 0 and `currency` "": the answer named none. `bank_time`: the bank's own clock when it answered.
    """

    number: str
    md_order: str | None
    status: OrderStatus | None
    amount: int
    currency: str
    approved: int = 0
    deposited: int = 0
    refunded: int = 0
    action_code: int | None = None
    action_text: str = ""
    bank_time: datetime | None = None


class Bank(Protocol):
    """A gateway. Every method raises the BankError that fits; none repeats a call by itself."""

    @property
    def is_test(self) -> bool:
        """True: no money moves there."""

    async def register(self, order: NewOrder) -> Registered: ...

    async def status(self, order: OrderRef) -> OrderState: ...

    async def decline(self, order: OrderRef) -> None:
        """Closes an unpaid order, so that its link dies."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Callback:
    """A notification of the bank that was readable and, where a key is set, signed by it. A hint, never a fact."""

    md_order: str | None
    order_number: str | None
    operation: str
    succeeded: bool


class CallbackReader(Protocol):
    """Reads a bank's callbacks; the gateway's module brings it."""

    def read_callback(self, parameters: list[tuple[str, str]]) -> Callback:
        """`parameters` decoded as form data, in order, repeated names kept. Raises CallbackRejected."""
