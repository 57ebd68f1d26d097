"""What people want of a sale that exists, and what they do at the bank behind our back."""

from dataclasses import dataclass

from bot.payments.change import Said
from bot.ports import Place
from bot.sandbox.bank.refusal import BankError
from storage.rows import Person

from .world import World

QUESTIONS = "SELECT id, author_id FROM drafts WHERE kind = 'confirm' ORDER BY id DESC"
REQUESTS = "SELECT id FROM operations WHERE decided_by IS NOT NULL OR state IN ('requested', 'lapsed') ORDER BY id DESC"


@dataclass(frozen=True)
class Wants:
    """By a command or a button, and the answer to the question on the card: yes, yes twice, no, or nothing yet.

    `part`: kopecks; None: all of it.
    """

    sale: int
    who: str
    what: str
    part: int | None
    answer: str

    async def happen(self, world: World) -> None:
        person, number = world.scene.people[self.who], world.sale(self.sale)
        said = await self._ask(world, person, number)
        if said.key is None:
            question = world.rows(QUESTIONS)[0]["id"]
            for answer in self.answer.split(", "):
                await _press(world, person, question, answer)

    async def _ask(self, world: World, person: Person, number: int) -> Said:
        change, place = world.till.change, Place(person.telegram_id or 0)
        match self.what:
            case "cancel":
                return await change.cancel(person, number, place, asked_in=1_000_000)
            case "complete":
                return await change.complete(person, number, place, self.part)
            case "refund":
                return await change.refund(person, number, place, self.part, "не подошло")
            case "keep":
                return await change.keep(person, number, place)
            case _:
                return await change.accept(person, number)


@dataclass(frozen=True)
class Renews:
    """A new link, or `amount` kopecks instead, with the answer to its question while the old link can be paid."""

    sale: int
    who: str
    amount: int | None
    answer: str

    async def happen(self, world: World) -> None:
        person, number = world.scene.people[self.who], world.sale(self.sale)
        place = Place(person.telegram_id or 0)
        if self.amount is None:
            await world.till.renewals.new_link(person, number, place)
            return
        said = await world.till.renewals.replace(person, number, self.amount, place)
        if said.key is None:
            for answer in self.answer.split(", "):
                await _press(world, person, world.rows(QUESTIONS)[0]["id"], answer)


@dataclass(frozen=True)
class Mends:
    """«Не тот номер», perhaps with the right one; or «SMS ещё раз»."""

    sale: int
    what: str
    phone: str | None

    async def happen(self, world: World) -> None:
        person, number = world.scene.people["seller"], world.sale(self.sale)
        place, mending = Place(person.telegram_id or 0), world.till.mending
        if self.what == "again":
            await mending.again(person, number, place)
            return
        await mending.wrong_number(person, number, place)
        if self.phone:
            await world.till.answering.answer(person, place, self.phone)


@dataclass(frozen=True)
class Answers:
    """An older question, too late perhaps, or somebody else's."""

    which: int
    who: str
    answer: str

    async def happen(self, world: World) -> None:
        if questions := world.rows(QUESTIONS):
            question = questions[self.which % len(questions)]["id"]
            await _press(world, world.scene.people[self.who], question, self.answer)


async def _press(world: World, person: Person, question: int, answer: str) -> None:
    if answer == "yes":
        await world.till.decisions.yes(person, question)
    elif answer == "no":
        await world.till.decisions.no(person, question)


@dataclass(frozen=True)
class Decides:
    """About a request, his own or another's, perhaps one that is decided already."""

    which: int
    who: str
    agrees: bool

    async def happen(self, world: World) -> None:
        if requests := world.rows(REQUESTS):
            request, person = requests[self.which % len(requests)]["id"], world.scene.people[self.who]
            decide = world.till.approvals.approve if self.agrees else world.till.approvals.deny
            await decide(person, request, Place(person.telegram_id or 0))


@dataclass(frozen=True)
class ByHand:
    """In the bank's cabinet, where the bank allows it."""

    sale: int
    what: str
    part: int | None

    async def happen(self, world: World) -> None:
        number, ledger = world.sale(self.sale), world.bank.ledger
        for order in world.orders_of(number):
            try:
                match self.what:
                    case "refund":
                        ledger.refund(order, self.part or order.deposited)
                    case "reverse":
                        ledger.reverse(order)
                    case _:
                        ledger.deposit(order, self.part or 0)
            except BankError:
                continue
            world.meddled.add(number)
