"""Updates are recorded, then acknowledged, then handled: nothing lost, nothing twice, one chat in order."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.telegram_edge.shop import ANYA, GROUP, OLEG, Shop, until

SECRET = "webhook-secret"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def update(number: int, text: str, user: int = ANYA, **more: Any) -> dict[str, Any]:
    """A private message as Telegram would post it."""
    chat = {"id": user, "type": "private", "first_name": "Аня"}
    sender = {"id": user, "is_bot": False, "first_name": "Аня"}
    message = {"message_id": number, "date": 1_790_000_000, "chat": chat, "from": sender, "text": text}
    return {"update_id": number, "message": message | more}


@pytest.fixture
async def hooked(world: Shop) -> Any:
    """The service takes updates by webhook."""
    await world.start(telegram_webhook_secret=SECRET, public_url=world.address)
    await until(lambda: world.telegram.world.hook.url)
    async with httpx.AsyncClient(base_url=world.address, timeout=10, verify=False) as client:  # noqa: S501 - no TLS
        yield client
    await world.stop()


async def post(http: httpx.AsyncClient, body: Any, secret: bytes | None = SECRET.encode()) -> int:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = [] if secret is None else [(HEADER.encode(), secret)]
    return (await http.post("/telegram/webhook", content=content, headers=headers)).status_code


async def test_what_was_recorded_before_a_crash_is_handled_after_it_once(world: Shop) -> None:
    """The acknowledged update is in the database, half handled: its lease ends with its process."""
    await world.start()
    world.telegram.away = True
    async with world.service.db.write() as tx:
        body = json.dumps(update(50, "12500"))
        await tx.exec_driver_sql(
            "INSERT INTO inbox (update_id, chat, body, received_at, lease, lease_until)"
            " VALUES (50, ?, ?, '2026-01-01', 'of a dead process', '2099-01-01')", (ANYA, body)
        )  # fmt: skip
    await world.stop()
    world.telegram.away = False
    await world.start()
    await world.hears("12 500 ₽")
    assert len(await world.sales()) == 1
    await world.stop()


async def test_an_update_that_was_handled_but_not_closed_makes_no_second_sale(shop: Shop) -> None:
    """A crash between the handler and its own row: the message's key is taken."""
    shop.say("12500")
    await shop.hears("12 500 ₽")
    await shop.settled()
    message = update(2000, "12500")
    message["message"]["message_id"] = int((await shop.rows("SELECT key FROM payments"))[0][0].rpartition(":")[2])
    shop.telegram.world.updates.put("message", message["message"], ("message", ANYA))
    shop.say("/last")
    await until(lambda: len(shop.told()) > 1)
    await shop.settled()
    assert len(await shop.sales()) == 1
    assert len(shop.told()) == 2


async def test_nothing_is_acknowledged_that_is_not_recorded(shop: Shop) -> None:
    """While the database cannot be written, the updates stay at Telegram."""
    async with shop.service.db.write() as tx:
        shop.say("12500")
        await asyncio.sleep(0.1)
        assert len(shop.telegram.world.updates.pending()) == 1
        assert (await tx.exec_driver_sql("SELECT count(*) FROM inbox WHERE handled_at IS NULL")).scalar() == 0
    await shop.hears("12 500 ₽")


async def test_one_chat_is_handled_in_order(shop: Shop) -> None:
    """Twenty messages of one seller, and another seller beside."""
    for amount in range(2001, 2021):
        shop.say(str(amount))
    shop.say("9000", OLEG)
    await shop.hears("9 000 ₽", OLEG)
    await shop.reaches("SELECT count(*) FROM payments", (21,))
    amounts = [amount for amount, *_ in await shop.sales() if amount != 900_000]
    assert amounts == [amount * 100 for amount in range(2001, 2021)]


async def test_odd_updates_do_not_stop_the_others(shop: Shop) -> None:
    """What aiogram cannot read or write out again is given up; the polling goes on."""
    put = shop.telegram.world.updates.put
    put("message", update(0, "12500", link_preview_options={"is_disabled": True})["message"], ("message", ANYA))
    put("message", {"chat": {"id": OLEG}, "odd": True}, ("message", OLEG))
    put("something_new", {"x": 1}, ("something_new", 1))
    await shop.hears("12 500 ₽")
    shop.say("5000")
    await shop.hears("5 000 ₽")


async def test_the_same_press_under_two_update_ids_acts_once(shop: Shop) -> None:
    """Some clients send it again after a reconnect."""
    shop.say("12.500")
    question = await shop.hears("это")
    data = (question.markup or {})["inline_keyboard"][0][0]["callback_data"]
    press = shop.telegram.press(ANYA, ANYA, question.id, data)
    shop.telegram.press_again(press)
    await shop.hears("Ждём оплату")
    await shop.settled()
    assert len(await shop.sales()) == 1


async def test_a_webhook_without_its_secret_is_401(world: Shop, hooked: httpx.AsyncClient) -> None:
    """Wrong, missing, empty or not even ASCII."""
    for secret in (None, b"", b"wrong", "секрет".encode(), b"\xff\xfe"):
        assert await post(hooked, update(9001, "12500"), secret) == 401
    assert await post(hooked, b"not json") == 400
    assert await post(hooked, []) == 400
    assert await post(hooked, {"update_id": "9001"}) == 400
    await world.settled()
    assert await world.sales() == []


async def test_a_redelivered_update_is_200_and_handled_once(world: Shop, hooked: httpx.AsyncClient) -> None:
    """Telegram repeats what it saw no answer to."""
    for _ in range(3):
        assert await post(hooked, update(9001, "12500")) == 200
    await world.hears("12 500 ₽")
    assert await post(hooked, update(9001, "12500")) == 200
    await world.settled()
    assert len(await world.sales()) == 1


async def test_a_webhook_sells_as_polling_does(world: Shop, hooked: httpx.AsyncClient) -> None:
    """The simulator posts; presses come the same way."""
    world.say("/pay 12500", OLEG, chat_id=GROUP)
    await world.hears("12 500 ₽", GROUP)
    assert world.telegram.world.updates.pending() == []


async def test_webhook_and_polling_share_the_inbox(world: Shop) -> None:
    """What came by one is known when it comes again by the other."""
    await world.start(telegram_webhook_secret=SECRET, public_url=world.address)
    world.say("12500")
    await world.hears("12 500 ₽")
    [[number, body]] = await world.rows("SELECT update_id, body FROM inbox")
    assert body is None  # blanked once handled
    await world.stop()
    world.settings.clear()
    world.telegram.world.updates._next_id = number
    world.say("12500")
    await world.start()
    world.say("5000")
    await world.hears("5 000 ₽")
    assert world.telegram.world.hook.url == ""
    assert len(await world.sales()) == 2
    await world.stop()
