"""What a press under a card does, in chat and web till alike: one table, from the button's data to a use case.

    verb:number:version    a verb of the card; the version tells an old button from a fresh one, and harms nothing
    yes:row · no:row       the answer to a question
    approve:row · deny:row what a second person says to a request

Who pressed is checked where the action is; an old button asks what fits by now.
"""

import re

from bot.ports import Place
from bot.staff import Act
from storage.rows import Person

from .approve import Approvals
from .change import Change, Said
from .confirm import Ask
from .decide import TIMED_OUT, Decisions
from .mend import Mending
from .renew import Renewals
from .steps import Steps

ENDINGS = {"cancel", "release", "return"}
SUMS = {"part": Ask.HOW_MUCH_TO_CHARGE, "refund": Ask.HOW_MUCH_TO_REFUND}
STEPS = {"retry", "check"}
NUMBER = r"[0-9]{1,15}"  # a modified client sends what it likes; more digits are no id of ours
OF_CARD = re.compile(rf"(?!pick:|seller:)([a-z_]+):({NUMBER}):{NUMBER}")  # those are of questions about a new sale
OF_QUESTION = re.compile(rf"(yes|no|approve|deny):({NUMBER})")
EMPTY = "empty"  # the data of a cell without a verb


def is_of_card(data: str) -> bool:
    """Whether a button's data has the form of one under a card."""
    return data == EMPTY or any(form.fullmatch(data) for form in (OF_CARD, OF_QUESTION))


class Pressing:
    """Takes presses."""

    def __init__(
        self, steps: Steps, change: Change, decisions: Decisions, approvals: Approvals, renewals: Renewals,
        mending: Mending,
    ) -> None:  # fmt: skip
        self._steps = steps
        self._change = change
        self._decisions = decisions
        self._approvals = approvals
        self._renewals = renewals
        self._mending = mending

    async def press(self, person: Person, place: Place, data: str, *, asked_in: int | None = None) -> Said:
        """`asked_in`: the message pressed; a card far above comes to the bottom."""
        if data == EMPTY:
            return Said()
        if answer := OF_QUESTION.fullmatch(data):
            return await self._decided(person, place, answer[1], int(answer[2]))
        if verb := OF_CARD.fullmatch(data):
            return await self._wanted(person, place, verb[1], int(verb[2]), asked_in)
        return TIMED_OUT

    async def _decided(self, person: Person, place: Place, verb: str, row: int) -> Said:
        """`row`: the question, or the request."""
        match verb:
            case "yes":
                return await self._decisions.yes(person, row)
            case "no":
                return await self._decisions.no(person, row)
            case "approve":
                return await self._approvals.approve(person, row, place)
        return await self._approvals.deny(person, row, place)

    async def _wanted(self, person: Person, place: Place, verb: str, number: int, asked_in: int | None) -> Said:
        if verb in STEPS:
            return await self._step(person, verb, number)
        if verb in SUMS:
            return await self._change.how_much(person, number, place, SUMS[verb], asked_in=asked_in)
        match verb:
            case "keep":
                return await self._change.keep(person, number, place)
            case "accept":
                return await self._change.accept(person, number)
            case "new_link":
                return await self._renewals.new_link(person, number, place)
        asking = {
            **dict.fromkeys(ENDINGS, self._change.cancel),
            "complete": self._change.complete,
            "other_amount": self._renewals.other_sum,
            "wrong_number": self._mending.wrong_number,
            "sms": self._mending.again,
        }
        return await asking[verb](person, number, place, asked_in=asked_in) if verb in asking else TIMED_OUT

    async def _step(self, person: Person, verb: str, number: int) -> Said:
        payment = await self._steps.allowed(person, Act.LOOK, number)
        if payment is None:
            return Said("r.no_n", {"n": number}, alert=True)
        toast = await self._steps.take(verb, payment, person)
        return Said(toast, alert=toast == "toast.changed")
