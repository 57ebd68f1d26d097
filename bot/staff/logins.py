"""Logins of the web till: a browser that somebody works by.

    an invitation       opened in a browser: a person without Telegram, and his first login
    a door of his own   `door(person)`, ten minutes, one use: opened in a browser it logs him in; opened in Telegram
                        (`/start <token>`) it joins that account to somebody who has none

A login is a cookie of which only a hash is stored. Whose it is is looked up each time: a closed access is over at once.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from storage import audit, staff
from storage import logins as stored
from storage.engine import Database
from storage.rows import Invite, Person

from .invitations import TOKEN_BYTES, Joined, Offer, Refusal, as_good_as_he_is, hashed, open_invite
from .people import become, is_active
from .rights import Role

DOOR_LIFE = timedelta(minutes=10)
LOGIN_LIFE = timedelta(days=400)  # since it was used last; browsers keep no cookie longer
SEEN_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Offered:
    """What a link offers to whoever opens it. `person`: whose own door it is."""

    offer: Offer
    shop: str
    person: Person | None


@dataclass(frozen=True, slots=True)
class Entered:
    """A new login. `cookie` is shown once. `joined`: by an invitation, not by a door of his own."""

    cookie: str
    person: Person
    joined: Joined | None


class Logins:
    """Opens and ends them, and knows whose they are."""

    def __init__(self, db: Database, now: Now) -> None:
        self._db = db
        self._now = now

    async def door(self, person: Person, chat_id: int | None = None) -> str:
        """The token of a link for this person alone."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._now()
        async with self._db.write() as tx:
            await staff.add_invite(
                tx, token_hash=hashed(token), role=person.role, shop_id=person.shop_id, is_shared=person.is_shared,
                access_until=person.access_until, expires_at=now + DOOR_LIFE, for_id=person.id,
            )  # fmt: skip
            await audit.record(tx, now=now, action="door", staff_id=person.id, chat_id=chat_id)
        return token

    async def offered(self, token: str) -> Offered | None:
        """Looking uses nothing up. None: used, out of time or never made."""
        now = self._now()
        async with self._db.read() as tx:
            found = await open_invite(tx, token)
            if found is None or found[0].used_at or found[0].expires_at <= now:
                return None
            invite, _ = found
            person = await staff.get(tx, invite.for_id) if invite.for_id else None
            if person and not is_active(person, now):
                return None
            shop = await staff.get_shop(tx, invite.shop_id)
        offer = Offer(Role(invite.role), invite.is_shared, invite.access_until)
        return Offered(offer, shop.name if shop else "", person)

    async def enter(self, token: str, name: str, lang: str, known: Person | None = None) -> Entered | Refusal:
        """Whoever opens the link first is logged in. `known`: who works by this browser already."""
        now = self._now()
        async with self._db.write() as tx:
            found = await open_invite(tx, token)
            if found is None:
                return Refusal.OVER
            invite, inviter = found
            own = await staff.get(tx, invite.for_id) if invite.for_id else None
            if own and not is_active(own, now):
                return Refusal.OVER
            if known and own is None and not as_good_as_he_is(known, invite):
                return Refusal.NOT_FOR_HIM
            if not await staff.use_invite(tx, invite.id, now):
                return Refusal.OVER
            person = own or await self._newcomer(tx, invite, name, lang, known)
            await staff.invite_used_by(tx, invite.id, person.id)
            cookie = secrets.token_urlsafe(32)
            await stored.add(tx, token_hash=hashed(cookie), staff_id=person.id, now=now)
            await audit.record(tx, now=now, action="log in", staff_id=person.id)
            return Entered(cookie, person, None if own else Joined(person, inviter, invite.id))

    async def _newcomer(
        self, tx: AsyncConnection, invite: Invite, name: str, lang: str, known: Person | None
    ) -> Person:
        return await become(
            tx, known, self._now(), {"name": name, "lang": lang}, role=invite.role, shop_id=invite.shop_id,
            access_until=invite.access_until, is_shared=invite.is_shared,
        )  # fmt: skip

    async def who(self, cookie: str) -> Person | None:
        """None: no login, or not any more."""
        now = self._now()
        async with self._db.read() as tx:
            login = await stored.of_token(tx, hashed(cookie))
            if login is None or login.seen_at <= now - LOGIN_LIFE:
                return None
            person = await staff.get(tx, login.staff_id)
        if person is None or not is_active(person, now):
            return None
        if login.seen_at <= now - SEEN_EVERY:
            async with self._db.write() as tx:
                await stored.seen(tx, login.id, now)
        return person

    async def leave(self, cookie: str) -> None:
        """«Выйти»."""
        async with self._db.write() as tx:
            await stored.end(tx, hashed(cookie), self._now())
