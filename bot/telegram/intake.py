"""Updates are recorded as they came, then acknowledged, then handled: what is in flight at a stop is not lost.

    1. `poll` (getUpdates) or `receive` (webhook) record each update, one row per update_id
    2. recorded: the next getUpdates, or the 200 answer, tells Telegram so
    3. `handle` feeds the rows to the dispatcher; the rows of one chat in order, different chats side by side

aiogram's own loops acknowledge before the handler has run.
"""

import asyncio
import json
import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.methods import TelegramMethod

from bot.clock import Now
from bot.jobs import Nursery
from storage import inbox, notes
from storage.commit import GroupCommit
from storage.engine import Database
from storage.errors import LeaseLost, StorageError, StorageUnavailable
from storage.inbox import Update

log = structlog.get_logger(__name__)

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
LONG_POLL = 25  # s
POLLER_LEASE = timedelta(seconds=60)  # of the one replica that polls; outlives a long poll
LEASE = timedelta(seconds=60)
AT_ONCE = 8
LOOK = 1.0  # s
RETRY = timedelta(seconds=2)  # before a handler that failed is tried again
LEASE_NAME = "polling"
PAUSES = (1, 2, 5, 10)  # s, while Telegram does not answer


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates as it came: aiogram's own types cannot be written out again, and one new field would stop them all."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int
    timeout: int = LONG_POLL
    allowed_updates: list[str] = KINDS


class Intake:
    """Brings updates to the dispatcher's handlers."""

    def __init__(
        self,
        db: Database,
        bot: Bot,
        dispatcher: Dispatcher,
        commit: GroupCommit[Update, None],
        nursery: Nursery,
        now: Now,
    ) -> None:
        self._db = db
        self._bot = bot
        self._dispatcher = dispatcher
        self._commit = commit
        self._nursery = nursery
        self._now = now
        self._awake = asyncio.Event()
        self._free = AT_ONCE
        self._token = uuid.uuid4().hex

    async def receive(self, body: bytes) -> None:
        """One update of the webhook. ValueError: not an update; StorageUnavailable: not recorded, let it come again."""
        raw = json.loads(body)
        if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
            raise ValueError("not an update")  # noqa: TRY004 - the sender's fault, whatever the type
        await self._record([raw])

    async def poll(self) -> None:
        """For ever, by the one replica that holds the lease; at a stop another one may begin at once."""
        offset, failures = 0, 0
        try:
            while True:
                try:
                    offset = await self._poll_once(offset)
                    failures = 0
                except Exception as error:  # noqa: BLE001 - whatever Telegram answers, it is asked again
                    log.warning("updates do not come", why=type(error).__name__)
                    await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                    failures += 1
        finally:
            with suppress(StorageUnavailable):
                await self._give_up_turn()

    async def _poll_once(self, offset: int) -> int:
        """The next offset: it acknowledges what is recorded by then."""
        if not await self._is_my_turn():
            await asyncio.sleep(LONG_POLL / 5)
            return offset
        updates = await self._bot(RawUpdates(offset=offset), request_timeout=LONG_POLL + 15)
        await self._record(updates)
        return max([offset, *(int(update["update_id"]) + 1 for update in updates)])

    async def _is_my_turn(self) -> bool:
        if self._db.dialect == "sqlite":
            return True  # one process by its file lock
        async with self._db.write() as tx:
            return await notes.lease(tx, LEASE_NAME, self._token, self._now(), POLLER_LEASE)

    async def _give_up_turn(self) -> None:
        if self._db.dialect != "sqlite":
            async with self._db.write() as tx:
                await notes.release(tx, LEASE_NAME, self._token)

    async def _record(self, updates: list[dict[str, Any]]) -> None:
        rows = [Update(raw["update_id"], chat_of(raw), json.dumps(raw)) for raw in updates]
        await asyncio.gather(*(self._commit.record(row) for row in rows))
        self._awake.set()

    async def handle(self) -> None:
        """For ever."""
        while True:
            self._awake.clear()
            try:
                await self._take()
            except StorageError as error:
                log.warning("the inbox cannot be read", why=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):  # wait_for of Python 3.11 may swallow a cancellation
                    await self._awake.wait()

    async def _take(self) -> None:
        while self._free > 0:
            async with self._db.write() as tx:
                update = await inbox.lease_next(tx, self._now(), LEASE)
            if update is None:
                return
            self._free -= 1
            self._nursery.start(self._feed(update), f"update {update.update_id}")

    async def _feed(self, update: Update) -> None:
        """A handler that fails is tried again some times; then its chat goes on without that update."""
        try:
            handled = await self._handled(update)
            with suppress(StorageUnavailable, LeaseLost):
                async with self._db.write() as tx:
                    if handled:
                        await inbox.finish(tx, update, self._now())
                    else:
                        await inbox.put_back(tx, update, self._now(), retry_at=self._now() + RETRY)
        finally:
            self._free += 1
            self._awake.set()

    async def _handled(self, update: Update) -> bool:
        try:
            await self._dispatcher.feed_raw_update(self._bot, json.loads(update.body))
        except Exception:  # the edge's boundary: one bad update must not stop its chat
            log.exception("an update could not be handled", update_id=update.update_id)
            return False
        return True


def chat_of(raw: dict[str, Any]) -> int:
    """What orders an update: its chat, or its person where there is no chat."""
    event = next((value for name, value in raw.items() if name != "update_id" and isinstance(value, dict)), {})
    inner = event.get("message")
    message = inner if isinstance(inner, dict) else event
    for holder in (message.get("chat"), event.get("chat"), event.get("from")):
        if isinstance(holder, dict) and isinstance(holder.get("id"), int):
            return int(holder["id"])
    return 0
