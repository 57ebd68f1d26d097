"""What the page is told as it happens: one stream of server-sent events for each open page."""

import asyncio
import json
from typing import Any

from aiohttp import web

HEARTBEAT = 10.0  # s; a silent connection is told from a dead one
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Event = dict[str, Any]


class Stream:
    def __init__(self) -> None:
        self._readers: set[asyncio.Queue[Event | None]] = set()

    def tell(self, event: Event) -> None:
        for reader in self._readers:
            reader.put_nowait(event)

    def close(self) -> None:
        """Lets all pages go."""
        for reader in self._readers:
            reader.put_nowait(None)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Events from now on. The page asks for the whole state after each (re)connection."""
        answer = web.StreamResponse(headers=HEADERS)
        await answer.prepare(request)
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._readers.add(queue)
        try:
            await answer.write(b'retry: 1000\ndata: {"type": "hello"}\n\n')
            while (line := await next_line(queue)) is not None:
                await answer.write(line)
        except ConnectionError:
            pass  # the page was closed
        finally:
            self._readers.discard(queue)
        return answer


async def next_line(queue: asyncio.Queue[Event | None]) -> bytes | None:
    """None: the stream ends."""
    try:
        async with asyncio.timeout(HEARTBEAT):
            event = await queue.get()
    except TimeoutError:
        return b": still here\n\n"
    return None if event is None else f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
