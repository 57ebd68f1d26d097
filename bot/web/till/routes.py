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

from collections.abc import Awaitable, Callable, Mapping
from secrets import token_urlsafe
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.web.security import till_headers
from storage.rows import Person

from . import requests
from .answers import answer
from .deeds import Deeds
from .doors import Doors
from .shown import Shown

Look = Callable[[web.Request, Person], Awaitable[web.Response]]
Deed = Callable[[Person, Mapping[str, Any]], Awaitable[web.Response]]


class Till:
    """The handlers. `framed`: the demo's desk may show the page in a frame."""

    def __init__(self, doors: Doors, shown: Shown, deeds: Deeds, *, framed: bool) -> None:
        self._doors = doors
        self._shown = shown
        self._deeds = deeds
        self._framed = framed

    def routes(self) -> list[web.RouteDef]:
        """Everything under /till, and the links that lead to it."""
        deeds = self._deeds
        return [
            *self._doors.routes(),
            web.get("/till", self.page),
            web.get("/till/state", self._asked(self.state)),
            web.get("/till/reading", self._asked(self.reading)),
            web.get("/till/telegram", self._asked(self.telegram)),
            web.post("/till/payments", self._done(deeds.sell)),
            web.post("/till/press", self._done(deeds.press)),
            web.post("/till/answer", self._done(deeds.answer)),
            web.post("/till/seller", self._done(deeds.seller)),
            web.post("/till/leave", self.leave),
        ]

    async def page(self, request: web.Request) -> web.Response:
        person = await self._doors.who(request)
        if person is None:
            return self._doors.nobody(request)
        nonce = token_urlsafe(16)
        html = await self._shown.page(person, nonce)
        return web.Response(text=html, content_type="text/html", headers=till_headers(nonce, framed=self._framed))

    async def state(self, request: web.Request, person: Person) -> web.Response:
        asked = request.query
        return answer(await self._shown.state(person, asked.get("card", ""), asked.get("version", "")))

    async def reading(self, request: web.Request, person: Person) -> web.Response:
        text = request.query.get("amount", "")[: requests.LONGEST_TEXT]
        return answer(self._shown.reading(text, person.lang))

    async def telegram(self, _request: web.Request, person: Person) -> web.Response:
        address = None if person.telegram_id else await self._doors.own(person)
        return web.Response(status=303, headers={"Location": address or "/till", "Referrer-Policy": "no-referrer"})

    async def leave(self, request: web.Request) -> web.Response:
        if refused := await self._refused(request):
            return refused
        return await self._doors.leave(request, answer({}))

    # Who asks

    def _asked(self, look: Look) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            person = await self._doors.who(request)
            return answer({"login": True}, status=401) if person is None else await look(request, person)

        return handle

    def _done(self, do: Deed) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            if refused := await self._refused(request):
                return refused
            person = await self._doors.who(request)
            if person is None:
                return answer({"login": True}, status=401)
            try:
                return await do(person, await requests.fields(request))
            except requests.Unreadable:
                return web.Response(status=400)

        return handle

    async def _refused(self, request: web.Request) -> web.Response | None:
        """A POST that no page of ours sends."""
        ours = self._doors.is_from_here(request) and request.headers.get(requests.OURS) == "1"
        return None if ours else web.Response(status=403)
