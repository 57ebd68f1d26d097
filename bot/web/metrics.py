"""`/metrics` for Prometheus: with METRICS_TOKEN as a bearer token, or for clients on this machine where none is set."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from .security import client_address

Measure = Callable[[], Awaitable[Mapping[str, float]]]
"""What the database knows at this moment: figure by name."""

GAUGES = {
    "jobs_waiting": "Jobs that are due and not done",
    "jobs_oldest_seconds": "How long the oldest of them has been due",
    "inbox_waiting": "Telegram updates recorded and not yet handled",
}


class Metrics:
    """Figures of this process and of its database."""

    def __init__(self, measure: Measure, token: str | None) -> None:
        self._measure = measure
        self._token = token
        self._registry = CollectorRegistry()
        self._gauges = {
            name: Gauge(f"prilavok_{name}", about, registry=self._registry) for name, about in GAUGES.items()
        }
        self._callbacks = Counter(
            "prilavok_callbacks", "Answers to the bank's callbacks", ["status"], registry=self._registry
        )
        self._seconds = Histogram("prilavok_request_seconds", "Time to answer", ["room"], registry=self._registry)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/metrics", self.show)]

    def answered(self, path: str, status: int, seconds: float) -> None:
        """A request was answered. `path`: the first part only, so that codes stay out of the labels."""
        self._seconds.labels(path).observe(seconds)
        if path == "/bank":
            self._callbacks.labels(str(status)).inc()

    async def show(self, request: web.Request) -> web.Response:
        if not self._may_see(request):
            return web.Response(status=401)
        for name, value in (await self._measure()).items():
            self._gauges[name].set(value)
        return web.Response(body=generate_latest(self._registry), content_type="text/plain", charset="utf-8")

    def _may_see(self, request: web.Request) -> bool:
        if self._token:
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            return hmac.compare_digest(self._token.encode(), given.encode(errors="surrogateescape"))
        try:
            return ip_address(client_address(request)).is_loopback
        except ValueError:
            return False
