"""What follows a sale, as people write it: cancel, complete, refund.

    /refund 1042 3000 брак              -> grammar -> Wish       -> a question on the card
    «возврат 3000 брак» under a card               -> WishChoice -> a button a reading
    «3000 брак» after «Сколько вернуть?»           -> Refusal    -> what is wrong
    «9161234567» after «Пришлите верный номер»     -> Number     -> the SMS goes there

Nothing moves here and no right is checked here: payments/answering.py and what it asks do, with the person who wrote.
Whatever begins as a wish is never a sale, so this room comes before that of sales.
"""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, or_f
from aiogram.types import Message

from bot.payments.answering import Answer as Typed
from bot.payments.answering import Answering, Number, label_of, of_card
from bot.payments.change import Said
from bot.payments.grammar import Refusal, Verb, Wish, WishChoice, read_command, read_wish
from bot.payments.grammar.verbs import begin
from bot.payments.questions import Questions
from bot.payments.steps import Steps
from bot.ports import Button, Place
from bot.ports import Message as Answer
from bot.staff import Act
from bot.text import say
from storage.rows import Payment, Person

from .answers import Answers, place_of
from .replied import answered_payment

VERBS: dict[str, Verb] = {"cancel": "cancel", "complete": "complete", "refund": "refund"}
CANCEL_HELPS = {"r.refund_unpaid", "r.edit_amount"}

Status = Callable[[Payment, Place], Awaitable[Answer | None]]
"""The answer to /status."""


class Money:
    """What the handlers of this room share."""

    def __init__(
        self, answering: Answering, steps: Steps, questions: Questions, answers: Answers, status: Status
    ) -> None:
        self._answering = answering
        self._steps = steps
        self._questions = questions
        self._answers = answers
        self._status = status

    async def command(self, message: Message, person: Person, verb: Verb, args: str) -> None:
        card = await answered_payment(message, self._steps)
        await self.take(message, person, of_card(read_command(verb, args, in_reply=card is not None), card))

    async def words(self, message: Message, person: Person, text: str) -> None:
        """A text that begins as a wish."""
        card = await answered_payment(message, self._steps)
        if reading := read_wish(text, in_reply=card is not None):
            await self.take(message, person, of_card(reading, card))

    async def take(self, message: Message, person: Person, reading: Typed) -> None:
        """A reading whose payment is known, if it is known at all."""
        match reading:
            case Number():
                await self._say(message, person, await self._answering.given(person, reading))
            case Refusal(key, params):
                safe = {name: escape(value) if isinstance(value, str) else value for name, value in params.items()}
                await self._answers.say(message, key, person.lang, **safe)
            case Wish(verb=verb, number=None):
                await self._answers.say(message, "r.which", person.lang, command=verb)
            case Wish(verb="status", number=int(number)):
                await self._show(message, person, number)
            case Wish():
                place = place_of(message)
                said = await self._answering.wanted(person, reading, place, asked_in=message.message_id)
                await self._say(message, person, said, reading.number)
            case WishChoice():
                await self._choose(message, person, reading)

    async def answer_to(self, message: Message, person: Person, text: str) -> Typed | None:
        """What a message answers to the question on a card; None: it is about something else."""
        replied = await answered_payment(message, self._steps)
        return await self._answering.read(person, place_of(message), text, replied=replied)

    # Answers

    async def _say(self, message: Message, person: Person, said: Said, number: int | None = None) -> None:
        if said.key is None:
            return  # the card asks, or shows
        cancel = Button(say("btn.cancel", person.lang), data=f"cancel:{number}:0", style="danger")
        rows = ((cancel,),) if number and said.key in CANCEL_HELPS else ()
        await self._answers.answer(message, Answer(said.words(person.lang), rows))

    async def _choose(self, message: Message, person: Person, choice: WishChoice) -> None:
        """One button a reading; the last one starts anew."""
        wish = choice.readings[0]
        if wish.number is None:
            await self._answers.say(message, "r.which", person.lang, command=wish.verb)
            return
        key = f"msg:{message.chat.id}:{message.message_id}"
        draft = await self._questions.ask_wish(place_of(message), person, key, choice.readings)
        rows = tuple(
            (Button(label_of(reading, person.lang), data=f"wish:{draft}:{index}"),)
            for index, reading in enumerate(choice.readings)
        )
        other = (Button(say("T-PICK.other", person.lang), data=f"wish:other:{wish.verb}"),)
        safe = {name: escape(value) for name, value in choice.params.items()}
        await self._answers.answer(message, Answer(say(choice.key, person.lang, **safe), (*rows, other)))

    async def _show(self, message: Message, person: Person, number: int) -> None:
        payment = await self._steps.allowed(person, Act.LOOK, number)
        answer = await self._status(payment, place_of(message)) if payment else None
        await self._answers.answer(message, answer or Answer(say("r.no_n", person.lang, n=number)))


def router(money: Money, bot_id: int) -> Router:
    room = Router(name="money")
    to_us = or_f(F.chat.type == "private", F.reply_to_message.from_user.id == bot_id)
    plain = F.text & ~F.text.startswith("/")

    @room.message(Command(*VERBS))
    async def by_command(message: Message, command: CommandObject, person: Person) -> None:
        await money.command(message, person, VERBS[command.command], command.args or "")

    async def answers(message: Message, person: Person) -> dict[str, Any] | bool:
        """A shared contact says its number; its name is no sum."""
        text = message.contact.phone_number if message.contact else message.text or ""
        reading = await money.answer_to(message, person, text)
        asks_amount = message.contact is not None and not isinstance(reading, Number)
        return {"reading": reading} if reading and not asks_amount else False

    @room.message(or_f(plain, F.contact), to_us, answers)
    async def by_answer(message: Message, person: Person, reading: Typed) -> None:
        await money.take(message, person, reading)

    @room.message(plain, to_us, F.text.func(begin))
    async def by_words(message: Message, person: Person) -> None:
        await money.words(message, person, message.text or "")

    return room
