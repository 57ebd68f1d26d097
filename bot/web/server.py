"""The table of routes, and what holds for all of them. What one edge serves for another comes in as functions."""

import hmac
import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from storage.errors import StorageError

from .assets import Assets
from .callbacks import CallbackDoor
from .deliveries import DeliveryDoor
from .health import Health
from .invitation import OpenBot, straight_to
from .metrics import Metrics
from .pages import Pages
from .security import TokenBuckets, rate_limit
from .till import Till

log = structlog.get_logger(__name__)

LONGEST_LINE = 1024 * 1024  # bytes of a request line: a callback by GET may have 64 KiB, and more is told 413
UPDATE_LIMIT = 1024 * 1024  # bytes of one Telegram update
PUBLIC_PATHS = ("/p/", "/i/", "/till")

ReceiveUpdate = Callable[[bytes], Awaitable[None]]


def make_app(
    *,
    pages: Pages | None,
    till: Till | None,
    assets: Assets,
    callbacks: CallbackDoor,
    deliveries: DeliveryDoor,
    health: Health,
    metrics: Metrics,
    open_bot: OpenBot,
    receive_update: ReceiveUpdate | None,
    webhook_secret: str | None,
) -> web.Application:
    """`pages` and `till` None: level 0, no page is served. `receive_update` None: updates are polled."""
    middlewares: list[Middleware] = [_measured(metrics), _boundary]
    if pages:
        middlewares.append(rate_limit(TokenBuckets(), PUBLIC_PATHS, pages.busy))
    app = web.Application(middlewares=middlewares, client_max_size=UPDATE_LIMIT)
    app.add_routes([*callbacks.routes(), *deliveries.routes(), *health.routes(), *metrics.routes(), *assets.routes()])
    if pages:
        app.add_routes(pages.routes())
    if till:
        app.add_routes(till.routes())
    else:
        app.router.add_get("/i/{token}", straight_to(open_bot))
    if receive_update and webhook_secret:
        app.router.add_post("/telegram/webhook", _webhook(receive_update, webhook_secret))
    return app


def _measured(metrics: Metrics) -> Middleware:
    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        answer = await handler(request)
        if request.match_info.http_exception is None:  # a path of ours
            metrics.answered(_room(request), answer.status, time.perf_counter() - started)
        return answer

    return measure


@web.middleware
async def _boundary(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What no handler expected is logged here, and the other side is told to come again."""
    try:
        return await handler(request)
    except StorageError as error:
        log.error("the database did not answer", path=_room(request), why=str(error))  # noqa: TRY400 - no bug of ours
        return web.Response(status=503)
    except web.RequestPayloadError:  # a bad chunk, a bad gzip
        return web.Response(status=400)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("a request failed", path=_room(request))
        return web.Response(status=500)


def _room(request: web.Request) -> str:
    """The path without what follows its first part: codes and secrets stay out of the log."""
    return "/" + request.path.lstrip("/").split("/", 1)[0]


def _webhook(receive: ReceiveUpdate, secret: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(secret.encode(), given.encode(errors="surrogateescape")):
            return web.Response(status=401)
        try:
            await receive(await request.read())
        except ValueError:
            return web.Response(status=400)
        return web.Response()

    return handle
