"""The database: opens, takes writes, is of this version or older. It is neither made nor migrated here."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.errors import StorageError
from storage.migrate import revisions

from .finding import PATIENCE, Finding, Words

T = TypeVar("T")

SQLITE = "sqlite:///"


async def probe(url: str, words: Words) -> list[Finding]:
    where = _where(url)
    if _is_missing(url):
        return [_to_be_made(where, words)]
    db = Database(url)
    try:
        async with asyncio.timeout(PATIENCE), db.write() as tx:
            here, newest, is_known = await revisions(tx)
    except (StorageError, TimeoutError) as error:
        return [words.fault("check.database.away", where=where, why=words.why(error))]
    finally:
        await db.close()
    if not is_known:
        return [words.fault("check.database.newer", where=where)]
    return [words.fine("check.database" if here == newest else "check.database.behind", where=where)]


async def ask(url: str, question: Callable[[AsyncConnection], Awaitable[list[T]]]) -> list[T]:
    """The answer of a database of this version; nothing of another one, or where it cannot be read."""
    if _is_missing(url):
        return []
    db = Database(url)
    try:
        async with asyncio.timeout(PATIENCE), db.read() as tx:
            here, newest, _ = await revisions(tx)
            return await question(tx) if here == newest else []
    except (StorageError, TimeoutError):
        return []  # `probe` has a line for it
    finally:
        await db.close()


def _is_missing(url: str) -> bool:
    """SQLite would make the file."""
    return url.startswith(SQLITE) and not Path(_where(url)).exists()


def _to_be_made(where: str, words: Words) -> Finding:
    folder = Path(where).absolute().parent
    if folder.is_dir() and os.access(folder, os.W_OK):
        return words.fine("check.database.new", where=where)
    return words.fault("check.database.away", where=where, why=folder)


def _where(url: str) -> str:
    """A file, or server and name: without the password."""
    if url.startswith(SQLITE):
        return url.removeprefix(SQLITE)
    parts = urlsplit(url)
    return f"{parts.hostname or 'localhost'}{parts.path}"
