"""Who gets into the web till, by which link, for how long; and who does not."""

import json
import re
from datetime import timedelta

import httpx

from bot.staff import Offer
from storage import staff as stored
from storage.rows import Person
from tests.telegram_edge.shop import ANYA, GROUP, OLEG, STRANGER, Shop, words
from tests.web.till import OURS, TillBrowser, browser, init_data


async def oleg(shop: Shop) -> Person:
    person = await shop.service.staff.by_telegram_id(OLEG)
    assert person
    return person


async def invite(shop: Shop, role: str = "assistant", **offer: object) -> str:
    return await shop.service.invitations.token(Offer.of(role, **offer), 1, await oleg(shop), OLEG)  # type: ignore[arg-type]


async def test_an_invitation_lets_one_browser_in(shop: Shop, anybody: TillBrowser) -> None:
    """Looking uses nothing up, not even a preview's; a name is wanted; the manager who invited is told."""
    token = await invite(shop)
    for _ in range(3):
        page = await anybody.http.get(f"/i/{token}", headers={"User-Agent": "TelegramBot (like TwitterBot)"})
        assert page.status_code == 200
    assert f'action="/i/{token}"' in page.text
    assert f"t.me/PrilavokSandboxBot?start={token}" in page.text
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    nobody = await anybody.http.get("/till")  # as a Mini App in a browser sees it first
    assert "frame-ancestors https://web.telegram.org" in nobody.headers["Content-Security-Policy"]
    assert (await anybody.http.post(f"/i/{token}", data={"name": " "}, headers=OURS)).status_code == 422
    await anybody.open(token, "Катя")
    assert "Катя" in (await anybody.http.get("/till")).text
    async with browser(shop) as late:
        assert (await late.http.post(f"/i/{token}", data={"name": "Чужая"}, headers=OURS)).status_code == 404
        assert (await late.http.get(f"/i/{token}")).status_code == 404
        assert (await late.http.get("/till/state")).json() == {"login": True}
    assert (await anybody.http.get(f"/i/{token}")).headers["Location"] == "/till"
    await shop.hears("Вход по приглашению: Катя", OLEG)
    assert await shop.rows("SELECT role, telegram_id FROM staff WHERE name = 'Катя'") == [("assistant", None)]


async def test_ones_own_door_opens_the_same_till(shop: Shop, anybody: TillBrowser) -> None:
    """/till in private, or sent to private from a group: for ten minutes, once."""
    shop.say("/till")
    link = re.search(r"/i/([\w-]+)", words(await shop.hears("Касса в браузере")))
    assert link
    assert "Аня" in (await anybody.http.get(f"/i/{link[1]}")).text
    shop.say(f"/start {link[1]}", STRANGER)  # in Telegram it makes nobody Anya, and is not used up
    await shop.hears("уже использовано", STRANGER)
    await anybody.open(link[1])
    assert "Аня" in (await anybody.http.get("/till")).text
    assert (await anybody.http.post(f"/i/{link[1]}", headers=OURS)).status_code == 404
    anya = await shop.service.staff.by_telegram_id(ANYA)
    assert anya
    old = await shop.service.logins.door(anya)
    shop.later(601)
    assert (await anybody.http.post(f"/i/{old}", headers=OURS)).status_code == 404
    shop.say("/till", chat_id=GROUP)
    assert "/i/" not in words(await shop.hears("в личные сообщения", GROUP))


async def test_a_closed_access_is_out_at_once(shop: Shop, anybody: TillBrowser) -> None:
    """Closed, it does not come back with a later access; over by time, it does when that is prolonged."""
    until = shop.clock.now() + timedelta(hours=1)
    await anybody.open(await invite(shop, until=until), "Катя")
    shop.later(3601)
    assert (await anybody.http.get("/till/state")).status_code == 401
    [(katya,)] = await shop.rows("SELECT id FROM staff WHERE name = 'Катя'")
    assert await shop.service.staff.prolong(await oleg(shop), katya, shop.clock.now() + timedelta(hours=1), OLEG)
    assert (await anybody.http.get("/till/state")).status_code == 200
    await shop.service._leaving.close(await oleg(shop), katya, OLEG)
    assert (await anybody.http.get("/till/state")).status_code == 401
    async with shop.service.db.write() as tx:
        await stored.change(tx, katya, closed_at=None)
    assert (await anybody.http.get("/till/state")).status_code == 401
    assert "Катя" not in (await anybody.http.get("/till")).text


