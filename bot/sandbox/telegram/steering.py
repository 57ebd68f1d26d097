"""`/_sandbox/*` of this simulator: acting as people and looking at chats over HTTP, for black-box tests."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .people import People
from .settings import commands_seen
from .world import World

Asked = dict[str, Any]


class Steering:
    """Routes under `/_sandbox/`. A wrong request is answered 400 {"error"}, a missing thing 404 {"error"}."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._people = people

    def add_routes(self, app: web.Application) -> None:
        acts: dict[str, Callable[[Asked], Any]] = {
            "say": self._say, "start": self._start, "press": self._press, "edit": self._edit, "delete": self._delete,
            "user": self._user, "group": self._group, "topic": self._topic, "block": self._block,
            "unblock": self._unblock, "add_bot": self._add_bot, "kick": self._kick, "migrate": self._migrate,
            "limits": self._limits, "away": self._away, "privacy": self._privacy,
        }  # fmt: skip
        for name, act in acts.items():
            app.router.add_post(f"/_sandbox/{name}", _posted(act))
        app.router.add_get("/_sandbox/chats", self._show_chats)
        app.router.add_get("/_sandbox/chats/{chat_id:-?[0-9]+}", self._show_chat)
        app.router.add_get("/_sandbox/presses/{press_id}", self._show_press)
        app.router.add_get("/_sandbox/photo/{file_id}", self._show_photo)

    # Acts: JSON in, JSON out

    def _say(self, asked: Asked) -> Any:
        return self._people.say(
            asked["user"], asked.get("text", ""), asked.get("chat"), asked.get("reply_to"), asked.get("thread"),
            asked.get("contact"), bool(asked.get("forwarded")), bool(asked.get("anonymous")),
        ).shown()  # fmt: skip

    def _start(self, asked: Asked) -> Any:
        return self._people.start(asked["user"], asked.get("payload", "")).shown()

    def _press(self, asked: Asked) -> Any:
        """By "data" or "label"; {"again": press id} repeats one."""
        if "again" in asked:
            return self._people.press_again(asked["again"])
        user = int(asked["user"])
        where = user, int(asked.get("chat", user)), int(asked["message_id"])
        by_label = "label" in asked
        press = (
            self._people.press_label(*where, asked["label"]) if by_label else self._people.press(*where, asked["data"])
        )
        return {"press": press}

    def _edit(self, asked: Asked) -> Any:
        user = int(asked["user"])
        return self._people.edit(user, int(asked.get("chat", user)), asked["message_id"], asked["text"]).shown()

    def _delete(self, asked: Asked) -> Any:
        self._people.delete_message(asked["chat"], asked["message_id"])

    def _user(self, asked: Asked) -> Any:
        language = asked.get("language_code", "ru")
        return self._people.add_user(asked["id"], asked["first_name"], asked.get("username"), language).as_json()

    def _group(self, asked: Asked) -> Any:
        title, forum = asked.get("title", "Группа"), bool(asked.get("forum"))
        return self._people.add_group(asked["id"], title, asked["members"], forum).shown()

    def _topic(self, asked: Asked) -> Any:
        return {"thread": self._people.add_topic(asked["chat"], asked["name"])}

    def _block(self, asked: Asked) -> Any:
        self._people.block(asked["user"])

    def _unblock(self, asked: Asked) -> Any:
        self._people.unblock(asked["user"])

    def _add_bot(self, asked: Asked) -> Any:
        self._people.add_bot(asked["chat"], asked.get("status", "member"))

    def _kick(self, asked: Asked) -> Any:
        self._people.kick_bot(asked["chat"])

    def _migrate(self, asked: Asked) -> Any:
        return {"chat": self._people.migrate(asked["chat"])}

    def _limits(self, asked: Asked) -> Any:
        self._world.limits.on = bool(asked["on"])

    def _away(self, asked: Asked) -> Any:
        self._world.set_away(bool(asked["on"]))

    def _privacy(self, asked: Asked) -> Any:
        self._world.privacy = bool(asked["on"])

    # Looking

    async def _show_chats(self, request: web.Request) -> web.Response:
        return web.json_response([chat.shown() for chat in self._world.chats.values()])

    async def _show_chat(self, request: web.Request) -> web.Response:
        """`?user=` adds the menu of commands that this user sees."""
        chat_id = int(request.match_info["chat_id"])
        chat = self._world.chats.get(chat_id)
        if chat is None:
            return web.json_response({"error": f"no chat {chat_id}"}, status=404)
        menu = commands_seen(self._world, chat_id, int(request.query.get("user", chat_id)))
        messages = [message.shown() for message in chat.messages.values()]
        return web.json_response(chat.shown() | {"commands": menu, "messages": messages})

    async def _show_press(self, request: web.Request) -> web.Response:
        """{"data", "answer": {"text", "alert"} or null}."""
        press = self._world.presses.get(request.match_info["press_id"])
        if press is None:
            return web.json_response({"error": "no such press"}, status=404)
        return web.json_response({"data": press.data, "answer": press.answer})

    async def _show_photo(self, request: web.Request) -> web.Response:
        try:
            stored = self._world.files.get(request.match_info["file_id"])
        except LookupError as missing:
            return web.json_response({"error": str(missing)}, status=404)
        return web.Response(body=stored.content, content_type=stored.content_type)


def _posted(act: Callable[[Asked], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            done = act(await request.json() if request.can_read_body else {})
        except KeyError as missing:
            return web.json_response({"error": f"{missing.args[0]} is missing"}, status=400)
        except LookupError as missing:
            return web.json_response({"error": str(missing)}, status=404)
        except (ValueError, TypeError, PermissionError) as wrong:
            return web.json_response({"error": str(wrong)}, status=400)
        return web.json_response({"ok": True} if done is None else done)

    return handle
