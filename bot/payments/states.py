"""What a payment can be, what it may become, and which words and buttons that has. Pure: no I/O, no clock.

The bank decides: `seen_as` turns what it said into a status, `may_become` says whether that is an allowed step.
A step that is not allowed means that bank and ledger disagree: the payment becomes `disputed`, and only an owner who
takes the bank's word gets it out of there.
"""

from enum import StrEnum

from bot.ports import OrderState, OrderStatus, PageState

LINK_EXPIRED = -2007  # actionCodes (bank-gateway facts, 3.1): the link's time is over
NOT_A_REFUSAL = {None, 0, -100, -99, 1001, LINK_EXPIRED}  # no attempt yet, in processing, nothing entered, expired


class Status(StrEnum):
    """Of a payment."""

    REGISTERING = "registering"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WAITING = "waiting"
    OPENED = "opened"
    PAYING = "paying"
    HELD = "held"
    PAID = "paid"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    REVERSED = "reversed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"


S = Status
UNREGISTERED = frozenset({S.REGISTERING, S.UNKNOWN})
PAYABLE = frozenset({S.WAITING, S.OPENED, S.PAYING})
OPEN = UNREGISTERED | PAYABLE
CLOSED_UNPAID = frozenset({S.CANCELLING, S.CANCELLED, S.EXPIRED})  # money that comes now comes late
RENEWABLE = frozenset({S.DECLINED, S.EXPIRED})  # another link may take the place of the one that is over
PAID_FOR = frozenset({S.HELD, S.PAID})
REFUNDABLE = frozenset({S.PAID, S.PART_REFUNDED})
FINAL = frozenset({S.HELD, S.PAID, S.PART_REFUNDED, S.REFUNDED, S.REVERSED, S.DECLINED, S.EXPIRED, S.CANCELLING,
                   S.CANCELLED, S.DISPUTED, S.FAILED})  # fmt: skip
"""States that ring: nothing follows them without somebody's doing. Cancelling rings as cancelled, once."""

AFTER_PAID = frozenset({S.PART_REFUNDED, S.REFUNDED, S.REVERSED})
MOVES: dict[Status, frozenset[Status]] = {
    S.REGISTERING: frozenset({S.WAITING, S.UNKNOWN, S.FAILED, S.CANCELLED}) | PAID_FOR,
    S.UNKNOWN: frozenset({S.WAITING, S.FAILED, S.CANCELLED}) | PAID_FOR,
    S.FAILED: frozenset({S.REGISTERING, S.CANCELLED}) | PAID_FOR,
    S.WAITING: frozenset({S.OPENED, S.PAYING, S.DECLINED, S.EXPIRED, S.CANCELLING}) | PAID_FOR | AFTER_PAID,
    S.OPENED: frozenset({S.PAYING, S.DECLINED, S.EXPIRED, S.CANCELLING}) | PAID_FOR | AFTER_PAID,
    S.PAYING: frozenset({S.DECLINED, S.EXPIRED, S.CANCELLING}) | PAID_FOR | AFTER_PAID,
    S.HELD: frozenset({S.PAID}) | AFTER_PAID,
    S.PAID: AFTER_PAID,
    S.PART_REFUNDED: frozenset({S.REFUNDED}),
    S.REFUNDED: frozenset(),
    S.REVERSED: frozenset(),
    S.DECLINED: frozenset({S.REGISTERING}),
    S.EXPIRED: frozenset({S.REGISTERING}) | PAID_FOR | AFTER_PAID,
    S.CANCELLING: frozenset({S.CANCELLED}) | PAID_FOR | AFTER_PAID,
    S.CANCELLED: PAID_FOR | AFTER_PAID,
    S.DISPUTED: frozenset(),  # never repaired silently: a person decides (`verdict.accepted`)
}


def may_become(now: Status, then: Status) -> bool:
    """Staying as it is, is always allowed; so is a dispute."""
    return then in {now, S.DISPUTED} or then in MOVES[now]


