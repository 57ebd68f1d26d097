"""How fast it is, each figure beside a baseline of the same run: the bare calls to the same simulators.

Guards: what is counted was done; stored rows are at least the answers given.
"""

import asyncio
import hashlib
import hmac
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from bot.demo import Demo
from bot.qr import picture
from bot.sandbox.desk import SELLER
from storage.schema import callbacks

pytestmark = pytest.mark.bench

SALES = 12
BURST, AT_ONCE = 2000, 50


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    running = Demo(tmp_path)
    await running.start()
    yield running
    await running.stop()


async def test_a_message_becomes_a_card_and_a_callback_a_ping(demo: Demo) -> None:
    """Both beside the bare calls that they need: register and sendPhoto; a status read and sendMessage."""
    await bare_sale(demo)  # imports and connections
    bare = [await timed(partial(bare_sale, demo)) for _ in range(SALES)]
    cards, rings = [], []
    for number in range(SALES):
        cards.append(await timed(partial(sell, demo, number)))
        rings.append(await timed(partial(pay_newest, demo)))
        await asyncio.sleep(6)  # the chat's own pace: a burst of four, then one message or edit a second
    say("bare register + QR + sendPhoto", bare, bare)
    say("message -> card", cards, bare)
    say("callback -> ping", rings, bare)
    assert len(pings(demo)) == SALES


async def test_a_flood_of_callbacks_is_recorded(demo: Demo) -> None:
    """Beside the same server's handler that only answers."""
    await sell(demo, 1)
    order = next(iter(demo.bank.orders.values()))
    form = {"mdOrder": order.md_order, "orderNumber": order.order_number, "operation": "deposited", "status": "0"}
    signed = sign(form)
    async with httpx.AsyncClient(base_url=demo.service_address) as client:
        idle = await flood(lambda: client.get("/health/live"))
        ours = await flood(lambda: client.post("/bank/callback", data=signed))
    assert demo.service is not None
    async with demo.service.db.read() as tx:
        stored = (await tx.execute(select(func.count()).select_from(callbacks))).scalar_one()
    print(f"callbacks: {ours:.0f}/s, a handler that does nothing {idle:.0f}/s, ratio {ours / idle:.2f}")  # noqa: T201
    assert stored >= BURST


def sign(form: dict[str, str]) -> dict[str, str]:
    """With the sandbox's key."""
    message = "".join(f"{name};{value};" for name, value in sorted(form.items()))
    checksum = hmac.new(b"sandbox-callback-key", message.encode(), hashlib.sha256).hexdigest().upper()
    return form | {"checksum": checksum}


async def flood(call: Callable[[], Awaitable[httpx.Response]]) -> float:
    """Answers a second, all of them good."""
    started = time.perf_counter()

    async def some() -> None:
        for _ in range(BURST // AT_ONCE):
            assert (await call()).status_code == 200

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return BURST / (time.perf_counter() - started)


async def bare_sale(demo: Demo) -> None:
    """What no till can do without."""
    async with httpx.AsyncClient() as client:
        form = {
            "userName": "sandbox-api", "password": "sandbox", "amount": "1250000", "returnUrl": "https://shop/",
            "orderNumber": f"bare-{time.perf_counter_ns()}",
        }  # fmt: skip
        await client.post(f"{demo._bank_address}/payment/rest/register.do", data=form)
        drawn = picture("https://pay.shop.ru/p/AbCdEf12Gh4", amount=1250000, shop="Прилавок", lang="ru", test=True)
        await client.post(
            f"{demo._telegram_address}/bot42:SANDBOX/sendPhoto",
            data={"chat_id": str(SELLER.id), "caption": "bare"},
            files={"photo": ("qr.png", drawn)},
        )


async def sell(demo: Demo, number: int) -> None:
    before = len(photos(demo))
    demo.telegram.say(SELLER.id, f"{2000 + number} куртка")
    await until(lambda: len(photos(demo)) > before)


async def pay_newest(demo: Demo) -> None:
    before = len(pings(demo))
    ours = [order.md_order for order in demo.bank.orders.values() if not order.order_number.startswith("bare")]
    demo.bank.pay(ours[-1])
    await until(lambda: len(pings(demo)) > before)


def photos(demo: Demo) -> list[object]:
    messages = demo.telegram.world.chat(SELLER.id).messages.values()
    return [
        message for message in messages if message.shown().get("photo") and "bare" not in message.shown()["caption"]
    ]


def pings(demo: Demo) -> list[str]:
    texts = (message.shown().get("text") or "" for message in demo.telegram.world.chat(SELLER.id).messages.values())
    return [text for text in texts if text.startswith("✅ Оплачено")]


async def timed(work: Callable[[], Awaitable[None]]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    await work()
    return (time.perf_counter() - started) * 1000


async def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        await asyncio.sleep(0.001)


def say(what: str, times: list[float], baseline: list[float]) -> None:
    """p50 and p95, and the ratio of the medians."""
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(f"{what}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, ratio {p50 / statistics.median(baseline):.2f}")  # noqa: T201
