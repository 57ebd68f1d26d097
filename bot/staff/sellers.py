"""A shared phone: one Telegram account, several sellers who are known by their names only.

Each is a row of staff with `account_id`; the phone's own row remembers who holds it now, for twelve hours.
"""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from storage import audit
from storage import staff as stored
from storage.engine import Database
from storage.payments import lock_shop
from storage.rows import Person

from .rights import Role, may_manage

HOLDS = timedelta(hours=12)  # a shift: after it the phone asks again
NAME_LENGTH = 40


class Sellers:
    """Who sells by a shared phone."""

    def __init__(self, db: Database, now: Now) -> None:
        self._db = db
        self._now = now

    async def of(self, phone: Person) -> list[Person]:
        async with self._db.read() as tx:
            return await stored.sellers(tx, phone.id)

    async def seller(self, person: Person) -> Person | None:
        """Whose sale it is that `person` types; None: he must say who he is.

        A phone without names sells under its own.
        """
        if not person.is_shared:
            return person
        named = await self.of(person)
        if not named:
            return person
        if person.selling_since is None or self._now() - person.selling_since >= HOLDS:
            return None
        return next((seller for seller in named if seller.id == person.selling_id), None)

    async def choose(self, phone: Person, seller_id: int) -> tuple[Person, Person] | None:
        """The phone as it is now, and who holds it; None: no seller of this phone."""
        now = self._now()
        async with self._db.write() as tx:
            seller = await stored.get(tx, seller_id)
            if seller is None or seller.account_id != phone.id or seller.closed_at is not None:
                return None
            await stored.change(tx, phone.id, selling_id=seller_id, selling_since=now)
            await audit.record(
                tx, now=now, action="sells", staff_id=phone.id, chat_id=phone.telegram_id, detail={"who": seller_id}
            )
            changed = await stored.get(tx, phone.id)
            return (changed, seller) if changed else None

    async def name(self, by: Person, staff_id: int, name: str, chat_id: int) -> Person | None:
        """A new name on a shared phone, or a new name of one of its sellers; None: gone, taken, or not for `by`."""
        async with self._db.write() as tx:
            asked = await stored.get(tx, staff_id)
            phone = await stored.get(tx, asked.account_id) if asked and asked.account_id else asked
            if asked is None or asked.closed_at is not None or phone is None or not phone.is_shared:
                return None
            if not may_manage(by, phone):
                return None
            await lock_shop(tx, phone.shop_id)
            if any(seller.name.casefold() == name.casefold() for seller in await stored.sellers(tx, phone.id)):
                return None
            if asked.account_id:
                await stored.change(tx, asked.id, name=name)
                seller_id, action = asked.id, "rename seller"
            else:
                seller_id, action = await self._add(tx, phone, name), "add seller"
            await audit.record(
                tx, now=self._now(), action=action, staff_id=by.id, chat_id=chat_id, detail={"who": seller_id}
            )
            return await stored.get(tx, seller_id)

    async def _add(self, tx: AsyncConnection, phone: Person, name: str) -> int:
        return await stored.add(
            tx, name=name, lang=phone.lang, role=Role.ASSISTANT, shop_id=phone.shop_id, account_id=phone.id,
            created_at=self._now(),
        )  # fmt: skip
