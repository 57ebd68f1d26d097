"""The shopper comes from his page: /start p_<code>. He may be anybody, also a member of staff, who stays one."""

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import Message

from bot.payments.shopper import START
from bot.payments.shopper_chat import ShopperChats
from bot.staff import Newcomer
from storage.rows import Person

from .access import ANYWHERE
from .answers import Answers

CAME = rf"{START}[1-9A-HJ-NP-Za-km-z]{{8,11}}$"  # base58, as on the page; an invitation's token is longer


def router(shoppers: ShopperChats, answers: Answers) -> Router:
    room = Router(name="shopper")
    from_page = CommandStart(deep_link=True, magic=F.args.regexp(CAME))

    @room.message(F.chat.type == "private", from_page, flags=ANYWHERE)
    async def came(message: Message, command: CommandObject, newcomer: Newcomer, person: Person | None) -> None:
        """Whether there is no such link or it was closed is not said."""
        lang = person.lang if person else newcomer.lang
        code = (command.args or "").removeprefix(START)
        if not await shoppers.start(code, message.chat.id, lang, message.message_id):
            await answers.say_seldom(message, "r.stranger", lang)

    return room
