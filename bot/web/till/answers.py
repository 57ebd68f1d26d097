"""What the till's page is answered: JSON, and sentences of the chat without their markup."""

import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any, Final

from aiohttp import web

TAG: Final = re.compile(r"<[^>]+>")


def answer(found: Mapping[str, Any], status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.json_response(found, status=status, headers=headers, dumps=as_json)


def wrong(html: str, **where: str) -> web.Response:
    """`where`: the field that is wrong."""
    return answer({"error": plain(html)} | where, status=422)


def plain(html: str) -> str:
    """A sentence of the chat as a page's script shows it."""
    return unescape(TAG.sub("", html))


def as_json(found: object) -> str:
    """In UTF-8: Cyrillic as \\u-escapes is three times as long."""
    return json.dumps(found, ensure_ascii=False)
