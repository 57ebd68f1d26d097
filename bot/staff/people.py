"""Who works here: whose action counts, who enters, and what changes about them.

An owner is whoever OWNER_IDS names, or used the one-use link that the service printed; the others are invited.
Closing an access is more than a change of a person: see payments/leaving.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from storage import audit
from storage import staff as stored
from storage.engine import Database
from storage.payments import lock_shop
from storage.rows import Person

from .rights import Role, may_manage


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Whom a chat shows us: nothing of it is proof but the id."""

    telegram_id: int
    name: str
    username: str | None
    lang: str


class Staff:
    """The people of all shops."""

    def __init__(self, db: Database, settings: Settings, now: Now) -> None:
        self._db = db
        self._settings = settings
        self._now = now

    async def person(self, who: Newcomer) -> Person | None:
        """The member of staff with this id, or None for a stranger. Whom OWNER_IDS names is the owner at once."""
        async with self._db.read() as tx:
            found = await stored.by_telegram_id(tx, who.telegram_id)
        if who.telegram_id in self._settings.owner_ids and (found is None or found.role != Role.OWNER):
            async with self._db.write() as tx:
                first = await stored.first_shop(tx)
                return await enter(tx, who, self._now(), role=Role.OWNER, shop_id=first.id if first else 1)
        return found

    def is_active(self, person: Person) -> bool:
        """Access is neither closed nor over."""
        return is_active(person, self._now())

    async def has_owner(self) -> bool:
        async with self._db.read() as tx:
            return bool(self._settings.owner_ids) or bool(await stored.owners(tx))

    async def get(self, staff_id: int) -> Person | None:
        """Somebody whose access is not closed."""
        async with self._db.read() as tx:
            found = await stored.get(tx, staff_id)
        return found if found and found.closed_at is None else None

    async def by_telegram_id(self, telegram_id: int) -> Person | None:
        """Somebody whose access is not closed."""
        async with self._db.read() as tx:
            found = await stored.by_telegram_id(tx, telegram_id)
        return found if found and found.closed_at is None else None

    async def of_shop(self, shop_id: int | None) -> list[Person]:
        """Everybody whose access is not closed; None: of all shops."""
        async with self._db.read() as tx:
            return await stored.people(tx, shop_id)

    async def prolong(self, by: Person, staff_id: int, until: datetime, chat_id: int) -> Person | None:
        """None: gone, or not for `by` to change."""
        return await self._change(by, staff_id, "prolong", chat_id, {"until": until.isoformat()}, access_until=until)

    async def set_role(self, by: Person, staff_id: int, role: Role, chat_id: int) -> Person | None:
        """By an owner, between assistant and manager."""
        if by.role != Role.OWNER:
            return None
        return await self._change(by, staff_id, "role", chat_id, {"role": role}, role=role)

    async def _change(
        self, by: Person, staff_id: int, action: str, chat_id: int, detail: dict[str, object], **values: object
    ) -> Person | None:
        async with self._db.write() as tx:
            other = await stored.get(tx, staff_id)
            if other is None or other.closed_at is not None or other.role == Role.OWNER or not may_manage(by, other):
                return None
            if "role" in values and (other.is_shared or other.account_id):
                return None  # nobody knows who holds such a phone
            await stored.change(tx, staff_id, **values)
            await audit.record(
                tx, now=self._now(), action=action, staff_id=by.id, chat_id=chat_id, detail={"who": staff_id} | detail
            )
            return await stored.get(tx, staff_id)

    async def consented(self, person: Person, chat_id: int) -> None:
        """«Понятно»: knows to whom an SMS may be sent."""
        async with self._db.write() as tx:
            await audit.record(tx, now=self._now(), action="consent", staff_id=person.id, chat_id=chat_id)


def is_active(person: Person, now: datetime) -> bool:
    """Access is neither closed nor over."""
    return person.closed_at is None and (person.access_until is None or now < person.access_until)


async def enter(tx: AsyncConnection, who: Newcomer, now: datetime, *, shop_id: int, **access: Any) -> Person:
    """Somebody in Telegram becomes this, whatever he was before. `access`: as `become` takes it."""
    await lock_shop(tx, shop_id)  # two messages at once must not enter somebody twice
    found = await stored.by_telegram_id(tx, who.telegram_id)
    facts = {"telegram_id": who.telegram_id, "name": who.name[:64], "username": who.username, "lang": who.lang}
    return await become(tx, found, now, facts, shop_id=shop_id, **access)


async def become(
    tx: AsyncConnection,
    found: Person | None,
    now: datetime,
    new: Mapping[str, object],
    *,
    role: str,
    shop_id: int,
    access_until: datetime | None = None,
    is_shared: bool = False,
) -> Person:
    """`found` becomes this; None: somebody new does, of whom `new` is known."""
    facts = {"role": role, "shop_id": shop_id, "access_until": access_until, "is_shared": is_shared, "closed_at": None}
    if found:
        await stored.change(tx, found.id, **facts)
        if not is_shared or found.shop_id != shop_id:
            await stored.close_sellers(tx, found.id, now)
        staff_id = found.id
    else:
        staff_id = await stored.add(tx, created_at=now, **new, **facts)
    person = await stored.get(tx, staff_id)
    if person is None:
        raise LookupError("a person who was just entered")
    await audit.record(
        tx, now=now, action="join", staff_id=staff_id, chat_id=person.telegram_id,
        detail={"role": role, "shop": shop_id},
    )  # fmt: skip
    return person
