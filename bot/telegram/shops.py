"""/shop: a group becomes a shop, or its shop gets another name or moves to another topic."""

from html import escape

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.config import Settings
from bot.money import format_rub
from bot.ports import Button
from bot.ports import Message as Answer
from bot.segments import fit, units
from bot.staff import Act, Reach, Role, Shops, reach
from bot.staff.shops import NAME_LENGTH
from bot.text import say
from storage.rows import Person

from .access import ANYWHERE
from .answers import Answers, place_of

CODE = "x" * 11  # as long as that of a payment's page
EXAMPLE = 1_250_000  # kopecks


class Opening:
    """What the handler of this room needs."""

    def __init__(self, shops: Shops, answers: Answers, settings: Settings, *, sms_is_on: bool) -> None:
        self._shops = shops
        self._answers = answers
        self._settings = settings
        self._sms_is_on = sms_is_on

    async def shop(self, message: Message, bot: Bot, person: Person, typed: str) -> None:
        """T-SHOP, then the till message, pinned by us or by them: an amount in reply to it is a sale."""
        name = " ".join(typed.split())
        place = place_of(message)
        if reach(person, Act.OPEN_SHOP) is Reach.NONE:
            await self._answers.say(message, "r.only_role", person.lang, role=say(f"role.{Role.OWNER}", person.lang))
        elif not place.is_group:
            await self._answers.say(message, "shop.where", person.lang)
        elif len(name) > NAME_LENGTH:
            await self._answers.say(message, "shop.long", person.lang, max=NAME_LENGTH, k=len(name))
        elif shop := await self._shops.open(person, name, place.chat_id, place.thread_id):
            preview, used, room = self._preview(shop.name)
            ready = say("T-SHOP", person.lang, shop=escape(shop.name), preview=escape(preview), units=used, room=room)
            await self._answers.answer(message, Answer(ready))
            till = say("T-PINNED", person.lang, shop=escape(shop.name))
            private = Button(say("T-PINNED.button", person.lang), url=f"https://t.me/{(await bot.me()).username}")
            key = f"till:{message.chat.id}:{message.message_id}"
            by_hand = Answer(say("T-PINNED.by_hand", person.lang))
            await self._answers.post(place, Answer(till, ((private,),)), key=key, pin_or=by_hand)
        else:
            await self._answers.say(message, "shop.how", person.lang)

    def _preview(self, name: str) -> tuple[str, str, str]:
        """An SMS of this shop, what it takes and what one part holds; empty where none are sent."""
        if not self._sms_is_on:
            return "", "", ""
        link = f"{self._settings.public_url}/p/{CODE}"
        text = fit(self._settings.sms_text, shop=name, amount=format_rub(EXAMPLE), link=link)
        used, room = units(text)
        return text, str(used), str(room)


def router(opening: Opening) -> Router:
    room = Router(name="shops")

    @room.message(Command("shop"), flags=ANYWHERE)
    async def shop(message: Message, bot: Bot, command: CommandObject, person: Person) -> None:
        await opening.shop(message, bot, person, command.args or "")

    return room
