"""One order at the bank: what the shop asked for, how far the payer came, where the money is."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import IntEnum
from typing import Any

from .refusal import NO_ATTEMPT

MOSCOW = timezone(timedelta(hours=3), "MSK")  # the bank's day; no summer time since 2014


class OrderStatus(IntEnum):
    """orderStatus of getOrderStatusExtended.do."""

    CREATED = 0
    APPROVED = 1
    DEPOSITED = 2
    REVERSED = 3
    REFUNDED = 4  # in part or in full: only the amounts tell
    IN_ACS = 5
    DECLINED = 6


@dataclass(frozen=True, slots=True)
class Refund:
    at: datetime
    amount: int  # kopecks
    reference: str


@dataclass(slots=True, kw_only=True)
class Order:
    """Amounts in kopecks, moments aware. `parameters` is all that register was given, but for the credentials."""

    md_order: str
    order_number: str
    amount: int
    two_stage: bool
    created_at: datetime
    expires_at: datetime
    return_url: str
    fail_url: str
    currency: str = "643"
    description: str = ""
    language: str = "ru"
    json_params: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    form_url: str = ""

    status: OrderStatus = OrderStatus.CREATED
    action_code: int = NO_ATTEMPT
    attempts: int = 0  # failed ones
    masked_pan: str = ""
    reference: str = ""
    reverse_tried: bool = False

    approved: int = 0
    deposited: int = 0  # falls as refunds grow
    refunded: int = 0
    approved_at: datetime | None = None
    hold_ends_at: datetime | None = None
    deposited_at: datetime | None = None
    reversed_at: datetime | None = None
    refunds: list[Refund] = field(default_factory=list)

    @property
    def payable(self) -> bool:
        return self.status in (OrderStatus.CREATED, OrderStatus.IN_ACS)

    @property
    def payment_state(self) -> str:
        return "CREATED" if self.status is OrderStatus.IN_ACS else self.status.name

    def as_json(self) -> dict[str, Any]:
        """What `GET /_sandbox/orders` shows."""
        return {
            "mdOrder": self.md_order,
            "orderNumber": self.order_number,
            "amount": self.amount,
            "orderStatus": int(self.status),
            "actionCode": self.action_code,
            "attempts": self.attempts,
            "twoStage": self.two_stage,
            "approvedAmount": self.approved,
            "depositedAmount": self.deposited,
            "refundedAmount": self.refunded,
            "createdAt": self.created_at.isoformat(),
            "expiresAt": self.expires_at.isoformat(),
            "formUrl": self.form_url,
            "parameters": self.parameters,
        }


def new_md_order() -> str:
    """36 characters of lower-case hex and dashes, repeating its head as the bank's do; not a UUID of any version."""
    head, tail = secrets.token_hex(4), secrets.token_hex(4)
    return f"{head}-{secrets.token_hex(2)}-7{secrets.token_hex(2)[1:]}-{head[:4]}-{head[4:]}{tail}"


def new_reference() -> str:
    """authRefNum: twelve digits."""
    return str(secrets.randbelow(9 * 10**11) + 10**11)
