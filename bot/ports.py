"""The outside world as the use cases see it, and what crosses the border.

Implementations: `banks/`, `sms/`, `telegram/`; fakes for tests implement the same Protocols.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, Protocol

# --- The bank -------------------------------------------------------------------------------------------------------


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


# --- SMS ------------------------------------------------------------------------------------------------------------


class SmsState(StrEnum):
    """Of one message. Final ones never go back."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"  # it will not arrive: no such number, switched off, expired
    REJECTED = "rejected"  # the number or the operator blocks such messages

    @property
    def final(self) -> bool:
        return self is not SmsState.SENT


class SmsFault(StrEnum):
    """Why a provider refused; whether another one may be asked is `Rejected.permanent`'s business."""

    RECIPIENT = "recipient"
    CONTENT = "content"
    LOGIN = "login"
    MONEY = "money"
    RATE = "rate"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message. `message_id` is its own."""

    message_id: str
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A definite no: nothing was sent. `permanent`: neither a repeat nor another provider can help."""

    fault: SmsFault
    permanent: bool
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been sent: never repeated by itself."""

    why: str


SmsOutcome = Accepted | Rejected | Unknown


@dataclass(frozen=True, slots=True)
class SmsReport:
    """A delivery report. `state` None: a code that we do not know, or still on its way."""

    message_id: str
    state: SmsState | None
    code: str = ""


class SmsSender(Protocol):
    """A provider. `send` never raises for what the provider or the network does."""

    @property
    def name(self) -> str:
        """As in the setting SMS and in the reports' address."""

    @property
    def report_secret(self) -> str | None:
        """The last part of the reports' address; None: no reports are taken."""

    async def send(self, to: str, text: str, ref: int) -> SmsOutcome:
        """`to` in E.164; `ref` is our own number of this message, 1..2147483647."""

    async def status(self, message_id: str, to: str) -> SmsReport | None:
        """None: the provider cannot be asked, or did not answer."""

    def read_reports(self, form: Mapping[str, list[str]], body: Any) -> tuple[list[SmsReport], str]:
        """The reports in a request to `/sms/<name>/report/<secret>`, and the text to answer.

        `form`: its fields; `body`: its JSON or None.

        Raises CallbackRejected.
        """

    async def close(self) -> None: ...


# --- The staff chat -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, or a topic of it."""

    chat_id: int
    thread_id: int | None = None

    @property
    def is_group(self) -> bool:
        return self.chat_id < 0


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of ours. `file_id`: the picture's id for reuse."""

    message_id: int
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """`data` makes it a press that comes back to us; `url` opens a page; `copy` copies a text."""

    label: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None
    style: str | None = None  # "danger" | "success"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the staff will read it: HTML, and rows of buttons."""

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()


class StaffChat(Protocol):
    """Where the staff talk. Every method raises the ChatError that fits."""

    async def post(self, place: Place, message: Message, *, reply_to: int | None = None) -> Posted: ...

    async def post_photo(self, place: Place, picture: bytes | str, message: Message) -> Posted:
        """`picture`: PNG bytes, or the file_id of an earlier post."""

    async def edit(self, place: Place, message_id: int, message: Message, *, photo: bool) -> None:
        """`photo`: the message is a picture with a caption. Not changed counts as done."""

    async def replace_photo(self, place: Place, message_id: int, picture: bytes, message: Message) -> Posted: ...

    async def delete(self, place: Place, message_id: int) -> None:
        """Gone already counts as done."""


# --- The shopper's page ---------------------------------------------------------------------------------------------


class PageState(StrEnum):
    """What the shopper's page says (pages: P-WAIT ...)."""

    WAIT = "wait"
    PAYING = "paying"
    RETRY = "retry"
    PAID = "paid"
    HELD = "held"
    PART = "part"
    REFUNDED = "refunded"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class PageView:
    """All that the page of one link shows. Amounts in kopecks."""

    code: str
    state: PageState
    shop: str
    amount: int
    number: int
    what: str
    at: datetime  # of the state: paid, refunded ...
    refunded: int = 0
    handover_code: str | None = None
    has_app_link: bool = False
    stripe: str | None = None  # "test" | "training"

    @property
    def payable(self) -> bool:
        return self.state in {PageState.WAIT, PageState.PAYING, PageState.RETRY}


class ShopperDesk(Protocol):
    """What the page may ask and do."""

    async def view(self, code: str) -> PageView | None:
        """None: no such link, or a closed one."""

    async def opened(self, code: str) -> None:
        """A person opened the page."""

    async def pay(self, code: str, *, in_app: bool = False) -> str | None:
        """The bank's link, the shopper being on the way there; None while it cannot be paid."""

    async def returned(self, code: str) -> None:
        """The shopper came back from the bank: decides nothing, but the bank may be asked."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something the owner must know: a key of the texts and its values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
