"""Alembic runs this for each command. The connection, already in its transaction, comes from `storage.migrate`."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.schema import metadata
from storage.types import Id, Moment


def by_our_names(kind: str, thing: object, _context: AutogenContext) -> str | Literal[False]:
    """How a drafted revision writes our own column types (its template imports them)."""
    if kind == "type" and thing is Id:
        return "Id"
    if kind == "type" and isinstance(thing, Moment):
        return "Moment"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=by_our_names,
    transactional_ddl=True,  # on SQLite too: the transaction is ours, not the driver's
)
context.run_migrations()
