"""The sales that somebody leaves behind when his access is closed."""

from collections.abc import Collection

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .rows import Payment, columns
from .schema import cards, operations, payments, staff

ALL = columns(Payment, payments)


async def open_sales(tx: AsyncConnection, staff_id: int, statuses: Collection[str]) -> list[Payment]:
    """In these statuses, or with a request that nobody has decided; of a shared phone: those of all who sell by it."""
    sellers = select(staff.c.id).where(or_(staff.c.id == staff_id, staff.c.account_id == staff_id))
    asked = exists().where(operations.c.payment_id == payments.c.id, operations.c.state == "requested")
    query = select(*ALL).where(
        payments.c.seller_id.in_(sellers),
        or_(payments.c.status.in_(statuses), asked),
    )
    found = [Payment(*row) for row in await tx.execute(query)]
    return sorted(found, key=lambda payment: payment.id)  # asked for the order, SQLite would walk through all sales


async def forget_card(tx: AsyncConnection, payment_id: int, chat_id: int) -> None:
    """What a chat shows of a sale is not brought up to date any more."""
    await tx.execute(delete(cards).where(and_(cards.c.payment_id == payment_id, cards.c.chat_id == chat_id)))
