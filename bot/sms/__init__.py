"""SMS providers, one module each. The setting SMS names them; a module brings `Settings` and `create(settings)`.

Here is what they share, the HTTP call, and what its end means:

    no connection at all                    Rejected, temporary: certainly not sent
    broken off, timed out, a server error   Unknown: it may have been sent
    an answer                               what the provider's module reads from it

A call is never repeated here. Neither phone, text nor key is logged. To add a provider, add a module: every module of
this package is one, found by its name.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Protocol, runtime_checkable

import httpx
import structlog
from pydantic import AfterValidator

from bot.ports import Rejected, SmsFault, SmsOutcome, SmsReport, Unknown

log = structlog.get_logger(__name__)

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# Each says that the request was not carried out, but repeated elsewhere, forbidden, malformed or too much.
NOT_LET_THROUGH = {301, 307, 308, 400, 401, 403, 404, 405, 411, 413, 414, 415, 421, 429, 431}
LIMITS = httpx.Limits(max_keepalive_connections=0)  # a kept one may be just being closed: a send on it ends unknown


@runtime_checkable
class Prepaid(Protocol):
    """A provider that can be asked for its account: so its login is tried without a message."""

    async def balance(self) -> int | Rejected | Unknown:
        """Kopecks that are left."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. A job's lease must outlive two sends."""

    connect: float = 5
    read: float = 10
    whole: float = 20  # bounds an answer that comes in drops, which `read` does not


TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class Answer:
    """`body`: its JSON object, whatever its Content-Type; empty where it is none."""

    status: int
    body: dict[str, Any]

    @property
    def not_ok(self) -> Rejected | Unknown | None:
        """What the HTTP status alone says; None for 200."""
        if self.status == httpx.codes.OK:
            return None
        why = f"HTTP {self.status}"
        if self.status in NOT_LET_THROUGH:
            return Rejected(SmsFault.TEMPORARY, permanent=False, code=why)
        return Unknown(why)


class Line:
    """The way to one provider, shared by any number of calls at once. `headers` go with each."""

    def __init__(
        self,
        provider: str,
        url: str,
        *,
        transport: httpx.AsyncBaseTransport | None,
        timeouts: Timeouts,
        headers: dict[str, str] | None = None,
    ) -> None:
        self._provider = provider
        self._url = url
        self._whole = timeouts.whole
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeouts.read, connect=timeouts.connect),
            limits=LIMITS,
            trust_env=False,  # a proxy of the environment is for Telegram
            headers={"Accept": "application/json", "User-Agent": "Prilavok", **(headers or {})},
            transport=transport,
        )

    async def send(self, path: str, read: Callable[[Answer], SmsOutcome], **content: Any) -> SmsOutcome:
        """POSTs a message; `content`: httpx's `data` or `json`. Returns what `read` makes of the answer."""
        started = time.monotonic()
        answer = await self._post(path, content)
        outcome = read(answer) if isinstance(answer, Answer) else answer
        self._note("sms sent", started, outcome=type(outcome).__name__, code=_code(outcome))
        return outcome

    async def ask(self, path: str, read: Callable[[Answer], SmsReport | None], **content: Any) -> SmsReport | None:
        """POSTs a question about a message. None: no answer, or none that `read` can use."""
        started = time.monotonic()
        answer = await self._post(path, content)
        report = read(answer) if isinstance(answer, Answer) else None
        self._note("sms asked about", started, code=report.code if report else None)
        return report

    async def account(
        self, path: str, read: Callable[[Answer], int | Rejected | Unknown], **content: Any
    ) -> int | Rejected | Unknown:
        """POSTs a question about the account; `read` finds the kopecks."""
        answer = await self._post(path, content)
        return read(answer) if isinstance(answer, Answer) else answer

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, path: str, content: dict[str, Any]) -> Answer | Rejected | Unknown:
        try:
            async with asyncio.timeout(self._whole):
                response = await self._client.post(f"{self._url}{path}", **content)
        except NOT_SENT as error:
            return Rejected(SmsFault.TEMPORARY, permanent=False, code=type(error).__name__)
        except UnicodeEncodeError:  # half a character, which no request can hold
            return Rejected(SmsFault.CONTENT, permanent=True, code="UnicodeEncodeError")
        except (httpx.HTTPError, TimeoutError) as error:
            return Unknown(f"no whole answer: {type(error).__name__}")
        return Answer(response.status_code, _object(response.content))

    def _note(self, event: str, started: float, **fields: Any) -> None:
        log.info(event, provider=self._provider, ms=round((time.monotonic() - started) * 1000), **fields)


def kopecks(roubles: object) -> int | Unknown:
    """Of a balance as providers write it: 4122.56, "100.23"."""
    try:
        return int(Decimal(str(roubles)) * 100)
    except (ArithmeticError, ValueError):
        return Unknown("an answer that cannot be read")


def _code(outcome: SmsOutcome) -> str | None:
    match outcome:
        case Rejected(code=code) | Unknown(why=code):
            return code
    return None


def _object(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _endpoint(value: str) -> str:
    try:
        url = httpx.URL(value)
        url.host.encode("idna")  # as the look-up of the name will do
    except (httpx.InvalidURL, UnicodeError):
        raise ValueError("is no address") from None
    if url.scheme not in {"http", "https"} or not url.host or (url.port or 1) not in range(1, 65_536):
        raise ValueError("an address that begins with https:// or http://")
    return value


Endpoint = Annotated[str, AfterValidator(_endpoint)]  # of a request, kept as written
BaseUrl = Annotated[Endpoint, AfterValidator(lambda value: value.rstrip("/"))]  # of a provider, without a path's "/"
