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
    `held_at`, `paid_at`: when the money was held (in one stage: taken) and taken, by the bank; None: it did not say.
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
    held_at: datetime | None = None
    paid_at: datetime | None = None


class Bank(Protocol):
    """A gateway. Every method raises the BankError that fits; none repeats a call by itself.

    BankRefused from an operation on money: by what the bank says it was not carried out. BankUnknown: ask for the
    status and compare amounts, never send it again, since the bank takes an equal one for a second one.
    `amount` in kopecks is always the explicit sum: 0, which the bank may read as "all", is a ValueError.
    `description`: the one that the order was registered with, so that a cart names the same position.
    """

    @property
    def is_test(self) -> bool:
        """True: no money moves there."""

    @property
    def can_decline(self) -> bool:
        """True: this merchant may close unpaid orders."""

    @property
    def can_reverse_deposited(self) -> bool:
        """True: a completed hold may still be reversed on the day of its completion."""

    async def register(self, order: NewOrder) -> Registered: ...

    async def status(self, order: OrderRef) -> OrderState: ...

    async def decline(self, order: OrderRef) -> None:
        """Closes an unpaid order, so that its link dies."""

    async def deposit(self, order: OrderRef, amount: int, *, description: str) -> None:
        """Completes a hold, once: charges `amount` of it and releases the rest. Under one rouble is a ValueError."""

    async def reverse(self, order: OrderRef) -> None:
        """Cancels the whole payment, held or taken today. The bank allows one try: a refused one spoils the later."""

    async def refund(self, order: OrderRef, amount: int, *, description: str) -> None:
        """Gives taken money back, in part or whole, repeatedly until nothing is left."""

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
