"""The staff chat: places, messages, buttons."""

from dataclasses import dataclass
from typing import Protocol, Self

TILL = 1 << 60  # above all ids of Telegram, which have 52 bits


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, or a topic of it; or somebody's web till, where questions stand but nothing can be sent."""

    chat_id: int
    thread_id: int | None = None

    @classmethod
    def till(cls, staff_id: int) -> Self:
        return cls(TILL + staff_id)

    @property
    def till_of(self) -> int | None:
        """Whose web till it is; None: a chat."""
        return self.chat_id - TILL if self.chat_id >= TILL else None

    @property
    def is_group(self) -> bool:
        return self.chat_id < 0


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of ours. `file_id`: the picture's id for reuse."""

    message_id: int
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """`data` makes it a press that comes back to us; `url` opens a page; `copy` copies a text."""

    label: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None
    style: str | None = None  # "danger" | "success"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the staff will read it: HTML, and rows of buttons. `qr`: a link that it shows as a picture too."""

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    qr: str | None = None


class StaffChat(Protocol):
    """Where the staff talk. Every method raises the ChatError that fits."""

    async def post(self, place: Place, message: Message, *, reply_to: int | None = None) -> Posted: ...

    async def post_photo(self, place: Place, picture: bytes | str, message: Message) -> Posted:
        """`picture`: PNG bytes, or the file_id of an earlier post."""

    async def edit(self, place: Place, message_id: int, message: Message, *, photo: bool) -> None:
        """`photo`: the message is a picture with a caption. Not changed counts as done."""

    async def replace_photo(self, place: Place, message_id: int, picture: bytes, message: Message) -> Posted: ...

    async def delete(self, place: Place, message_id: int) -> None:
        """Gone already counts as done."""

    async def pin(self, place: Place, message_id: int) -> None:
        """Silently. ChatClosed: we have not the right to."""
