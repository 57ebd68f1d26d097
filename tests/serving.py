"""A real server for a test's application."""

import ssl

from aiohttp import web


async def serve(app: web.Application, context: ssl.SSLContext | None = None) -> tuple[web.AppRunner, str]:
    """On a free port. Who asks for it cleans the runner up; the address has no slash at its end."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    return runner, f"{'https' if context else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
