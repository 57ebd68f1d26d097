"""The bank's notifications: queued, signed, sent up to three times, and spoilt on demand.

    announce   what happened becomes fields and a checksum -> waits until it is due
    dispatch   sends what is due, one at a time for an order -> on anything but 200 it waits again

Due times are the sandbox's: moving the clock by half a minute brings the next try at once.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from bot.sandbox.clock import SandboxClock
from bot.sandbox.wire import Wire

from .order import MOSCOW, Order
from .refusal import action_text
from .signing import SIGNS, Signer

TRIES = 3
SHUFFLE_WINDOW = timedelta(seconds=0.3)  # callbacks of this time arrive in reverse
CLIENT = {"User-Agent": "Apache-HttpClient/4.5.1 (Java/1.8.0_151)"}


@dataclass(slots=True)
class Knobs:
    """What `POST /_sandbox/callbacks` sets, each under its own name."""

    method: str = "GET"  # or POST
    sign: str = "hmac"  # see signing.SIGNS
    delay: timedelta = timedelta()
    repeat: int = 1  # each is sent so many times
    shuffle: bool = False  # those that are close together arrive in reverse
    drop: int | bool = 0  # so many are lost; True: all
    lie: bool = False  # status says the opposite of what happened
    early: bool = False  # a fast payer: paid, and told so, before register has answered
    extra: bool | dict[str, str] = False  # the parameters ordered from support, or these

    def lose(self) -> bool:
        """Whether this callback is lost, counted down."""
        if self.drop is True or not self.drop:
            return self.drop is True
        self.drop -= 1
        return True


@dataclass(slots=True)
class Delivery:
    """One callback on its way."""

    md_order: str
    method: str
    fields: dict[str, str]
    due: datetime
    tries: int = 0
    status: int | None = None  # of the last try
    tried: asyncio.Event = field(default_factory=asyncio.Event)


class Callbacks:
    """`url` None: the merchant has not asked for callbacks."""

    def __init__(self, clock: SandboxClock, wire: Wire, signer: Signer, wake: Callable[[], None]) -> None:
        self.url: URL | None = None
        self.knobs = Knobs()
        self.retry_after = timedelta(seconds=30)
        self.timeout = 10.0  # s; how long the bank waits for an answer
        self._clock = clock
        self._wire = wire
        self._signer = signer
        self._wake = wake
        self._waiting: list[Delivery] = []
        self._busy: set[str] = set()  # mdOrder of those being sent

    def clear(self) -> None:
        self._waiting.clear()
        self.knobs = Knobs()

    def announce(self, order: Order, operation: str, succeeded: bool) -> None:
        """Queues what the knobs make of this event."""
        if self.url is None:
            return
        knobs = self.knobs
        fields = callback_fields(order.md_order, order.order_number, operation, succeeded != knobs.lie)
        fields |= self._extra_fields(order)
        if knobs.lose():
            self._record(knobs.method, fields, None, 0, "(lost)")
            return
        for _ in range(knobs.repeat):
            self.queue(order.md_order, fields, self._due())

    def queue(
        self, md_order: str, fields: dict[str, str], due: datetime | None = None, *, sign: str | None = None
    ) -> Delivery:
        """Signs `fields` and sends them at `due`, else at once, whatever the other knobs say."""
        signed = self._signer.sign(fields, sign or self.knobs.sign)
        delivery = Delivery(md_order, self.knobs.method, signed, due or self._clock.now())
        if self.knobs.shuffle and due is not None:
            self._waiting.insert(0, delivery)
        else:
            self._waiting.append(delivery)
        self._wake()
        return delivery

    async def first_try(self, md_order: str) -> None:
        """Until each callback of the order that is due has been tried once."""
        now = self._clock.now()
        mine = [each for each in self._waiting if each.md_order == md_order and each.due <= now]
        for delivery in mine:
            await delivery.tried.wait()

    def next_due(self) -> datetime | None:
        """Of those that nothing but time holds back."""
        return min((each.due for each in self._waiting if each.md_order not in self._busy), default=None)

    def dispatch(self, client: aiohttp.ClientSession, group: asyncio.TaskGroup) -> None:
        """Starts what is due, in the order of the queue."""
        now = self._clock.now()
        for delivery in list(self._waiting):
            if delivery.due <= now and delivery.md_order not in self._busy:
                self._waiting.remove(delivery)
                self._busy.add(delivery.md_order)
                group.create_task(self._send(client, delivery))

    async def _send(self, client: aiohttp.ClientSession, delivery: Delivery) -> None:
        try:
            delivery.status = await self._request(client, delivery)
        finally:
            self._busy.discard(delivery.md_order)
        delivery.tries += 1
        delivery.tried.set()
        if delivery.status != 200 and delivery.tries < TRIES:
            delivery.due = self._clock.now() + self.retry_after
            self._waiting.append(delivery)
        self._wake()

    async def _request(self, client: aiohttp.ClientSession, delivery: Delivery) -> int | None:
        """The HTTP status; None where there was no answer. A redirect is followed nowhere: it is not 200."""
        url, started = self.url or URL(), time.perf_counter()
        body = delivery.fields if delivery.method == "POST" else None
        status, text = None, ""
        try:
            async with client.request(
                delivery.method,
                url if body else url.update_query(delivery.fields),
                data=body,
                headers=CLIENT,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self.timeout),
            ) as answer:
                status, text = answer.status, await answer.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            text = f"({type(error).__name__})"
        self._record(delivery.method, delivery.fields, status, (time.perf_counter() - started) * 1000, text)
        return status

    def _record(self, method: str, fields: dict[str, str], status: int | None, ms: float, answer: str) -> None:
        path, said = (self.url or URL()).path, urlencode(fields)
        self._wire.record("bank", "bank", "prilavok", method, path, status, ms, said, answer)

    def _due(self) -> datetime:
        """Now and the knob's delay; when shuffled, the time of those that wait already."""
        due = self._clock.now() + self.knobs.delay
        if not self.knobs.shuffle:
            return due
        ahead = [each.due for each in self._waiting if each.tries == 0 and each.due > self._clock.now()]
        return max(ahead, default=due + SHUFFLE_WINDOW)

    def _extra_fields(self, order: Order) -> dict[str, str]:
        if isinstance(self.knobs.extra, dict):
            return self.knobs.extra
        return extra_fields(order, self._clock.now()) if self.knobs.extra else {}


