"""The people of the shops: who they are (`people.py`) and what they may do (`rights.py`)."""

from .people import Newcomer, Staff
from .rights import Act, Reach, Role, may, may_approve, may_in_shop, needs_another, reach

__all__ = [
    "Act",
    "Newcomer",
    "Reach",
    "Role",
    "Staff",
    "may",
    "may_approve",
    "may_in_shop",
    "needs_another",
    "reach",
]
