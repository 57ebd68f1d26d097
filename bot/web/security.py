"""What the open web may do with our pages: a strict Content-Security-Policy, and a limit for each address.

`page_headers` goes with every HTML page, whose one inline <style> carries the nonce. `rate_limit` makes the middleware
for the public paths; the bank's callbacks and Telegram's webhook are not among them.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

# An open page asks once in 3 s, and a shop's Wi-Fi or a mobile operator hides dozens of them behind one address.
RATE: Final = 20.0  # requests a second
BURST: Final = 120.0  # a full stall opening its pages at once
# A wrong code costs ten requests: two guesses a second against 58^8 codes lead nowhere, a typing error hurts nobody.
MISS_COST: Final = 9.0  # on top of the request itself
ADDRESSES: Final = 10_000  # remembered at once, about 2 MB; the least recently seen is forgotten first
TELEGRAM: Final = ("https://web.telegram.org", "https://*.telegram.org")

Clock = Callable[[], float]


class PageHeaders(Protocol):
    """Headers of a page whose one inline <style> carries the nonce."""

    def __call__(self, nonce: str, *, framed: bool) -> dict[str, str]: ...


def page_headers(nonce: str, *, framed: bool) -> dict[str, str]:
    """Headers of an HTML page. `framed`: the demo's desk shows it in a frame of its own origin; else nobody may."""
    return _headers(nonce, frames=("'self'",) if framed else ())


def till_headers(nonce: str, *, framed: bool) -> dict[str, str]:
    """Of the web till, which Telegram's web client shows in a frame, as a Mini App."""
    return _headers(nonce, frames=(*TELEGRAM, "'self'") if framed else TELEGRAM)


def door_headers(nonce: str, *, framed: bool) -> dict[str, str]:
    """Of a page with a form, which is sent to us with its origin named."""
    headers = _headers(nonce, frames=("'self'",) if framed else (), forms="'self'")
    return headers | {"Referrer-Policy": "same-origin"}


def _headers(nonce: str, *, frames: tuple[str, ...], forms: str = "'none'") -> dict[str, str]:
    policy = {
        "default-src": "'none'",
        "style-src": f"'nonce-{nonce}'",
        "script-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": forms,
        "frame-ancestors": " ".join(frames) or "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in policy.items()),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }


class TokenBuckets:
    """`burst` tokens for each key, refilled at `rate` a second. In this process only: replicas each allow as much."""

    def __init__(
        self, rate: float = RATE, burst: float = BURST, capacity: int = ADDRESSES, clock: Clock = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._capacity = capacity
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key: tokens, and when they were counted

    def take(self, key: str) -> bool:
        """Is there a token for one more request? Takes it."""
        allowed = self._tokens(key) >= 1
        if allowed:
            self.charge(key, 1)
        return allowed

    def charge(self, key: str, cost: float) -> None:
        """Takes `cost` tokens, as far as there are some."""
        self._buckets[key] = (max(0.0, self._tokens(key) - cost), self._clock())
        self._buckets.move_to_end(key)
        while len(self._buckets) > self._capacity:
            self._buckets.popitem(last=False)

    def _tokens(self, key: str) -> float:
        tokens, counted = self._buckets.get(key, (self._burst, self._clock()))
        return min(self._burst, tokens + (self._clock() - counted) * self._rate)


def rate_limit(
    buckets: TokenBuckets, prefixes: tuple[str, ...], refuse: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> Middleware:
    """The middleware for paths that begin with one of `prefixes`; `refuse` answers with the 429 page."""

    @web.middleware
    async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(prefixes):
            return await handler(request)
        address = client_address(request)
        if not buckets.take(address):
            return await refuse(request)
        try:
            response = await handler(request)
        except web.HTTPNotFound:
            buckets.charge(address, MISS_COST)
            raise
        if response.status == web.HTTPNotFound.status_code:
            buckets.charge(address, MISS_COST)
        return response

    return limited


def client_address(request: web.Request) -> str:
    """Whom to count. Behind our own proxy, the last address of X-Forwarded-For, which the proxy itself wrote.

    A proxy is a peer on the loopback or a private network (a container beside us). Only the limit rests on this.
    """
    peer = _address(request.remote or "")
    if peer is not None and peer.is_private:
        forwarded = _address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip())
        peer = forwarded or peer
    if isinstance(peer, IPv6Address):
        return str(IPv6Network((peer, 64), strict=False))  # one subscriber owns a whole /64
    return str(peer)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
