"""What becomes of a chat.

moved       a group became a supergroup: shop, sales, cards and all that waits to be told follow it to its new id
came back   it had shut the bot out, and takes its messages again: it is told in one line what it missed
"""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.jobs import CLOSED
from storage import audit, cards, chats, lanes, payments
from storage.engine import Database

from .announce import lane, queue_card

MISSED = timedelta(days=1)  # what is older is no news


class Moving:
    """Told by Telegram's service message, or by its refusal of the old id; each may come first."""

    def __init__(self, db: Database, now: Now) -> None:
        self._db = db
        self._now = now

    async def noticed(self, old: int, new: int) -> None:
        async with self._db.write() as tx:
            await self.move(tx, old, new)

    async def move(self, tx: AsyncConnection, old: int, new: int) -> None:
        now = self._now()
        await chats.move(tx, old, new, lanes=(lane(old), lane(new)), now=now)
        await audit.record(tx, now=now, action="chat moved", chat_id=new, detail={"from": old})

    async def came_back(self, chat_id: int) -> None:
        """Its rings go out after all, and its cards show what is true now."""
        now = self._now()
        async with self._db.write() as tx:
            await lanes.reopen(tx, lane(chat_id), "ping", CLOSED, since=now - MISSED)
            for number in await cards.shown_in(tx, chat_id, now - MISSED):
                if payment := await payments.get(tx, number):
                    await queue_card(tx, payment, now, chat_id=chat_id)
