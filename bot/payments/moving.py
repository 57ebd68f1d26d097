"""A group became a supergroup: shop, sales, cards and all that waits to be told follow it to its new id."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from storage import audit, chats
from storage.engine import Database

from .announce import lane


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
