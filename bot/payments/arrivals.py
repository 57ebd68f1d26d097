"""Somebody came by an invitation: whoever made it is told, and may say that it is somebody else."""

from collections.abc import Awaitable
from html import escape
from typing import Protocol

from bot.ports import Button, Message, Place
from bot.staff import Joined
from bot.text import say


class Post(Protocol):
    """Queues a message of its own; `key` makes it once."""

    def __call__(self, place: Place, message: Message, /, *, key: str) -> Awaitable[None]: ...


async def tell_inviter(post: Post, joined: Joined) -> None:
    """«Вошёл по приглашению: Аня · @anya», once, with «Это не он»."""
    inviter, person = joined.invited_by, joined.person
    if inviter is None or inviter.telegram_id is None:
        return
    words = say("T-JOINED", inviter.lang, who=escape(person.name), username=escape(person.username or ""))
    button = Button(say("T-JOINED.button", inviter.lang), data=f"not_him:{person.id}", style="danger")
    await post(Place(inviter.telegram_id), Message(words, ((button,),)), key=f"joined:{joined.invite_id}")
