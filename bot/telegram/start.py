"""Coming in, and help."""

from html import escape
from zoneinfo import ZoneInfo

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject, CommandStart, or_f
from aiogram.types import CallbackQuery, Message

from bot.clock import Now
from bot.config import Settings
from bot.payments.grammar import look_up
from bot.payments.readiness import Readiness
from bot.ports import Button
from bot.ports import Message as Answer
from bot.staff import Act, Invitations, Joined, Newcomer, Reach, Refusal, Role, Shops, Staff, reach
from bot.text import say, until
from storage.rows import Person

from .access import ANYWHERE, chat_of
from .answers import Answers
from .invite import Inviting
from .sellers import change_of_seller


class Reception:
    """What the handlers of this room share."""

    def __init__(
        self,
        staff: Staff,
        shops: Shops,
        invitations: Invitations,
        inviting: Inviting,
        readiness: Readiness,
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
        self._readiness = readiness
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
                    await self.answers.answer(message, await self._welcome(person))
                    await self._inviting.tell_inviter(joined)
        elif person is None:
            await self.answers.say(message, "r.stranger", newcomer.lang)
        else:
            await self.answers.answer(message, await self._again(person))

    async def _welcome(self, person: Person) -> Answer:
        """To whom an SMS may be sent is said once, to an assistant who has just come in. It holds nothing back."""
        if person.role == Role.OWNER:
            return await self._checklist(person.lang)
        text, buttons = await self._words("T-START", person), self._of_phone(person)
        if person.role == Role.ASSISTANT:
            text += "\n\n" + say("T-CONSENT", person.lang)
            buttons = ((Button(say("T-CONSENT.button", person.lang), data="consent"),), *buttons)
        return Answer(text, buttons)

    async def _again(self, person: Person) -> Answer:
        """/start of somebody who works here already: what he needs to know, in short."""
        if person.role == Role.OWNER:
            return await self._checklist(person.lang)
        return Answer(await self._words("T-START.again", person), self._of_phone(person))

    async def _words(self, key: str, person: Person) -> str:
        shop = await self._shops.get(person.shop_id)
        ends = until(person.access_until, person.lang, self._zone, self._now()) if person.access_until else ""
        return say(key, person.lang, who=escape(person.name), shop=escape(shop.name) if shop else "", until=ends)

    def _of_phone(self, person: Person) -> tuple[tuple[Button, ...], ...]:
        return ((change_of_seller(person.lang),),) if person.is_shared else ()

    async def _checklist(self, lang: str) -> Answer:
        """What the owner has set up and what is left; each mark is something that was seen, or is set."""
        signs = await self._readiness.signs()
        done = {
            "bank": signs.takes_orders,
            "shop": any(shop.chat_id for shop in await self._shops.all()),
            "address": self._settings.public_url is not None,
            "callbacks": signs.calls_back,
            "sms": self._sms_is_on and set(self._settings.sms) != {"console"},
        }
        lines = [say(f"T-OWNER.{name}.{'done' if is_done else 'open'}", lang) for name, is_done in done.items()]
        next_step = Button(say("T-OWNER.button", lang), data="callbacks")
        rows = ((next_step,),) if done["address"] and not done["callbacks"] else ()
        return Answer(say("T-OWNER", lang, list="\n".join(lines)), rows)

    def callbacks(self, lang: str) -> Answer:
        """How the bank's notifications are switched on."""
        return Answer(say("T-CALLBACK", lang, url=f"{self._settings.public_url}/bank/callback"))

    def help(self, person: Person) -> str:
        """What works for this person, on one screen of a phone."""
        lines = [say("T-HELP", person.lang)]
        if self._settings.public_url:
            lines.append(say("T-HELP.till", person.lang, till=f"{self._settings.public_url}/till"))
        if reach(person, Act.OPEN_SHOP) is not Reach.NONE:
            lines.append(say("T-HELP.owner", person.lang))
        elif reach(person, Act.MANAGE) is not Reach.NONE:
            lines.append(say("T-HELP.manager", person.lang))
        return "\n".join(lines)


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
        await answers.answer(message, Answer(reception.help(person)))

    @room.callback_query(F.data == "callbacks")
    async def callbacks(press: CallbackQuery, bot: Bot, person: Person) -> None:
        if person.role == Role.OWNER:
            await answers.open(press, reception.callbacks(person.lang))
        await answers.toast(bot, press, "toast.ready", person.lang)

    @room.callback_query(F.data == "consent")
    async def consent(press: CallbackQuery, bot: Bot, person: Person) -> None:
        await reception.staff.consented(person, chat_of(press))
        await answers.toast(bot, press, "toast.ready", person.lang)

    return room
