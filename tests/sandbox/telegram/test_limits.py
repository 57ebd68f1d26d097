"""Telegram's pace, and the faults that can be armed."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.telegram import TelegramSimulator

from .conftest import GROUP, MANAGER, SELLER, Call


async def refused_at(call: Call, telegram: TelegramSimulator, chats: list[int], apart: float) -> tuple[int, int]:
    """Sends to `chats` in turn, `apart` seconds apart: how many passed, and the retry_after of the next."""
    for sent in range(100):
        answer = await call("sendMessage", chat_id=chats[sent % len(chats)], text="x")
        if not answer["ok"]:
            assert answer["error_code"] == 429
            retry_after = int(answer["parameters"]["retry_after"])
            assert answer["description"] == f"Too Many Requests: retry after {retry_after}"
            return sent, retry_after
        telegram.clock.advance(timedelta(seconds=apart))
    return 100, 0


async def test_there_is_no_limit_unless_asked_for(call: Call, telegram: TelegramSimulator) -> None:
    """A hundred at once pass."""
    assert await refused_at(call, telegram, [SELLER], 0) == (100, 0)


async def test_a_group_takes_20_a_minute(call: Call, telegram: TelegramSimulator) -> None:
    """Of sends 1.5 s apart the 21st is refused; after the time it names there is room again."""
    telegram.add_group(GROUP, "Лавка", [MANAGER])
    telegram.world.limits.on = True
    sent, retry_after = await refused_at(call, telegram, [GROUP], 1.5)
    assert sent == 20
    assert 29 <= retry_after <= 30
    telegram.clock.advance(timedelta(seconds=retry_after))
    assert (await call("sendMessage", chat_id=GROUP, text="x"))["ok"]


async def test_edits_share_the_groups_budget(call: Call, telegram: TelegramSimulator) -> None:
    """10 sends and 10 edits use it up; answering a press costs nothing."""
    telegram.add_group(GROUP, "Лавка", [MANAGER])
    telegram.world.limits.on = True
    for number in range(10):
        card = (await call("sendMessage", chat_id=GROUP, text="x"))["result"]["message_id"]
        telegram.clock.advance(timedelta(seconds=1.5))
        assert (await call("editMessageText", chat_id=GROUP, message_id=card, text=f"{number}"))["ok"]
        telegram.clock.advance(timedelta(seconds=1.5))
    assert (await call("sendMessage", chat_id=GROUP, text="x"))["error_code"] == 429
    press = telegram.press(MANAGER, GROUP, card, "yes")
    assert (await call("answerCallbackQuery", callback_query_id=press))["ok"]


async def test_a_private_chat_takes_one_a_second_after_a_burst(call: Call, telegram: TelegramSimulator) -> None:
    """A few at once, then one a second for ever."""
    telegram.world.limits.on = True
    assert await refused_at(call, telegram, [SELLER], 0) == (5, 1)
    telegram.clock.advance(timedelta(seconds=1))
    assert await refused_at(call, telegram, [SELLER], 1) == (100, 0)


async def test_all_chats_together_take_30_a_second(call: Call, telegram: TelegramSimulator) -> None:
    """The 31st in one second is refused, whoever it is for."""
    chats = list(range(101, 121))
    for user_id in chats:
        telegram.start(user_id)
    telegram.world.limits.on = True
    assert await refused_at(call, telegram, chats, 0.001) == (30, 1)


async def test_faults_speak_as_telegrams_front_end_does(http: httpx.AsyncClient, telegram: TelegramSimulator) -> None:
    """429 as JSON with retry_after, 502 as a page, drop without an answer; a hung call was done all the same."""
    send = {"chat_id": SELLER, "text": "x"}

    async def arm(kind: str) -> None:
        await http.post("/_sandbox/faults", json={"method": "sendMessage", "kind": kind})

    await arm("429")
    answer: Any = (await http.post("/bot42:SANDBOX/sendMessage", json=send)).json()
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 3})
    await arm("502")
    page = await http.post("/bot42:SANDBOX/sendMessage", json=send)
    assert (page.status_code, page.headers["content-type"][:9]) == (502, "text/html")
    await arm("drop")
    with pytest.raises(httpx.RemoteProtocolError):
        await http.post("/bot42:SANDBOX/sendMessage", json=send)
    assert len(telegram.world.chat(SELLER).messages) == 1  # what the seller wrote
    await arm("hang")
    with pytest.raises(httpx.ReadTimeout):
        await http.post("/bot42:SANDBOX/sendMessage", json=send, timeout=0.1)
    assert len(telegram.world.chat(SELLER).messages) == 2
    assert (await http.post("/bot42:SANDBOX/sendMessage", json=send)).json()["ok"]


async def test_telegram_can_be_away(call: Call, http: httpx.AsyncClient, telegram: TelegramSimulator) -> None:
    """Every call is dropped until it is back; people write on, and nothing is lost."""
    await http.post("/_sandbox/away", json={"on": True})
    assert telegram.away
    for method in ("getMe", "sendMessage", "getUpdates"):
        with pytest.raises(httpx.RemoteProtocolError):
            await call(method, chat_id=SELLER, text="x")
    telegram.say(SELLER, "12500")
    await http.post("/_sandbox/away", json={"on": False})
    assert [update["message"]["text"] for update in (await call("getUpdates"))["result"]] == ["12500"]
    assert len(telegram.world.chat(SELLER).messages) == 2
