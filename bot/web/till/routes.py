"""What the till's page asks and does. JSON both ways; every sentence is in the language of whoever is logged in.

    GET  /till                    the page; with the Mini App's header the same, so that its script can put it in place
    GET  /till/state              list, open card, who was paid; `version` alone where the page has the newest
    GET  /till/reading            an amount as it would be taken, in figures and in words
    GET  /till/telegram           to the bot, which joins the Telegram account of somebody who has none
    POST /till/payments           a sale; its `id` makes it once
    POST /till/press, /answer     a card's button, the typed answer to its question
    POST /till/seller, /leave     who holds a shared phone; out

401 {"login": true}: nobody; 422 {"error", "field"}: what is wrong, in words. Nothing is decided here.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from html import unescape
from secrets import token_urlsafe
from typing import Any, Final
from zlib import crc32
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Now
from bot.money import format_rub
from bot.payments.answering import Answering, label_of
from bot.payments.change import Said
from bot.payments.counter import Counter, MadeOther, Sums, WhoSells, Wrong, read_sum
from bot.payments.create import LookAlike, Made
from bot.payments.grammar import Refusal, WishChoice
from bot.payments.pressing import Pressing
from bot.payments.questions import Questions
from bot.payments.steps import Steps
from bot.payments.today import Day, Today
from bot.ports import Place
from bot.staff import Act, Sellers, Shops
from bot.text import say
from bot.web.security import till_headers
from bot.web.till_sheets import Row, TillSheets
from bot.web.till_sheets import Till as Sheet
from storage.rows import Payment, Person

from . import looks, requests
from .doors import Doors
from .words import in_words

TAG: Final = re.compile(r"<[^>]+>")
NUMBER: Final = re.compile(r"[0-9]{1,15}")
Deed = Callable[[Person, Mapping[str, Any]], Awaitable[web.Response]]


class Till:
    """The handlers."""

    def __init__(
        self, doors: Doors, sheets: TillSheets, *, counter: Counter, today: Today, steps: Steps, pressing: Pressing,
        answering: Answering, questions: Questions, sellers: Sellers, shops: Shops, zone: ZoneInfo, now: Now,
        is_test: bool, sms_is_on: bool, framed: bool,
    ) -> None:  # fmt: skip
        self._doors = doors
        self._sheets = sheets
        self._counter = counter
        self._today = today
        self._steps = steps
        self._pressing = pressing
        self._answering = answering
        self._questions = questions
        self._sellers = sellers
        self._shops = shops
        self._zone = zone
        self._now = now
        self._is_test = is_test
        self._sms_is_on = sms_is_on
        self._framed = framed

    def routes(self) -> list[web.RouteDef]:
        """Everything under /till, and the links that lead to it."""
        return [
            *self._doors.routes(),
            web.get("/till", self.page),
            web.get("/till/state", self._asked(self.state)),
            web.get("/till/reading", self._asked(self.reading)),
            web.get("/till/telegram", self._asked(self.telegram)),
            web.post("/till/payments", self._done(self.sell)),
            web.post("/till/press", self._done(self.press)),
            web.post("/till/answer", self._done(self.answer)),
            web.post("/till/seller", self._done(self.seller)),
            web.post("/till/leave", self.leave),
        ]

    # What is shown

    async def page(self, request: web.Request) -> web.Response:
        person = await self._doors.who(request)
        if person is None:
            return self._doors.nobody(request)
        nonce = token_urlsafe(16)
        html = self._sheets.page(await self._sheet(person), person.lang, nonce)
        return web.Response(text=html, content_type="text/html", headers=till_headers(nonce, framed=self._framed))

    async def _sheet(self, person: Person) -> Sheet:
        day, shop = await self._today.of(person), await self._shops.get(person.shop_id)
        seller = await self._sellers.seller(person)
        named = await self._sellers.of(person) if person.is_shared else []
        return Sheet(
            shop=shop.name if shop else "",
            seller=seller.name if seller else "",
            today=_sum_of(day),
            rows=self._rows(day, person),
            sellers=tuple((other.id, other.name) for other in named),
            test=self._is_test,
            has_sms=self._sms_is_on,
            telegram_link=None if person.telegram_id else "/till/telegram",
        )

    def _rows(self, day: Day, person: Person) -> tuple[Row, ...]:
        now = self._now()
        asked = (looks.row(payment, person.lang, self._zone, now, asked=True) for payment in day.asked)
        others = (looks.row(payment, person.lang, self._zone, now, asked=False) for payment in day.others)
        return (*asked, *others)

    async def state(self, request: web.Request, person: Person) -> web.Response:
        """`card`: the number of the payment that is open; null where it is none of his."""
        day = await self._today.of(person)
        card, show = await self._card(person, request.query.get("card", ""))
        shown = {
            "today": _sum_of(day),
            "list": self._sheets.list(self._rows(day, person), person.lang),
            "card": card,
            "paid": day.paid_now,
            "show": show,
        }
        version = f"{crc32(_json(shown).encode()):08x}"
        return _answer({"version": version} | ({} if request.query.get("version") == version else shown))

    async def _card(self, person: Person, number: str) -> tuple[str | None, str | None]:
        """The card, and the way to its big QR."""
        if not NUMBER.fullmatch(number) or not await self._steps.allowed(person, Act.LOOK, int(number)):
            return None, None
        view = await self._steps.view(int(number), Place.till(person.id).chat_id)
        if view is None:
            return None, None
        return self._sheets.card(looks.card(view), person.lang), looks.show_path(view)

    async def reading(self, request: web.Request, person: Person) -> web.Response:
        match read_sum(request.query.get("amount", "")[: requests.LONGEST_TEXT]):
            case Wrong(_, key, values):
                return _answer({"error": _plain(say(key, person.lang, **values))})
            case Sums(readings):
                return _answer({"readings": [format_rub(kopecks) for kopecks in readings]})
            case amount:
                return _answer({"amount": format_rub(amount), "words": in_words(amount, person.lang)})

    async def telegram(self, _request: web.Request, person: Person) -> web.Response:
        address = None if person.telegram_id else await self._doors.own(person)
        return web.Response(status=303, headers={"Location": address or "/till", "Referrer-Policy": "no-referrer"})

    # What is done

    async def sell(self, person: Person, found: Mapping[str, Any]) -> web.Response:
        lang = person.lang
        match await self._counter.sell(person, requests.form(found)):
            case Made(payment, again):
                return _answer({"number": payment.id, "again": again})
            case MadeOther(payment):
                error = say("r.made_other", lang, n=payment.id, sum=format_rub(payment.amount))
                return _answer({"error": error, "number": payment.id, "again": True}, status=409)
            case Sums(readings):
                return _answer({"readings": [format_rub(kopecks) for kopecks in readings]})
            case WhoSells(sellers):
                return _answer({"sellers": [{"id": seller.id, "name": seller.name} for seller in sellers]})
            case LookAlike(payment):
                return _answer({"twin": self._twin(payment, lang)})
            case Wrong(where, key, values):
                return _wrong(say(key, lang, **values), field=where)

    def _twin(self, payment: Payment, lang: str) -> Mapping[str, Any]:
        """The chat's question. `show`: its first button is the big QR; the last one sends the form again, accepted."""
        question = self._questions.about_twin(payment, lang, 0)
        buttons = [button for row in question.buttons for button in row]
        return {
            "text": _plain(question.html),
            "number": payment.id,
            "labels": [button.label for button in buttons],
            "show": ":show:" in (buttons[0].data or ""),
        }

    async def press(self, person: Person, found: Mapping[str, Any]) -> web.Response:
        said = await self._pressing.press(person, Place.till(person.id), requests.text(found, "data"))
        return _answer({"toast": _plain(said.words(person.lang)), "alert": said.alert})

    async def answer(self, person: Person, found: Mapping[str, Any]) -> web.Response:
        """To the question that a card asks here."""
        place, lang = Place.till(person.id), person.lang
        text, chosen = requests.text(found, "text"), requests.index(found, "reading")
        match await self._answering.answer(person, place, text, chosen=chosen):
            case Refusal(key, params):
                return _wrong(say(key, lang, **params))
            case WishChoice(readings=readings):
                return _answer({"readings": [label_of(wish, lang) for wish in readings]})
            case Said(key=str(key)) as said if key.startswith("r."):
                return _wrong(said.words(lang))
            case said:
                return _answer({"toast": _plain(said.words(lang))})

    async def seller(self, person: Person, found: Mapping[str, Any]) -> web.Response:
        chosen = await self._sellers.choose(person, requests.index(found, "id") or 0)
        return _answer({"name": chosen[1].name}) if chosen else _wrong(say("toast.timed_out", person.lang))

    async def leave(self, request: web.Request) -> web.Response:
        if refused := await self._refused(request):
            return refused
        return await self._doors.leave(request, _answer({}))

    # Who asks

    def _asked(self, handler: Callable[[web.Request, Person], Awaitable[web.Response]]) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            person = await self._doors.who(request)
            return _answer({"login": True}, status=401) if person is None else await handler(request, person)

        return handle

    def _done(self, do: Deed) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            if refused := await self._refused(request):
                return refused
            person = await self._doors.who(request)
            if person is None:
                return _answer({"login": True}, status=401)
            try:
                return await do(person, await requests.fields(request))
            except requests.Unreadable:
                return web.Response(status=400)

        return handle

    async def _refused(self, request: web.Request) -> web.Response | None:
        """A POST that no page of ours sends."""
        ours = self._doors.is_from_here(request) and request.headers.get(requests.OURS) == "1"
        return None if ours else web.Response(status=403)


def _sum_of(day: Day) -> str:
    """«7 · 84 300 ₽»; empty before the first sale."""
    return f"{day.count} · {format_rub(day.total)}" if day.count else ""


def _plain(html: str) -> str:
    """A sentence of the chat without its markup."""
    return unescape(TAG.sub("", html))


def _wrong(html: str, **where: str) -> web.Response:
    return _answer({"error": _plain(html)} | where, status=422)


def _answer(found: Mapping[str, Any], status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.json_response(found, status=status, headers=headers, dumps=_json)


def _json(found: object) -> str:
    """In UTF-8: Cyrillic as \\u-escapes is three times as long."""
    return json.dumps(found, ensure_ascii=False)
