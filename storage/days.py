"""What a shop sold in a day: its list and its sum. `seller_id`: only his, and those of all who sell by his phone."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .rows import Payment, columns
from .schema import operations, payments, staff

ALL = columns(Payment, payments)
LIVES = timedelta(days=8)  # a link, and a hold behind it: what is older does not change by itself


async def touched(
    tx: AsyncConnection, since: datetime, shop_id: int, seller_id: int | None, limit: int
) -> list[Payment]:
    """Made or changed since then, the newest first."""
    query = select(*ALL).where(
        _whose(shop_id, seller_id),
        payments.c.created_at >= since - LIVES,
        or_(payments.c.created_at >= since, payments.c.changed_at >= since),
    )
    return [Payment(*row) for row in await tx.execute(query.order_by(payments.c.id.desc()).limit(limit))]


async def asked_for(tx: AsyncConnection, shop_id: int, seller_id: int | None) -> list[Payment]:
    """Whose refund waits for somebody's yes, however old they are, the newest first."""
    waiting = select(operations.c.payment_id).where(operations.c.state == "requested", operations.c.ended_at.is_(None))
    query = select(*ALL).where(payments.c.id.in_(waiting), _whose(shop_id, seller_id))
    return [Payment(*row) for row in await tx.execute(query.order_by(payments.c.id.desc()))]


async def taken(tx: AsyncConnection, since: datetime, shop_id: int, seller_id: int | None) -> tuple[int, int]:
    """How many payments were paid since then, and the kopecks that are left of them after refunds."""
    query = select(func.count(), func.coalesce(func.sum(payments.c.deposited), 0)).where(
        _whose(shop_id, seller_id), payments.c.paid_at >= since, payments.c.deposited > 0
    )
    count, total = (await tx.execute(query)).one()
    return int(count), int(total)


def _whose(shop_id: int, seller_id: int | None) -> ColumnElement[bool]:
    of_shop = payments.c.shop_id == shop_id
    if seller_id is None:
        return of_shop
    named = select(staff.c.id).where(staff.c.account_id == seller_id)
    return and_(of_shop, or_(payments.c.seller_id == seller_id, payments.c.seller_id.in_(named)))
