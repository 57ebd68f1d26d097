"""Posts to the webhook: the secret, the order, the repeats."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.telegram import TelegramSimulator
from tests.serving import serve

from .conftest import MANAGER, SELLER, Call

SECRET = "s3cret_token"


@dataclass
class Service:
    """The product's side: answers with the next of `statuses`, then with 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    retry_after: str = ""
    got: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)

    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, request: web.Request) -> web.Response:
        self.got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        self.came.set()
        headers = {"Retry-After": self.retry_after} if self.retry_after else {}
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200, headers=headers)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, update in self.got if "message" in update]

    async def has(self, count: int) -> None:
        """Waits until so many posts have come, and a little longer for one too many."""
        async with asyncio.timeout(2):
            while len(self.got) < count:
                self.came.clear()
                await self.came.wait()
        await asyncio.sleep(0.02)
        assert len(self.got) == count


@pytest.fixture
async def service(call: Call) -> AsyncIterator[Service]:
    service = Service()
    app = web.Application()
    app.router.add_post("/telegram/webhook", service.receive)
    runner, address = await serve(app)
    service.url = f"{address}/telegram/webhook"
    await call("setWebhook", url=service.url, secret_token=SECRET)
    yield service
    await runner.cleanup()


async def test_an_update_is_posted_with_the_secret(call: Call, telegram: TelegramSimulator, service: Service) -> None:
    """Once, when it is accepted; the log has it as Telegram's request."""
    telegram.say(SELLER, "12500")
    await service.has(1)
    assert (service.got[0][0], service.texts()) == (SECRET, ["12500"])
    assert (await call("getWebhookInfo"))["result"]["pending_update_count"] == 0
    row = telegram.wire.recent("telegram")[1]  # after setWebhook
    assert (row.source, row.target, row.path, row.status) == ("telegram", "prilavok", "/telegram/webhook", 200)


async def test_a_failure_is_repeated_at_once_then_later(
    call: Call, telegram: TelegramSimulator, service: Service
) -> None:
    """The second try follows immediately, the third after 2 s, the fourth after 4 s more."""
    service.statuses = [500, 401, 302]
    telegram.say(SELLER, "12500")
    await service.has(2)
    telegram.clock.advance(timedelta(seconds=2))
    await service.has(3)
    telegram.clock.advance(timedelta(seconds=2))
    await service.has(3)
    info = (await call("getWebhookInfo"))["result"]
    assert (info["pending_update_count"], info["last_error_message"]) == (1, "Wrong response from the webhook: 302")
    telegram.clock.advance(timedelta(seconds=2))
    await service.has(4)
    assert len({update["update_id"] for _, update in service.got}) == 1


async def test_retry_after_is_obeyed(telegram: TelegramSimulator, service: Service) -> None:
    """The service says when it wants the update again."""
    service.statuses, service.retry_after = [503], "30"
    telegram.say(SELLER, "12500")
    await service.has(1)
    telegram.clock.advance(timedelta(seconds=29))
    await service.has(1)
    telegram.clock.advance(timedelta(seconds=2))
    await service.has(2)


async def test_one_chat_waits_in_order_while_others_pass(telegram: TelegramSimulator, service: Service) -> None:
    """A failing update holds up later ones of its chat only."""
    service.statuses = [500, 500]
    telegram.say(SELLER, "first")
    await service.has(2)
    telegram.say(SELLER, "second")
    telegram.start(MANAGER)
    await service.has(3)
    assert service.texts() == ["first", "first", "/start"]
    telegram.clock.advance(timedelta(seconds=2))
    await service.has(5)
    assert service.texts()[3:] == ["first", "second"]


async def test_a_press_is_given_up_after_150_seconds(call: Call, telegram: TelegramSimulator, service: Service) -> None:
    """No repeat comes after that."""
    card = (await call("sendMessage", chat_id=SELLER, text="x"))["result"]["message_id"]
    service.statuses = [500, 500]
    telegram.press(SELLER, SELLER, card, "yes")
    await service.has(2)
    telegram.clock.advance(timedelta(seconds=151))
    await service.has(2)


async def test_nothing_is_posted_while_telegram_is_away(telegram: TelegramSimulator, service: Service) -> None:
    """What people wrote meanwhile comes afterwards."""
    telegram.away = True
    telegram.say(SELLER, "12500")
    await service.has(0)
    telegram.away = False
    await service.has(1)


async def test_a_service_that_is_down_gets_its_updates_later(call: Call, telegram: TelegramSimulator) -> None:
    """A refused connection is a failure like any other; pending updates can be dropped."""
    await call("setWebhook", url="http://127.0.0.1:9/telegram/webhook")
    telegram.say(SELLER, "12500")
    async with asyncio.timeout(2):
        row = await anext(telegram.wire.follow())
    assert (row.source, row.status) == ("telegram", None)
    await call("deleteWebhook", drop_pending_updates=True)
    assert (await call("getUpdates"))["result"] == []


async def test_a_bad_webhook_is_refused(call: Call) -> None:
    """Addresses without http, secrets with spaces."""
    assert not (await call("setWebhook", url="shop.ru"))["ok"]
    assert not (await call("setWebhook", url="https://shop.ru", secret_token="a b"))["ok"]
