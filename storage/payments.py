"""Payments and their links: one named query each."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .rows import Payment, columns, one
from .schema import links, payments, shops, staff

ALL = columns(Payment, payments)


async def lock_shop(tx: AsyncConnection, shop_id: int) -> None:
    """One creation a shop at a time: two replicas cannot both miss a look-alike. SQLite has one writer anyway."""
    await tx.execute(select(shops.c.id).where(shops.c.id == shop_id).with_for_update())


async def add(tx: AsyncConnection, **values: Any) -> int:
    """A new payment's id, which is its number. Raises Conflict where its key exists."""
    result = await tx.execute(insert(payments).values(**values).returning(payments.c.id))
    return int(result.scalar_one())


async def get(tx: AsyncConnection, payment_id: int) -> Payment | None:
    return one(Payment, (await tx.execute(select(*ALL).where(payments.c.id == payment_id))).first())


async def lock(tx: AsyncConnection, payment_id: int) -> Payment | None:
    """The payment, kept from others until the transaction ends."""
    query = select(*ALL).where(payments.c.id == payment_id).with_for_update()
    return one(Payment, (await tx.execute(query)).first())


async def by_key(tx: AsyncConnection, key: str) -> Payment | None:
    """The payment that this message or form made already."""
    return one(Payment, (await tx.execute(select(*ALL).where(payments.c.key == key))).first())


async def look_alike(
    tx: AsyncConnection,
    *,
    shop_id: int,
    amount: int,
    phone_digest: str | None,
    seller_id: int,
    open_statuses: Collection[str],
    paid_statuses: Collection[str],
    paid_since: datetime,
    created_since: datetime,
) -> Payment | None:
    """The newest payment of the shop with the same amount and phone (without a phone: of the same seller)
    that is open, or was paid since `paid_since`."""
    same = payments.c.phone_digest == phone_digest
    if phone_digest is None:
        same = and_(payments.c.phone_digest.is_(None), payments.c.seller_id == seller_id)
    query = (
        select(*ALL)
        .where(payments.c.shop_id == shop_id, payments.c.amount == amount, payments.c.created_at >= created_since, same)
        .where(
            or_(
                payments.c.status.in_(open_statuses),
                and_(payments.c.status.in_(paid_statuses), payments.c.changed_at >= paid_since),
            )
        )
        .order_by(payments.c.id.desc())
        .limit(1)
    )
    return one(Payment, (await tx.execute(query)).first())


async def last_handover_codes(tx: AsyncConnection, shop_id: int, limit: int) -> set[str]:
    """A new code differs from these."""
    query = select(payments.c.handover_code).where(payments.c.shop_id == shop_id).order_by(payments.c.id.desc())
    return set((await tx.execute(query.limit(limit))).scalars())


async def change(tx: AsyncConnection, payment: Payment, **values: Any) -> Payment | None:
    """Compare-and-set: `payment` with `values`, or None where somebody else changed it since it was read."""
    result = await tx.execute(
        update(payments)
        .where(payments.c.id == payment.id, payments.c.version == payment.version)
        .values(version=payment.version + 1, **values)
    )
    seen = {name: value for name, value in values.items() if name in Payment.__slots__}  # a row holds no digest
    return replace(payment, version=payment.version + 1, **seen) if result.rowcount == 1 else None


async def last_of_seller(tx: AsyncConnection, seller_id: int, limit: int) -> list[Payment]:
    """The newest first; of a shared phone: those of all who sell by it."""
    named = select(staff.c.id).where(staff.c.account_id == seller_id)
    his = or_(payments.c.seller_id == seller_id, payments.c.seller_id.in_(named))
    query = select(*ALL).where(his).order_by(payments.c.id.desc()).limit(limit)
    return [Payment(*row) for row in await tx.execute(query)]


async def spent_since(tx: AsyncConnection, seller_id: int, since: datetime, statuses: Collection[str]) -> int:
    """Kopecks of the seller's payments in these statuses: for the limit of the day."""
    query = select(func.coalesce(func.sum(payments.c.amount), 0)).where(
        payments.c.seller_id == seller_id, payments.c.created_at >= since, payments.c.status.in_(statuses)
    )
    return int((await tx.execute(query)).scalar_one())


async def last_fault(tx: AsyncConnection) -> str | None:
    """Why the newest sale failed; None: it did not, or there is none."""
    return (await tx.execute(select(payments.c.fault).order_by(payments.c.id.desc()).limit(1))).scalar_one_or_none()


async def count_paid(tx: AsyncConnection, since: datetime, until: datetime) -> int:
    """Payments that were paid between these moments."""
    query = select(func.count()).select_from(payments).where(payments.c.paid_at.between(since, until))
    return int((await tx.execute(query)).scalar_one())


# --- Links: the codes of /p/<code> ------------------------------------------------------------------------------------


async def add_link(tx: AsyncConnection, payment_id: int, code: str, now: datetime) -> None:
    """Raises Conflict where the code exists or another one is open."""
    await tx.execute(insert(links).values(code=code, payment_id=payment_id, created_at=now))


async def close_link(tx: AsyncConnection, payment_id: int, now: datetime) -> None:
    """Its code leads nowhere any more."""
    query = update(links).where(links.c.payment_id == payment_id, links.c.closed_at.is_(None))
    await tx.execute(query.values(closed_at=now))


async def open_link(tx: AsyncConnection, payment_id: int) -> str | None:
    query = select(links.c.code).where(links.c.payment_id == payment_id, links.c.closed_at.is_(None))
    return (await tx.execute(query)).scalar_one_or_none()


async def by_code(tx: AsyncConnection, code: str) -> Payment | None:
    """The payment of an open link."""
    query = select(*ALL).join(links, links.c.payment_id == payments.c.id)
    return one(Payment, (await tx.execute(query.where(links.c.code == code, links.c.closed_at.is_(None)))).first())


async def by_any_code(tx: AsyncConnection, code: str) -> Payment | None:
    """Also of a link that was closed: the bank leads its payers back to the code of its time."""
    query = select(*ALL).join(links, links.c.payment_id == payments.c.id)
    return one(Payment, (await tx.execute(query.where(links.c.code == code))).first())
