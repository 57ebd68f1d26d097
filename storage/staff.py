"""Shops, the people who sell in them, and invitations."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .rows import Person, Shop, columns, one
from .schema import invites, shops, staff

ALL = columns(Person, staff)
SHOP = columns(Shop, shops)


async def get_shop(tx: AsyncConnection, shop_id: int) -> Shop | None:
    return one(Shop, (await tx.execute(select(*SHOP).where(shops.c.id == shop_id))).first())


async def first_shop(tx: AsyncConnection) -> Shop | None:
    return one(Shop, (await tx.execute(select(*SHOP).order_by(shops.c.id).limit(1))).first())


async def add_shop(tx: AsyncConnection, name: str, now: datetime, **values: Any) -> int:
    result = await tx.execute(insert(shops).values(name=name, created_at=now, **values).returning(shops.c.id))
    return int(result.scalar_one())


async def change_shop(tx: AsyncConnection, shop_id: int, **values: Any) -> None:
    await tx.execute(update(shops).where(shops.c.id == shop_id).values(**values))


async def get(tx: AsyncConnection, staff_id: int) -> Person | None:
    return one(Person, (await tx.execute(select(*ALL).where(staff.c.id == staff_id))).first())


async def by_telegram_id(tx: AsyncConnection, telegram_id: int) -> Person | None:
    return one(Person, (await tx.execute(select(*ALL).where(staff.c.telegram_id == telegram_id))).first())


async def owners(tx: AsyncConnection) -> list[Person]:
    """Those whom alerts reach."""
    query = select(*ALL).where(staff.c.role == "owner", staff.c.closed_at.is_(None)).order_by(staff.c.id)
    return [Person(*row) for row in await tx.execute(query)]


async def add(tx: AsyncConnection, **values: Any) -> int:
    result = await tx.execute(insert(staff).values(**values).returning(staff.c.id))
    return int(result.scalar_one())


async def change(tx: AsyncConnection, staff_id: int, **values: Any) -> None:
    await tx.execute(update(staff).where(staff.c.id == staff_id).values(**values))


async def count(tx: AsyncConnection) -> int:
    return int((await tx.execute(select(func.count()).select_from(staff))).scalar_one())


async def add_invite(tx: AsyncConnection, **values: Any) -> None:
    await tx.execute(insert(invites).values(**values))


async def use_invite(tx: AsyncConnection, token_hash: str, now: datetime) -> tuple[str, int, datetime | None] | None:
    """Role, shop and end of access, for the first who comes in time; None for all others."""
    query = (
        update(invites)
        .where(invites.c.token_hash == token_hash, invites.c.used_at.is_(None), invites.c.expires_at > now)
        .values(used_at=now)
        .returning(invites.c.role, invites.c.shop_id, invites.c.access_until)
    )
    row = (await tx.execute(query)).first()
    return (row.role, row.shop_id, row.access_until) if row else None


async def invite_used_by(tx: AsyncConnection, token_hash: str, staff_id: int) -> None:
    await tx.execute(update(invites).where(invites.c.token_hash == token_hash).values(used_by=staff_id))
