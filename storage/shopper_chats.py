"""Shoppers who pressed Start for a payment. Their chats are known here, and by the code of the link that led them.

When that link is closed, somebody else may hold its code: whoever came by it is told nothing more.
"""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import insert
from .rows import ShopperChat, columns
from .schema import links, shopper_chats

ALL = columns(ShopperChat, shopper_chats)


async def of_open_link(tx: AsyncConnection, payment_id: int) -> list[ShopperChat]:
    """Those who came by the payment's open link, oldest first."""
    query = select(*ALL).join(links, links.c.code == shopper_chats.c.code)
    query = query.where(shopper_chats.c.payment_id == payment_id, links.c.closed_at.is_(None))
    rows = await tx.execute(query.order_by(shopper_chats.c.started_at, shopper_chats.c.chat_id))
    return [ShopperChat(*row) for row in rows]


async def enter(tx: AsyncConnection, payment_id: int, chat_id: int, *, code: str, lang: str, now: datetime) -> None:
    """He pressed Start, perhaps again: the link by which he came last counts."""
    came = {"code": code, "lang": lang, "started_at": now, "sent_at": None}
    new = insert(tx, shopper_chats).values(payment_id=payment_id, chat_id=chat_id, **came)
    keys = [shopper_chats.c.payment_id, shopper_chats.c.chat_id]
    await tx.execute(new.on_conflict_do_update(index_elements=keys, set_=came))


async def note_sent(tx: AsyncConnection, payment_id: int, chat_id: int, now: datetime) -> None:
    """He has got the link."""
    here = shopper_chats.c.payment_id == payment_id, shopper_chats.c.chat_id == chat_id
    await tx.execute(update(shopper_chats).where(*here).values(sent_at=now))


async def last_sent(tx: AsyncConnection, payment_id: int) -> datetime | None:
    """When the open link was last sent to somebody's Telegram."""
    query = select(func.max(shopper_chats.c.sent_at)).join(links, links.c.code == shopper_chats.c.code)
    query = query.where(shopper_chats.c.payment_id == payment_id, links.c.closed_at.is_(None))
    sent_at: datetime | None = await tx.scalar(query)
    return sent_at
