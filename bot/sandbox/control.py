"""What every simulator has beside its own protocol: recording, faults, and `/_sandbox/*` to steer it.

A fault is armed with `POST /_sandbox/faults {"method", "kind", "count"}` and met `count` times:

    hang   does what was asked, then never answers: the client's timeout decides
    drop   closes the connection before anything was done
    502    an HTML page of a front end, nothing done
    429    too many requests, nothing done
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from .clock import SandboxClock
from .wire import Wire

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HANG_LIMIT = 600  # s; longer than any client's timeout
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
FAULT_KINDS = {"hang": "hang", "drop": "drop", "dropped": "drop", "502": "502", "429": "429"}


class Faults:
    """Armed faults, by the simulator's own method names; `*` meets any method."""

    def __init__(self) -> None:
        self._armed: dict[str, tuple[str, int]] = {}

    def arm(self, method: str, kind: str, count: int = 1) -> None:
        """`count` 0 disarms. Raises KeyError for an unknown kind."""
        self._armed[method] = (FAULT_KINDS[kind], count)

    def clear(self) -> None:
        self._armed.clear()

    def meet(self, method: str) -> str | None:
        """The fault that this call meets, counted down."""
        for name in (method, "*"):
            kind, left = self._armed.get(name, ("", 0))
            if left > 0:
                self._armed[name] = (kind, left - 1)
                return kind
        return None


def parse_duration(value: Any) -> timedelta:
    """A number of seconds, or text such as `90s`, `2h`, `7d`."""
    if isinstance(value, str) and value[-1:] in UNITS:
        return timedelta(**{UNITS[value[-1]]: float(value[:-1])})
    return timedelta(seconds=float(value))


class Simulator:
    """The common part of the three servers. A subclass sets `lane`, adds routes and overrides `too_many`."""

    lane = ""

    def __init__(self, clock: SandboxClock | None = None, wire: Wire | None = None) -> None:
        self.clock = clock or SandboxClock()
        self.wire = wire or Wire(self.clock)
        self.faults = Faults()
        self._hanging: set[asyncio.Future[None]] = set()

    def make_app(self) -> web.Application:
        """The aiohttp application: control routes, recording and faults. Subclasses add their own routes to it."""
        app = web.Application(middlewares=[self._record_and_fail], client_max_size=12 * 1024**2)
        app.router.add_post("/_sandbox/clock", spelt(self._move_clock))
        app.router.add_post("/_sandbox/faults", spelt(self._arm_fault))
        app.router.add_get("/_sandbox/log", self._show_log)
        app.router.add_post("/_sandbox/reset", self._reset)
        app.on_shutdown.append(self._shut_down)
        return app

    # What a subclass says of itself

    def method_of(self, request: web.Request) -> str | None:
        """The protocol's name of what is called (`register.do`, `sendMessage`); None: neither recorded nor failed."""
        raise NotImplementedError

    def too_many(self) -> web.Response:
        """The protocol's 429."""
        page = "<html><body>429 Too Many Requests</body></html>"
        return web.Response(status=429, text=page, content_type="text/html")

    async def body_of(self, request: web.Request) -> str:
        """What is kept of a request's body."""
        return await request.text() if request.content_type != "multipart/form-data" else "(multipart)"

    def worth_recording(self, method: str, answer: web.StreamResponse | None) -> bool:
        """False for exchanges that would only flood the log."""
        return True

    def let_go(self) -> None:
        """Closes the connections of all calls that hang, without an answer."""
        for gone in self._hanging:
            if not gone.done():
                gone.set_result(None)

    def reset(self) -> None:
        """Forgets everything. Subclasses extend it."""
        self.faults.clear()
        self.let_go()
        self.wire.clear()

    # Recording and faults

    @web.middleware
    async def _record_and_fail(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        method = self.method_of(request)
        if method is None:
            return await handler(request)
        started = time.perf_counter()
        body = await self.body_of(request)
        answer = await self._answer(method, request, handler)
        if self.worth_recording(method, answer):
            self.wire.record(
                self.lane, "prilavok", self.lane, request.method, request.path, answer.status if answer else None,
                (time.perf_counter() - started) * 1000, body, text_of(answer),
            )  # fmt: skip
        return answer if answer else await self._hang(request)

    async def _answer(self, method: str, request: web.Request, handler: Handler) -> web.StreamResponse | None:
        """None: no answer will be given."""
        match self.faults.meet(method):
            case "hang":
                await handler(request)
                return None
            case "drop":
                if request.transport is not None:
                    request.transport.abort()
                return None
            case "502":
                page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
                return web.Response(status=502, text=page, content_type="text/html")
            case "429":
                return self.too_many()
        return await handler(request)

    async def _hang(self, request: web.Request) -> web.StreamResponse:
        """Until the server stops or the limit has passed; not at all where the connection was dropped."""
        if request.transport is None or request.transport.is_closing():
            return web.Response(status=504)
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._hanging.add(gone)
        try:
            async with asyncio.timeout(HANG_LIMIT):
                await gone
        except TimeoutError:
            pass
        finally:
            self._hanging.discard(gone)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=504)

    async def _shut_down(self, app: web.Application) -> None:
        self.let_go()

    # The control routes

    async def _move_clock(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if "now" in asked:
            self.clock.set(datetime.fromisoformat(asked["now"]))
        if "advance" in asked:
            self.clock.advance(parse_duration(asked["advance"]))
        return web.json_response({"now": self.clock.now().isoformat()})

    async def _arm_fault(self, request: web.Request) -> web.Response:
        asked = await request.json()
        kind = str(asked["kind"])
        if kind not in FAULT_KINDS:
            return web.json_response({"error": f"kind is one of {sorted(FAULT_KINDS)}"}, status=400)
        self.faults.arm(asked.get("method", "*"), kind, int(asked.get("count", 1)))
        return web.json_response({"ok": True})

    async def _show_log(self, request: web.Request) -> web.Response:
        return web.json_response([exchange.as_json() for exchange in self.wire.recent(self.lane)])

    async def _reset(self, request: web.Request) -> web.Response:
        self.reset()
        return web.json_response({"ok": True})


def spelt(act: Handler) -> Handler:
    """400 {"error"} for a body that cannot be read or says what cannot be."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await act(request)
        except (KeyError, TypeError, ValueError) as wrong:
            return web.json_response({"error": f"cannot be: {wrong}"}, status=400)

    return handle


def text_of(answer: web.StreamResponse | None) -> str:
    """What can be shown of an answer: text bodies, else its type."""
    if isinstance(answer, web.Response) and answer.body is not None:
        if answer.content_type.startswith(("text/", "application/json")):
            return json_or_text(answer.text or "")
        return f"({answer.content_type})"
    return ""


def json_or_text(text: str) -> str:
    """JSON with its Cyrillic readable."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text
