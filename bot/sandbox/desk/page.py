"""`/` and its static files: one HTML page in two languages, without inline script or style."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import jinja2
from aiohttp import web
from yarl import URL

from bot.sandbox.bank import BankSimulator
from bot.sandbox.telegram import TelegramSimulator

from .cast import speak
from .words import WORDS

HERE = Path(__file__).parent
STATIC = HERE / "static"
README = HERE.parents[2] / "README.md"
LANGUAGE_COOKIE, THEME_COOKIE = "desk_lang", "desk_theme"
# When dark.css applies: the theme button writes its choice into the cookie.
DARK = {"dark": "all", "light": "not all"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
ANSWERS = ("refund", "cancel", "complete")  # said to the newest card, in the visitor's language
CHIPS = ("12500", "12,5к 89161234567 сумка", "/hold 12500", "12.500", "500 700")
FEW = {"12,5к 89161234567 сумка", "/hold 12500"}  # of CHIPS: those that a phone has room for
JUMPS = ("minutes", "hour", "midnight", "morrow", "seventh", "week")
FIRST_MESSAGE = "12500 9161234567 Куртка зимняя"


class Page:
    """`scenes`: names of the switches, in order. `language`: of the last visitor; `on_language` hears it change."""

    def __init__(
        self, bank: BankSimulator, telegram: TelegramSimulator, scenes: list[str],
        on_language: Callable[[str], Awaitable[None]], open_till: Callable[[], Awaitable[str]],
    ) -> None:  # fmt: skip
        self.language = "ru"
        self._bank = bank
        self._telegram = telegram
        self._on_language = on_language
        self._open_till = open_till
        self._scenes = scenes
        source = (HERE / "page.html").read_text("utf-8")
        environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._template = environment.from_string(source)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/", self._show)
        router.add_get("/desk/readme", self._readme)
        router.add_get("/desk/till", self._till)
        router.add_static("/desk/static", STATIC)

    async def _show(self, request: web.Request) -> web.Response:
        """`?lang` is kept in a cookie, and the people of the sandbox speak it from then on.

        Links carry the public address: under the machine's other name the phone's frame would be of another origin.
        """
        public = URL(self._bank.public_url or "")
        if request.url.host == "localhost" and public.host == "127.0.0.1":
            raise web.HTTPFound(public.join(request.rel_url))
        asked = request.query.get("lang", "")
        language = asked if asked in WORDS else request.cookies.get(LANGUAGE_COOKIE, "ru")
        language = language if language in WORDS else "ru"
        changed, self.language, words = language != self.language, language, WORDS[language]
        speak(self._telegram, language)
        if changed:
            await self._on_language(language)
        text = self._template.render(
            language=language, other="en" if language == "ru" else "ru", words=words,
            words_json=json.dumps(words, ensure_ascii=False).replace("<", "\\u003c"),
            scenes=self._scenes, jumps=JUMPS, answers=ANSWERS, chips=CHIPS, few=FEW, first_message=FIRST_MESSAGE,
            dark=DARK.get(request.cookies.get(THEME_COOKIE, ""), "(prefers-color-scheme: dark)"),
        )  # fmt: skip
        answer = web.Response(text=text, content_type="text/html", headers=HEADERS)
        if asked in WORDS:
            answer.set_cookie(LANGUAGE_COOKIE, language, samesite="Lax", max_age=31536000)
        return answer

    async def _till(self, request: web.Request) -> web.Response:
        """The seller's web till, in a window of its own."""
        raise web.HTTPFound(await self._open_till())

    async def _readme(self, request: web.Request) -> web.Response:
        """Where the coach leads when its work is done."""
        if not README.is_file():
            raise web.HTTPNotFound
        return web.Response(text=README.read_text("utf-8"), content_type="text/plain", charset="utf-8")
