"""The desk's server seen from outside: what it serves itself, what it passes on, what may happen."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import httpx
import pytest

from bot.payments.grammar.wishes import Wish, read_wish
from bot.sandbox.desk import MANAGER, OWNER, PEOPLE, SELLER, SHOP_CHAT, STRANGER
from bot.sandbox.desk.page import ANSWERS
from bot.sandbox.desk.words import WORDS
from bot.sandbox.telegram import Message
from tests.until import eventually

from .conftest import CODE, Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")

BUDGET = 90_000  # bytes of the page and all its files, uncompressed


until = partial(eventually, within=4)


def messages(sandbox: Sandbox, chat: int) -> list[Message]:
    return list(sandbox.telegram.world.chats[chat].messages.values())


async def test_the_page_and_its_files_fit_the_budget_and_ask_nobody_else(http: httpx.AsyncClient) -> None:
    """90 KB; the policy allows the desk's own origin and no inline script."""
    page = await http.get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    names = ("base.css", "dark.css", "desk.css", "icon.svg", *(f"{name}.js" for name in (
        "chat", "desk", "message", "parts", "phone", "rich", "scene", "sound", "wire",
    )))  # fmt: skip
    files = [await http.get(f"/desk/static/{name}") for name in names]
    assert [file.status_code for file in files] == [200] * len(names)
    assert len(page.content) + sum(len(file.content) for file in files) <= BUDGET
    assert all("https://" not in file.text for file in files)


async def test_the_cast_is_seated(sandbox: Sandbox) -> None:
    """Аня, Олег and Ольга have started the bot, the stranger has not; the bot is in the shop's chat."""
    world = sandbox.telegram.world
    assert [world.users[person.id].first_name for person in PEOPLE] == ["Аня", "Олег", "Ольга", "Чужой"]
    for person in (SELLER, MANAGER, OWNER):
        assert [message.text for message in messages(sandbox, person.id)] == ["/start"]
    assert STRANGER.id not in world.chats
    assert world.chats[SHOP_CHAT].bot_status == "member"


