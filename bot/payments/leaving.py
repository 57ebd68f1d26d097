"""Somebody leaves: his access is closed, at once for him, and his open sales go to the shop; or it ends by itself.

In one transaction: the person, the names on his phone, his sales, the audit, the last message to him. From then on
`telegram.access` turns him away, whatever buttons he still sees. Each open sale that lived in his private chat moves
to the shop's group (without one: to the chat of whoever closed him), where its card is posted anew.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from html import escape
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from bot.ports import Message, Place
from bot.staff import Role, may_manage
from bot.text import say, until
from bot.vault import Vault
from storage import audit, cards, leavings, logins, payments, staff
from storage.engine import Database
from storage.rows import Payment, Person

from .announce import queue_card, queue_reply
from .sealed import seal_message
from .states import OPEN, Status

UNFINISHED = OPEN | {Status.HELD}
WARNED_BEFORE = timedelta(minutes=30)  # an access ends by itself


class Kept(Enum):
    """Why an access was not closed."""

    GONE = "closed already, or never there"
    FORBIDDEN = "not for this person to close"
    LAST_OWNER = "nobody would be left to let anybody in"


@dataclass(frozen=True, slots=True)
class Closed:
    """`handed`: how many sales went to the shop."""

    person: Person
    handed: int


class Leaving:
    """Closes accesses."""

    def __init__(self, db: Database, settings: Settings, vault: Vault, now: Now) -> None:
        self._db = db
        self._vault = vault
        self._zone = ZoneInfo(settings.timezone)
        self._now = now

    async def open_sales(self, staff_id: int) -> int:
        """How many wait for money, for the goods, or for somebody's yes."""
        async with self._db.read() as tx:
            return len(await leavings.open_sales(tx, staff_id, UNFINISHED))

    async def look(self) -> None:
        """By a timer: whose access is about to end is told so once, with what he leaves open."""
        now = self._now()
        async with self._db.read() as tx:
            people = await staff.ending(tx, now, now + WARNED_BEFORE)
            left = [len(await leavings.open_sales(tx, person.id, UNFINISHED)) for person in people]
        for person, sales in zip(people, left, strict=True):
            if person.access_until is None or person.telegram_id is None:
                continue
            ends = until(person.access_until, person.lang, self._zone, now)
            words = seal_message(self._vault, Message(say("T-ENDING", person.lang, until=ends, k=sales)))
            key = f"ending:{person.id}:{person.access_until.timestamp():.0f}"
            async with self._db.write() as tx:
                await queue_reply(tx, Place(person.telegram_id), words, now, key=key)

    async def close(self, by: Person, staff_id: int, chat_id: int, *, let_him_in: bool = False) -> Closed | Kept:
        """`let_him_in`: `by` made the link by which he came, and says now that it is somebody else."""
        now = self._now()
        async with self._db.write() as tx:
            other = await staff.get(tx, staff_id)
            if other is None or other.closed_at is not None:
                return Kept.GONE
            if by.id == other.id or not (let_him_in or may_manage(by, other)):
                return Kept.FORBIDDEN
            if other.role == Role.OWNER and await self._is_last_owner(tx, other):
                return Kept.LAST_OWNER
            await staff.change(tx, other.id, closed_at=now)
            await staff.close_sellers(tx, other.id, now)
            await logins.end_all(tx, other.id, now)
            handed = [] if other.account_id else await self._hand_over(tx, other, by)
            await audit.record(
                tx, now=now, action="close access", staff_id=by.id, chat_id=chat_id,
                detail={"who": other.id, "payments": handed},
            )  # fmt: skip
            await self._say_good_bye(tx, other)
            return Closed(other, len(handed))

    async def _is_last_owner(self, tx: AsyncConnection, owner: Person) -> bool:
        """Under a lock: two owners who close each other at once must not both succeed."""
        first = await staff.first_shop(tx)
        if first:
            await payments.lock_shop(tx, first.id)
        return all(other.id == owner.id for other in await staff.owners(tx))

    async def _hand_over(self, tx: AsyncConnection, person: Person, by: Person) -> list[int]:
        """The numbers of the sales that moved. What was typed in a group is there already."""
        shop = await staff.get_shop(tx, person.shop_id)
        place = Place(shop.chat_id, shop.thread_id) if shop and shop.chat_id else None
        if place is None and by.telegram_id:
            place = Place(by.telegram_id)
        handed = []
        for sale in await leavings.open_sales(tx, person.id, UNFINISHED):
            locked = await payments.lock(tx, sale.id)
            if place and locked and locked.chat_id == person.telegram_id:
                await self._move(tx, locked, place)
                handed.append(sale.id)
        return handed

    async def _move(self, tx: AsyncConnection, payment: Payment, place: Place) -> None:
        """What the old chat shows stays as it is: it is not told any more how the sale goes on."""
        if payment.chat_id:
            await leavings.forget_card(tx, payment.id, payment.chat_id)
        moved = await payments.change(tx, payment, chat_id=place.chat_id, thread_id=place.thread_id)
        await cards.ensure(tx, payment.id, place.chat_id, place.thread_id)
        await queue_card(tx, moved or payment, self._now())

    async def _say_good_bye(self, tx: AsyncConnection, person: Person) -> None:
        shop = await staff.get_shop(tx, person.shop_id)
        if person.telegram_id and shop:
            words = Message(say("T-REMOVED", person.lang, shop=escape(shop.name)))
            await queue_reply(tx, Place(person.telegram_id), seal_message(self._vault, words), self._now())


async def has_left(tx: AsyncConnection, chat_id: int) -> bool:
    """Whoever has left is told no more: neither of what he sold nor of what he was to decide."""
    person = None if Place(chat_id).is_group else await staff.by_telegram_id(tx, chat_id)
    return person is not None and person.closed_at is not None
