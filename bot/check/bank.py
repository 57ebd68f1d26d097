"""The bank: its certificate as we see it and as a shopper's browser does, then the login.

A bank's module brings `Settings` with `url` and `ca_file`, and `tls(ca_file)`: what its client trusts. The login is
tried by asking for an order that cannot exist; no order is made.
"""

import asyncio
import secrets
import ssl

import httpx

from bot.errors import BankError, BankLoginRefused, BankOrderUnknown, BankRefused
from bot.ports import Bank, OrderRef

from .certificate import handshake, lifetime, ordinary
from .finding import PATIENCE, Finding, Words
from .settings import Adapter


async def probe(adapter: Adapter, words: Words) -> list[Finding]:
    host = httpx.URL(adapter.settings.url).host
    bank: Bank = adapter.create()
    try:
        async with asyncio.timeout(PATIENCE):
            found = await _certificate(adapter, host, words) if adapter.settings.url.startswith("https:") else []
            return [*found, await _login(bank, adapter, host, words)]
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message
        return [words.fault("check.cert.bank", host=host, why=why, name=adapter.name_of("ca_file"))]
    except (BankError, OSError) as error:  # a time-out is an OSError too
        return [words.fault("check.bank.away", host=host, why=words.why(error), name=adapter.name_of("url"))]
    finally:
        await bank.close()


async def _certificate(adapter: Adapter, host: str, words: Words) -> list[Finding]:
    url, settings = adapter.settings.url, adapter.settings
    found = [lifetime(host, await handshake(url, adapter.module.tls(settings.ca_file)), words)]
    try:
        await handshake(url, ordinary())
    except ssl.SSLCertVerificationError:
        found.append(words.note("check.browser", host=host))
    return found


async def _login(bank: Bank, adapter: Adapter, host: str, words: Words) -> Finding:
    """Raises BankError where the bank did not answer."""
    try:
        await bank.status(OrderRef(f"check-{secrets.token_hex(8)}"))
    except BankOrderUnknown:
        pass
    except BankLoginRefused:
        fields = ["token"] if adapter.settings.token else ["user", "password"]
        names = ", ".join(adapter.name_of(field) for field in [*fields, "url"])
        return words.fault("check.bank.login", host=host, names=names)
    except BankRefused as error:
        return words.fault("check.bank.refused", host=host, k=error.code, why=" ".join(error.text.split()))
    return words.fine("check.bank.test" if bank.is_test else "check.bank", host=host)
