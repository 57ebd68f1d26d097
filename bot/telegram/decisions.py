"""Presses of a card's buttons, and of the readings of a wish. Each is answered at once; `payments/pressing.py` acts."""

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery

from bot.payments.answering import Answering
from bot.payments.change import Said
from bot.payments.decide import TIMED_OUT
from bot.payments.pressing import NUMBER, Pressing, is_of_card
from bot.payments.questions import Questions
from storage.rows import Person

from .answers import Answers, message_pressed, place_pressed


class Deciding:
    """What the handlers of this room share."""

    def __init__(self, pressing: Pressing, answering: Answering, questions: Questions, answers: Answers) -> None:
        self._pressing = pressing
        self._answering = answering
        self._questions = questions
        self._answers = answers

    async def pressed(self, press: CallbackQuery, person: Person) -> Said:
        """Under a later message, a card far above comes to the bottom of the chat."""
        asked_in = message_pressed(press)
        return await self._pressing.press(person, place_pressed(press), press.data or "", asked_in=asked_in)

    async def meant(self, press: CallbackQuery, person: Person, draft: int, index: int) -> Said:
        """One of the readings that a message may have."""
        if found := await self._questions.wish(draft, index, person):
            wish, place = found
            return await self._answering.wanted(person, wish, place, asked_in=message_pressed(press))
        return TIMED_OUT

    async def answer(self, bot: Bot, press: CallbackQuery, person: Person, said: Said) -> None:
        await self._answers.acknowledge(bot, press, said.words(person.lang), alert=said.alert)


def router(deciding: Deciding) -> Router:
    room = Router(name="decisions")

    @room.callback_query(F.data.regexp(rf"^wish:{NUMBER}:[0-9]$"))
    async def meant(press: CallbackQuery, bot: Bot, person: Person) -> None:
        _, draft, index = (press.data or "").split(":")
        await deciding.answer(bot, press, person, await deciding.meant(press, person, int(draft), int(index)))

    @room.callback_query(F.data.regexp(r"^wish:other:(complete|refund|replace)$"))
    async def other(press: CallbackQuery, bot: Bot, person: Person) -> None:
        verb = (press.data or "").split(":")[-1]
        key = "r.other_unread" if verb == "replace" else f"r.{verb}_unread"
        await deciding.answer(bot, press, person, Said(key))

    @room.callback_query(F.data.func(is_of_card))
    async def pressed(press: CallbackQuery, bot: Bot, person: Person) -> None:
        await deciding.answer(bot, press, person, await deciding.pressed(press, person))

    return room
