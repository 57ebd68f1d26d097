"""getUpdates: offsets, long polls on the sandbox clock, and one poller at a time."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import httpx

from bot.sandbox.telegram import TelegramSimulator

from .conftest import SELLER, Call


async def begun(telegram: TelegramSimulator, poll: Awaitable[dict[str, Any]]) -> asyncio.Task[dict[str, Any]]:
    """The poll, once the simulator holds it."""
    before = telegram.world.updates.poller

    async def ended() -> dict[str, Any]:
        return await poll

    task = asyncio.get_running_loop().create_task(ended())
    async with asyncio.timeout(2):
        while telegram.world.updates.poller is before:
            await telegram.world.bell.wait()
    return task


def texts(answer: dict[str, Any]) -> list[str]:
    return [update["message"]["text"] for update in answer["result"]]


async def test_an_offset_acknowledges(call: Call, telegram: TelegramSimulator) -> None:
    """Without it the same updates come again; a negative one keeps the last ones only."""
    for text in ("1", "2", "3", "4"):
        telegram.say(SELLER, text)
    assert texts(await call("getUpdates", limit=2)) == ["1", "2"]
    first = (await call("getUpdates"))["result"][0]["update_id"]
    assert texts(await call("getUpdates", offset=first + 1)) == ["2", "3", "4"]
    assert texts(await call("getUpdates", offset=-1)) == ["4"]
    assert texts(await call("getUpdates")) == ["4"]


async def test_a_long_poll_ends_with_the_first_update(call: Call, telegram: TelegramSimulator) -> None:
    """It waits for somebody to write, not for its time."""
    poll = await begun(telegram, call("getUpdates", timeout=50))
    telegram.say(SELLER, "12500")
    assert texts(await poll) == ["12500"]


async def test_a_long_poll_follows_the_clock(call: Call, telegram: TelegramSimulator) -> None:
    """A jump past its end ends it, empty."""
    poll = await begun(telegram, call("getUpdates", timeout=50))
    telegram.clock.advance(timedelta(seconds=51))
    assert (await poll)["result"] == []


async def test_a_second_poller_sends_the_first_away(call: Call, telegram: TelegramSimulator) -> None:
    """The first one's poll ends with 409, the second one gets the updates."""
    first = await begun(telegram, call("getUpdates", timeout=50))
    second = await begun(telegram, call("getUpdates", timeout=50))
    refused = await first
    assert refused["error_code"] == 409
    assert "terminated by other getUpdates request" in refused["description"]
    telegram.say(SELLER, "12500")
    assert texts(await second) == ["12500"]


async def test_a_webhook_forbids_polling(call: Call) -> None:
    """Until it is deleted."""
    await call("setWebhook", url="https://shop.ru/telegram/webhook")
    assert (await call("getUpdates"))["error_code"] == 409
    await call("deleteWebhook")
    assert (await call("getUpdates"))["ok"]


async def test_allowed_updates_stay_as_set(call: Call, telegram: TelegramSimulator) -> None:
    """Kinds that are not asked for are not queued, also when the next call does not say."""
    await call("getUpdates", allowed_updates=["my_chat_member"])
    telegram.say(SELLER, "12500")
    telegram.block(SELLER)
    updates = (await call("getUpdates"))["result"]
    assert [set(update) - {"update_id"} for update in updates] == [{"my_chat_member"}]


async def test_only_polls_that_bring_something_are_recorded(
    call: Call, http: httpx.AsyncClient, telegram: TelegramSimulator
) -> None:
    """The log would drown in empty ones; it shows no token."""
    await call("getUpdates")
    telegram.say(SELLER, "12500")
    await call("getUpdates")
    await http.post("/bot42:SANDBOX/sendMessage", data={"chat_id": SELLER, "text": "Ждём 9161234567"})
    rows = telegram.wire.recent("telegram")
    assert [(row.path, row.source, row.target) for row in rows] == [
        ("/bot•••/getUpdates", "prilavok", "telegram"),
        ("/bot•••/sendMessage", "prilavok", "telegram"),
    ]
    assert "12500" in rows[0].response
    assert '"text": "Ждём' in rows[1].request
