"""Coming in, help, and looking things up."""

import re
from html import escape
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import Message

from bot.clock import Now
from bot.config import Settings
from bot.money import format_rub
from bot.payments.steps import Steps
from bot.ports import Message as Answer
from bot.ports import Place
from bot.staff import Act, Newcomer, Staff
from bot.text import at, say
from storage.rows import Payment, Person

from .answers import Answers, place_of
from .cards import TelegramWords

ROW_WORDS = 20  # characters of what was sold; a row is one line on a phone


class Reception:
    """What the handlers of this room share."""

    def __init__(
        self, staff: Staff, steps: Steps, answers: Answers, settings: Settings, now: Now, *, sms_is_on: bool
    ) -> None:
        self._staff = staff
        self._steps = steps
        self._now = now
        self._zone = ZoneInfo(settings.timezone)
        self.answers = answers
        self._settings = settings
        self._sms_is_on = sms_is_on

    async def came(self, message: Message, newcomer: Newcomer, person: Person | None, token: str | None) -> None:
        """/start, with the token of an invitation or without one."""
        if token:
            joined = await self._staff.join(token, newcomer)
            if joined is None:
                await self.answers.say(message, "T-INVITE-USED", newcomer.lang)
                return
            person = joined
        if person is None:
            await self.answers.say(message, "r.stranger", newcomer.lang)
        elif person.role == "owner":
            await self.answers.answer(message, Answer(self._checklist(person.lang)))
        else:
            await self.answers.say(
                message,
                "T-START",
                person.lang,
                who=escape(person.name),
                shop=escape(self._settings.shop_name),
                until="",
            )

    def _checklist(self, lang: str) -> str:
        """What the owner has set up and what is left. To sell, nothing more is needed."""
        done = {
            "bank": True,
            "shop": False,
            "address": self._settings.public_url is not None,
            "callbacks": self._settings.public_url is not None,
            "sms": self._sms_is_on,
        }
        lines = [
            say(f"T-OWNER.{name}", lang, mark=say("T-OWNER.done" if is_done else "T-OWNER.open", lang))
            for name, is_done in done.items()
        ]
        return say("T-OWNER", lang, list="\n".join(lines))

    async def find(self, message: Message, person: Person, command: CommandObject) -> Payment | None:
        """The payment that a command names by its number, or by standing in reply to its card."""
        number = re.search(r"\b[0-9]{1,15}\b", command.args or "")
        if number:
            found: int | None = int(number[0])
        elif message.reply_to_message:
            found = await self._steps.of_card(message.chat.id, message.reply_to_message.message_id)
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
        view = await self._steps.view(payment.id)
        return TelegramWords().status(view, place) if view else None

    async def last(self, person: Person) -> str:
        rows = [self.row(payment, person.lang) for payment in await self._steps.last(person)]
        return say("last", person.lang, list="\n".join(rows)) if rows else say("last.none", person.lang)


def router(reception: Reception) -> Router:
    room = Router(name="start")
    answers = reception.answers

    @room.message(CommandStart())
    async def start(message: Message, command: CommandObject, newcomer: Newcomer, person: Person | None) -> None:
        await reception.came(message, newcomer, person, command.args)

    @room.message(Command("help"))
    async def help_(message: Message, person: Person) -> None:
        await answers.answer(message, Answer(say("T-HELP", person.lang)))

    @room.message(Command("last"))
    async def last(message: Message, person: Person) -> None:
        await answers.answer(message, Answer(await reception.last(person)))

    @room.message(Command("status"))
    async def status(message: Message, command: CommandObject, person: Person) -> None:
        payment = await reception.find(message, person, command)
        if payment and (answer := await reception.status(payment, place_of(message))):
            await answers.answer(message, answer)

    return room
