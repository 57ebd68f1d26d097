"""What the desk's visitor does: writes and presses as the staff, moves the scene, points the phone's camera.

Each act is a POST of a JSON object; another site's page could not send that type here. Answers: 200 with an object,
404 for what is not there (any more), 400 for what is misspelt.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox.telegram import TelegramSimulator

from .cast import STRANGER
from .coach import Coach
from .links import Links
from .scene import NoSuchPaymentError, Scene
from .stream import Stream
from .view import View

Asked = dict[str, Any]
OnReset = Callable[[], Awaitable[None]]
FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}


class Acts:
    """`start_over` empties the sandbox."""

    def __init__(
        self, telegram: TelegramSimulator, scene: Scene, view: View, links: Links, coach: Coach, stream: Stream,
        start_over: OnReset,
    ) -> None:  # fmt: skip
        self._telegram = telegram
        self._scene = scene
        self._view = view
        self._links = links
        self._coach = coach
        self._stream = stream
        self._start_over = start_over

    def add_routes(self, router: web.UrlDispatcher) -> None:
        acts = {
            "say": self._say, "press": self._press, "scene": self._turn, "clock": self._move, "shopper": self._shop,
            "cabinet": self._keep, "camera": self._read_qr, "reset": self._reset,
        }  # fmt: skip
        for name, act in acts.items():
            router.add_post(f"/desk/{name}", posted(act))
        router.add_get("/desk/state", self._state)
        router.add_get("/desk/events", self._stream.serve)
        router.add_get("/desk/file/{file_id}", self._file)

    # Staff

    async def _say(self, asked: Asked) -> Asked:
        """{"user", "chat"?, "text", "reply_to"?, "contact"?}"""
        user = int(asked["user"])
        chat, contact = asked.get("chat"), asked.get("contact")
        if user != STRANGER.id:
            self._coach.said()
        said = self._telegram.say(user, str(asked.get("text", "")), chat, asked.get("reply_to"), contact=contact)
        return {"message": said.id}

    async def _press(self, asked: Asked) -> Asked:
        """{"user", "chat", "message", "data"}"""
        where = int(asked["user"]), int(asked["chat"]), int(asked["message"])
        return {"press": self._telegram.press(*where, str(asked["data"]))}

    # Scene

    async def _turn(self, asked: Asked) -> Asked:
        """{"name", "on"}"""
        self._scene.turn(asked["name"], bool(asked["on"]))
        on = {"type": "scene", "on": sorted(self._scene.on)}
        self._stream.tell(on)
        return on

    async def _move(self, asked: Asked) -> Asked:
        """{"jump": one of jumps.py}"""
        self._scene.move(asked["jump"])
        return {"now": self._view.now()}

    async def _shop(self, asked: Asked) -> Asked:
        """{"outcome": "pay" | "refuse" | "leave"}. `acted` false: nothing is open."""
        return acted(lambda: self._scene.act(asked["outcome"]))

    async def _keep(self, asked: Asked) -> Asked:
        """{"operation": "refund" | "deposit" | "reverse"}. `acted` false: the bank has no such payment."""
        return acted(lambda: self._scene.by_hand(asked["operation"]))

    async def _read_qr(self, asked: Asked) -> Asked:
        """{"chat"}: the link in that chat's newest QR, null where there is none."""
        return {"link": self._links.newest(int(asked["chat"]))}

    async def _reset(self, asked: Asked) -> Asked:
        await self._start_over()
        self._stream.tell({"type": "reset"})
        return {}

    # Looking

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response(self._view.everything(), headers={"Cache-Control": "no-store"})

    async def _file(self, request: web.Request) -> web.Response:
        """A picture or a document of a message; `?name` saves it under that name."""
        try:
            stored = self._telegram.world.files.get(request.match_info["file_id"])
        except LookupError:
            raise web.HTTPNotFound from None
        saved = {"Content-Disposition": "attachment"} if stored.kind == "document" else {}
        return web.Response(body=stored.content, content_type=stored.content_type, headers=FOR_EVER | saved)


def acted(act: Callable[[], None]) -> Asked:
    try:
        act()
    except NoSuchPaymentError:
        return {"acted": False}
    return {"acted": True}


def posted(act: Callable[[Asked], Awaitable[Asked]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return web.json_response({"error": "JSON is expected"}, status=415)
        try:
            return web.json_response(await act(await request.json()))
        except KeyError as missing:
            return web.json_response({"error": f"missing or unknown: {missing.args[0]}"}, status=400)
        except LookupError as missing:
            return web.json_response({"error": str(missing)}, status=404)
        except (ValueError, TypeError, PermissionError) as wrong:
            return web.json_response({"error": str(wrong)}, status=400)

    return handle
