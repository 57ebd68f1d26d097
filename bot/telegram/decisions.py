"""Presses that are about money: the buttons of a card, the answers to its questions, and what a second person says.

    cancel · release · return · complete · part · refund    a question takes the place of the card's buttons
    keep                                                    a late payment is taken as a sale
    accept                                                  an owner believes the bank about a disputed payment
    yes · no                                                what was asked is done, or not
    approve · deny                                          of a request
    wish                                                    which reading of a message was meant

Each is answered at once. Who pressed is checked where the action is; an old button asks what fits by now.
"""

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery

from bot.payments.approve import Approvals
from bot.payments.change import Change, Said
from bot.payments.confirm import Ask
from bot.payments.decide import Decisions
from bot.payments.questions import Questions
from storage.rows import Person

from .answers import Answers, message_pressed, place_pressed
from .buttons import EMPTY
from .money import Money, words_of
from .presses import NUMBER

ENDINGS = {"cancel", "release", "return"}
SUMS = {"part": Ask.HOW_MUCH_TO_CHARGE, "refund": Ask.HOW_MUCH_TO_REFUND}
VERBS = "|".join(sorted({"complete", "keep", "accept", *ENDINGS, *SUMS}))
TIMED_OUT = Said("toast.timed_out")


class Deciding:
    """What the handlers of this room share."""

    def __init__(
        self,
        money: Money,
        change: Change,
        decisions: Decisions,
        approvals: Approvals,
        questions: Questions,
        answers: Answers,
    ) -> None:
        self._money = money
        self._change = change
        self._decisions = decisions
        self._approvals = approvals
        self._questions = questions
        self._answers = answers

    async def wanted(self, press: CallbackQuery, person: Person, verb: str, number: int) -> Said:
        """A button of a card. Pressed under a later message, a card far above comes to the bottom of the chat."""
        place, change, asked_in = place_pressed(press), self._change, message_pressed(press)
        if verb == "keep":
            return await change.keep(person, number, place)
        if verb == "accept":
            return await change.accept(person, number)
        if verb in ENDINGS:
            return await change.cancel(person, number, place, asked_in=asked_in)
        if verb in SUMS:
            return await change.how_much(person, number, place, SUMS[verb], asked_in=asked_in)
        return await change.complete(person, number, place, asked_in=asked_in)

    async def decided(self, press: CallbackQuery, person: Person, verb: str, row: int) -> Said:
        """`row`: the question, or the request."""
        match verb:
            case "yes":
                return await self._decisions.yes(person, row)
            case "no":
                return await self._decisions.no(person, row)
            case "approve":
                return await self._approvals.approve(person, row, place_pressed(press))
        return await self._approvals.deny(person, row, place_pressed(press))

    async def meant(self, press: CallbackQuery, person: Person, draft: int, index: int) -> Said:
        """One of the readings that a message may have."""
        if found := await self._questions.wish(draft, index, person):
            wish, place = found
            return await self._money.ask(person, wish, place, message_pressed(press))
        return TIMED_OUT

    async def answer(self, bot: Bot, press: CallbackQuery, person: Person, said: Said) -> None:
        await self._answers.acknowledge(bot, press, words_of(said, person.lang), alert=said.alert)


def router(deciding: Deciding) -> Router:
    room = Router(name="decisions")

    @room.callback_query(F.data.regexp(rf"^({VERBS}):{NUMBER}:{NUMBER}$"))
    async def wanted(press: CallbackQuery, bot: Bot, person: Person) -> None:
        verb, number, _ = (press.data or "").split(":")
        await deciding.answer(bot, press, person, await deciding.wanted(press, person, verb, int(number)))

    @room.callback_query(F.data == EMPTY.data)
    async def empty(press: CallbackQuery, bot: Bot, person: Person) -> None:
        await deciding.answer(bot, press, person, Said())

    @room.callback_query(F.data.regexp(rf"^(yes|no|approve|deny):{NUMBER}$"))
    async def decided(press: CallbackQuery, bot: Bot, person: Person) -> None:
        verb, row = (press.data or "").split(":")
        await deciding.answer(bot, press, person, await deciding.decided(press, person, verb, int(row)))

    @room.callback_query(F.data.regexp(rf"^wish:{NUMBER}:[0-9]$"))
    async def meant(press: CallbackQuery, bot: Bot, person: Person) -> None:
        _, draft, index = (press.data or "").split(":")
        await deciding.answer(bot, press, person, await deciding.meant(press, person, int(draft), int(index)))

    @room.callback_query(F.data.regexp(r"^wish:other:(complete|refund)$"))
    async def other(press: CallbackQuery, bot: Bot, person: Person) -> None:
        verb = (press.data or "").split(":")[-1]
        await deciding.answer(bot, press, person, Said(f"r.{verb}_unread"))

    return room
