"""`/bank/callback`: the bank's notifications, GET and POST. Checked in this order:

    413  above 64 KiB
    400  cannot be read as a form in UTF-8, or a name comes twice
    403  a key is set and the checksum is missing or wrong
    200  recorded durably, with an empty body, also for an order that is not ours
    503  could not be recorded: the bank repeats

Nothing is decided here: what was recorded leads to a status read.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

import structlog
from aiohttp import web

from bot.errors import CallbackRejected
from bot.ports import Callback, CallbackReader
from storage.errors import StorageError

log = structlog.get_logger(__name__)

LIMIT = 64 * 1024  # bytes
MOST_FIELDS = 200  # a callback has about forty at most

Record = Callable[[Callback], Awaitable[bool]]
"""Keeps a callback durably and says whether its order is ours. Raises StorageError."""


class CallbackDoor:
    """`reader` is the bank's own; `record` keeps what was read."""

    def __init__(self, reader: CallbackReader, record: Record) -> None:
        self._reader = reader
        self._record = record

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/bank/callback", self.receive, allow_head=False),
            web.post("/bank/callback", self.receive),
        ]

    async def receive(self, request: web.Request) -> web.Response:
        raw = await raw_form(request, LIMIT)
        if raw is None:
            return web.Response(status=413)
        try:
            callback = self._reader.read_callback(fields(raw))
        except CallbackRejected as rejected:
            log.warning("callback rejected", status=rejected.status, why=str(rejected))
            return web.Response(status=rejected.status)
        try:
            is_ours = await self._record(callback)
        except StorageError as error:
            log.error("callback not recorded, the bank will repeat it", why=str(error))  # noqa: TRY400 - no bug of ours
            return web.Response(status=503)
        log.info("callback", operation=callback.operation, succeeded=callback.succeeded, is_ours=is_ours)
        return web.Response()


async def raw_form(request: web.Request, limit: int) -> bytes | None:
    """The query of a GET or the body of a POST, as it came; None above the limit, read no further than that."""
    if request.method == "GET":
        raw = request.rel_url.raw_query_string.encode()
        return raw if len(raw) <= limit else None
    if (request.content_length or 0) > limit:
        return None
    body = bytearray()
    async for chunk in request.content.iter_chunked(limit):
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def fields(raw: bytes) -> list[tuple[str, str]]:
    """Names and values in order, empty values and repeated names kept. Raises CallbackRejected(400)."""
    try:
        return parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:  # UnicodeDecodeError is one
        raise CallbackRejected(400, "not a form in UTF-8") from error
