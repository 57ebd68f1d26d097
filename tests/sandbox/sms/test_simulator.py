"""What is common to the providers: lost answers, the desk's switches, the events, the controls."""

import asyncio
from typing import Any

import httpx
import pytest

from bot.sandbox.sms import SmsSimulator

from .conftest import Service, Till, until

PHONE = "+79161234567"


async def test_an_answer_that_hangs_leaves_one_message(till: Till) -> None:
    """0006: the client cannot know, the message is on its way."""
    asked = {"login": "sandbox", "psw": "sandbox", "phones": "+79160000006", "mes": "x"}
    with pytest.raises(httpx.ReadTimeout):
        await till.client.post("/rest/send/", json=asked, timeout=0.1)

    assert [message.to for message in till.simulator.messages] == ["+79160000006"]
    assert till.simulator.wire.recent("sms")[-1].status is None


async def test_a_reset_connection_leaves_nothing(till: Till) -> None:
    """0007."""
    with pytest.raises(httpx.TransportError):
        await till.http("+79160000007")

    assert till.simulator.messages == []


async def test_an_unreadable_answer_leaves_one_message(till: Till) -> None:
    """0008: HTML with status 200."""
    answer = await till.http("+79160000008")

    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (200, "text/html")
    assert len(till.simulator.messages) == 1


async def test_a_provider_that_is_away_answers_nobody(till: Till) -> None:
    """The controls still do."""
    await till.control("sms", away=True)
    with pytest.raises(httpx.TransportError):
        await till.http(PHONE)
    await till.control("sms", away=False)

    assert (await till.http(PHONE)).status_code == 200


async def test_without_delivery_messages_are_taken_and_fail(till: Till) -> None:
    """Switched off, the next one arrives."""
    await till.control("sms", no_delivery=True)
    await till.http(PHONE, "a")
    await till.control("sms", no_delivery=False)
    await till.http(PHONE, "b")
    await till.pass_time(20)

    assert [message.state for message in till.simulator.messages] == ["failed", "delivered"]


async def test_the_desk_hears_of_arrival_and_of_each_state(till: Till) -> None:
    """The event of "delivered" is the phone's ring."""
    heard: list[dict[str, Any]] = []

    async def listen() -> None:
        async for event in till.simulator.follow():
            heard.append(event)
            if len(heard) == 3:
                return

    async with asyncio.timeout(2), asyncio.TaskGroup() as group:
        group.create_task(listen())
        await asyncio.sleep(0)
        await till.http(PHONE, "Привет")
        await till.pass_time(20)

    assert {event["type"] for event in heard} == {"sms"}
    assert [event["message"]["state"] for event in heard] == ["queued", "sent", "delivered"]
    last = heard[-1]["message"]
    assert (last["to"], last["text"], last["provider"], last["segments"]) == (PHONE, "Привет", "http", 1)
    assert last["delivered_at"] is not None


async def test_states_move_by_themselves_too(till: Till) -> None:
    """Without a jump of the clock, after real ticks."""
    await till.control("sms", tick=0.02)
    await till.http(PHONE)
    await until(lambda: till.simulator.messages[0].state == "delivered")


async def test_messages_and_switches_are_read_and_forgotten_over_http(till: Till) -> None:
    """A reset keeps the report addresses: they are configuration."""
    await till.http(PHONE)
    await till.control("sms", no_money=["smsc"], no_delivery=True, report_urls={"http": "http://127.0.0.1:9/"})
    [message] = (await till.client.get("/_sandbox/messages")).json()
    assert (message["to"], message["state"]) == (PHONE, "queued")
    await till.control("reset")
    switches = await till.control("sms")

    assert (await till.client.get("/_sandbox/messages")).json() == []
    assert (switches["no_money"], switches["no_delivery"]) == ([], False)
    assert switches["report_urls"] == {"http": "http://127.0.0.1:9/"}
    assert till.simulator.balance("http") == 100_000


async def test_after_a_reset_nothing_comes_of_what_was_planned(till: Till, service: Service) -> None:
    """Neither states nor reports of the forgotten message; the next one is as ever."""
    till.simulator.report_urls["http"] = service.url + "/r"
    await till.http(PHONE, ref="old")
    await till.control("reset")
    await till.http(PHONE, ref="new")
    await till.pass_time(20)

    assert [(await service.next())["ref"] for _ in range(2)] == ["new", "new"]


async def test_faults_are_armed_by_the_path_of_a_method(till: Till) -> None:
    """A 502 once, for sending by SMS.ru only."""
    await till.control("faults", method="sms/send", kind="502", count=1)
    form = {"api_id": "sandbox-api-id", "json": "1", "to": PHONE, "msg": "x"}

    assert (await till.http(PHONE)).status_code == 200
    assert [(await till.client.post("/sms/send", data=form)).status_code for _ in range(2)] == [502, 200]


async def test_manners_out_of_the_known_ones_are_refused(till: Till) -> None:
    """400 says which there are."""
    answer = await till.client.post("/_sandbox/callbacks", json={"sign": "maybe"})
    other = await till.client.post("/_sandbox/callbacks", json={"mood": "bad"})

    assert (answer.status_code, other.status_code) == (400, 400)
    assert "wrong" in answer.json()["error"]
    assert "repeat" in other.json()["error"]


async def test_it_stops_and_starts_again() -> None:
    """Nothing is left running."""
    simulator = SmsSimulator()
    before = len(asyncio.all_tasks())
    for _ in range(2):
        await simulator.start()
        assert len(asyncio.all_tasks()) == before + 2
        await simulator.stop()
        assert len(asyncio.all_tasks()) == before


async def test_a_form_is_kept_as_people_read_it_and_without_secrets(till: Till) -> None:
    """Phones are masked, Cyrillic is not percent signs."""
    await till.smsru("/sms/send", to=PHONE, msg="Привет")

    kept = till.simulator.wire.recent("sms")[-1]
    assert (kept.source, kept.target, kept.path) == ("prilavok", "sms", "/sms/send")
    assert "msg=Привет" in kept.request
    assert "sandbox-api-id" not in kept.request
    assert "9161234567" not in kept.request + kept.response
