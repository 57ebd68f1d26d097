"""What a host presents itself with: one handshake, nothing sent."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta

import httpx

from bot.clock import utc_now

from .finding import Finding, Words

SOON = timedelta(days=14)
HTTPS = 443


def ordinary() -> ssl.SSLContext:
    """Trusts what browsers trust, whatever this machine's own list says."""
    return httpx.create_ssl_context(trust_env=False)


async def handshake(url: str, trusted: ssl.SSLContext) -> datetime:
    """The end of the certificate's life. Raises ssl.SSLCertVerificationError, and OSError for everything else."""
    address = httpx.URL(url)
    _, writer = await asyncio.open_connection(address.host, address.port or HTTPS, ssl=trusted)
    certificate = writer.get_extra_info("peercert")
    writer.transport.abort()
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)


def lifetime(host: str, end: datetime, words: Words) -> Finding:
    """Worth knowing in its last two weeks."""
    values = {"host": host, "until": f"{end:%d.%m.%Y}"}
    return words.note("o.cert", **values) if end - utc_now() < SOON else words.fine("check.cert", **values)
