"""A link that lets somebody in, `/i/<token>`, led straight to the bot: at level 0, and for what asks for no page."""

import re
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")  # of Telegram's deep links

OpenBot = Callable[[str], Awaitable[str | None]]
"""The address that opens the bot with a link's token; None while the bot's name is not known."""


def straight_to(open_bot: OpenBot) -> Handler:
    """Nothing is used up and nothing looked up: the bot says what the link is worth."""

    async def handle(request: web.Request) -> web.Response:
        token = request.match_info["token"]
        if not TOKEN.fullmatch(token):
            return web.Response(status=404)
        address = await open_bot(token)
        if address is None:
            return web.Response(status=503, headers={"Retry-After": "5"})
        return web.Response(status=302, headers={"Location": address, "Referrer-Policy": "no-referrer"})

    return handle
