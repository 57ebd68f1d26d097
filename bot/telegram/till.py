"""/till: the door of one's own web till, for when Telegram is slow, or for another device."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.ports import Message as Answer
from bot.ports import Place
from bot.staff import Logins
from bot.text import say
from storage.rows import Person

from .access import ANYWHERE
from .answers import Answers


class TillDoor:
    """Makes the link. `public_url` None: level 0, no till."""

    def __init__(self, logins: Logins, answers: Answers, public_url: str | None) -> None:
        self._logins = logins
        self._answers = answers
        self._public_url = public_url

    async def asked(self, message: Message, person: Person) -> None:
        """Whoever opens the link is this person, so it is sent to him alone."""
        if self._public_url is None or person.telegram_id is None:
            await self._answers.say(message, "T-TILL.none", person.lang)
            return
        link = f"{self._public_url}/i/{await self._logins.door(person, message.chat.id)}"
        answer = Answer(say("T-TILL", person.lang, link=link), qr=link)
        if message.chat.type == "private":
            await self._answers.answer(message, answer)
            return
        key = f"till:{message.chat.id}:{message.message_id}"
        await self._answers.post(Place(person.telegram_id), answer, key=key)
        await self._answers.say(message, "T-TILL.private", person.lang)


def router(door: TillDoor) -> Router:
    room = Router(name="till")

    @room.message(Command("till"), flags=ANYWHERE)
    async def till(message: Message, person: Person) -> None:
        await door.asked(message, person)

    return room
