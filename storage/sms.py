"""Messages to shoppers and how they fare."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .rows import Sms, columns, one
from .schema import sms, sms_reports

ALL = columns(Sms, sms)


async def add(tx: AsyncConnection, **values: Any) -> int:
    result = await tx.execute(insert(sms).values(**values).returning(sms.c.id))
    return int(result.scalar_one())


async def get(tx: AsyncConnection, sms_id: int) -> Sms | None:
    return one(Sms, (await tx.execute(select(*ALL).where(sms.c.id == sms_id))).first())


async def last_of_payment(tx: AsyncConnection, payment_id: int) -> Sms | None:
    """The one that the card speaks of."""
    query = select(*ALL).where(sms.c.payment_id == payment_id).order_by(sms.c.id.desc()).limit(1)
    return one(Sms, (await tx.execute(query)).first())


async def of_payment(tx: AsyncConnection, payment_id: int) -> list[Sms]:
    """All of them, oldest first."""
    query = select(*ALL).where(sms.c.payment_id == payment_id).order_by(sms.c.id)
    return [Sms(*row) for row in await tx.execute(query)]


async def count_of_payment(tx: AsyncConnection, payment_id: int, but: Collection[str]) -> int:
    """Messages of a payment in other states than `but`."""
    return await _count(tx, sms.c.payment_id == payment_id, but)


async def count_to_number(tx: AsyncConnection, phone_digest: str, since: datetime, but: Collection[str]) -> int:
    """The same of all to a number that were to be sent since then."""
    return await _count(tx, and_(sms.c.phone_digest == phone_digest, sms.c.send_at > since), but)


async def _count(tx: AsyncConnection, these: ColumnElement[bool], but: Collection[str]) -> int:
    query = select(func.count()).select_from(sms).where(these, sms.c.state.not_in(but))
    return int((await tx.execute(query)).scalar_one())


async def lock_number(tx: AsyncConnection, phone_digest: str) -> None:
    """One at a time about one number: else two messages stored in the same moment on PostgreSQL would each not count
    the other."""
    if tx.dialect.name == "postgresql":
        await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"number:{phone_digest}", 0))))


async def lock_reports(tx: AsyncConnection, provider: str, message_id: str) -> None:
    """One at a time about one message: else its outcome and its report, stored in the same moment on PostgreSQL, would
    each miss the other. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"sms:{provider}:{message_id}", 0))))


async def of_message(tx: AsyncConnection, provider: str, message_id: str) -> Sms | None:
    query = select(*ALL).where(sms.c.provider == provider, sms.c.message_id == message_id)
    return one(Sms, (await tx.execute(query)).first())


async def move(tx: AsyncConnection, message: Sms, *, state: str, now: datetime, **values: Any) -> bool:
    """Compare-and-set on the state: False where it has moved meanwhile."""
    query = update(sms).where(sms.c.id == message.id, sms.c.state == message.state)
    return bool((await tx.execute(query.values(state=state, state_at=now, **values))).rowcount)


async def ask_again_at(tx: AsyncConnection, sms_id: int, moment: datetime | None) -> None:
    """When the provider is to be asked how it fares; None: never."""
    await tx.execute(update(sms).where(sms.c.id == sms_id).values(next_ask_at=moment))


async def due(tx: AsyncConnection, now: datetime, limit: int) -> list[Sms]:
    """Messages whose delivery nobody has reported yet and that are to be asked about."""
    query = select(*ALL).where(sms.c.next_ask_at <= now).order_by(sms.c.next_ask_at).limit(limit)
    return [Sms(*row) for row in await tx.execute(query.with_for_update(skip_locked=True))]


async def are_due(tx: AsyncConnection, now: datetime) -> bool:
    """Whether `due` would find anything: for readers, who cannot lock."""
    query = select(sms.c.id).where(sms.c.next_ask_at <= now).limit(1)
    return (await tx.execute(query)).first() is not None


async def keep_report(tx: AsyncConnection, provider: str, message_id: str, state: str, now: datetime) -> None:
    """A report that came before its message was stored."""
    values = {"provider": provider, "message_id": message_id, "state": state, "received_at": now}
    await tx.execute(insert(sms_reports).values(**values))


async def prune_reports(tx: AsyncConnection, before: datetime, limit: int) -> None:
    """Deletes at most `limit` reports whose message never appeared."""
    old = select(sms_reports.c.id).where(sms_reports.c.received_at < before).limit(limit)
    await tx.execute(delete(sms_reports).where(sms_reports.c.id.in_(old)))


async def take_reports(tx: AsyncConnection, provider: str, message_id: str) -> list[str]:
    """States that were reported early, oldest first; they are handed out once."""
    query = delete(sms_reports).where(sms_reports.c.provider == provider, sms_reports.c.message_id == message_id)
    found = await tx.execute(query.returning(sms_reports.c.id, sms_reports.c.state))
    return [state for _, state in sorted((row.id, row.state) for row in found)]
