"""How a kind of job is done, and what came of one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.jobs import Job

BUSY, AWAY, CLOSED = "busy", "away", "chat closed"
"""Notes of outcomes: Telegram asked for a pause; it did not answer; this chat takes no messages."""
HOLD_UP = {BUSY, AWAY}  # they keep the whole chat waiting, not just one job

Write = Callable[[AsyncConnection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job. `write` runs in the transaction that finishes it; `again_at`: not finished, run it then.

    `sent` False: nothing went to the chat, so the lane's limit is not touched. `priority`: of the next time.
    """

    write: Write | None = None
    again_at: datetime | None = None
    note: str = ""
    sent: bool = True
    priority: int | None = None


DONE = Outcome()
Perform = Callable[[Job], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Work:
    """How one kind of job is done; `resolve`: of `once` jobs that were attempted, and nobody knows what came of it."""

    perform: Perform
    resolve: Perform | None = None
