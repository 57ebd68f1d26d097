"""Coming in, help, and looking things up."""

import re
from html import escape
from zoneinfo import ZoneInfo

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject, CommandStart, or_f
from aiogram.types import CallbackQuery, Message

from bot.card import ChatWords
from bot.clock import Now
from bot.config import Settings
from bot.money import format_rub
from bot.payments.grammar import look_up
from bot.payments.steps import Steps
from bot.ports import Button, Place
from bot.ports import Message as Answer
from bot.staff import Act, Invitations, Joined, Newcomer, Reach, Refusal, Role, Shops, Staff, reach
from bot.text import at, say, until
from storage.rows import Payment, Person

from .access import ANYWHERE, chat_of
from .answers import Answers, place_of
from .invite import Inviting
from .replied import answered_payment
from .sellers import change_of_seller

ROW_WORDS = 20  # characters of what was sold; a row is one line on a phone


class Reception:
    """What the handlers of this room share."""

    def __init__(
        self,
        staff: Staff,
        shops: Shops,
        invitations: Invitations,
        inviting: Inviting,
        steps: Steps,
        answers: Answers,
        settings: Settings,
        now: Now,
        *,
        sms_is_on: bool,
    ) -> None:
        self.staff = staff
        self._shops = shops
        self._invitations = invitations
        self._inviting = inviting
        self._steps = steps
        self._now = now
        self._zone = ZoneInfo(settings.timezone)
        self.answers = answers
        self._settings = settings
        self._sms_is_on = sms_is_on

    async def came(self, message: Message, newcomer: Newcomer, person: Person | None, token: str | None) -> None:
        """/start, with the token of an invitation or without one."""
        if token:
            match await self._invitations.join(token, newcomer):
                case Refusal.OVER:
                    await self.answers.say(message, "T-INVITE-USED", newcomer.lang)
                case Refusal.NOT_FOR_HIM:
                    await self.answers.say(message, "T-INVITE-OWN", newcomer.lang)
                case Joined(person=person) as joined:
                    await self.answers.answer(message, await self._welcome(person, consent=True))
                    await self._inviting.tell_inviter(joined)
        elif person is None:
            await self.answers.say(message, "r.stranger", newcomer.lang)
        else:
            await self.answers.answer(message, await self._welcome(person))

    async def _welcome(self, person: Person, *, consent: bool = False) -> Answer:
        """`consent`: to whom an SMS may be sent is said once, to an assistant who has just come in."""
        shop = await self._shops.get(person.shop_id)
        if person.role == Role.OWNER:
            return Answer(self._checklist(person.lang, shop_is_open=shop is not None and shop.chat_id is not None))
        ends = until(person.access_until, person.lang, self._zone, self._now()) if person.access_until else ""
        name = escape(shop.name) if shop else ""
        text = say("T-START", person.lang, who=escape(person.name), shop=name, until=ends)
        buttons = ((change_of_seller(person.lang),),) if person.is_shared else ()
        if consent and person.role == Role.ASSISTANT:
            text += "\n\n" + say("T-CONSENT", person.lang)
            buttons = ((Button(say("T-CONSENT.button", person.lang), data="consent"),), *buttons)
        return Answer(text, buttons)

    def _checklist(self, lang: str, *, shop_is_open: bool) -> str:
        """What the owner has set up and what is left. To sell, nothing more is needed."""
        done = {
            "bank": True,
            "shop": shop_is_open,
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


def router(reception: Reception, bot_id: int) -> Router:
    room = Router(name="start")
    answers = reception.answers
    to_us = or_f(F.chat.type == "private", F.reply_to_message.from_user.id == bot_id)
    asked = F.text.func(look_up)

    @room.message(CommandStart())
    async def start(message: Message, command: CommandObject, newcomer: Newcomer, person: Person | None) -> None:
        await reception.came(message, newcomer, person, command.args)

    @room.message(Command("help"), flags=ANYWHERE)
    @room.message(F.text, to_us, asked == "help", flags=ANYWHERE)
    async def help_(message: Message, person: Person) -> None:
        await answers.answer(message, Answer(help_text(person)))

    @room.callback_query(F.data == "consent")
    async def consent(press: CallbackQuery, bot: Bot, person: Person) -> None:
        await reception.staff.consented(person, chat_of(press))
        await answers.toast(bot, press, "toast.ready", person.lang)

    @room.message(Command("last"))
    @room.message(F.text, to_us, asked == "last")
    async def last(message: Message, person: Person) -> None:
        await answers.answer(message, Answer(await reception.last(person)))

    @room.message(Command("status"))
    async def status(message: Message, command: CommandObject, person: Person) -> None:
        payment = await reception.find(message, person, command)
        if payment and (answer := await reception.status(payment, place_of(message))):
            await answers.answer(message, answer)

    return room


def help_text(person: Person) -> str:
    """What works for this person."""
    lines = [say("T-HELP", person.lang)]
    if reach(person, Act.MANAGE) is not Reach.NONE:
        lines.append(say("T-HELP.manager", person.lang))
    if reach(person, Act.OPEN_SHOP) is not Reach.NONE:
        lines.append(say("T-HELP.owner", person.lang))
    return "\n".join(lines)
