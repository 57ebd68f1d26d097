"""What somebody does at the till: sells, presses a card's button, answers its question, takes the shared phone over."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.money import format_rub
from bot.payments.answering import Answering, label_of
from bot.payments.change import Said
from bot.payments.counter import Counter, MadeOther, Sums, WhoSells, Wrong
from bot.payments.create import LookAlike, Made
from bot.payments.grammar import Refusal, WishChoice
from bot.payments.pressing import Pressing
from bot.payments.questions import Questions
from bot.ports import Place
from bot.staff import Sellers
from bot.text import say
from storage.rows import Payment, Person

from . import requests
from .answers import answer, plain, wrong


class Deeds:
    """Each method takes the fields of a POST, and may raise `requests.Unreadable`."""

    def __init__(
        self, counter: Counter, pressing: Pressing, answering: Answering, questions: Questions, sellers: Sellers
    ) -> None:
        self._counter = counter
        self._pressing = pressing
        self._answering = answering
        self._questions = questions
        self._sellers = sellers

    async def sell(self, person: Person, found: Mapping[str, Any]) -> web.Response:
        lang = person.lang
        match await self._counter.sell(person, requests.form(found)):
            case Made(payment, again):
                return answer({"number": payment.id, "again": again})
            case MadeOther(payment):
                error = say("r.made_other", lang, n=payment.id, sum=format_rub(payment.amount))
                return answer({"error": error, "number": payment.id, "again": True}, status=409)
            case Sums(readings):
                return answer({"readings": [format_rub(kopecks) for kopecks in readings]})
            case WhoSells(sellers):
                return answer({"sellers": [{"id": seller.id, "name": seller.name} for seller in sellers]})
            case LookAlike(payment):
                return answer({"twin": self._twin(payment, lang)})
            case Wrong(where, key, values):
                return wrong(say(key, lang, **values), field=where)

    def _twin(self, payment: Payment, lang: str) -> Mapping[str, Any]:
        """The chat's question. `show`: its first button is the big QR; the last one sends the form again, accepted."""
        question = self._questions.about_twin(payment, lang, 0)
        buttons = [button for row in question.buttons for button in row]
        return {
            "text": plain(question.html),
            "number": payment.id,
            "labels": [button.label for button in buttons],
            "show": ":show:" in (buttons[0].data or ""),
        }

    async def press(self, person: Person, found: Mapping[str, Any]) -> web.Response:
        said = await self._pressing.press(person, Place.till(person.id), requests.text(found, "data"))
        return answer({"toast": plain(said.words(person.lang)), "alert": said.alert})

    async def answer(self, person: Person, found: Mapping[str, Any]) -> web.Response:
        """To the question that a card asks here."""
        place, lang = Place.till(person.id), person.lang
        text, chosen = requests.text(found, "text"), requests.index(found, "reading")
        match await self._answering.answer(person, place, text, chosen=chosen):
            case Refusal(key, params):
                return wrong(say(key, lang, **params))
            case WishChoice(readings=readings):
                return answer({"readings": [label_of(wish, lang) for wish in readings]})
            case Said(key=str(key)) as said if key.startswith("r."):
                return wrong(said.words(lang))
            case said:
                return answer({"toast": plain(said.words(lang))})

    async def seller(self, person: Person, found: Mapping[str, Any]) -> web.Response:
        chosen = await self._sellers.choose(person, requests.index(found, "id") or 0)
        return answer({"name": chosen[1].name}) if chosen else wrong(say("toast.timed_out", person.lang))
