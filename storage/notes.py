"""Single values of the installation, and leases of what only one replica may do (ask Telegram for updates)."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import insert
from .schema import notes


async def get(tx: AsyncConnection, name: str) -> str | None:
    """The value, or None."""
    return await tx.scalar(select(notes.c.value).where(notes.c.name == name))


async def put(tx: AsyncConnection, name: str, value: str) -> None:
    """Sets the value, whatever it was."""
    new = insert(tx, notes).values(name=name, value=value)
    await tx.execute(new.on_conflict_do_update(index_elements=[notes.c.name], set_={"value": value}))


async def beginning(tx: AsyncConnection, prefix: str) -> dict[str, str]:
    """Names and values of those whose name begins so. `prefix`: no wildcards."""
    query = select(notes.c.name, notes.c.value).where(notes.c.name.startswith(prefix, autoescape=True))
    return {row.name: row.value for row in await tx.execute(query)}


async def drop(tx: AsyncConnection, name: str) -> None:
    await tx.execute(delete(notes).where(notes.c.name == name))


async def put_if_absent(tx: AsyncConnection, name: str, value: str) -> str:
    """The value that holds: the one that was there, else this one. All replicas get the same answer."""
    new = insert(tx, notes).values(name=name, value=value)
    await tx.execute(new.on_conflict_do_nothing(index_elements=[notes.c.name]))
    held: str = (await tx.execute(select(notes.c.value).where(notes.c.name == name))).scalar_one()
    return held


async def lease(tx: AsyncConnection, name: str, token: str, now: datetime, lease_for: timedelta) -> bool:
    """Takes or prolongs the lease `name` for the holder `token`; False while another holds it."""
    mine = {"value": token, "lease_until": now + lease_for}
    taken = (
        insert(tx, notes)
        .values(name=name, **mine)
        .on_conflict_do_update(
            index_elements=[notes.c.name],
            set_=mine,
            where=or_(notes.c.value == token, notes.c.lease_until <= now),
        )
        .returning(notes.c.name)
    )
    return (await tx.execute(taken)).one_or_none() is not None


async def release(tx: AsyncConnection, name: str, token: str) -> None:
    """Gives the lease up, if `token` holds it."""
    await tx.execute(delete(notes).where(notes.c.name == name, notes.c.value == token))
