"""What the drivers raise -> our errors, so that nobody outside `storage` knows SQLAlchemy, sqlite3 or asyncpg.

The text of a driver's error may name values (PostgreSQL: "Key (phone)=(...) already exists"), so it is never copied:
a Conflict carries a constraint's name, the others a code.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Index, UniqueConstraint, exc

from .errors import Conflict, StorageError, StorageUnavailable
from .schema import metadata

# The low byte of SQLite's extended result codes. https://www.sqlite.org/rescode.html
_SQLITE_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
# Classes of SQLSTATE: connection, rollback (deadlock), resources (disk, memory), lock not available, operator, system.
_POSTGRES_UNAVAILABLE = ("08", "25006", "40", "53", "55P03", "57", "58")


@contextmanager
def translated() -> Iterator[None]:
    """Everything that a statement or a commit may raise, as one of ours."""
    try:
        yield
    except exc.IntegrityError as error:
        raise Conflict(constraint_of(error)) from error
    except exc.TimeoutError as error:
        raise StorageUnavailable("no free connection") from error
    except exc.DBAPIError as error:
        raise _unavailable_or_broken(error, error.orig, lost=error.connection_invalidated) from error
    except sqlite3.Error as error:  # from the pragmas, which run before SQLAlchemy wraps
        raise _unavailable_or_broken(error, error, lost=False) from error


@contextmanager
def connecting() -> Iterator[None]:
    """The same while a connection is made: there the network's own errors mean that the database is out of reach."""
    try:
        with translated():
            yield
    except OSError as error:  # refused, unreachable, no such socket, timed out
        raise StorageUnavailable(type(error).__name__) from error


def constraint_of(error: exc.IntegrityError) -> str:
    """The constraint's name on both databases; SQLite tells columns, or nothing for a foreign key."""
    driver = getattr(error.orig, "__cause__", None)
    if name := getattr(driver, "constraint_name", None):
        return str(name)
    text = str(error.orig)
    if unique := re.search(r"UNIQUE constraint failed: (.+)", text):
        return _unique_names().get(frozenset(unique[1].split(", ")), unique[1])
    if check := re.search(r"(?:CHECK|NOT NULL) constraint failed: (\S+)", text):
        return check[1]
    return "foreign key" if "FOREIGN KEY" in text else "forbidden by a trigger"


def _unique_names() -> dict[frozenset[str], str]:
    named: dict[frozenset[str], str] = {}
    for table in metadata.tables.values():
        rules = [*table.constraints, *table.indexes]
        for rule in rules:
            if isinstance(rule, UniqueConstraint) or (isinstance(rule, Index) and rule.unique):
                named[frozenset(f"{table.name}.{column.name}" for column in rule.columns)] = str(rule.name)
    return named


def _unavailable_or_broken(error: Exception, driver: object, *, lost: bool) -> StorageError:
    code = getattr(driver, "sqlite_errorcode", None)
    state = str(getattr(driver, "sqlstate", None) or "")
    if isinstance(code, int):
        repeatable, told = (code & 0xFF) in _SQLITE_UNAVAILABLE, getattr(driver, "sqlite_errorname", str(code))
    else:
        repeatable = state.startswith(_POSTGRES_UNAVAILABLE) or isinstance(error, exc.InterfaceError)
        told = state or type(driver).__name__
    return StorageUnavailable(told) if lost or repeatable else StorageError(told)
