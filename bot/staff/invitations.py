"""Invitations: one-use links that make somebody a member of staff.

    `read_offer`   «продавец до воскресенья 22:00» -> what is offered (pure)
    `Invitations`  makes the link, of which only a hash is stored, and lets in whoever opens it first

Nobody becomes less by a link that he only looks at: an owner stays an owner, and whoever made it cannot use it.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from storage import audit
from storage import staff as stored
from storage.engine import Database
from storage.rows import Invite, Person

from .people import Newcomer, enter, is_active
from .rights import Role, may_invite
from .until import UntilFault, read_until

OWNER_LINK_LIFE = timedelta(minutes=15)  # it was printed on a terminal that others may see
INVITE_LIFE = timedelta(days=1)
TOKEN_BYTES = 24  # 32 characters of the deep link's alphabet
SHARED = "shared"
WORDS = {
    Role.ASSISTANT: ("продавец", "продавца", "ассистент", "кассир", "assistant", "seller", "cashier"),
    Role.MANAGER: ("менеджер", "менеджера", "управляющий", "manager"),
    Role.OWNER: ("владелец", "владельца", "owner"),
    SHARED: ("общий", "shared"),
}
KINDS = {word: kind for kind, words in WORDS.items() for word in words}
PHONE = {"телефон", "phone"}  # «общий телефон»


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation makes of somebody. `until`: the end of the access, in UTC."""

    role: Role
    is_shared: bool = False
    until: datetime | None = None

    @classmethod
    def of(cls, kind: str, until: datetime | None = None) -> "Offer":
        """`kind`: a role, or «shared» for a phone of several sellers. ValueError: no such kind."""
        return cls(Role.ASSISTANT, True, until) if kind == SHARED else cls(Role(kind), False, until)

    @property
    def kind(self) -> str:
        """As `of` takes it, and as the texts name it (`role.*`)."""
        return SHARED if self.is_shared else str(self.role)


def read_offer(text: str, now: datetime, zone: ZoneInfo) -> Offer | UntilFault:
    """The words after /invite. UNREAD: no role, or no time, that we know."""
    first, _, rest = text.strip().partition(" ")
    kind = KINDS.get(first.lower())
    if kind is None:
        return UntilFault.UNREAD
    words = rest.split()
    if kind == SHARED and words and words[0].lower() in PHONE:
        words = words[1:]
    if not words:
        return Offer.of(kind)
    until = read_until(" ".join(words), now, zone)
    if isinstance(until, UntilFault):
        return until
    return UntilFault.UNREAD if kind == Role.OWNER else Offer.of(kind, until)  # owners have no end


class Refusal(Enum):
    """Why a link lets somebody not in."""

    OVER = "used, out of time or never made"
    NOT_FOR_HIM = "made by himself, or less than he is"


@dataclass(frozen=True, slots=True)
class Joined:
    """`invited_by` None: the service itself. The same again where the same person opens his link once more."""

    person: Person
    invited_by: Person | None
    invite_id: int


