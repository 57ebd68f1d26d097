"""Selling: a message becomes a sale, a question with buttons, or one sentence that says what is wrong.

    text -> grammar -> Order       -> create -> the card comes by itself
                    -> Choice      -> a button a reading
                    -> NeedAmount  -> «Какая сумма?», answered by the next amount
                    -> Refusal     -> what is wrong, with an example

The idempotency key is the message's own (`msg:<chat>:<message>`), also where a button chose the reading, or an edit
mended what could not be read.
"""

from dataclasses import replace
from html import escape

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, or_f
from aiogram.types import Contact, Message

from bot.money import format_rub
from bot.payments.create import Creation, LookAlike, Made, Refused, Sale
from bot.payments.grammar import Choice, NeedAmount, Order, Refusal, read
from bot.payments.questions import Questions, Shopper
from bot.payments.steps import Steps
from bot.phone import PhoneFault, format_private, parse_phone, tail
from bot.ports import Button
from bot.ports import Message as Answer
from bot.staff import Sellers
from bot.text import say
from storage.rows import Payment, Person

from .access import ANYWHERE
from .answers import Answers, place_of
from .replied import answered_payment
from .sellers import who_sells


class Selling:
    """What the handlers of this room share."""

    def __init__(
        self, creation: Creation, questions: Questions, sellers: Sellers, steps: Steps, answers: Answers, *,
        sms_is_on: bool,
    ) -> None:  # fmt: skip
        self._by_sms = sms_is_on
        self._creation = creation
        self._sellers = sellers
        self._questions = questions
        self._steps = steps
        self._answers = answers

    async def typed(self, message: Message, person: Person, text: str, *, hold: bool = False) -> None:
        """A message of staff, without its command."""
        match read(text, hold=hold):
            case Order() as order:
                if await self._order(message, person, order):
                    return
            case Choice() as choice:
                await self._choose(message, person, choice)
            case NeedAmount(phone, what, to_hold):
                await self._ask_amount(message, person, Shopper(phone, what, to_hold))
                await self._answers.say(message, "r.phone_only", person.lang, phone=shown_phone(message, phone))
            case Refusal(key, values):
                safe = {name: escape(value) if isinstance(value, str) else value for name, value in values.items()}
                await self._answers.say(message, key, person.lang, **safe)
        await self._questions.note_unsold(place_of(message), person, key_of(message))

    async def not_read(self, message: Message, person: Person) -> None:
        await self._answers.say(message, "r.unread", person.lang)

    async def shared(self, message: Message, person: Person, contact: Contact) -> None:
        """A contact: whom it names is never read as a sum, whatever stands in it."""
        phone = parse_phone(contact.phone_number)
        if isinstance(phone, PhoneFault):
            await self._answers.say(message, f"r.phone_{phone.value}", person.lang, raw=escape(contact.phone_number))
            return
        name = " ".join(filter(None, (contact.first_name, contact.last_name)))
        await self._ask_amount(message, person, Shopper(phone, name))
        await self._answers.say(message, "r.contact", person.lang, who=escape(name), phone=shown_phone(message, phone))

    async def _ask_amount(self, message: Message, person: Person, shopper: Shopper) -> None:
        await self._questions.ask_amount(
            place_of(message), person, key_of(message), shopper.phone, shopper.what, hold=shopper.hold
        )

    async def _order(self, message: Message, person: Person, typed: Order) -> bool:
        """An order that can be read in one way only. True: it is a sale, and the card is on its way."""
        shopper = await self._shopper(message, person, typed)
        order = sent_to(shopper, typed)
        seller = await self._sellers.seller(person)
        if seller is None:
            await self._ask_who_sells(message, person, order)
            return False
        sale = Sale.of(order, key=key_of(message), seller=seller, place=place_of(message))
        match await self._creation.create(sale):
            case Refused(key, values):
                if shopper:
                    await self._ask_amount(message, person, shopper)  # the next amount is for the same one
                await self._answers.say(message, key, person.lang, **values)
            case LookAlike(payment):
                await self._ask_about_twin(message, person, order, payment)
            case Made():
                return True
        return False

    async def _shopper(self, message: Message, person: Person, order: Order) -> Shopper | None:
        """Whose phone an order without one means: it answers «Какая сумма?», or is an amount in reply to a sale.

        Any order ends that question: what comes later is for another shopper.
        """
        replied = None if order.what else await answered_payment(message, self._steps)
        found = await self._questions.shopper_of(place_of(message), person, replied)
        return None if order.phone else found

    async def _choose(self, message: Message, person: Person, choice: Choice) -> None:
        """One button a reading, full; the last one starts anew."""
        shopper = await self._shopper(message, person, choice.readings[0])
        readings = [sent_to(shopper, reading) for reading in choice.readings]
        draft = await self._questions.ask_reading(place_of(message), person, key_of(message), readings)
        rows = tuple(
            (Button(reading_label(reading, person.lang), data=f"pick:{draft}:{index}"),)
            for index, reading in enumerate(readings)
        )
        other = (Button(say("T-PICK.other", person.lang), data=f"pick:{draft}:other"),)
        sums = [format_rub(reading.amount) for reading in readings]
        values = {"raw": escape(choice.raw), "sum": sums[0], "a": sums[0], "b": sums[:2][-1]}
        question = say(f"r.{choice.question}", person.lang, **values)
        await self._answers.answer(message, Answer(question, (*rows, other)))

    async def _ask_who_sells(self, message: Message, phone: Person, order: Order) -> None:
        """The sale waits in a draft for the press."""
        draft = await self._questions.ask_reading(place_of(message), phone, key_of(message), [order])
        await self._answers.answer(message, who_sells(await self._sellers.of(phone), phone.lang, draft))

    async def _ask_about_twin(self, message: Message, person: Person, order: Order, twin: Payment) -> None:
        draft = await self._questions.ask_reading(place_of(message), person, key_of(message), [order])
        await self._answers.answer(message, self._questions.about_twin(twin, person.lang, draft, by_sms=self._by_sms))


