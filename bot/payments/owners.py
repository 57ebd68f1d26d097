"""Tells the owners what they must know: in their private chats, not more often than it helps."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import escape

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Button, Message, Place
from bot.text import say
from bot.vault import Vault
from storage import staff

from .announce import queue_reply
from .sealed import seal_message


class Owners:
    """Alerts, by the keys of the texts (`o.*`)."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def tell(
        self,
        tx: AsyncConnection,
        key: str,
        now: datetime,
        *,
        once_in: timedelta,
        about: str = "",
        button: tuple[str, str] | None = None,
        **values: str | int | Callable[[str], str],
    ) -> None:
        """Queues the alert for each owner; the same one (of the same thing) only once in `once_in`.

        A value that is a function is asked for its words in the owner's language. `button`: the key of its label, and
        its data.
        """
        window = int(now.timestamp() // once_in.total_seconds())
        for owner in await staff.owners(tx):
            if owner.telegram_id is None:
                continue
            words = {name: value(owner.lang) if callable(value) else value for name, value in values.items()}
            html = say(key, owner.lang, **{name: escape(str(word)) for name, word in words.items()})
            rows = ((Button(say(button[0], owner.lang), data=button[1]),),) if button else ()
            message = Message(html, rows)
            await queue_reply(
                tx,
                Place(owner.telegram_id),
                seal_message(self._vault, message),
                now,
                key=f"alert:{key}:{about}:{owner.id}:{window}",
            )
