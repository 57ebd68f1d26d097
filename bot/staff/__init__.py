"""The people of the shops: who they are and what they may do.

people.py        members of staff          rights.py    what each may do, and where
invitations.py   how somebody comes in     until.py     until when, as people write it
shops.py         groups that are shops     sellers.py   the names on a shared phone
logins.py        browsers of the web till  menus.py     the commands of each chat
"""

from .invitations import Invitations, Joined, Offer, Refusal, read_offer
from .logins import Entered, Logins, Offered
from .menus import Menus
from .people import Newcomer, Staff
from .rights import (
    Act,
    Reach,
    Role,
    acting_in,
    may,
    may_approve,
    may_in_shop,
    may_invite,
    may_manage,
    needs_another,
    reach,
)
from .sellers import Sellers
from .shops import Shops
from .until import UntilFault, read_until

__all__ = [
    "Act",
    "Entered",
    "Invitations",
    "Joined",
    "Logins",
    "Menus",
    "Newcomer",
    "Offer",
    "Offered",
    "Reach",
    "Refusal",
    "Role",
    "Sellers",
    "Shops",
    "Staff",
    "UntilFault",
    "acting_in",
    "may",
    "may_approve",
    "may_in_shop",
    "may_invite",
    "may_manage",
    "needs_another",
    "reach",
    "read_offer",
    "read_until",
]
