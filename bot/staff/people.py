"""Who works here: the first shop, owners, one-use links, and whose action counts.

An owner is whoever OWNER_IDS names, or used the one-use link that the service printed.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from storage import audit
from storage import staff as stored
from storage.engine import Database
from storage.payments import lock_shop
from storage.rows import Person

OWNER_LINK_LIFE = timedelta(minutes=15)
TOKEN_BYTES = 24  # 32 characters of the deep link's alphabet


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

    async def open_first_shop(self) -> None:
        """The first shop exists from the start, under SHOP_NAME; a new SHOP_NAME renames it."""
        async with self._db.write() as tx:
            shop = await stored.first_shop(tx)
            if shop is None:
                await stored.add_shop(tx, self._settings.shop_name, self._now())
            elif shop.name != self._settings.shop_name:
                await stored.change_shop(tx, shop.id, name=self._settings.shop_name)

    async def person(self, who: Newcomer) -> Person | None:
        """The member of staff with this id, or None for a stranger. Whom OWNER_IDS names is the owner at once."""
        async with self._db.read() as tx:
            found = await stored.by_telegram_id(tx, who.telegram_id)
        if who.telegram_id in self._settings.owner_ids and (found is None or found.role != "owner"):
            async with self._db.write() as tx:
                return await self._enter(tx, who, "owner", None, None)
        return found

    def is_active(self, person: Person) -> bool:
        """Access is neither closed nor over."""
        return person.closed_at is None and (person.access_until is None or self._now() < person.access_until)

    async def has_owner(self) -> bool:
        async with self._db.read() as tx:
            return bool(self._settings.owner_ids) or bool(await stored.owners(tx))

    async def new_owner_token(self) -> str:
        """Works once, within 15 minutes. Only its hash is stored."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        async with self._db.write() as tx:
            shop = await stored.first_shop(tx)
            if shop is None:
                raise LookupError("there is no shop yet")
            await stored.add_invite(
                tx, token_hash=_hash(token), role="owner", shop_id=shop.id, expires_at=self._now() + OWNER_LINK_LIFE
            )
        return token

    async def join(self, token: str, who: Newcomer) -> Person | None:
        """The one who used the link first, as staff; None: used, over or never made."""
        async with self._db.write() as tx:
            invited = await stored.use_invite(tx, _hash(token), self._now())
            if invited is None:
                return None
            role, shop_id, access_until = invited
            person = await self._enter(tx, who, role, shop_id, access_until)
            await stored.invite_used_by(tx, _hash(token), person.id)
            return person

    async def _enter(
        self, tx: AsyncConnection, who: Newcomer, role: str, shop_id: int | None, access_until: datetime | None
    ) -> Person:
        now = self._now()
        if shop_id is None:
            shop = await stored.first_shop(tx)
            shop_id = shop.id if shop else 1
        await lock_shop(tx, shop_id)  # two messages at once must not enter somebody twice
        found = await stored.by_telegram_id(tx, who.telegram_id)
        facts = {"role": role, "shop_id": shop_id, "access_until": access_until, "closed_at": None}
        if found:
            await stored.change(tx, found.id, **facts)
            staff_id = found.id
        else:
            names = {"name": who.name[:64], "username": who.username, "lang": who.lang}
            staff_id = await stored.add(tx, telegram_id=who.telegram_id, created_at=now, **names, **facts)
        await audit.record(tx, now=now, action="join", staff_id=staff_id, detail={"role": role})
        person = await stored.get(tx, staff_id)
        if person is None:
            raise LookupError("a person who was just entered")
        return person


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
