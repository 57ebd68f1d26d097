"""The shopper's page: what it shows and may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


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
    telegram_url: str | None = None  # opens the bot, which sends the link and the result there too

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

    async def returned(self, code: str, came_by: str | None) -> str | None:
        """The shopper came back from the bank: decides nothing, but the bank may be asked.

        `code`: which the bank knows, perhaps a closed one; `came_by`: by which he went there. Returns the one of them
        that leads to his page; None: he held a link that is closed.
        """