def callback_fields(md_order: str, order_number: str, operation: str, succeeded: bool) -> dict[str, str]:
    """What every callback carries."""
    return {
        "mdOrder": md_order,
        "orderNumber": order_number,
        "operation": operation,
        "status": "1" if succeeded else "0",
    }


def extra_fields(order: Order, now: datetime) -> dict[str, str]:
    """Parameters that a merchant may order from the bank's support; the date as Java prints it."""
    return {
        "amount": str(order.amount),
        "approvedAmount": str(order.approved),
        "depositedAmount": str(order.deposited),
        "refundedAmount": str(order.refunded),
        "currency": order.currency,
        "actionCode": str(order.action_code),
        "actionCodeDescription": action_text(order.action_code, order.language),
        "orderDescription": order.description or "null",
        "callbackCreationDate": now.astimezone(MOSCOW).strftime("%a %b %d %H:%M:%S %Z %Y"),
        "sign_alias": "sandbox",
    }


def read_knobs(knobs: Knobs, asked: dict[str, Any], parse_duration: Callable[[Any], timedelta]) -> None:
    """Sets the named knobs. Raises ValueError, TypeError or KeyError for what cannot be."""
    for name, value in asked.items():
        match name:
            case "delay":
                knobs.delay = parse_duration(value)
            case "method" if str(value).upper() in ("GET", "POST"):
                knobs.method = str(value).upper()
            case "sign" if value in SIGNS:
                knobs.sign = value
            case "repeat":
                knobs.repeat = max(1, int(value))
            case "drop":
                knobs.drop = value if isinstance(value, bool) else int(value)
            case "shuffle" | "lie" | "early":
                setattr(knobs, name, bool(value))
            case "extra":
                knobs.extra = (
                    {key: str(text) for key, text in value.items()} if isinstance(value, dict) else bool(value)
                )
            case _:
                raise ValueError(name)