def seen_as(now: Status, seen: OrderState) -> Status:
    """The status that the bank's answer means for a payment that is `now`.

    A declined order (orderStatus 6) must have been read twice before it is handed in here.
    """
    match seen.status:
        case OrderStatus.HELD:
            return S.HELD
        case OrderStatus.PAID:
            return S.PAID
        case OrderStatus.REVERSED:
            return S.REVERSED
        case OrderStatus.REFUNDED:
            return S.PART_REFUNDED if seen.deposited > 0 else S.REFUNDED
        case OrderStatus.AUTHORISING if now in PAYABLE:
            return S.PAYING
        case OrderStatus.DECLINED if now in PAYABLE:
            return S.EXPIRED if seen.action_code == LINK_EXPIRED else S.DECLINED
        case OrderStatus.DECLINED if now is S.CANCELLING:
            return S.CANCELLED
        case OrderStatus.DECLINED if now in PAID_FOR:
            return S.DISPUTED
    return now


def is_refused_attempt(seen: OrderState) -> bool:
    """The shopper tried, the bank said no, and the link still works."""
    return seen.status is OrderStatus.REGISTERED and seen.action_code not in NOT_A_REFUSAL


def card_text(
    status: Status, *, late: bool, refused: bool, two_stage: bool, paid_twice: bool = False, released: str | None = None
) -> str:
    """The key of the card's text. `released`: of a hold that was not charged, as in `ping_text`."""
    special = {
        S.REGISTERING: "card.registering",
        S.UNKNOWN: "card.unknown_create",
        S.FAILED: "card.create_failed",
        S.CANCELLING: "card.cancelled_open",
        S.PART_REFUNDED: "card.refunded_part",
        S.DISPUTED: "card.conflict",
    }
    if status is S.DISPUTED and paid_twice:
        return "card.paid_twice"
    if status in PAID_FOR and late:
        return "card.paid_after_cancel"
    if status in PAYABLE and refused:
        return "card.retry"
    if status is S.PAID and two_stage:
        return "card.completed"
    if status is S.REVERSED and released:
        return f"card.{released}"
    return special.get(status, f"card.{status}")


def ping_text(status: Status, *, late: bool, two_stage: bool, released: str | None = None) -> str:
    """The key of the short message that rings when a payment has become `status`.

    `released`: hold_released or hold_lapsed, where money was held and never charged.
    """
    if status in PAID_FOR and late:
        return "ping.after_cancel"
    if status is S.PAID and two_stage:
        return "ping.completed"
    if status is S.REVERSED and released:
        return f"ping.{released}"
    special = {S.DISPUTED: "ping.conflict", S.PART_REFUNDED: "ping.refunded", S.CANCELLING: "ping.cancelled"}
    return special.get(status, f"ping.{status}")


def page_state(status: Status, *, refused: bool) -> PageState:
    """What the shopper's page shows. A failed payment has no page."""
    if status in PAYABLE and refused:
        return PageState.RETRY
    return {
        S.REGISTERING: PageState.SOON,
        S.FAILED: PageState.SOON,
        S.UNKNOWN: PageState.UNKNOWN,
        S.WAITING: PageState.WAIT,
        S.OPENED: PageState.WAIT,
        S.PAYING: PageState.PAYING,
        S.HELD: PageState.HELD,
        S.PAID: PageState.PAID,
        S.PART_REFUNDED: PageState.PART,
        S.REFUNDED: PageState.REFUNDED,
        S.REVERSED: PageState.REFUNDED,
        S.DECLINED: PageState.DECLINED,
        S.EXPIRED: PageState.EXPIRED,
        S.CANCELLING: PageState.CANCELLED,
        S.CANCELLED: PageState.CANCELLED,
        S.DISPUTED: PageState.UNKNOWN,
    }[status]
