"""How a replica on PostgreSQL hears that another one queued jobs: one connection that LISTENs and comes back by itself.

What was said while it was away is lost, so every return wakes the worker once.
"""

import asyncio
from collections.abc import Callable, Mapping

import asyncpg
import structlog

CHANNEL = "prilavok_jobs"
PING_SECONDS = 30.0  # a dead peer is noticed only by asking
RETRY_SECONDS = 1.0

log = structlog.get_logger(__name__)


async def listen(where: Mapping[str, object], own: str, wake: Callable[[], None]) -> None:
    """Until cancelled. `where` are asyncpg's arguments; notifications with the payload `own` are our own echo."""
    while True:
        try:
            await _listen_once(where, own, wake)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            log.warning("the connection that listens for jobs is lost", error=type(error).__name__)
        await asyncio.sleep(RETRY_SECONDS)


async def _listen_once(where: Mapping[str, object], own: str, wake: Callable[[], None]) -> None:
    connection = await asyncpg.connect(**where)
    ended = asyncio.Event()

    def heard(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        if payload != own:
            wake()

    try:
        connection.add_termination_listener(lambda _connection: ended.set())
        await connection.add_listener(CHANNEL, heard)
        wake()
        while not ended.is_set():
            try:
                await asyncio.wait_for(ended.wait(), PING_SECONDS)
            except TimeoutError:
                await connection.execute("SELECT 1", timeout=PING_SECONDS)
    finally:
        connection.terminate()
