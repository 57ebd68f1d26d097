"""Edited messages: a sale follows its message, and what could not be read is sold once it can be.

    it made a sale            payments/rewrite.py says what follows
    it asked for one in vain  read anew, as if it had just been typed; its key lets it make one sale
    it was something else     nothing: what was done is done, and money is moved by new messages only

Updates of edits pass the same inbox and the same gates as all others, behind the message that they change.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.clock import Now
from bot.payments.grammar import Order, Refusal, look_up, read
from bot.payments.grammar.verbs import begin
from bot.payments.questions import MENDED_WITHIN, Questions
from bot.payments.rewrite import Rewriting
from bot.payments.steps import Steps
from bot.ports import Message as Answer
from bot.text import say
from storage.rows import Payment, Person

from .answers import Answers, place_of
from .money import VERBS
from .replied import answered_payment
from .sell import Selling, key_of, sent_to

SELLING = ("pay", "p", "hold")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the message now. `command`: that it begins with, if it is for us; `text`: the rest."""

    text: str
    command: str | None = None

    @property
    def hold(self) -> bool:
        return self.command == "hold"

    @property
    def sells(self) -> bool:
        """Whether it may be a sale at all."""
        if self.command:
            return self.command in SELLING
        return not (self.text.startswith("/") or begin(self.text) or look_up(self.text))

    @property
    def moves_money(self) -> bool:
        return self.command in VERBS or (self.command is None and begin(self.text) is not None)


class Rewrites:
    """What the handler of this room needs."""

    def __init__(
        self, rewriting: Rewriting, selling: Selling, questions: Questions, steps: Steps, answers: Answers, now: Now
    ) -> None:
        self._rewriting = rewriting
        self._selling = selling
        self._questions = questions
        self._steps = steps
        self._answers = answers
        self._now = now

    async def known(self, message: Message, bot: Bot, person: Person | None) -> bool | dict[str, Any]:
        """Whether an edit is any of our business: a group's chatter is not, nor what somebody types elsewhere."""
        if person is None:
            return False
        typed = await read_command(message, bot)
        sale = await self._rewriting.sale_of(key_of(message))
        misleads = typed.moves_money and (typed.command is not None or is_to(message, bot.id))
        if sale or misleads or await self._may_sell(message, person, typed):
            return {"typed": typed, "sale": sale}
        return False

    async def _may_sell(self, message: Message, person: Person, typed: Typed) -> bool:
        """It asked for a sale before, or a group lets us see it only now that it has a command."""
        is_young = self._now() - message.date <= MENDED_WITHIN
        if typed.command in SELLING and is_young and place_of(message).is_group:
            return True
        return typed.sells and await self._questions.is_unsold(place_of(message), person, key_of(message))

    async def edited(self, message: Message, person: Person, typed: Typed, sale: Payment | None) -> None:
        if sale is None and typed.sells:
            await self._selling.typed(message, person, typed.text, hold=typed.hold)
        elif sale is None or not typed.sells:
            await self._say(message, person, say("r.edit_wish", person.lang), sale)
        else:
            await self._rewrite(message, person, typed, sale)

    async def _rewrite(self, message: Message, person: Person, typed: Typed, sale: Payment) -> None:
        match read(typed.text, hold=typed.hold):
            case Order() as order:
                place = place_of(message)
                replied = await answered_payment(message, self._steps)
                shopper = await self._questions.shopper_then(place, person, replied, sale)
                now = order if order.phone else sent_to(shopper, order)
                told = await self._rewriting.rewrite(person, sale.id, now, place, edited=message.message_id)
                if words := told.said.words(person.lang):
                    await self._answers.answer(message, Answer(words, told.buttons(person.lang)))
            case Refusal(key, values):
                safe = {name: escape(value) if isinstance(value, str) else value for name, value in values.items()}
                await self._say(message, person, say(key, person.lang, **safe), sale)
            case _:
                await self._say(message, person, say("r.edit_unclear", person.lang), sale)

    async def _say(self, message: Message, person: Person, words: str, sale: Payment | None) -> None:
        """What is wrong with the edit, and that the sale is as before."""
        stays = "\n" + say("r.edit_stays", person.lang, n=sale.id) if sale else ""
        await self._answers.answer(message, Answer(words + stays))


def router(rewrites: Rewrites) -> Router:
    room = Router(name="rewrites")

    @room.edited_message(F.text, rewrites.known)
    async def edited(message: Message, person: Person, typed: Typed, sale: Payment | None) -> None:
        await rewrites.edited(message, person, typed, sale)

    return room


def is_to(message: Message, bot_id: int) -> bool:
    """In private, or in reply to us."""
    replied = message.reply_to_message
    return message.chat.type == "private" or bool(replied and replied.from_user and replied.from_user.id == bot_id)


async def read_command(message: Message, bot: Bot) -> Typed:
    """With the command taken off, if it is for this bot."""
    text = message.text or ""
    found = await Command(*SELLING, *VERBS)(message, bot)
    if isinstance(found, dict):
        command = found["command"]
        return Typed(command.args or "", command.command)
    return Typed(text)
