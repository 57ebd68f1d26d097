"""Coming in, help, and looking things up."""

import re
from html import escape

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import Message

from bot.config import Settings
from bot.money import format_rub
from bot.payments.states import Status
from bot.payments.steps import Steps
from bot.ports import Message as Answer
from bot.staff import Newcomer, Staff, may_touch
from bot.text import say
from storage.rows import Payment, Person

from .answers import Answers


class Reception:
    """What the handlers of this room share."""

    def __init__(self, staff: Staff, steps: Steps, answers: Answers, settings: Settings, *, sms_is_on: bool) -> None:
        self._staff = staff
        self._steps = steps
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

    def help(self, person: Person) -> str:
        till = f"{self._settings.public_url}/till" if self._settings.public_url else ""
        text = say("T-HELP", person.lang, till=till)
        return text if person.role == "assistant" else f"{text}\n{say('T-HELP.manager', person.lang)}"

    async def find(self, message: Message, person: Person, command: CommandObject) -> Payment | None:
        """The payment that a command names by its number, or by standing in reply to its card."""
        number = re.search(r"\b[0-9]{1,15}\b", command.args or "")
        if number:
            payment = await self._steps.find(int(number[0]))
        elif message.reply_to_message:
            payment = await self._steps.of_card(message.chat.id, message.reply_to_message.message_id)
        else:
            await self.answers.say(message, "r.which", person.lang, command=command.command)
            return None
        if payment is None or not may_touch(person, payment):
            await self.answers.say(message, "r.no_n", person.lang, n=number[0] if number else "?")
            return None
        return payment

    def row(self, payment: Payment, lang: str) -> str:
        status = Status(payment.status)
        return say(
            "list.row", lang, mark=say(f"mark.{status}", lang), n=payment.id, sum=format_rub(payment.amount),
            state=say(f"state.{status}", lang), tail=(payment.phone_tail or "")[-2:], what="", t="", seller="",
        )  # fmt: skip

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
        await answers.answer(message, Answer(reception.help(person)))

    @room.message(Command("last"))
    async def last(message: Message, person: Person) -> None:
        await answers.answer(message, Answer(await reception.last(person)))

    @room.message(Command("status"))
    async def status(message: Message, command: CommandObject, person: Person) -> None:
        if payment := await reception.find(message, person, command):
            await answers.answer(message, Answer(reception.row(payment, person.lang)))

    return room
