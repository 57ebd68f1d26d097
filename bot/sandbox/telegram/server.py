"""The simulated Telegram: the Bot API over HTTP, and the people on the other side of it."""

from collections.abc import AsyncIterator
from inspect import isawaitable
from typing import Any

from aiohttp import web

from bot.sandbox.clock import SandboxClock
from bot.sandbox.control import Handler, Simulator
from bot.sandbox.wire import Wire

from .call import ApiError, body_shown, read_call
from .limits import too_many
from .methods import METHODS, SPELLING
from .people import People
from .steering import Steering
from .webhook import Webhook
from .world import World

SANDBOX_TOKEN = "42:SANDBOX"  # noqa: S105 - opens nothing but the sandbox
RETRY_AFTER = 3  # s, of an armed 429


class TelegramSimulator(Simulator, People):
    """`app` serves `/bot{token}/{method}`, `/file/bot{token}/{path}` and `/_sandbox/*`; its methods act as people."""

    lane = "telegram"

    def __init__(
        self, clock: SandboxClock | None = None, wire: Wire | None = None, *, token: str = SANDBOX_TOKEN
    ) -> None:
        super().__init__(clock, wire)
        self.token = token
        self.world = World(self.clock, bot_id=int(token.partition(":")[0]))
        self._webhook = Webhook(self.world, self.wire)
        self.app = self.make_app()

    def follow(self) -> AsyncIterator[dict[str, Any]]:
        """What people see happen: {"type": "message" | "edit" | "delete" | "ring", "chat_id", "message"} and
        {"type": "toast", "chat_id", "user_id", "press", "text", "alert"}.

        A ring is a new message of the bot that is not silent; it comes after its "message".
        """
        return self.world.follow()

    @property
    def away(self) -> bool:
        """While True, every call is dropped and no update is delivered; people still write."""
        return self.world.away

    @away.setter
    def away(self, on: bool) -> None:
        self.world.set_away(on)

    # The server

    def make_app(self) -> web.Application:
        app = super().make_app()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        Steering(self.world, self).add_routes(app)
        app.on_startup.append(self._open)
        app.on_shutdown.append(self._close)
        return app

    def method_of(self, request: web.Request) -> str | None:
        """The Bot API's name of the method; `file` for a download."""
        if request.path.startswith("/file/"):
            return "file"
        asked = request.match_info.get("method")
        return None if asked is None else SPELLING.get(asked.lower(), asked)

    def too_many(self) -> web.Response:
        return refusal(too_many(RETRY_AFTER))

    def reset(self) -> None:
        super().reset()
        self.world.reset()

    async def body_of(self, request: web.Request) -> str:
        return await body_shown(request)

    def worth_recording(self, method: str, answer: web.StreamResponse | None) -> bool:
        """A poll that brought nothing is not."""
        return not (method == "getUpdates" and isinstance(answer, web.Response) and answer.text == EMPTY)

    async def _answer(self, method: str, request: web.Request, handler: Handler) -> web.StreamResponse | None:
        answer = None if self.away else await super()._answer(method, request, handler)
        if self.away and request.transport is not None:
            request.transport.abort()
        return None if self.away else answer

    async def _call(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            return refusal(ApiError(401, "Unauthorized"))
        method = METHODS.get(self.method_of(request) or "")
        if method is None:
            return refusal(ApiError(404, "Not Found"))
        try:
            result = method(self.world, await read_call(request))
            if isawaitable(result):
                result = await result
        except ApiError as error:
            return refusal(error)
        return web.json_response({"ok": True, "result": result})

    async def _download(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            return refusal(ApiError(401, "Unauthorized"))
        try:
            stored = self.world.files.at(request.match_info["path"])
        except LookupError:
            return refusal(ApiError(404, "Not Found"))
        return web.Response(body=stored.content, content_type="application/octet-stream")

    async def _open(self, app: web.Application) -> None:
        self.world.updates.closing = False
        self._webhook.start()

    async def _close(self, app: web.Application) -> None:
        """Lets long polls go, so that the server need not wait for them."""
        self.world.updates.closing = True
        self.world.bell.ring()
        await self._webhook.stop()


EMPTY = web.json_response({"ok": True, "result": []}).text


def refusal(error: ApiError) -> web.Response:
    return web.json_response(error.as_json(), status=error.code)
