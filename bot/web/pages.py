"""The shopper's page `/p/<code>`, the assistant's big QR `/p/<code>/show`: rendered whole, complete without scripts.

A person's GET of the page counts as "opened", a press on the button (`/pay`) as "on the way to the bank". An open page
asks `/state` and gets its new body when its version differs (static/page.js). Whatever the address, a code that is
unknown, closed or malformed gets the same 404 without a hint. Nothing is decided here: a payment's state is the desk's.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Final
from zlib import crc32
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.typedefs import Handler
from markupsafe import Markup

from bot.clock import MOSCOW, Now, utc_now
from bot.ports import PageView, ShopperDesk
from bot.qr import QrPictures
from bot.text import LANGUAGES, say
from bot.web.assets import Assets
from bot.web.layout import environment, sayer
from bot.web.reader import LANGUAGE_COOKIE, is_person, language
from bot.web.security import page_headers
from bot.web.ticket import Ticket, ticket

CODE: Final = re.compile(r"[1-9A-HJ-NP-Za-km-z]{8,11}")  # base58
SHOW_TITLES: Final = {"done": "show.done", "closed": "show.closed.heading"}
DAY: Final = 24 * 3600  # s
YEAR: Final = 365 * DAY  # of the language cookie
CAME_BY: Final = "came_by"  # the cookie with the code by which a shopper went to the bank
SOON_AGAIN: Final = 3  # s between two looks at a page without a script while the bank makes the link
SHOW_AGAIN: Final = 5  # s, the same for the big QR
GREEN_FOR: Final = 20  # s; then the next shopper must not see the last sale (page.js has the same)
WAYS_BACK: Final = {"till": "/till"}  # by ?from of the big QR; nothing else is followed
BUSY_FOR: Final = 5  # s after which a refused address has tokens again


@dataclass(frozen=True, slots=True)
class Sheet:
    """A rendered body, and what changes around it. `version` names the content; `look` is the class of <body>."""

    ticket: Ticket
    title: str
    body: str
    look: str
    final: bool
    refresh: str | None = None

    @property
    def version(self) -> str:
        return f"{crc32(self.body.encode()):08x}"


class Pages:
    """The handlers. `public_url` is what a QR leads to; `framed`: the demo's desk shows the pages in a frame."""

    def __init__(
        self,
        desk: ShopperDesk,
        qr: QrPictures,
        assets: Assets,
        *,
        public_url: str,
        tz: ZoneInfo = MOSCOW,
        now: Now = utc_now,
        framed: bool = False,
    ) -> None:
        self._desk = desk
        self._qr = qr
        self._public_url = public_url
        self._tz = tz
        self._now = now
        self._framed = framed
        self._templates = environment()
        self._script = assets.address("page.js")
        self._shopper_style = assets.style("base.css") + assets.dark("dark.css") + assets.style("shopper.css")
        self._show_style = assets.style("base.css", "show.css")

    def routes(self) -> list[web.RouteDef]:
        """Everything under /p/."""
        return [
            web.get("/p/{code}", self._known(self.page)),
            web.get("/p/{code}/pay", self._known(self.pay)),
            web.get("/p/{code}/return", self.back),
            web.get("/p/{code}/state", self.state),
            web.get("/p/{code}/show", self._known(self.show)),
            web.get("/p/{code}/qr.png", self._known(self.qr_png)),
            web.get("/p/{code}/qr.svg", self._known(self.qr_svg)),
            web.get("/p/{rest:.*}", self.gone),
        ]

    async def page(self, request: web.Request, view: PageView) -> web.Response:
        """The shopper's page."""
        if is_person(request):
            await self._desk.opened(view.code)
        return self._shopper_page(request, view)

    async def pay(self, request: web.Request, view: PageView) -> web.Response:
        """To the bank; where there is nothing to pay, the page itself, and never a redirect."""
        if is_person(request):
            link = await self._desk.pay(view.code, in_app=request.query.get("app") == "1")
            if link is not None:
                headers = {"Location": link, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
                away = web.Response(status=302, headers=headers)
                is_https = self._public_url.startswith("https:")
                away.set_cookie(
                    CAME_BY, view.code, max_age=DAY, path="/p", httponly=True, samesite="Lax", secure=is_https
                )
                return away
        now = await self._desk.view(view.code)  # it has changed since the button was drawn
        return self._shopper_page(request, now, status=409)

    async def back(self, request: web.Request) -> web.Response:
        """From the bank, whatever it says there: to the page, which knows better, without the bank's parameters.

        The bank has learnt one code, and leads back to it for ever. After «Не тот номер» the shopper came by another
        one: `pay` has noted which. Whoever came by the old one finds nothing.
        """
        codes = request.match_info["code"], request.cookies.get(CAME_BY, "")
        code, came_by = (found if CODE.fullmatch(found) else None for found in codes)
        leads_to = await self._desk.returned(code, came_by) if code else None
        if leads_to is None:
            return self._shopper_page(request, None)
        return web.Response(status=303, headers={"Location": f"/p/{leads_to}", "Cache-Control": "no-store"})

    async def gone(self, request: web.Request) -> web.Response:
        return self._shopper_page(request, None)

    async def state(self, request: web.Request) -> web.Response:
        """What an open page asks for; `?view=show`: of the big QR. With the newest `?version` there is no `html`."""
        view = await self._view(request)
        sheet = self._show_sheet(request, view) if request.query.get("view") == "show" else self._sheet(request, view)
        answer = {"state": sheet.ticket.state, "final": sheet.final, "version": sheet.version}
        if request.query.get("version") != sheet.version:
            answer |= {"title": sheet.title, "look": sheet.look, "html": sheet.body}
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return web.json_response(answer, status=404 if view is None else 200, headers=headers, dumps=_json)

    async def show(self, request: web.Request, view: PageView) -> web.Response:
        """The assistant's view: never counts as opened."""
        return self._answer(request, self._show_sheet(request, view), self._show_style, view="show")

    async def qr_svg(self, request: web.Request, view: PageView) -> web.Response:
        return _picture(await self._qr.svg(self._link(view)), "image/svg+xml")

    async def qr_png(self, request: web.Request, view: PageView) -> web.Response:
        """The picture of the card in the staff chat."""
        drawn = await self._qr.picture(
            self._link(view),
            amount=view.amount,
            shop=view.shop,
            lang=language(request),
            test=view.stripe is not None,
        )
        return _picture(drawn, "image/png")

    async def busy(self, request: web.Request) -> web.Response:
        """The answer to an address that asks too often (see `security.rate_limit`)."""
        lang = language(request)
        text = say("P-BUSY.text", lang)
        return web.Response(status=429, text=text, headers={"Retry-After": str(BUSY_FOR), "Cache-Control": "no-store"})

    def _known(self, handler: Callable[[web.Request, PageView], Awaitable[web.Response]]) -> Handler:
        """Looks the code up, and answers itself where there is none."""

        async def handle(request: web.Request) -> web.Response:
            view = await self._view(request)
            return self._shopper_page(request, None) if view is None else await handler(request, view)

        return handle

    async def _view(self, request: web.Request) -> PageView | None:
        code = request.match_info["code"]
        return await self._desk.view(code) if CODE.fullmatch(code) else None

    def _link(self, view: PageView) -> str:
        return f"{self._public_url}/p/{view.code}"

    def _shopper_page(self, request: web.Request, view: PageView | None, status: int | None = None) -> web.Response:
        default = 404 if view is None else 200
        return self._answer(request, self._sheet(request, view), self._shopper_style, status=status or default)

    def _sheet(self, request: web.Request, view: PageView | None) -> Sheet:
        lang = language(request)
        shown = ticket(view, lang, self._tz, self._now())
        return Sheet(
            ticket=shown,
            title=shown.title,
            body=self._body("shopper.html", shown, lang),
            look="two" if shown.payable else "one",
            final=shown.final,
            refresh=str(SOON_AGAIN) if shown.state == "soon" else None,
        )

    def _show_sheet(self, request: web.Request, view: PageView | None) -> Sheet:
        """Green when the money is there; with ?done=1 the last, neutral screen, which needs no script either."""
        lang = language(request)
        shown = ticket(view, lang, self._tz, self._now())
        look = _show_look(shown, done="done" in request.query)
        last = f"{self._here(view)}/show?done=1&lang={lang}{_from(request)}"
        way_back = WAYS_BACK.get(request.query.get("from", ""))
        final = shown.final or look == "done"
        refresh = None if final else str(SHOW_AGAIN)
        if look == "paid":
            refresh = f"{GREEN_FOR};url={last}"
        return Sheet(
            ticket=shown,
            title=say(SHOW_TITLES[look], lang) if look in SHOW_TITLES else shown.title,
            body=self._body("show.html", shown, lang, look=look, last=last, way_back=way_back),
            look=f"{look} striped" if shown.stripe and look != "done" else look,
            final=final,
            refresh=refresh,
        )

    def _body(self, template: str, shown: Ticket, lang: str, **more: object) -> Markup:
        link = self._link(shown.view) if shown.view else ""
        return Markup(  # noqa: S704 -- the template has escaped the values
            self._templates.get_template(template).render(
                ticket=shown, lang=lang, say=sayer(lang), here=self._here(shown.view), link=link, **more
            )
        )

    @staticmethod
    def _here(view: PageView | None) -> str:
        """The page's own path; empty where the address itself is wrong."""
        return f"/p/{view.code}" if view else ""

    def _answer(
        self, request: web.Request, sheet: Sheet, style: Markup, *, status: int = 200, view: str = "page"
    ) -> web.Response:
        lang = language(request)
        nonce = token_urlsafe(16)
        html = self._templates.get_template("frame.html").render(
            sheet=sheet,
            lang=lang,
            say=sayer(lang),
            nonce=nonce,
            style=style,
            script=self._script,
            ask=f"{self._here(sheet.ticket.view)}/state?view={view}&lang={lang}{_from(request)}",
        )
        headers = page_headers(nonce, framed=self._framed)
        answer = web.Response(text=html, content_type="text/html", status=status, headers=headers)
        if request.query.get("lang") in LANGUAGES:
            answer.set_cookie(LANGUAGE_COOKIE, lang, max_age=YEAR, httponly=True, samesite="Lax")
        return answer


def _show_look(shown: Ticket, *, done: bool) -> str:
    if done:
        return "done"
    if shown.view is None:
        return "closed"
    return "paid" if shown.secured else "live"


def _from(request: web.Request) -> str:
    """Where the big QR was opened from, for its next addresses."""
    came = request.query.get("from")
    return f"&from={came}" if came in WAYS_BACK else ""


def _json(value: object) -> str:
    """In UTF-8: Cyrillic as \\u-escapes is three times as long."""
    return json.dumps(value, ensure_ascii=False)


def _picture(body: bytes, content_type: str) -> web.Response:
    """A QR depends on nothing but the link, so that the shopper's browser may keep it for a while."""
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=body, content_type=content_type, headers=headers)
