"""The web till laid out: its page, the two parts of it that live (today's list, one payment's card), its doors.

Pure: facts come in, HTML goes out; whoever asks is known already. A `Face` brings its texts escaped.
"""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from bot.card import EMPTY, Face
from bot.text import say
from bot.web.assets import Assets
from bot.web.layout import environment, sayer

KEYBOARDS: Final = {"amount": "decimal", "phone": "tel", "text": "text"}  # by what a question wants typed


@dataclass(frozen=True, slots=True)
class Row:
    """A sale of today. `state`: one or two words; `tone` and `icon` repeat them; `tail`: end of the phone, or empty."""

    number: int
    sum: str
    tail: str
    what: str
    state: str
    tone: str
    icon: str
    time: str


@dataclass(frozen=True, slots=True)
class Card:
    """One payment. `state` and `sum` are the face's head in two; `typed`: what a question waits for (KEYBOARDS)."""

    number: int
    state: str
    sum: str
    tone: str
    icon: str
    face: Face
    typed: str | None = None
    show_url: str | None = None


@dataclass(frozen=True, slots=True)
class Till:
    """What stands around them. `sellers`: id and name of each on a shared phone; `telegram_link` joins an account."""

    shop: str
    seller: str
    today: str
    rows: tuple[Row, ...]
    sellers: tuple[tuple[int, str], ...] = ()
    test: bool = False
    has_sms: bool = True
    telegram_link: str | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """The page of an invitation, or of the till for nobody. `address` None: nothing to be entered here."""

    heading: str
    text: str
    address: str | None = None
    asks_name: bool = False
    name: str = ""
    telegram_link: str | None = None
    fault: str = ""


class TillSheets:
    """Renders. Every page needs `page_headers` with its nonce; the door's form posts to this origin."""

    def __init__(self, assets: Assets) -> None:
        self._templates = environment()
        self._style = assets.style("base.css") + assets.dark("dark.css") + assets.style("till.css")
        self._script = assets.address("till.js")

    def page(self, till: Till, lang: str, nonce: str) -> str:
        """The whole page, with the list as it is now."""
        return self._whole("till.html", say("till.title", lang), lang, nonce, till=till, rows=till.rows)

    def door(self, door: Door, lang: str, nonce: str) -> str:
        """Whoever is not logged in. As a Mini App its script asks again with Telegram's word."""
        return self._whole("till_door.html", door.heading, lang, nonce, door=door)

    def list(self, rows: tuple[Row, ...], lang: str) -> Markup:
        """Today's sales, the newest first."""
        return self._render("till_list.html", lang, rows=rows)

    def card(self, card: Card, lang: str) -> Markup:
        """One payment with the buttons that it has in the chat."""
        keyboard = KEYBOARDS[card.typed] if card.typed else None
        return self._render("till_card.html", lang, card=card, face=card.face, keyboard=keyboard, empty=EMPTY)

    def _whole(self, template: str, title: str, lang: str, nonce: str, **facts: object) -> str:
        around = {"title": title, "nonce": nonce, "style": self._style, "script": self._script, "refresh": None}
        return self._render(template, lang, **around, **facts)

    def _render(self, template: str, lang: str, **facts: object) -> Markup:
        html = self._templates.get_template(template).render(lang=lang, say=sayer(lang), **facts)
        return Markup(html)  # noqa: S704 -- the template has escaped the values
