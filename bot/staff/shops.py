"""Shops: the first one, which exists from the start, and groups that became shops by /shop."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from storage import audit
from storage import staff as stored
from storage.engine import Database
from storage.payments import lock_shop
from storage.rows import Person, Shop

NAME_LENGTH = 64


class Shops:
    """Opens, names and finds shops. One group is one shop; `/shop` in a topic makes that topic its place."""

    def __init__(self, db: Database, settings: Settings, now: Now) -> None:
        self._db = db
        self._settings = settings
        self._now = now

    async def open_first(self) -> None:
        """SHOP_NAME names the first shop until a group becomes it: then the name given there stays."""
        name = self._settings.shop_name
        async with self._db.write() as tx:
            shop = await stored.first_shop(tx)
            if shop is None:
                await stored.add_shop(tx, name, self._now())
            elif shop.chat_id is None and shop.name != name:
                await stored.change_shop(tx, shop.id, name=name)

    async def open(self, by: Person, name: str, chat_id: int, thread_id: int | None) -> Shop | None:
        """The group is a shop from now on, here; an empty `name` keeps the one it has. None: it has none.

        The first shop gets the first group, so that its people and payments go on. `by`: may OPEN_SHOP.
        """
        async with self._db.write() as tx:
            first = await stored.first_shop(tx)
            if first is None:
                raise LookupError("there is no shop yet")
            await lock_shop(tx, first.id)  # one opening at a time: a group must not become two shops
            known = await self._of_chat_or_unplaced(tx, chat_id)
            name = name or (known.name if known and known.chat_id else "")
            if not name:
                return None
            shop_id = known.id if known else await stored.add_shop(tx, name, self._now(), lang=by.lang)
            await stored.change_shop(tx, shop_id, name=name, chat_id=chat_id, thread_id=thread_id)
            await audit.record(
                tx, now=self._now(), action="shop", staff_id=by.id, chat_id=chat_id,
                detail={"shop": shop_id, "thread": thread_id},
            )  # fmt: skip
            return await stored.get_shop(tx, shop_id)

    async def _of_chat_or_unplaced(self, tx: AsyncConnection, chat_id: int) -> Shop | None:
        if shop := await stored.shop_of_chat(tx, chat_id):
            return shop
        first = await stored.first_shop(tx)
        return first if first and first.chat_id is None else None

    async def of_chat(self, chat_id: int) -> Shop | None:
        """The shop that this group is."""
        async with self._db.read() as tx:
            return await stored.shop_of_chat(tx, chat_id)

    async def get(self, shop_id: int) -> Shop | None:
        async with self._db.read() as tx:
            return await stored.get_shop(tx, shop_id)

    async def all(self) -> list[Shop]:
        async with self._db.read() as tx:
            return await stored.all_shops(tx)
