"""What the till's page sends: JSON that another site cannot send for it, read field by field."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.payments.counter import Form

LONGEST_TEXT = 1000  # characters; the use cases refuse long before
OURS = "X-Till"  # a header that no form of another site can send


class Unreadable(Exception):
    """The page never sends such a thing."""


async def fields(request: web.Request) -> Mapping[str, Any]:
    """The object in the body. Raises Unreadable."""
    if request.content_type != "application/json" or request.headers.get(OURS) != "1":
        raise Unreadable
    try:
        found = json.loads(await request.read())
    except ValueError as error:
        raise Unreadable from error
    if not isinstance(found, dict):
        raise Unreadable
    return found


def text(found: Mapping[str, Any], name: str) -> str:
    """Empty where it is missing. Raises Unreadable."""
    value = found.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise Unreadable
    return value


def index(found: Mapping[str, Any], name: str) -> int | None:
    """A number from 0, or none. Raises Unreadable."""
    value = found.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
        raise Unreadable
    return value


def form(found: Mapping[str, Any]) -> Form:
    """Raises Unreadable."""
    try:
        made = uuid.UUID(text(found, "id"))
    except ValueError as error:
        raise Unreadable from error
    return Form(
        id=made,
        amount=text(found, "amount"),
        phone=text(found, "phone"),
        what=text(found, "what"),
        hold=found.get("hold") is True,
        reading=index(found, "reading"),
        accepted=found.get("accepted") is True,
    )
