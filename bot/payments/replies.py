"""Messages that belong to no card: answers, questions, alerts."""

from bot.clock import Now
from bot.ports import Message, Place
from bot.vault import Vault
from storage.engine import Database

from .announce import queue_reply
from .sealed import seal_message


class Replies:
    """Queues them in their chat's lane, so that they keep the order and the limits."""

    def __init__(self, db: Database, vault: Vault, now: Now) -> None:
        self._db = db
        self._vault = vault
        self._now = now

    async def post(
        self, place: Place, message: Message, *, key: str, reply_to: int | None = None, pin_or: Message | None = None
    ) -> None:
        """`key` makes it once, even if what it answers is handled again. `pin_or`: as of `queue_reply`."""
        sealed, other = seal_message(self._vault, message), seal_message(self._vault, pin_or) if pin_or else None
        async with self._db.write() as tx:
            await queue_reply(tx, place, sealed, self._now(), reply_to=reply_to, key=key, pin_or=other)
