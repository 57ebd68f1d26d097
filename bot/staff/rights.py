"""Who may do what, and where: one table, asked where the action is, with the person who pressed or wrote.

A menu hides what somebody may not do; only this table forbids it. Whether what a person may ask for also needs
somebody else's yes is `needs_another`.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import IntEnum, StrEnum

from bot.config import Settings
from storage.rows import Payment, Person, Shop


class Role(StrEnum):
    ASSISTANT = "assistant"
    MANAGER = "manager"
    OWNER = "owner"


class Act(StrEnum):
    """What people do in the chat."""

    SELL = "sell"
    LOOK = "look"  # at a payment: status, find; retry, check, stop an SMS
    CANCEL = "cancel"  # an unpaid one
    COMPLETE = "complete"  # a hold, in full or for less
    RELEASE = "release"  # a hold
    GIVE_BACK = "give_back"  # cancel a paid one, or refund
    KEEP = "keep"  # a sale that was paid after it had been cancelled
    APPROVE = "approve"  # somebody else's GIVE_BACK
    INVITE = "invite"
    MANAGE = "manage"  # people of a shop: their role, their access
    OPEN_SHOP = "open_shop"  # make a group a shop
    SETTLE = "settle"  # accept what the bank says of a disputed payment


class Reach(IntEnum):
    """On whose payments."""

    NONE = 0
    OWN = 1
    SHOP = 2
    ALL = 3


RIGHTS: Mapping[Act, tuple[Reach, Reach, Reach]] = {
    #              assistant   manager     owner
    Act.SELL:      (Reach.OWN, Reach.SHOP, Reach.ALL),
    Act.LOOK:      (Reach.OWN, Reach.SHOP, Reach.ALL),
    Act.CANCEL:    (Reach.OWN, Reach.SHOP, Reach.ALL),
    Act.COMPLETE:  (Reach.OWN, Reach.SHOP, Reach.ALL),
    Act.RELEASE:   (Reach.OWN, Reach.SHOP, Reach.ALL),
    Act.GIVE_BACK: (Reach.OWN, Reach.SHOP, Reach.ALL),
    Act.KEEP:      (Reach.OWN, Reach.SHOP, Reach.ALL),
    Act.APPROVE:   (Reach.NONE, Reach.SHOP, Reach.ALL),
    Act.INVITE:    (Reach.NONE, Reach.SHOP, Reach.ALL),
    Act.MANAGE:    (Reach.NONE, Reach.SHOP, Reach.ALL),
    Act.OPEN_SHOP: (Reach.NONE, Reach.NONE, Reach.ALL),
    Act.SETTLE:    (Reach.NONE, Reach.NONE, Reach.ALL),
}  # fmt: skip
NOT_FOR_SHARED_PHONES = {Act.APPROVE, Act.INVITE, Act.MANAGE, Act.OPEN_SHOP, Act.SETTLE}
"""Nobody knows who holds such a phone, so it decides nothing about others."""


def reach(person: Person, act: Act) -> Reach:
    """How far the person's right goes."""
    if person.is_shared and act in NOT_FOR_SHARED_PHONES:
        return Reach.NONE
    return RIGHTS[act][list(Role).index(Role(person.role))]


def acting_in(person: Person, chat_id: int, shop: Shop | None) -> Person | None:
    """The person as he acts in a chat, with the shop that his acts are for; None: here he does nothing.

    `shop`: the one that this group is. In private everybody acts for his own shop, and so does an owner in a group
    that is none; in a group that is a shop its own people act, and owners, whose acts are for that shop then.
    """
    is_owner = person.role == Role.OWNER
    if chat_id > 0 or (shop is None and is_owner):
        return person
    if shop is not None and is_owner:
        return replace(person, shop_id=shop.id)
    return person if shop is not None and shop.id == person.shop_id else None


def may_in_shop(person: Person, act: Act, shop_id: int) -> bool:
    """Something about a shop and its people."""
    far = reach(person, act)
    return far is Reach.ALL or (far >= Reach.OWN and person.shop_id == shop_id)


def may_manage(person: Person, other: Person) -> bool:
    """Change or close somebody's access: never one's own; a manager only that of assistants."""
    rules = reach(person, Act.MANAGE) is Reach.ALL or other.role == Role.ASSISTANT
    return person.id != other.id and rules and may_in_shop(person, Act.MANAGE, other.shop_id)


def may_invite(person: Person, role: str, shop_id: int) -> bool:
    """A manager invites assistants and shared phones, an owner everybody."""
    rules = reach(person, Act.INVITE) is Reach.ALL or role == Role.ASSISTANT
    return rules and may_in_shop(person, Act.INVITE, shop_id)


def may(person: Person, act: Act, payment: Payment, seller: Person | None) -> bool:
    """Something with a payment. `seller`: of the payment; a shared phone has the sales of all who sell by it."""
    match reach(person, act):
        case Reach.ALL:
            return True
        case Reach.SHOP:
            return person.shop_id == payment.shop_id
        case Reach.OWN:
            is_own = person.id == payment.seller_id or (seller is not None and seller.account_id == person.id)
            return is_own and person.shop_id == payment.shop_id
        case _:
            return False


def may_approve(person: Person, payment: Payment, asked_by: int | None) -> bool:
    """Money goes back by two people: who asked cannot be who approves."""
    return person.id != asked_by and may(person, Act.APPROVE, payment, None)


def needs_another(person: Person, returned: int, settings: Settings) -> bool:
    """Whether giving money back waits for another person.

    `returned`: kopecks of this payment given back in all, this time too, so that parts do not pass by the limit.
    """
    if person.role == Role.ASSISTANT or person.is_shared or settings.refund_two_person:
        return True
    limit = settings.limit_refund
    return person.role == Role.MANAGER and limit is not None and returned > limit