async def test_somebody_without_telegram_joins_it(shop: Shop, anybody: TillBrowser) -> None:
    """By a door of his own, once; whoever works here already joins nothing."""
    await anybody.open(await invite(shop), "Катя")
    address = (await anybody.http.get("/till/telegram")).headers["Location"]
    token = address.rpartition("=")[2]
    shop.say(f"/start {token}", OLEG)
    await shop.hears("для другого человека", OLEG)
    shop.say(f"/start {token}", STRANGER)
    await shop.hears("Привет, Катя", STRANGER)
    assert await shop.rows("SELECT telegram_id FROM staff WHERE name = 'Катя'") == [(STRANGER,)]
    assert (await anybody.http.get("/till/telegram")).headers["Location"] == "/till"
    assert "/till/telegram" not in (await anybody.http.get("/till")).text


async def test_another_site_can_do_nothing(shop: Shop, anybody: TillBrowser) -> None:
    """Neither with the cookie of who is logged in, nor log somebody in."""
    await anybody.enter()
    form = {"id": "6f1c1f4e-0f3a-4a58-8f5e-2f1f7c1d0c11", "amount": "12500"}
    for headers in (
        {"Sec-Fetch-Site": "same-origin"},
        OURS | {"Sec-Fetch-Site": "cross-site"},
        {"X-Till": "1", "Origin": "https://evil.example"},
        {"X-Till": "1", "Origin": "null"},
    ):
        answer = await anybody.http.post("/till/payments", json=form, headers=headers)
        assert answer.status_code == 403, headers
    for kind in ("application/x-www-form-urlencoded", "text/plain"):
        headers = OURS | {"Content-Type": kind}
        answer = await anybody.http.post("/till/payments", content=json.dumps(form), headers=headers)
        assert answer.status_code == 400
    token = await invite(shop)
    evil = await anybody.http.post(f"/i/{token}", data={"name": "Зло"}, headers={"Origin": "https://evil.example"})
    assert evil.status_code == 403
    assert await shop.sales() == []
    assert (await anybody.post("/till/payments", **form))[0] == 200


async def test_telegram_says_who_opened_the_mini_app(shop: Shop) -> None:
    """For a day, if the bot's token signed it and he works here."""
    now = shop.clock.now()
    day = timedelta(days=1)
    good = init_data(ANYA, now - day + timedelta(minutes=1), query_id="AAH")
    bad = (
        init_data(ANYA, now - day - timedelta(minutes=1)),
        init_data(ANYA, now + timedelta(hours=1)),
        init_data(ANYA, now, token="43:OTHER"),
        init_data(ANYA, now, hash="ёжик"),
        init_data(STRANGER, now),
        good.replace("%3A+1001", "%3A+1002"),
        "hash=1&auth_date=x",
        "hash=",
    )
    async with httpx.AsyncClient(base_url=shop.address) as http:
        for told in bad:
            assert (await http.get("/till/state", headers={"Authorization": f"tma {told}"})).status_code == 401, told
        page = await http.get("/till", headers={"Authorization": f"tma {good}"})
        assert "Аня" in page.text
        assert "frame-ancestors https://web.telegram.org" in page.headers["Content-Security-Policy"]
        made = await http.post("/till/press", json={"data": "empty"}, headers={"Authorization": f"tma {good}"} | OURS)
        assert made.status_code == 200
        anya = await shop.service.staff.by_telegram_id(ANYA)
        assert anya
        await shop.service._leaving.close(await oleg(shop), anya.id, OLEG)
        assert (await http.get("/till/state", headers={"Authorization": f"tma {good}"})).status_code == 401


async def test_the_cookie_is_the_browsers_alone(shop: Shop, anybody: TillBrowser) -> None:
    """No script reads it, no plain http carries it, and «Выйти» ends it."""
    token = await invite(shop)
    answer = await anybody.http.post(f"/i/{token}", data={"name": "Катя"}, headers=OURS)
    flags = answer.headers["Set-Cookie"]
    assert all(flag in flags for flag in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=34560000"))
    value = flags.partition("=")[2].partition(";")[0]
    assert value not in str(await shop.rows("SELECT token_hash FROM logins"))
    kept = {"Cookie": f"till={value}"}
    assert (await anybody.http.get("/till/state", headers=kept)).status_code == 200
    await anybody.http.post("/till/leave", json={}, headers=kept | OURS)
    assert (await anybody.http.get("/till/state", headers=kept)).status_code == 401
