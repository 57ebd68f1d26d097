"""Posting updates to the webhook, as Telegram does it.

1. `_next_ones`: updates of one source (messages of a chat, presses of a user) are posted one at a time, in order;
   different sources side by side.
2. `_post`: any 2xx takes the update off the queue.
3. `_rest`: anything else is tried again, at once, then after 2, 4, 8 ... 60 s, or after the answer's Retry-After, until
   the update has outlived its time. Meanwhile later updates of the same source wait.
"""

import asyncio
import json
import time
from contextlib import suppress
from datetime import timedelta

import aiohttp

from bot.sandbox.wire import Wire

from .updates import Update
from .world import World

PATIENCE = aiohttp.ClientTimeout(total=60)  # s without an answer count as a failure
LONGEST_PAUSE = 60  # s
LONGEST_RETRY_AFTER = 3600  # s
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


class Webhook:
    """The one task that posts, owned by the simulator's server."""

    def __init__(self, world: World, wire: Wire) -> None:
        self._world = world
        self._wire = wire
        self._busy: set[tuple[str, int]] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session, asyncio.TaskGroup() as posts:
            while True:
                for update in self._next_ones():
                    self._busy.add(update.source)
                    posts.create_task(self._deliver(session, update))
                await self._world.bell.wait()

    def _next_ones(self) -> list[Update]:
        """The oldest update of each source that has none under way."""
        if not self._world.hook.url or self._world.away:
            return []
        firsts: dict[tuple[str, int], Update] = {}
        for update in self._world.updates.pending():
            firsts.setdefault(update.source, update)
        free = self._world.hook.max_connections - len(self._busy)
        return [update for source, update in firsts.items() if source not in self._busy][: max(free, 0)]

    async def _deliver(self, session: aiohttp.ClientSession, update: Update) -> None:
        pause = 0.0
        try:
            while self._wanted(update):
                asked = await self._post(session, update)
                if asked is None:
                    self._world.updates.forget(update)
                    return
                await self._rest(update, asked or pause)
                pause = min(pause * 2 or 2, LONGEST_PAUSE)
        finally:
            self._busy.discard(update.source)
            self._world.bell.ring()

    def _wanted(self, update: Update) -> bool:
        return bool(self._world.hook.url) and not self._world.away and self._world.updates.is_pending(update)

    async def _rest(self, update: Update, pause: float) -> None:
        until = self._world.clock.now() + timedelta(seconds=pause)
        while self._wanted(update) and self._world.clock.now() < until:
            await self._world.bell.wait(min(until, update.expires))

    async def _post(self, session: aiohttp.ClientSession, update: Update) -> float | None:
        """None: delivered. Otherwise the seconds that the answer asks to wait, 0 where it asks for none."""
        hook = self._world.hook
        body = json.dumps(update.as_json(), ensure_ascii=False)
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: hook.secret} if hook.secret else {})
        started = time.perf_counter()
        status, text, asked = None, "", "0"
        try:
            async with session.post(hook.url, data=body.encode(), headers=headers, allow_redirects=False) as answer:
                text = await answer.text(errors="replace")
                status, asked = answer.status, answer.headers.get("Retry-After", "0")
        except (aiohttp.ClientError, TimeoutError) as failure:
            text = type(failure).__name__
        path = "/" + hook.url.partition("://")[2].partition("/")[2]
        self._wire.record(
            "telegram", "telegram", "prilavok", "POST", path, status, (time.perf_counter() - started) * 1000, body, text
        )
        if status is not None and 200 <= status < 300:
            return None
        hook.last_error_at = self._world.clock.now()
        hook.last_error = f"Wrong response from the webhook: {status}" if status else f"Connection failed: {text}"
        return float(min(int(asked), LONGEST_RETRY_AFTER)) if asked.isdigit() else 0.0
