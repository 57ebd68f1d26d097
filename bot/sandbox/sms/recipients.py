"""What a recipient's number means: its last four digits choose how the network and the provider behave.

The convention is the sandbox's own; any other number takes the message and gets it.

    0001  refused: bad number             0008  taken, answered with an HTML page and status 200
    0002  refused: no money               0009  refused as busy twice, taken the third time
    0003  refused: wrong credentials      0010  as any number: the guard against duplicates is always on
    0004  taken, later failed             0011  reports doubled, out of order, one before the answer
    0005  taken, later expired            0012  reports with a wrong signature
    0006  taken, the answer never comes   0013  taken, later rejected by the operator
    0007  connection reset, not taken     0014  taken, later in a state that no document has
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from .manners import Manners
from .message import State

RUSSIAN_MOBILE = re.compile(r"79\d{9}")


class Refusal(StrEnum):
    """Why a message is not taken. Each provider has its own code for it."""

    BAD_NUMBER = "bad_number"
    NO_MONEY = "no_money"
    BAD_LOGIN = "bad_login"
    BUSY = "busy"
    DUPLICATE = "duplicate"


class Loss(StrEnum):
    """What becomes of the answer to a send call."""

    RESET = "reset"  # the connection breaks before the message is taken
    HANG = "hang"  # taken, no answer
    GARBAGE = "garbage"  # taken, the answer cannot be read


@dataclass(frozen=True, slots=True)
class Habit:
    """The behaviour of one number."""

    refusal: Refusal | None = None
    final: State = State.DELIVERED
    loss: Loss | None = None
    manners: Manners | None = None


ORDINARY = Habit()
HABITS = {
    "0001": Habit(refusal=Refusal.BAD_NUMBER),
    "0002": Habit(refusal=Refusal.NO_MONEY),
    "0003": Habit(refusal=Refusal.BAD_LOGIN),
    "0004": Habit(final=State.FAILED),
    "0005": Habit(final=State.EXPIRED),
    "0006": Habit(loss=Loss.HANG),
    "0007": Habit(loss=Loss.RESET),
    "0008": Habit(loss=Loss.GARBAGE),
    "0009": Habit(refusal=Refusal.BUSY),
    "0011": Habit(manners=Manners(repeat=2, shuffle=True, early=True)),
    "0012": Habit(manners=Manners(sign="wrong")),
    "0013": Habit(final=State.REJECTED),
    "0014": Habit(final=State.ODD),
}


def habit_of(phone: str) -> Habit:
    return HABITS.get(phone[-4:], ORDINARY)


def digits_of(phone: str) -> str | None:
    """`phone`, written as people do, as 79161234567; None: not a Russian mobile number."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) == 10:
        digits = "7" + digits
    elif digits.startswith("8") and not phone.strip().startswith("+"):
        digits = "7" + digits[1:]
    return digits if RUSSIAN_MOBILE.fullmatch(digits) else None
