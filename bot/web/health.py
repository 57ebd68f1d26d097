"""`/health/live` while the process runs; `/health/ready` when the database can be written, whatever the world does."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from storage.errors import StorageError

Probe = Callable[[], Awaitable[None]]
"""Writes something small. Raises StorageError."""


class Health:
    def __init__(self, probe: Probe) -> None:
        self._probe = probe

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/health/live", self.live), web.get("/health/ready", self.ready)]

    async def live(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "live"})

    async def ready(self, request: web.Request) -> web.Response:
        try:
            await self._probe()
        except StorageError as error:
            return web.json_response({"status": "not ready", "database": type(error).__name__}, status=503)
        return web.json_response({"status": "ready"})
