"""Looking things up: the last sales and one of them, by a command or in words; and what cannot be looked up yet."""

import re
from html import escape
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, or_f
from aiogram.types import Message

from bot.card import ChatWords
from bot.clock import Now
from bot.config import Settings
from bot.money import format_rub
from bot.payments.grammar import look_up
from bot.payments.steps import Steps
from bot.ports import Message as Answer
from bot.ports import Place
from bot.staff import Act
from bot.text import at, say
from storage.rows import Payment, Person

from .access import ANYWHERE
from .answers import Answers, place_of
from .replied import answered_payment

ROW_WORDS = 20  # characters of what was sold; a row is one line on a phone
NOT_YET = ("find", "day", "close", "export", "training", "lang")


class Lookups:
    """What the handlers of this room share."""

    def __init__(self, steps: Steps, answers: Answers, settings: Settings, now: Now) -> None:
        self.answers = answers
        self._steps = steps
        self._now = now
        self._zone = ZoneInfo(settings.timezone)

    async def find(self, message: Message, person: Person, command: CommandObject) -> Payment | None:
        """The payment that a command names by its number, or by standing in reply to its card."""
        number = re.search(r"\b[0-9]{1,15}\b", command.args or "")
        if number:
            found: int | None = int(number[0])
        elif message.reply_to_message:
            found = await answered_payment(message, self._steps)
        else:
            await self.answers.say(message, "r.which", person.lang, command=command.command)
            return None
        payment = await self._steps.allowed(person, Act.LOOK, found) if found else None
        if payment is None:
            await self.answers.say(message, "r.no_n", person.lang, n=number[0] if number else "?")
        return payment

    def row(self, payment: Payment, lang: str) -> str:
        return say(
            "list.row", lang, mark=say(f"mark.{payment.status}", lang), n=payment.id, sum=format_rub(payment.amount),
            state=say(f"state.{payment.status}", lang), tail=(payment.phone_tail or "")[-2:],
            what=escape(payment.what[:ROW_WORDS]), t=at(payment.created_at, lang, self._zone, self._now()),
        )  # fmt: skip

    async def status(self, payment: Payment, place: Place) -> Answer | None:
        """None: it is gone."""
        view = await self._steps.view(payment.id, place.chat_id)
        return ChatWords().status(view, place) if view else None

    async def last(self, person: Person) -> str:
        rows = [self.row(payment, person.lang) for payment in await self._steps.last(person)]
        return say("last", person.lang, list="\n".join(rows)) if rows else say("last.none", person.lang)


def router(lookups: Lookups, bot_id: int) -> Router:
    room = Router(name="lookups")
    answers = lookups.answers
    to_us = or_f(F.chat.type == "private", F.reply_to_message.from_user.id == bot_id)
    asked = F.text.func(look_up)

    @room.message(Command("last"))
    @room.message(F.text, to_us, asked == "last")
    async def last(message: Message, person: Person) -> None:
        await answers.answer(message, Answer(await lookups.last(person)))

    @room.message(Command("status"))
    async def status(message: Message, command: CommandObject, person: Person) -> None:
        payment = await lookups.find(message, person, command)
        if payment and (answer := await lookups.status(payment, place_of(message))):
            await answers.answer(message, answer)

    @room.message(Command(*NOT_YET), flags=ANYWHERE)
    @room.message(F.text, to_us, asked.in_(NOT_YET), flags=ANYWHERE)
    async def later(message: Message, person: Person) -> None:
        """Said as it is: its number is no sum."""
        await answers.say(message, "r.later", person.lang)

    return room
