"""Browsers of the web till: one row a login, known by the hash of its cookie."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .rows import Login, columns, one
from .schema import logins

LOGIN = columns(Login, logins)


async def add(tx: AsyncConnection, *, token_hash: str, staff_id: int, now: datetime) -> None:
    await tx.execute(insert(logins).values(token_hash=token_hash, staff_id=staff_id, created_at=now, seen_at=now))


async def of_token(tx: AsyncConnection, token_hash: str) -> Login | None:
    """The login that has not ended."""
    query = select(*LOGIN).where(logins.c.token_hash == token_hash, logins.c.ended_at.is_(None))
    return one(Login, (await tx.execute(query)).first())


async def seen(tx: AsyncConnection, login_id: int, now: datetime) -> None:
    await tx.execute(update(logins).where(logins.c.id == login_id).values(seen_at=now))


async def end(tx: AsyncConnection, token_hash: str, now: datetime) -> None:
    """This browser is nobody's any more."""
    ended = update(logins).where(logins.c.token_hash == token_hash, logins.c.ended_at.is_(None))
    await tx.execute(ended.values(ended_at=now))


async def end_all(tx: AsyncConnection, staff_id: int, now: datetime) -> None:
    """All browsers of somebody whose access is closed: a later access does not open them again."""
    ended = update(logins).where(logins.c.staff_id == staff_id, logins.c.ended_at.is_(None))
    await tx.execute(ended.values(ended_at=now))
