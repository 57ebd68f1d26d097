"""Who reads a page: in which language, and whether it is a person at all."""

import re
from typing import Final

from aiohttp import web

from bot.text import LANGUAGES

LANGUAGE_COOKIE: Final = "lang"
RUSSIAN: Final = LANGUAGES[0]

# Robots and the link previews of chats by the names they give. The stall's cheap phone "CUBOT" is none.
_ROBOT = re.compile(r"(?<!cu)bot\b|crawler|spider|facebookexternalhit|whatsapp|vkshare|preview|snippet", re.IGNORECASE)
_EARLY = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
_EARLY_HEADERS: Final = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def language(request: web.Request) -> str:
    """`?lang`, then its cookie, then Accept-Language, else Russian."""
    for wish in (request.query.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return wish
    return _accepted(request.headers.get("Accept-Language", ""))


def is_person(request: web.Request) -> bool:
    """False for HEAD, robots, previews, and pages that a browser loads before anybody asked for them."""
    return (
        request.method == "GET"
        and not _ROBOT.search(request.headers.get("User-Agent", ""))
        and not any(_EARLY.search(request.headers.get(name, "")) for name in _EARLY_HEADERS)
    )


def _accepted(header: str) -> str:
    """The first of our languages in the order of the header's weights."""
    wishes: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        language_of_tag = tag.partition("-")[0].lower()
        if language_of_tag in LANGUAGES:
            wishes.append((_weight(weight), language_of_tag))
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else RUSSIAN  # of equal weights the first


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
