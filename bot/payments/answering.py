"""A typed answer to the question on a card, in chat and web till alike: what it says, and what is done then.

    «Сколько вернуть?», «Сколько списать?»    a sum and a reason     -> change.py
    «Какая сумма вместо 12 500 ₽?»            a sum                  -> renew.py
    «Пришлите верный номер»                   a phone                -> mend.py

`read` is strict in a chat, where a message may be about something else; whatever stands in the till's field is the
answer. What can be read in two ways comes back as a choice.
"""

from dataclasses import dataclass, replace

from bot.money import format_rub
from bot.ports import Place
from bot.text import say
from storage.rows import Person

from .change import ON_CARD, Change, Said
from .confirm import NUMBERS, Ask, Question
from .decide import TIMED_OUT
from .grammar import (
    NeedAmount,
    Refusal,
    Verb,
    Wish,
    WishChoice,
    WishReading,
    is_wish,
    look_up,
    read,
    read_answer,
    read_wish,
    wishes_of,
)
from .grammar.verbs import begin
from .mend import Mending
from .questions import Questions
from .renew import RENEWING, Renewals

ANSWERED_BY: dict[Ask, Verb] = {
    Ask.HOW_MUCH_TO_CHARGE: "complete",
    Ask.HOW_MUCH_TO_REFUND: "refund",
    Ask.OTHER_SUM: "replace",
}
SALE = Refusal("r.wish_phone")  # whose phone it holds: an answer about money has none
NO_NUMBER = Refusal("r.number_unread")
LABEL_WORDS = 20  # characters of a reason on a button


@dataclass(frozen=True, slots=True)
class Number:
    """The shopper's, in E.164."""

    phone: str
    question: Question


Answer = WishReading | Number


class Answering:
    """Reads answers and takes them."""

    def __init__(self, change: Change, renewals: Renewals, mending: Mending, questions: Questions) -> None:
        self._change = change
        self._renewals = renewals
        self._mending = mending
        self._questions = questions

    async def read(self, person: Person, place: Place, text: str, *, replied: int | None = None) -> Answer | None:
        """What a message answers to the question that this person was asked here; None: it is about something else.

        `replied`: the payment whose card it replies to.
        """
        question = await self._change.awaited(person, place)
        if question is None or replied not in {None, question.payment_id}:
            return None
        if await self._questions.amount_asked(place, person) > question.id:
            return None  # «Какая сумма?» was asked later
        return _number_among(text, question) if question.ask in NUMBERS else _sum_among(text, question)

    async def answer(
        self, person: Person, place: Place, text: str, *, chosen: int | None = None
    ) -> Said | WishChoice | Refusal:
        """What stands in the field under a question. `chosen`: which of the readings that were offered before."""
        question = await self._change.awaited(person, place)
        if question is None:
            return TIMED_OUT
        if question.ask in NUMBERS:
            return await self.take(person, place, number_in(text, question))
        reading = of_card(read_answer(ANSWERED_BY[question.ask], text), question.payment_id)
        if isinstance(reading, WishChoice) and chosen is not None and chosen < len(reading.readings):
            reading = reading.readings[chosen]
        return await self.take(person, place, reading)

    async def take(
        self, person: Person, place: Place, answer: Answer, *, asked_in: int | None = None
    ) -> Said | WishChoice | Refusal:
        match answer:
            case Number():
                return await self.given(person, answer)
            case Wish():
                return await self.wanted(person, answer, place, asked_in=asked_in)
        return answer

    async def given(self, person: Person, number: Number) -> Said:
        return await self._mending.send_to(person, number.question, number.phone)

    async def wanted(self, person: Person, wish: Wish, place: Place, *, asked_in: int | None = None) -> Said:
        """Of a payment whose number is known. `asked_in`: the message that asks, as in `Change`."""
        change, number = self._change, wish.number or 0
        match wish.verb:
            case "complete":
                return await change.complete(person, number, place, wish.amount, asked_in=asked_in)
            case "refund" if wish.amount or wish.everything:
                return await change.refund(person, number, place, wish.amount, wish.reason, asked_in=asked_in)
            case "refund":
                ask = Ask.HOW_MUCH_TO_REFUND
                return await change.how_much(person, number, place, ask, wish.reason, asked_in=asked_in)
            case "replace":
                said = await self._renewals.replace(person, number, wish.amount or 0, place, asked_in=asked_in)
                return ON_CARD if said == RENEWING else said
        return await change.cancel(person, number, place, asked_in=asked_in)


def number_in(text: str, question: Question) -> Number | Refusal:
    """One phone, perhaps with words beside it; else what is wrong with it."""
    match read(text):
        case NeedAmount(phone=phone):
            return Number(phone, question)
        case Refusal(key=key) as refusal if key.startswith("r.phone"):
            return refusal
    return NO_NUMBER


def _number_among(text: str, question: Question) -> Number | Refusal | None:
    """A wish and a sale are something else."""
    if is_wish(text) or look_up(text):
        return None
    return number_in(text, question) if isinstance(read(text), NeedAmount | Refusal) else None


def _sum_among(text: str, question: Question) -> WishReading | None:
    """A sale, or a wish of its own, is something else."""
    verb, beginning = ANSWERED_BY[question.ask], begin(text)
    alone = wishes_of(read_wish(text, in_reply=False)) if beginning else ()
    if beginning and (beginning.verb != verb or any(wish.number == question.payment_id for wish in alone)):
        return None
    reading = read_answer(verb, text)
    if reading == SALE:
        return None
    fitting = of_card(reading, question.payment_id)
    return None if beginning and fitting != reading and isinstance(fitting, Refusal) else fitting


def of_card(reading: WishReading, number: int | None) -> WishReading:
    """The card that was answered names the payment, so readings with another number fall away."""
    if number is None or isinstance(reading, Refusal):
        return reading
    wishes = wishes_of(reading)
    fitting = tuple(replace(wish, number=number) for wish in wishes if wish.number in {None, number})
    if not fitting:
        return Refusal("r.other_card", {"n": number})
    if isinstance(reading, WishChoice) and len(fitting) == len(wishes):
        return replace(reading, readings=fitting)
    return fitting[0]


def label_of(wish: Wish, lang: str) -> str:
    """«3 000 ₽ · № 1042 · брак»"""
    number = say("card.number", lang, n=wish.number, what=wish.reason[:LABEL_WORDS])
    return f"{format_rub(wish.amount or 0)} · {number}"
