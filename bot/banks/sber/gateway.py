"""One call to the bank's gateway, and what its end means.

    no connection, no certificate, 429, a front end that did not let it through    BankUnavailable: not carried out
    answered with an errorCode                                                     BankRefused and its kinds
    answered, readable, without one                                                done
    everything else                                                                BankUnknown: perhaps carried out

A call is never repeated here: only the use case knows whether that is safe. Nothing of a form or a body is logged.
"""

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
import structlog

from bot.errors import BankError, BankRefused, BankUnavailable, BankUnknown

from .settings import Settings, tls

T = TypeVar("T")
Body = dict[str, Any]
log = structlog.get_logger(__name__)

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
NOT_LET_THROUGH = {401, 403, 404, 405, 408, 413, 415, 421, 429, 431}  # each says that nothing was carried out
LIMITS = httpx.Limits(
    max_connections=200,  # a rush of sales must not queue for sockets
    max_keepalive_connections=20,
    keepalive_expiry=2,  # an older one may be just being closed by the bank: a call on it would end unknown
)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. A job's lease must outlive `whole`."""

    connect: float = 5  # some networks never get through to the bank: fail while the shopper still waits
    read: float = 10  # the bank answers within a few seconds; a silent one must leave time for the next try
    whole: float = 15  # bounds an answer that comes in drops, which `read` does not


TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object that the bank answered with, and its own clock (header Date), if it could be read."""

    method: str
    body: Body
    bank_time: datetime | None


class Gateway:
    """The connection with the bank, shared by any number of calls at once."""

    def __init__(self, settings: Settings, timeouts: Timeouts, transport: httpx.AsyncBaseTransport | None) -> None:
        self._login = settings.login
        self._whole = timeouts.whole
        self._client = httpx.AsyncClient(
            base_url=settings.url,
            verify=tls(settings.ca_file),
            timeout=httpx.Timeout(timeouts.read, connect=timeouts.connect, pool=timeouts.connect),
            limits=LIMITS,
            trust_env=False,  # a proxy of the environment is for Telegram
            headers={"Accept": "application/json", "User-Agent": "Prilavok"},
            transport=transport,
        )

    async def call(self, method: str, fields: Mapping[str, str], read: Callable[[Answer], T]) -> T:
        """POSTs `fields` and the login to `method`; returns what `read` makes of the answer. Raises BankError."""
        with _logged(method):
            response = await self._post(method, {**self._login, **fields})
            return read(Answer(method, _body(response), _bank_time(response)))

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, method: str, fields: Mapping[str, str]) -> httpx.Response:
        try:
            async with asyncio.timeout(self._whole):
                return await self._client.post(method, data=fields)
        except NOT_SENT as error:
            raise BankUnavailable(_why(error)) from error
        except httpx.HTTPError as error:
            raise BankUnknown(f"no whole answer: {type(error).__name__}") from error
        except TimeoutError as error:
            raise BankUnknown(f"no whole answer within {self._whole:g} s") from error


def _why(error: httpx.TransportError) -> str:
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the bank's certificate is not trusted ({cause.verify_message}): see BANK_SBER_CA_FILE"
        cause = cause.__cause__ or cause.__context__
    return f"no connection: {str(error) or type(error).__name__}"


def _body(response: httpx.Response) -> Body:
    """The object answered with, whatever its Content-Type: real ones say text/plain."""
    if response.status_code in NOT_LET_THROUGH:
        raise BankUnavailable(f"HTTP {response.status_code}")
    if response.status_code != HTTPStatus.OK:
        raise BankUnknown(f"HTTP {response.status_code}")
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        raise BankUnknown("the answer is no JSON") from None
    if not isinstance(body, dict):
        raise BankUnknown("the answer is no JSON object")
    return body


def _bank_time(response: httpx.Response) -> datetime | None:
    try:
        moment = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


@contextmanager
def _logged(method: str) -> Iterator[None]:
    started, outcome = time.monotonic(), "broken off"
    code: int | None = None
    try:
        yield
        outcome = "done"
    except BankError as error:
        outcome = type(error).__name__
        code = error.code if isinstance(error, BankRefused) else None
        raise
    finally:
        log.info("bank call", method=method, ms=round((time.monotonic() - started) * 1000), outcome=outcome, code=code)
