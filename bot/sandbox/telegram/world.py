"""All that the simulated Telegram remembers, and the rules of who may be written to.

The Bot API's methods and the acts of people both work on it; whoever follows it sees messages, edits, deletions, toasts
and rings as a person with a phone in the hand would.
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sandbox.clock import SandboxClock

from .call import bad_request, forbidden
from .files import Files
from .limits import Limits
from .shapes import Chat, Message, User
from .updates import Bell, Updates

CHAT_ID = re.compile(r"-?[0-9]{1,16}")
BOT_NAME, BOT_USERNAME = "Прилавок", "PrilavokSandboxBot"


@dataclass(slots=True)
class Press:
    """A callback query."""

    id: str
    user: User
    message: Message
    data: str
    at: datetime
    answer: dict[str, Any] | None = None  # {"text", "alert"}, once there is one


@dataclass(slots=True)
class Hook:
    """Where updates are posted, if anywhere."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_at: datetime | None = None


class World:
    def __init__(self, clock: SandboxClock, bot_id: int) -> None:
        self.clock = clock
        self.bell = Bell(clock)
        self.updates = Updates(clock, self.bell)
        self.limits = Limits(clock)
        self.bot = User(bot_id, BOT_NAME, BOT_USERNAME, is_bot=True)
        self._followers: set[asyncio.Queue[dict[str, Any]]] = set()
        self._new_ids = itertools.count(1)
        self._forget()

    def _forget(self) -> None:
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.files = Files()
        self.commands: dict[tuple[str, str], list[dict[str, Any]]] = {}  # (scope as sorted JSON, language)
        self.menu_buttons: dict[int, dict[str, Any]] = {}  # chat id, 0: the default
        self.profile: dict[str, str] = {}  # name, description, short description of the bot
        self.hook = Hook()
        self.privacy = True  # of BotFather: in groups the bot sees commands and replies only
        self.away = False

    def reset(self) -> None:
        """An empty world; its followers stay."""
        self._forget()
        self.limits.clear()
        self.updates.allowed = []
        self.updates.clear()

    def set_away(self, on: bool) -> None:
        """While away, Telegram answers no call and delivers no update."""
        self.away = on
        self.bell.ring()

    def new_id(self) -> int:
        """Unique in this world: press ids, ids of upgraded groups."""
        return next(self._new_ids)

    # Finding

    def user(self, user_id: int) -> User:
        """Whoever is named exists: a stranger is made on the spot."""
        if user_id not in self.users:
            self.users[user_id] = User(user_id, f"Человек {user_id}")
        return self.users[user_id]

    def chat(self, chat_id: int) -> Chat:
        """Raises LookupError."""
        if chat_id not in self.chats:
            raise LookupError(f"no chat {chat_id}")
        return self.chats[chat_id]

    def private_chat(self, user_id: int) -> Chat:
        """The user's chat with the bot, made unstarted where there is none."""
        user = self.user(user_id)
        if user_id not in self.chats:
            self.chats[user_id] = Chat(user_id, user.first_name, user=user, bot_status="left")
        return self.chats[user_id]

    def known_chat(self, chat_id: str) -> Chat:
        """For the Bot API: the chat that a call names. Raises `chat not found`, or where it has moved."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        chat = self.chats.get(int(chat_id)) if CHAT_ID.fullmatch(chat_id) else None
        if chat is None:
            raise self._stranger(chat_id)
        if chat.migrated_to is not None:
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        return chat

    def writable_chat(self, chat_id: str) -> Chat:
        """For the Bot API: the same, where the bot may write. Raises 403 otherwise."""
        chat = self.known_chat(chat_id)
        if chat.user is not None and chat.user.blocked:
            raise forbidden("bot was blocked by the user")
        if chat.private and chat.bot_status == "left":
            raise self._stranger(chat_id)
        if chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        if chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {chat.kind} chat")
        return chat

    def _stranger(self, chat_id: str) -> Exception:
        if chat_id.isdigit() and int(chat_id) in self.users:
            return forbidden("bot can't initiate conversation with a user")
        return bad_request("chat not found")

    # What happens

    def post(self, message: Message) -> Message:
        """Puts a new message into its chat. The bot's own rings, unless it is silent."""
        message.chat.messages[message.id] = message
        self._tell("message", message)
        if message.sender is self.bot and not message.silent and not message.service:
            self._tell("ring", message)
        return message

    def note_edit(self, message: Message) -> Message:
        """Marks an edit; an edit never rings."""
        message.edited = self.clock.now()
        self._tell("edit", message)
        return message

    def remove(self, message: Message) -> None:
        del message.chat.messages[message.id]
        self._tell("delete", message)

    def answer(self, press: Press, text: str, alert: bool) -> None:
        """Ends a press with a toast that the presser alone sees."""
        press.answer = {"text": text, "alert": alert}
        self.tell({
            "type": "toast", "chat_id": press.message.chat.id, "user_id": press.user.id, "press": press.id,
            "text": text, "alert": alert,
        })  # fmt: skip

    def tell(self, event: dict[str, Any]) -> None:
        for follower in self._followers:
            follower.put_nowait(event)

    def _tell(self, kind: str, message: Message) -> None:
        if self._followers:
            self.tell({"type": kind, "chat_id": message.chat.id, "message": message.shown()})

    async def follow(self) -> AsyncIterator[dict[str, Any]]:
        """Events from now on, for ever."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._followers.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._followers.discard(queue)