class Invitations:
    """Makes links and lets people in."""

    def __init__(self, db: Database, settings: Settings, now: Now) -> None:
        self._db = db
        self._settings = settings
        self._now = now

    def address(self, token: str, bot_name: str | None) -> str:
        """With an address of ours the link opens the bot through it, else straight, which needs the bot's name."""
        ours = self._settings.public_url
        return f"{ours}/i/{token}" if ours else f"https://t.me/{bot_name}?start={token}"

    async def owner_token(self) -> str:
        """Works once, within 15 minutes."""
        async with self._db.write() as tx:
            shop = await stored.first_shop(tx)
            if shop is None:
                raise LookupError("there is no shop yet")
            return await self._make(tx, Offer(Role.OWNER), shop.id, OWNER_LINK_LIFE, None)

    async def token(self, offer: Offer, shop_id: int, by: Person, chat_id: int) -> str:
        """Works once, within a day. `by`: has the right to invite so (`may_invite`)."""
        async with self._db.write() as tx:
            await audit.record(
                tx, now=self._now(), action="invite", staff_id=by.id, chat_id=chat_id,
                detail={"role": offer.kind, "shop": shop_id},
            )  # fmt: skip
            return await self._make(tx, offer, shop_id, INVITE_LIFE, by)

    async def _make(self, tx: AsyncConnection, offer: Offer, shop_id: int, life: timedelta, by: Person | None) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await stored.add_invite(
            tx, token_hash=hashed(token), role=offer.role, shop_id=shop_id, is_shared=offer.is_shared,
            access_until=offer.until, expires_at=self._now() + life, invited_by=by.id if by else None,
        )  # fmt: skip
        return token

    async def join(self, token: str, who: Newcomer) -> Joined | Refusal:
        """Lets in whoever comes first, and knows him when he comes again."""
        now = self._now()
        async with self._db.write() as tx:
            found = await open_invite(tx, token)
            if found is None:
                return Refusal.OVER
            invite, inviter = found
            known = await stored.by_telegram_id(tx, who.telegram_id)
            if invite.for_id:
                return await self._attach(tx, invite, invite.for_id, known, who)
            if known and known.closed_at is None:
                if invite.used_by == known.id:
                    return Joined(known, inviter, invite.id)
                if not as_good_as_he_is(known, invite):
                    return Refusal.NOT_FOR_HIM
            if not await stored.use_invite(tx, invite.id, now):
                return Refusal.OVER
            return Joined(await self._let_in(tx, invite, who), inviter, invite.id)

    async def _let_in(self, tx: AsyncConnection, invite: Invite, who: Newcomer) -> Person:
        person = await enter(
            tx, who, self._now(), role=invite.role, shop_id=invite.shop_id, access_until=invite.access_until,
            is_shared=invite.is_shared,
        )  # fmt: skip
        await stored.invite_used_by(tx, invite.id, person.id)
        return person

    async def _attach(
        self, tx: AsyncConnection, invite: Invite, staff_id: int, known: Person | None, who: Newcomer
    ) -> Joined | Refusal:
        """Somebody's own door of the web till, opened in Telegram: his account from now on, if he has none."""
        now = self._now()
        person = await stored.get(tx, staff_id)
        if known:
            his = known.id == staff_id and known.closed_at is None
            return Joined(known, None, invite.id) if his else Refusal.NOT_FOR_HIM
        if person is None or person.telegram_id or not is_active(person, now):
            return Refusal.OVER
        if not await stored.use_invite(tx, invite.id, now):
            return Refusal.OVER
        await stored.change(tx, staff_id, telegram_id=who.telegram_id, username=who.username)
        await stored.invite_used_by(tx, invite.id, staff_id)
        await audit.record(tx, now=now, action="attach telegram", staff_id=staff_id, chat_id=who.telegram_id)
        return Joined(replace(person, telegram_id=who.telegram_id, username=who.username), None, invite.id)

    async def made_him(self, inviter: Person, other: Person) -> bool:
        """Whether `other` is what he is by a link of `inviter`, who may then say «Это не он»."""
        async with self._db.read() as tx:
            invite = await stored.last_invite_of(tx, other.id)
        return invite is not None and invite.invited_by == inviter.id and invite.role == other.role


def hashed(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def open_invite(tx: AsyncConnection, token: str) -> tuple[Invite, Person | None] | None:
    """The link and who made it; None: never made, or by somebody who may not any more. It may be used or too old."""
    invite = await stored.invite_of(tx, hashed(token))
    if invite is None:
        return None
    inviter = await stored.get(tx, invite.invited_by) if invite.invited_by else None
    if inviter and (inviter.closed_at or not may_invite(inviter, invite.role, invite.shop_id)):
        return None
    return invite, inviter


def as_good_as_he_is(known: Person, invite: Invite) -> bool:
    """Whether the link is for this person: not made by himself, and no less than an owner if he is one."""
    return known.id != invite.invited_by and (known.role != Role.OWNER or invite.role == Role.OWNER)
