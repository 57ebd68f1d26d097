"""Tells the owners what they must know: in their private chats, not more often than it helps."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Message, Place
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
        self, tx: AsyncConnection, key: str, now: datetime, *, once_in: timedelta, about: str = "", **values: object
    ) -> None:
        """Queues the alert for each owner; the same one (of the same thing) only once in `once_in`."""
        window = int(now.timestamp() // once_in.total_seconds())
        for owner in await staff.owners(tx):
            if owner.telegram_id is None:
                continue
            message = Message(say(key, owner.lang, **values))
            await queue_reply(
                tx,
                Place(owner.telegram_id),
                seal_message(self._vault, message),
                now,
                key=f"alert:{key}:{about}:{owner.id}:{window}",
            )
