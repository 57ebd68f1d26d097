"""What Telegram is made of: users, files, chats, messages.

Each knows its Bot API shape (`as_json`); chats and messages also what people see of them (`shown`).
"""

import mimetypes
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .entities import Entity
from .keyboards import Markup, shown_buttons

ICON_COLOR = 0x6FB9F0  # of a topic, the first of the six that Telegram has


@dataclass(slots=True)
class User:
    id: int
    first_name: str
    username: str | None = None
    language_code: str = "ru"
    is_bot: bool = False
    blocked: bool = False  # he stopped the bot

    def as_json(self) -> dict[str, Any]:
        shape: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            shape["username"] = self.username
        return shape if self.is_bot else shape | {"language_code": self.language_code}


@dataclass(slots=True)
class StoredFile:
    """An upload. One file_id a file: the thumbnail shares it."""

    id: str
    unique_id: str
    kind: str  # "photo" | "document"
    name: str
    content: bytes
    width: int = 0
    height: int = 0

    @property
    def content_type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def as_json(self) -> Any:
        """A photo is a list of sizes, smallest first."""
        shape: dict[str, Any] = {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}
        if self.kind == "document":
            return shape | {"file_name": self.name}
        full = shape | {"width": self.width, "height": self.height}
        ratio = min(1.0, 320 / max(self.width, self.height))
        small = shape | {"file_unique_id": f"{self.unique_id}s", "file_size": len(self.content) // 4}
        return [small | {"width": round(self.width * ratio) or 1, "height": round(self.height * ratio) or 1}, full]


@dataclass(slots=True)
class Chat:
    id: int
    title: str
    user: User | None = None  # of a private chat
    members: dict[int, str] = field(default_factory=dict)  # user id -> "creator" | "administrator" | "member"
    forum: bool = False
    topics: dict[int, str] = field(default_factory=dict)  # thread id -> name
    bot_status: str = (
        "member"  # "member" | "administrator" | "left" | "kicked"; of private chats, "left": never started
    )
    migrated_to: int | None = None
    messages: dict[int, "Message"] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    last_id: int = 0

    @property
    def private(self) -> bool:
        return self.user is not None

    @property
    def kind(self) -> str:
        if self.private:
            return "private"
        return "supergroup" if str(self.id).startswith("-100") else "group"

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def as_json(self) -> dict[str, Any]:
        shape: dict[str, Any] = {"id": self.id, "type": self.kind}
        if self.user is not None:
            shape["first_name"] = self.user.first_name
            return shape | ({"username": self.user.username} if self.user.username else {})
        return shape | {"title": self.title} | ({"is_forum": True} if self.forum else {})

    def shown(self) -> dict[str, Any]:
        return self.as_json() | {
            "bot_status": self.bot_status,
            "members": list(self.members),
            "topics": {str(thread): name for thread, name in self.topics.items()},
            "pinned": self.pinned,
        }


@dataclass(slots=True)
class Message:
    chat: Chat
    id: int
    date: datetime
    sender: User
    text: str | None = None  # None where the message is a media or a service message
    caption: str | None = None
    entities: list[Entity] = field(default_factory=list)  # of the text or the caption
    media: StoredFile | None = None
    contact: dict[str, Any] | None = None
    reply_to: "Message | None" = None
    thread: int | None = None
    markup: Markup | None = None  # the inline keyboard
    keyboard: Markup | None = None  # a reply keyboard, its removal, or a forced reply
    silent: bool = False
    edited: datetime | None = None
    sender_chat: Chat | None = None  # an anonymous admin speaks as the group
    forward_origin: dict[str, Any] | None = None
    service: dict[str, Any] = field(default_factory=dict)  # fields of a service message

    def content(self) -> tuple[Any, ...]:
        """What an edit must change."""
        return self.text, self.caption, self.entities, self.media and self.media.id, self.markup

    def as_json(self, with_reply: bool = True) -> dict[str, Any]:
        shape: dict[str, Any] = {
            "message_id": self.id,
            "date": int(self.date.timestamp()),
            "chat": self.chat.as_json(),
            "from": self.sender.as_json(),
            "text": self.text,
            "caption": self.caption,
            "contact": self.contact,
            "reply_markup": self.markup,
            "forward_origin": self.forward_origin,
            "sender_chat": self.sender_chat.as_json() if self.sender_chat else None,
            "edit_date": int(self.edited.timestamp()) if self.edited else None,
        }
        if self.entities:
            shape["entities" if self.text is not None else "caption_entities"] = self.entities
        if self.media:
            shape[self.media.kind] = self.media.as_json()
        if self.thread is not None:
            shape |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.reply_to is not None and with_reply:
            shape["reply_to_message"] = self.reply_to.as_json(with_reply=False)
        return {name: value for name, value in shape.items() if value is not None} | self.service

    def shown(self) -> dict[str, Any]:
        """For the desk and black-box tests."""
        photo = self.media.id if self.media and self.media.kind == "photo" else None
        document = {"file": self.media.id, "name": self.media.name} if self.media and not photo else None
        return {
            "id": self.id,
            "chat_id": self.chat.id,
            "date": self.date.isoformat(),
            "from": self.sender.as_json(),
            "bot": self.sender.is_bot and self.sender_chat is None,
            "text": self.text,
            "caption": self.caption,
            "entities": self.entities,
            "photo": photo,
            "document": document,
            "contact": self.contact,
            "buttons": shown_buttons(self.markup),
            "keyboard": self.keyboard,
            "reply_to": self.reply_to.id if self.reply_to else None,
            "thread": self.thread,
            "edited": self.edited is not None,
            "silent": self.silent,
            "forwarded": self.forward_origin is not None,
            "service": self.service,
        }
