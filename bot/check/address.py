"""Our own address: the level that it allows, and what a shopper's browser will say of it."""

import asyncio
import ssl

import httpx

from bot.config import Settings

from .certificate import handshake, lifetime, ordinary
from .finding import PATIENCE, Finding, Words

OURSELVES = {"127.0.0.1", "localhost", "::1"}


async def probe(settings: Settings, words: Words) -> list[Finding]:
    url = httpx.URL(settings.public_url or "")
    if url.scheme != "https":
        return [words.note("check.own.plain")] if url.host and url.host not in OURSELVES else []
    try:
        async with asyncio.timeout(PATIENCE):
            return [lifetime(url.host, await handshake(str(url), ordinary()), words)]
    except ssl.SSLCertVerificationError as error:
        return [words.fault("check.cert.own", host=url.host, why=error.verify_message)]
    except OSError as error:
        return [words.note("check.own.away", host=url.host, why=words.why(error))]


def level(settings: Settings, words: Words) -> list[Finding]:
    """Whether the bank calls us, level 2, is seen in its cabinet only."""
    if settings.public_url is None:
        return [words.note("check.level")]
    return [words.fine("check.level.1", url=settings.public_url)]
