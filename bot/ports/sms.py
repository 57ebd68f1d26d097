"""SMS providers: outcomes of a send, delivery reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


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
