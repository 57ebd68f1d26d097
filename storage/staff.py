"""Shops, the people who sell in them, and invitations."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .rows import Invite, Person, Shop, columns, one
from .schema import invites, shops, staff

ALL = columns(Person, staff)
SHOP = columns(Shop, shops)
INVITE = columns(Invite, invites)


async def get_shop(tx: AsyncConnection, shop_id: int) -> Shop | None:
    return one(Shop, (await tx.execute(select(*SHOP).where(shops.c.id == shop_id))).first())


async def first_shop(tx: AsyncConnection) -> Shop | None:
    return one(Shop, (await tx.execute(select(*SHOP).order_by(shops.c.id).limit(1))).first())


async def shop_of_chat(tx: AsyncConnection, chat_id: int) -> Shop | None:
    """The shop that this group is, whatever topic of it."""
    query = select(*SHOP).where(shops.c.chat_id == chat_id).order_by(shops.c.id).limit(1)
    return one(Shop, (await tx.execute(query)).first())


async def all_shops(tx: AsyncConnection) -> list[Shop]:
    return [Shop(*row) for row in await tx.execute(select(*SHOP).order_by(shops.c.id))]


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


async def approvers(tx: AsyncConnection, shop_id: int, asked_by: int, now: datetime) -> list[Person]:
    """Who else may agree to money going back in this shop: in his own chat, or in the web till."""
    in_time = or_(staff.c.access_until.is_(None), staff.c.access_until > now)
    managers = and_(staff.c.role == "manager", staff.c.shop_id == shop_id)
    query = select(*ALL).where(
        or_(staff.c.role == "owner", managers),
        staff.c.id != asked_by,
        staff.c.is_shared.is_(False),
        staff.c.closed_at.is_(None),
        in_time,
    )
    return [Person(*row) for row in await tx.execute(query.order_by(staff.c.id))]


async def add(tx: AsyncConnection, **values: Any) -> int:
    result = await tx.execute(insert(staff).values(**values).returning(staff.c.id))
    return int(result.scalar_one())


async def change(tx: AsyncConnection, staff_id: int, **values: Any) -> None:
    await tx.execute(update(staff).where(staff.c.id == staff_id).values(**values))


async def count(tx: AsyncConnection) -> int:
    return int((await tx.execute(select(func.count()).select_from(staff))).scalar_one())


async def people(tx: AsyncConnection, shop_id: int | None) -> list[Person]:
    """Whose access is not closed, in this shop or in all: owners, managers, assistants; no named sellers of a phone."""
    rank = case((staff.c.role == "owner", 0), (staff.c.role == "manager", 1), else_=2)
    query = select(*ALL).where(staff.c.closed_at.is_(None), staff.c.account_id.is_(None))
    if shop_id is not None:
        query = query.where(staff.c.shop_id == shop_id)
    return [Person(*row) for row in await tx.execute(query.order_by(staff.c.shop_id, rank, staff.c.id))]


async def ending(tx: AsyncConnection, after: datetime, until: datetime) -> list[Person]:
    """Whose access ends by itself between these moments."""
    query = select(*ALL).where(staff.c.closed_at.is_(None), staff.c.access_until > after, staff.c.access_until <= until)
    return [Person(*row) for row in await tx.execute(query.order_by(staff.c.id))]


# --- Named sellers of a shared phone ----------------------------------------------------------------------------------


async def sellers(tx: AsyncConnection, account_id: int) -> list[Person]:
    """Who sells by this phone."""
    query = select(*ALL).where(staff.c.account_id == account_id, staff.c.closed_at.is_(None)).order_by(staff.c.id)
    return [Person(*row) for row in await tx.execute(query)]


async def close_sellers(tx: AsyncConnection, account_id: int, now: datetime) -> None:
    """The phone is nobody's any more."""
    named = update(staff).where(staff.c.account_id == account_id, staff.c.closed_at.is_(None))
    await tx.execute(named.values(closed_at=now))


# --- Invitations ------------------------------------------------------------------------------------------------------


async def add_invite(tx: AsyncConnection, **values: Any) -> None:
    await tx.execute(insert(invites).values(**values))


async def invite_of(tx: AsyncConnection, token_hash: str) -> Invite | None:
    return one(Invite, (await tx.execute(select(*INVITE).where(invites.c.token_hash == token_hash))).first())


async def use_invite(tx: AsyncConnection, invite_id: int, now: datetime) -> bool:
    """True for the first who comes in time."""
    query = update(invites).where(invites.c.id == invite_id, invites.c.used_at.is_(None), invites.c.expires_at > now)
    return (await tx.execute(query.values(used_at=now))).rowcount == 1


async def invite_used_by(tx: AsyncConnection, invite_id: int, staff_id: int) -> None:
    await tx.execute(update(invites).where(invites.c.id == invite_id).values(used_by=staff_id))


async def last_invite_of(tx: AsyncConnection, staff_id: int) -> Invite | None:
    """By which somebody came in last."""
    query = select(*INVITE).where(invites.c.used_by == staff_id).order_by(invites.c.used_at.desc(), invites.c.id.desc())
    return one(Invite, (await tx.execute(query.limit(1))).first())
