"""Movements of a payment's money. An index lets one operation a payment be open."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .rows import Operation, columns, one
from .schema import OPEN_OPERATION, operations

ALL = columns(Operation, operations)


async def add(tx: AsyncConnection, **values: Any) -> Operation:
    """A new one. Raises Conflict where its key exists or another one of the payment is open."""
    row = (await tx.execute(insert(operations).values(**values).returning(*ALL))).one()
    return Operation(*row)


async def get(tx: AsyncConnection, operation_id: int) -> Operation | None:
    return one(Operation, (await tx.execute(select(*ALL).where(operations.c.id == operation_id))).first())


async def by_key(tx: AsyncConnection, key: str) -> Operation | None:
    return one(Operation, (await tx.execute(select(*ALL).where(operations.c.key == key))).first())


async def open_one(tx: AsyncConnection, payment_id: int) -> Operation | None:
    """The payment's open operation."""
    query = select(*ALL).where(operations.c.payment_id == payment_id, operations.c.state.in_(OPEN_OPERATION))
    return one(Operation, (await tx.execute(query)).first())


async def of_payment(tx: AsyncConnection, payment_id: int) -> list[Operation]:
    """Oldest first."""
    query = select(*ALL).where(operations.c.payment_id == payment_id).order_by(operations.c.id)
    return [Operation(*row) for row in await tx.execute(query)]


async def change(tx: AsyncConnection, operation: Operation, **values: Any) -> Operation | None:
    """Compare-and-set on the state: `operation` with `values`, or None where somebody else was quicker."""
    result = await tx.execute(
        update(operations)
        .where(operations.c.id == operation.id, operations.c.state == operation.state)
        .values(**values)
    )
    return replace(operation, **values) if result.rowcount == 1 else None


async def requested_before(tx: AsyncConnection, moment: datetime, limit: int) -> list[Operation]:
    """Requests that nobody has decided since then, the oldest first."""
    query = select(*ALL).where(operations.c.state == "requested", operations.c.asked_at <= moment)
    return [Operation(*row) for row in await tx.execute(query.order_by(operations.c.asked_at).limit(limit))]
