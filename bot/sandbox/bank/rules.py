"""How this bank behaves where real merchants' banks differ. Steered with `POST /_sandbox/rules`."""

from dataclasses import dataclass, fields
from typing import Any


@dataclass(slots=True)
class Rules:
    """Every field can be set over HTTP under its own name. Sums in kopecks, times in seconds."""

    lifetime: float = 1200  # of a link whose register named no end
    hold: float = 7 * 86400
    attempts: int = 3  # failed ones, after which the order is declined
    max_amount: int = 150_000_00  # refused on the page, not by register
    reverse_deposited: bool = True  # a completed hold may be reversed the same day
    acs: bool = False  # orderStatus 5 while the payer is on the card step
    numbers: bool = False  # errorCode as a number in every answer, not in deposit.do's alone
    plain: bool = False  # Content-Type text/plain for every answer, not for reverse.do and refund.do alone
    sparse: bool = False  # getOrderStatusExtended.do without its optional fields
    deep_link: bool = False  # register answers externalParams.sbolDeepLink too

    def update(self, asked: dict[str, Any]) -> None:
        """Sets the named rules. Raises ValueError for a name that is none."""
        for name, value in asked.items():
            if name not in self.__slots__:
                raise ValueError(name)
            setattr(self, name, type(getattr(self, name))(value))

    def restore(self) -> None:
        for each in fields(self):
            setattr(self, each.name, each.default)
