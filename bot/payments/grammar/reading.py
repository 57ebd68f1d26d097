"""What a message may turn out to be: an order, a choice of orders, a phone that lacks its amount, or a refusal."""

from dataclasses import dataclass, field
from typing import Literal

Question = Literal["dot3", "two_sums", "two_phones"]


@dataclass(frozen=True)
class Order:
    """One sale as typed. `amount` in kopecks, above zero; `phone` in E.164; `what`: plain text, at most 200 long."""

    amount: int
    phone: str | None = None
    what: str = ""
    hold: bool = False


@dataclass(frozen=True)
class Choice:
    """The message can be read in several ways: one button a reading. `question` is the end of the text's key, `r.…`."""

    question: Question
    readings: tuple[Order, ...]
    raw: str


@dataclass(frozen=True)
class NeedAmount:
    """A phone and no amount (`r.phone_only`): the amount comes as a reply."""

    phone: str
    what: str = ""
    hold: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why nothing is created: `key` is a message id of the texts, `params` are its variables."""

    key: str
    params: dict[str, str | int] = field(default_factory=dict)


Reading = Order | Choice | NeedAmount | Refusal
UNREAD = Refusal("r.unread")
