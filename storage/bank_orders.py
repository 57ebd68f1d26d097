"""Bank orders and the notifications about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .rows import BankOrder, columns, one
from .schema import bank_orders, callbacks

ALL = columns(BankOrder, bank_orders)


async def add(tx: AsyncConnection, **values: Any) -> int:
    result = await tx.execute(insert(bank_orders).values(**values).returning(bank_orders.c.id))
    return int(result.scalar_one())


async def get(tx: AsyncConnection, order_id: int) -> BankOrder | None:
    return one(BankOrder, (await tx.execute(select(*ALL).where(bank_orders.c.id == order_id))).first())


async def of_payment(tx: AsyncConnection, payment_id: int) -> list[BankOrder]:
    """Oldest first."""
    query = select(*ALL).where(bank_orders.c.payment_id == payment_id).order_by(bank_orders.c.id)
    return [BankOrder(*row) for row in await tx.execute(query)]


async def named(tx: AsyncConnection, md_order: str | None, number: str | None) -> BankOrder | None:
    """By the bank's id first; by our number while its answer to the registration is not stored."""
    for found in (bank_orders.c.md_order == md_order) if md_order else None, bank_orders.c.number == number:
        if found is not None and (row := (await tx.execute(select(*ALL).where(found))).first()):
            return one(BankOrder, row)
    return None


async def change(tx: AsyncConnection, order_id: int, **values: Any) -> None:
    await tx.execute(update(bank_orders).where(bank_orders.c.id == order_id).values(**values))


async def due(tx: AsyncConnection, now: datetime, limit: int) -> list[BankOrder]:
    """Orders whose time to be read has come: those to be read first, then the longest waiting."""
    found: list[BankOrder] = []
    for first in (True, False):
        query = select(*ALL).where(bank_orders.c.read_first == first, bank_orders.c.next_read_at <= now)
        query = query.order_by(bank_orders.c.next_read_at).limit(limit - len(found)).with_for_update(skip_locked=True)
        found += [BankOrder(*row) for row in await tx.execute(query)]
    return found


async def are_due(tx: AsyncConnection, now: datetime) -> bool:
    """Whether `due` would find anything: for readers, who cannot lock."""
    both = bank_orders.c.read_first.in_([True, False])  # lets the index be used
    query = select(bank_orders.c.id).where(both, bank_orders.c.next_read_at <= now).limit(1)
    return (await tx.execute(query)).first() is not None


async def note_callback(
    tx: AsyncConnection,
    *,
    md_order: str | None,
    order_number: str | None,
    operation: str,
    succeeded: bool,
    bank_order_id: int | None,
    now: datetime,
) -> None:
    """Keeps a notification. The same one again is another row: equal callbacks may mean two refunds."""
    await tx.execute(
        insert(callbacks).values(
            md_order=md_order,
            order_number=order_number,
            operation=operation,
            succeeded=succeeded,
            bank_order_id=bank_order_id,
            received_at=now,
        )
    )


async def was_any_registered(tx: AsyncConnection) -> bool:
    """Whether the bank has ever taken an order."""
    query = select(bank_orders.c.id).where(bank_orders.c.state == "registered").limit(1)
    return (await tx.execute(query)).first() is not None


async def last_callback_at(tx: AsyncConnection) -> datetime | None:
    """When the bank called last; None: never yet."""
    last: datetime | None = await tx.scalar(select(func.max(callbacks.c.received_at)))
    return last


async def prune_callbacks(tx: AsyncConnection, before: datetime, limit: int) -> None:
    """Deletes at most `limit` notifications that came before then."""
    old = select(callbacks.c.id).where(callbacks.c.received_at < before).order_by(callbacks.c.received_at).limit(limit)
    await tx.execute(delete(callbacks).where(callbacks.c.id.in_(old)))