def router(selling: Selling, bot_id: int) -> Router:
    room = Router(name="sell")

    @room.message(Command("pay", "p", "hold"))
    async def by_command(message: Message, command: CommandObject, person: Person) -> None:
        await selling.typed(message, person, command.args or "", hold=command.command == "hold")

    to_us = or_f(F.chat.type == "private", F.reply_to_message.from_user.id == bot_id)

    @room.message(F.contact.as_("contact"), to_us)
    async def by_contact(message: Message, contact: Contact, person: Person) -> None:
        await selling.shared(message, person, contact)

    @room.message(F.text.startswith("/"), flags=ANYWHERE)
    async def by_unknown_command(message: Message, person: Person) -> None:
        """Its number is not a sum: «/complete 1042» sells nothing."""
        if message.chat.type == "private":
            await selling.not_read(message, person)

    @room.message(F.text, to_us)
    async def by_text(message: Message, person: Person) -> None:
        await selling.typed(message, person, message.text or "")

    return room


def sent_to(shopper: Shopper | None, order: Order) -> Order:
    """The order for a shopper who was named before, or whose card was answered."""
    if shopper is None:
        return order
    return replace(order, phone=shopper.phone, what=order.what or shopper.what, hold=order.hold or shopper.hold)


def shown_phone(message: Message, phone: str) -> str:
    """Whole in private only: numbers stay out of groups."""
    return format_private(phone) if message.chat.type == "private" else f"…{tail(phone)}"


def key_of(message: Message) -> str:
    return f"msg:{message.chat.id}:{message.message_id}"


def reading_label(order: Order, lang: str) -> str:
    """«12 500 ₽ · …67 · куртка»"""
    return say(
        "T-PICK.reading", lang, sum=format_rub(order.amount), tail=tail(order.phone) if order.phone else "",
        what=order.what[:20],
    )  # fmt: skip
