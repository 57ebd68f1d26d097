"""Who is at the web till, and how he comes in.

    cookie `till`                      of a browser that was let in by `POST /i/<token>`
    `Authorization: tma <initData>`    of the Mini App: cookies are unreliable inside Telegram
    `GET /i/<token>`                   shows two doors, this one and the bot's; looking uses nothing up

Another site can press nothing here: the cookie is SameSite=Lax, a POST must say that it comes from this origin, and
those of the page itself carry JSON and a header that a form cannot send.
"""

from collections.abc import Awaitable, Callable
from secrets import token_urlsafe
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.clock import Now
from bot.staff import Joined, Logins, Offer, Offered, Refusal, Role, Staff
from bot.text import say, until
from bot.web.invitation import TOKEN, OpenBot, straight_to
from bot.web.reader import language
from bot.web.security import PageHeaders, door_headers, till_headers
from storage.rows import Person

from .sheets import Door, TillSheets

COOKIE: Final = "till"
COOKIE_LIFE: Final = 400 * 24 * 3600  # s
MINI_APP_HEADER: Final = "Authorization"
MINI_APP: Final = "tma "
NAME_LENGTH: Final = 64

Verify = Callable[[str], int | None]
"""The Telegram id that a Mini App's data prove."""
Tell = Callable[[Joined], Awaitable[None]]
"""Tells who made the invitation that somebody came by it."""


class Doors:
    """Lets people in, and knows them. `framed`: the demo's desk may show the pages in a frame."""

    def __init__(
        self, logins: Logins, staff: Staff, sheets: TillSheets, *, public_url: str, open_bot: OpenBot, verify: Verify,
        tell_inviter: Tell, zone: ZoneInfo, now: Now, framed: bool,
    ) -> None:  # fmt: skip
        self._logins = logins
        self._staff = staff
        self._sheets = sheets
        self._public_url = public_url
        self._open_bot = open_bot
        self._to_bot = straight_to(open_bot)
        self._verify = verify
        self._tell_inviter = tell_inviter
        self._zone = zone
        self._now = now
        self._framed = framed

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/i/{token}", self.link), web.post("/i/{token}", self.enter)]

    async def who(self, request: web.Request) -> Person | None:
        """Looked up each time: an access that is over is over at once."""
        told = request.headers.get(MINI_APP_HEADER, "")
        if told.startswith(MINI_APP):
            telegram_id = self._verify(told.removeprefix(MINI_APP))
            person = await self._staff.by_telegram_id(telegram_id) if telegram_id else None
            return person if person and self._staff.is_active(person) else None
        cookie = request.cookies.get(COOKIE)
        return await self._logins.who(cookie) if cookie else None

    def is_from_here(self, request: web.Request) -> bool:
        """Whether a POST comes from a page of ours: by what the browser says, which a page cannot forge."""
        if site := request.headers.get("Sec-Fetch-Site"):
            return site == "same-origin"
        origin = request.headers.get("Origin")
        return origin in {None, self._public_url} or urlsplit(origin or "").netloc == request.host

    async def link(self, request: web.Request) -> web.StreamResponse:
        """An invitation, an owner link, or somebody's own door. What asks for no page is led straight to the bot."""
        if "text/html" not in request.headers.get("Accept", ""):
            return await self._to_bot(request)
        offered, known = await self._offered(request), await self.who(request)
        if offered is None and known:
            return web.Response(status=303, headers={"Location": "/till"})  # his own, used before
        if offered is None:
            return self._told(request, "T-INVITE-USED", 404)
        return self._page(request, await self._door(request, offered, known))

    async def enter(self, request: web.Request) -> web.Response:
        """«Войти в кассу здесь»."""
        if not self.is_from_here(request):
            return web.Response(status=403)
        offered, known = await self._offered(request), await self.who(request)
        if offered is None:
            return self._told(request, "T-INVITE-USED", 404)
        name = " ".join(str((await request.post()).get("name", "")).split())[:NAME_LENGTH]
        if not name and offered.person is None and known is None:
            return self._page(request, await self._door(request, offered, known, fault="till.door.nameless"), 422)
        entered = await self._logins.enter(request.match_info["token"], name, language(request), known)
        if isinstance(entered, Refusal):
            return self._told(request, "T-INVITE-OWN" if entered is Refusal.NOT_FOR_HIM else "T-INVITE-USED", 409)
        if entered.joined:
            await self._tell_inviter(entered.joined)
        answer = web.Response(status=303, headers={"Location": "/till", "Cache-Control": "no-store"})
        answer.set_cookie(
            COOKIE, entered.cookie, max_age=COOKIE_LIFE, httponly=True, samesite="Lax", path="/",
            secure=self._public_url.startswith("https://"),
        )  # fmt: skip
        return answer

    async def leave(self, request: web.Request, answer: web.Response) -> web.Response:
        """The browser is nobody's any more."""
        if cookie := request.cookies.get(COOKIE):
            await self._logins.leave(cookie)
            answer.del_cookie(COOKIE, path="/")
        return answer

    async def own(self, person: Person) -> str | None:
        """Opens the bot, which joins the Telegram account that presses Start to somebody who has none."""
        return await self._open_bot(await self._logins.door(person))

    def nobody(self, request: web.Request) -> web.Response:
        """The till of somebody who is not logged in; in Telegram's frame too its script asks again with its word."""
        lang, status = language(request), 401 if MINI_APP_HEADER in request.headers else 200
        return self._page(request, Door(say("till.title", lang), say("till.login", lang)), status, till_headers)

    async def _offered(self, request: web.Request) -> Offered | None:
        token = request.match_info["token"]
        return await self._logins.offered(token) if TOKEN.fullmatch(token) else None

    async def _door(self, request: web.Request, offered: Offered, known: Person | None, fault: str = "") -> Door:
        """`known`: who works by this browser already; he becomes what the link offers."""
        lang, person, token = language(request), offered.person, request.match_info["token"]
        return Door(
            heading=offered.shop,
            text=say("till.door.own", lang, who=person.name) if person else self._words(offered.offer, lang),
            address=f"/i/{token}",
            asks_name=person is None and known is None,
            telegram_link=None if person and person.telegram_id else await self._open_bot(token),
            fault=say(fault, lang) if fault else "",
        )

    def _words(self, offer: Offer, lang: str) -> str:
        """To whom an SMS may be sent is said to an assistant, as in the chat."""
        ends = until(offer.until, lang, self._zone, self._now()) if offer.until else ""
        words = say("till.door", lang, role=say(f"role.{offer.kind}", lang), until=ends)
        return f"{words}\n{say('T-CONSENT', lang)}" if offer.role == Role.ASSISTANT else words

    def _told(self, request: web.Request, key: str, status: int) -> web.Response:
        """One sentence, and nothing to press."""
        lang = language(request)
        return self._page(request, Door(say("till.title", lang), say(key, lang)), status)

    def _page(
        self, request: web.Request, door: Door, status: int = 200, headers: PageHeaders = door_headers
    ) -> web.Response:
        nonce = token_urlsafe(16)
        html = self._sheets.door(door, language(request), nonce)
        sent = headers(nonce, framed=self._framed)
        return web.Response(text=html, content_type="text/html", status=status, headers=sent)