async def test_what_is_not_the_desks_goes_to_the_product_and_comes_back_as_it_is(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """Method, query, body, status, headers; Host is the desk's; `/bank/callback` is the product's too."""
    answer = await http.post("/bank/callback?a=%2F1", content=b"body", headers={"X-Mine": "1"})

    assert (answer.status_code, answer.text, answer.headers["X-Shop"]) == (418, "echo", "yes")
    method, path, headers, body = sandbox.shop.asked[-1]
    assert (method, path, body) == ("POST", "/bank/callback?a=%2F1", b"body")
    assert headers["X-Mine"] == "1"
    assert headers["Host"] == sandbox.url.removeprefix("http://")


async def test_a_redirect_and_a_cookie_pass_through(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """The browser follows, not the desk."""
    await sandbox.register()
    page, pay = await http.get(f"/p/{CODE}"), await http.get(f"/p/{CODE}/pay")
    assert page.cookies["lang"] == "ru"
    assert pay.status_code == 302
    assert pay.headers["Location"].startswith(f"{sandbox.url}/bank/payment/merchants/")
    bank = await http.get(pay.headers["Location"])
    assert bank.status_code == 200
    assert "Учебный банк" in bank.text


async def test_the_wire_shows_the_shoppers_requests_but_not_idle_polls(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """A poll is a row when its answer has changed; an invitation's token is no row's."""
    await http.get(f"/p/{CODE}")
    for _ in range(3):
        await http.get(f"/p/{CODE}/state")
    sandbox.shop.state = "paid"
    await http.get(f"/p/{CODE}/state")
    await http.get("/i/secret-token")

    rows = [(row.source, row.target, row.path, row.status) for row in sandbox.wire.recent("page")]
    page, state = ("shopper", "prilavok", f"/p/{CODE}", 200), ("shopper", "prilavok", f"/p/{CODE}/state", 200)
    assert rows == [page, state, state, ("shopper", "prilavok", "/i/•••", 418)]


async def test_a_product_that_is_down_is_502_and_not_a_crash(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """As during «Сначала»."""
    sandbox.desk._proxy._service = "http://127.0.0.1:9"  # the discard port: nobody listens
    assert (await http.get(f"/p/{CODE}")).status_code == 502


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_the_product_reads_what_the_chips_say_to_a_card(language: str) -> None:
    """In both languages: refund 3 000 ₽ with a reason, cancel, complete."""
    wishes = [read_wish(WORDS[language][f"say_{name}"], in_reply=True) for name in ANSWERS]
    assert [wish.verb for wish in wishes if isinstance(wish, Wish)] == list(ANSWERS)
    assert isinstance(wishes[0], Wish)
    assert wishes[0].amount == 3_000_00
    assert wishes[0].reason


async def test_a_form_of_another_site_cannot_act(http: httpx.AsyncClient) -> None:
    """Acts take JSON by its own type only."""
    body = json.dumps({"user": SELLER.id, "text": "1"})
    assert (await http.post("/desk/say", content=body, headers={"Content-Type": "text/plain"})).status_code == 415


async def test_switches_reach_the_simulators(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Each one, on and off."""
    knobs = sandbox.bank.callbacks.knobs
    faces: dict[str, Callable[[], object]] = {
        "callbacks_lost": lambda: knobs.drop is True, "callbacks_thrice": lambda: knobs.repeat == 3,
        "telegram_away": lambda: sandbox.telegram.away, "sms_lost": lambda: sandbox.sms.no_delivery,
        "sms_money": lambda: bool(sandbox.sms.no_money),
    }  # fmt: skip
    for name, seen in faces.items():
        for on in (True, False):
            assert (await http.post("/desk/scene", json={"name": name, "on": on})).status_code == 200
            assert seen() is on, name
    assert (await http.post("/desk/scene", json={"name": "rain", "on": True})).status_code == 400


async def test_a_silent_bank_takes_the_order_and_does_not_answer(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Until the switch is off."""
    await http.post("/desk/scene", json={"name": "bank_silent", "on": True})
    asked = asyncio.get_running_loop().create_task(sandbox.register())
    await until(lambda: bool(sandbox.bank.orders))
    await asyncio.sleep(0.05)
    assert not asked.done()
    asked.cancel()

    await http.post("/desk/scene", json={"name": "bank_silent", "on": False})
    assert await sandbox.register("1043-1")


async def test_a_distrusted_certificate_stops_before_the_bank(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """The warning leads back to the shop's page."""
    await sandbox.register()
    await http.post("/desk/scene", json={"name": "cert", "on": True})
    page = await http.get(sandbox.shop.pay_at)
    assert "Подключение не защищено" in page.text
    assert f'href="{sandbox.link}"' in page.text
    assert sandbox.wire.recent("bank")[-1].status is None


async def test_the_shopper_acts_on_the_newest_open_order(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """It is told when nothing is open."""
    first, second = await sandbox.register("1"), await sandbox.register("2")
    await http.post("/desk/shopper", json={"outcome": "refuse"})
    assert sandbox.bank.orders[second].attempts == 1
    await http.post("/desk/shopper", json={"outcome": "pay"})
    await http.post("/desk/shopper", json={"outcome": "pay"})
    assert [sandbox.bank.orders[order].deposited for order in (first, second)] == [12_500_00, 12_500_00]
    assert (await http.post("/desk/shopper", json={"outcome": "pay"})).json() == {"acted": False}


async def test_undelivered_sms_do_not_reach_the_phone(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """The phone shows what has been delivered."""
    sandbox.sms.tick = timedelta()
    sandbox.sms.no_delivery = True
    await sandbox.send_sms()
    await until(lambda: sandbox.sms.messages[0].state == "failed")
    assert (await http.get("/desk/state")).json()["sms"] == []
