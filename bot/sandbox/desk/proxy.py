"""The product's pages under the desk's own origin: the phone's frame and its cookies are then the desk's neighbours.

Everything that is not the desk's goes to the running product and comes back as it is, redirects too. Each exchange
goes on the wire as the shopper's, but for static files and for a page's question whether anything is new, where nothing
is.
"""

import re
import time
from collections.abc import Callable

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailers", "transfer-encoding",
    "upgrade", "content-length",
}  # fmt: skip
QUIET = re.compile(r"^/(static/|favicon|health/|metrics|till/reading)")
POLL = re.compile(r"^/(p/[^/]+|till)/state$")
SHOPPERS_PAGE = re.compile(r"^/p/[^/]+$")
INVITATION = re.compile(r"^(/i/).+")
TIMEOUT = aiohttp.ClientTimeout(total=60)
STARTING = """<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>…</title>
<p lang="ru">Прилавок запускается…</p><p lang="en">Prilavok is starting…</p>"""

Record = Callable[..., object]


class Proxy:
    """`service`: the product's base address. `record`: `Wire.record`. `opened`: told of a shopper's page shown."""

    def __init__(self, service: str, record: Record, opened: Callable[[], None]) -> None:
        self._service = service.rstrip("/")
        self._record = record
        self._opened = opened
        self._client: aiohttp.ClientSession | None = None
        self._last_polls: dict[str, bytes] = {}

    async def start(self) -> None:
        self._client = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, timeout=TIMEOUT
        )

    async def stop(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def handle(self, request: web.Request) -> web.Response:
        started = time.perf_counter()
        body = await request.read()
        answer = await self._pass_on(request, body)
        if self._worth_recording(request.path, answer):
            asked = body.decode("utf-8", "replace") if body else ""
            path = INVITATION.sub(r"\1•••", request.path)
            ms = (time.perf_counter() - started) * 1000
            self._record(
                "page", "shopper", "prilavok", request.method, path, answer.status, ms, asked, said_shortly(answer)
            )
        if answer.status == 200 and SHOPPERS_PAGE.match(request.path):
            self._opened()
        return answer

    async def _pass_on(self, request: web.Request, body: bytes) -> web.Response:
        if self._client is None:
            return starting()
        url = URL(self._service + request.raw_path, encoded=True)
        try:
            async with self._client.request(
                request.method, url, headers=forwarded(request), data=body or None, allow_redirects=False
            ) as came:
                return web.Response(status=came.status, headers=kept(came.headers), body=await came.read())
        except (aiohttp.ClientError, TimeoutError):
            return starting()

    def _worth_recording(self, path: str, answer: web.Response) -> bool:
        if not POLL.match(path):
            return not QUIET.match(path)
        said = answer.body if isinstance(answer.body, bytes) else b""
        same = answer.status == 304 or self._last_polls.get(path) == said
        self._last_polls[path] = said
        return not same


def starting() -> web.Response:
    return web.Response(status=502, text=STARTING, content_type="text/html")


def forwarded(request: web.Request) -> CIMultiDict[str]:
    """Host stays the desk's: it is the product's PUBLIC_URL."""
    headers = kept(request.headers)
    headers["X-Forwarded-For"] = request.remote or "127.0.0.1"
    headers["X-Forwarded-Proto"] = request.scheme
    return headers


def kept(headers: "aiohttp.typedefs.LooseHeaders") -> CIMultiDict[str]:
    """All but those of one connection."""
    return CIMultiDict((name, value) for name, value in CIMultiDict(headers).items() if name.lower() not in HOP_BY_HOP)


def said_shortly(answer: web.Response) -> str:
    """JSON whole, pages by their size, redirects by their goal."""
    if "Location" in answer.headers:
        return f"Location: {answer.headers['Location']}"
    body = answer.body if isinstance(answer.body, bytes) else b""
    if answer.content_type == "application/json" and "Content-Encoding" not in answer.headers:
        return body.decode("utf-8", "replace")
    return f"{answer.content_type}, {len(body):,} B".replace(",", " ") if body else ""
