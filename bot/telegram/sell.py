"""Selling: a message becomes a sale, a question with buttons, or one sentence that says what is wrong.

    text -> grammar -> Order       -> create -> the card comes by itself
                    -> Choice      -> a button a reading
                    -> NeedAmount  -> «Какая сумма?», answered by the next amount
                    -> Refusal     -> what is wrong, with an example

The idempotency key is the message's own (`msg:<chat>:<message>`), also where a button chose the reading.
"""

from html import escape

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.money import format_rub
from bot.payments.create import Creation, LookAlike, Made, Refused, Sale
from bot.payments.grammar import Choice, NeedAmount, Order, Refusal, read
from bot.payments.questions import Questions
from bot.phone import PhoneFault, format_private, parse_phone, tail
from bot.ports import Button
from bot.ports import Message as Answer
from bot.text import say
from storage.rows import Payment, Person

from .answers import Answers, place_of


class Selling:
    """What the handlers of this room share."""

    def __init__(self, creation: Creation, questions: Questions, answers: Answers) -> None:
        self._creation = creation
        self._questions = questions
        self._answers = answers

    async def typed(self, message: Message, person: Person, text: str, *, hold: bool = False) -> None:
        """A message of staff, without its command."""
        reading = read(text, hold=hold)
        match reading:
            case Order():
                await self.order(message, person, await self._with_phone(message, person, reading))
            case Choice():
                await self._choose(message, person, reading)
            case NeedAmount(phone):
                await self._questions.ask_amount(place_of(message), person, key_of(message), phone, reading.what)
                await self._answers.say(message, "r.phone_only", person.lang, phone=format_private(phone))
            case Refusal(key, values):
                safe = {name: escape(value) if isinstance(value, str) else value for name, value in values.items()}
                await self._answers.say(message, key, person.lang, **safe)

    async def order(self, message: Message, person: Person, order: Order, *, accepted: bool = False) -> None:
        """An order that can be read in one way only."""
        sale = Sale(
            key=key_of(message),
            seller=person,
            place=place_of(message),
            amount=order.amount,
            phone=order.phone,
            what=order.what,
            two_stage=order.hold,
            look_alike_accepted=accepted,
        )
        await self._tell(message, person, order, await self._creation.create(sale))

    async def _with_phone(self, message: Message, person: Person, order: Order) -> Order:
        """An amount alone may answer «Какая сумма?», or stand in reply to a card of the same shopper."""
        if order.phone or order.what:
            return order
        replied = message.reply_to_message.message_id if message.reply_to_message else None
        found = await self._questions.shopper_of(place_of(message), person, replied)
        return Order(order.amount, found.phone, found.what, order.hold) if found else order

    async def _tell(self, message: Message, person: Person, order: Order, result: Made | LookAlike | Refused) -> None:
        match result:
            case Refused(key, values):
                await self._answers.say(message, key, person.lang, **values)
            case LookAlike(payment):
                await self._ask_about_twin(message, person, order, payment)
            case Made():
                return  # the card is on its way

    async def _choose(self, message: Message, person: Person, choice: Choice) -> None:
        """One button a reading, full; the last one starts anew."""
        draft = await self._questions.ask_reading(place_of(message), person, key_of(message), choice.readings)
        rows = tuple(
            (Button(reading_label(reading, person.lang), data=f"pick:{draft}:{index}"),)
            for index, reading in enumerate(choice.readings)
        )
        other = (Button(say("T-PICK.other", person.lang), data=f"pick:{draft}:other"),)
        sums = [format_rub(reading.amount) for reading in choice.readings]
        values = {"raw": escape(choice.raw), "sum": sums[0], "a": sums[0], "b": sums[-1]}
        question = say(f"r.{choice.question}", person.lang, **values)
        await self._answers.answer(message, Answer(question, (*rows, other)))

    async def _ask_about_twin(self, message: Message, person: Person, order: Order, twin: Payment) -> None:
        draft = await self._questions.ask_reading(place_of(message), person, key_of(message), [order])
        await self._answers.answer(message, self._questions.about_twin(twin, person.lang, draft))


def router(selling: Selling) -> Router:
    room = Router(name="sell")

    @room.message(Command("pay", "p", "hold"))
    async def by_command(message: Message, command: CommandObject, person: Person) -> None:
        await selling.typed(message, person, command.args or "", hold=command.command == "hold")

    @room.message(F.contact)
    async def by_contact(message: Message, person: Person) -> None:
        assert message.contact is not None  # noqa: S101 - the filter says so
        phone = parse_phone(message.contact.phone_number)
        if isinstance(phone, PhoneFault):
            await selling.typed(message, person, message.contact.phone_number)
        else:
            name = " ".join(filter(None, (message.contact.first_name, message.contact.last_name)))
            await selling.typed(message, person, f"{phone} {name}")

    @room.message(F.text, F.chat.type == "private")
    async def by_text(message: Message, person: Person) -> None:
        await selling.typed(message, person, message.text or "")

    @room.message(F.text, F.reply_to_message.from_user.is_bot)
    async def by_reply(message: Message, person: Person) -> None:
        await selling.typed(message, person, message.text or "")

    return room


def key_of(message: Message) -> str:
    return f"msg:{message.chat.id}:{message.message_id}"


def reading_label(order: Order, lang: str) -> str:
    """«12 500 ₽ · …67 · куртка»"""
    return say(
        "T-PICK.reading", lang, sum=format_rub(order.amount), tail=tail(order.phone) if order.phone else "",
        what=order.what[:20],
    )  # fmt: skip
