"""The messages that show payments in chats, and the questions that wait there."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import insert as insert_new
from .rows import Card, Draft, columns, one
from .schema import cards, drafts, payments

ALL = columns(Card, cards)
DRAFT = columns(Draft, drafts)


async def get(tx: AsyncConnection, payment_id: int, chat_id: int) -> Card | None:
    query = select(*ALL).where(cards.c.payment_id == payment_id, cards.c.chat_id == chat_id)
    return one(Card, (await tx.execute(query)).first())


async def of_payment(tx: AsyncConnection, payment_id: int) -> list[Card]:
    return [Card(*row) for row in await tx.execute(select(*ALL).where(cards.c.payment_id == payment_id))]


async def of_message(tx: AsyncConnection, chat_id: int, message_id: int) -> Card | None:
    """Which payment a message shows: for replies and presses."""
    query = select(*ALL).where(cards.c.chat_id == chat_id, cards.c.message_id == message_id)
    return one(Card, (await tx.execute(query)).first())


async def file_of(tx: AsyncConnection, payment_id: int, code: str) -> str | None:
    """The file_id of the picture of this code, wherever it was posted."""
    query = select(cards.c.file_id).where(cards.c.payment_id == payment_id, cards.c.code == code)
    found: str | None = await tx.scalar(query.where(cards.c.file_id.is_not(None)).limit(1))
    return found


async def shown_in(tx: AsyncConnection, chat_id: int, since: datetime) -> list[int]:
    """The payments that this chat shows and that have changed since then."""
    query = select(cards.c.payment_id).join(payments, payments.c.id == cards.c.payment_id)
    rows = await tx.scalars(query.where(cards.c.chat_id == chat_id, payments.c.changed_at >= since))
    return list(rows)


async def ensure(tx: AsyncConnection, payment_id: int, chat_id: int, thread_id: int | None) -> None:
    """A card that is to be posted."""
    row = insert_new(tx, cards).values(payment_id=payment_id, chat_id=chat_id, thread_id=thread_id)
    await tx.execute(row.on_conflict_do_nothing())


async def change(tx: AsyncConnection, payment_id: int, chat_id: int, **values: Any) -> None:
    query = update(cards).where(cards.c.payment_id == payment_id, cards.c.chat_id == chat_id)
    await tx.execute(query.values(**values))


async def add_draft(tx: AsyncConnection, **values: Any) -> int:
    result = await tx.execute(insert(drafts).values(**values).returning(drafts.c.id))
    return int(result.scalar_one())


async def get_draft(tx: AsyncConnection, draft_id: int) -> Draft | None:
    return one(Draft, (await tx.execute(select(*DRAFT).where(drafts.c.id == draft_id))).first())


async def open_draft(tx: AsyncConnection, chat_id: int, author_id: int, kind: str, now: datetime) -> Draft | None:
    """The newest question of this kind that still waits for this person's answer here."""
    query = select(*DRAFT).where(
        drafts.c.chat_id == chat_id,
        drafts.c.author_id == author_id,
        drafts.c.kind == kind,
        drafts.c.used_at.is_(None),
        drafts.c.expires_at > now,
    )
    return one(Draft, (await tx.execute(query.order_by(drafts.c.id.desc()).limit(1))).first())


async def has_draft(tx: AsyncConnection, chat_id: int, author_id: int, kind: str, key: str, now: datetime) -> bool:
    """Whether a row of this kind about this message is still in its time, used or not."""
    query = select(drafts.c.id).where(
        drafts.c.chat_id == chat_id,
        drafts.c.author_id == author_id,
        drafts.c.kind == kind,
        drafts.c.key == key,
        drafts.c.expires_at > now,
    )
    return (await tx.execute(query.limit(1))).first() is not None


async def last_used(
    tx: AsyncConnection, chat_id: int, author_id: int, kind: str, since: datetime, until: datetime
) -> Draft | None:
    """The question of this kind that this person answered here last, between these moments."""
    query = select(*DRAFT).where(
        drafts.c.chat_id == chat_id,
        drafts.c.author_id == author_id,
        drafts.c.kind == kind,
        drafts.c.used_at >= since,
        drafts.c.used_at <= until,
    )
    return one(Draft, (await tx.execute(query.order_by(drafts.c.used_at.desc()).limit(1))).first())


async def use_draft(tx: AsyncConnection, draft_id: int, now: datetime) -> bool:
    """True for the first who uses it."""
    query = update(drafts).where(drafts.c.id == draft_id, drafts.c.used_at.is_(None)).values(used_at=now)
    return bool((await tx.execute(query)).rowcount)


async def open_question(tx: AsyncConnection, payment_id: int, chat_id: int, kind: str, now: datetime) -> Draft | None:
    """The newest question about a payment that still waits in this chat."""
    query = select(*DRAFT).where(
        drafts.c.payment_id == payment_id,
        drafts.c.chat_id == chat_id,
        drafts.c.kind == kind,
        drafts.c.used_at.is_(None),
        drafts.c.expires_at > now,
    )
    return one(Draft, (await tx.execute(query.order_by(drafts.c.id.desc()).limit(1))).first())


async def close_questions(tx: AsyncConnection, payment_id: int, kind: str, now: datetime) -> None:
    """Questions about a payment that no answer can reach any more."""
    query = update(drafts).where(drafts.c.payment_id == payment_id, drafts.c.kind == kind, drafts.c.used_at.is_(None))
    await tx.execute(query.values(used_at=now))
