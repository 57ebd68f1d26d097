"""What the pages' addresses do: who has opened a page, the way to the bank, wrong codes, and what is forbidden."""

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.ports import PageState
from bot.web.security import TokenBuckets
from tests.web.shopper import BANK, CODE, HEADINGS, PAGE, PAYABLE, Client, Desk, site, text

CLOSED = [state for state in PageState if state not in PAYABLE]


# --- Who counts as having opened it ---------------------------------------------------------------------------------


async def test_a_person_who_reads_the_page_has_opened_it(client: Client, desk: Desk) -> None:
    """A plain GET by a browser counts, each time."""
    await text(client, PAGE, **{"User-Agent": "Mozilla/5.0 (Linux; Android 10; CUBOT X30) Telegram-Android/11.4"})

    assert desk.openings == 1


@pytest.mark.parametrize(
    "agent",
    [
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.23.20.0",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
        "Mozilla/5.0 (Windows NT 6.1) SkypeUriPreview Preview/0.5",
    ],
)
async def test_robots_and_previews_have_not_opened_it(client: Client, desk: Desk, agent: str) -> None:
    """They see the page, and nobody hears of it, nor do they get to the bank."""
    await text(client, PAGE, **{"User-Agent": agent})
    async with client.get(f"{PAGE}/pay", headers={"User-Agent": agent}, allow_redirects=False) as pay:
        assert pay.status == 409

    assert desk.openings == 0
    assert desk.payments == []


@pytest.mark.parametrize(
    "header", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Purpose": "preview"}]
)
async def test_a_page_loaded_in_advance_is_not_opened(client: Client, desk: Desk, header: dict[str, str]) -> None:
    """The browser asked, not the person."""
    await text(client, PAGE, **header)

    assert desk.openings == 0


async def test_head_and_everything_beside_the_page_do_not_open_it(client: Client, desk: Desk) -> None:
    """The assistant's screen, pictures and questions of an open page count for nothing."""
    await client.head(PAGE)
    for path in ("/show", "/state", "/state?view=show", "/qr.png", "/qr.svg"):
        await client.get(PAGE + path)
    await client.head(f"{PAGE}/pay", allow_redirects=False)

    assert desk.openings == 0
    assert desk.payments == []


# --- The way to the bank and back -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(PAYABLE))
async def test_pay_leads_to_the_bank_while_one_may_pay(client: Client, desk: Desk, state: PageState) -> None:
    """302 to the bank's link as it is, telling the bank nothing about us, and kept by nobody."""
    desk.becomes(state)
    async with client.get(f"{PAGE}/pay", allow_redirects=False) as answer:
        assert answer.status == 302
        assert answer.headers["Location"] == BANK
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    assert desk.payments == [False]


async def test_pay_in_the_app_leads_to_the_banks_app(client: Client, desk: Desk) -> None:
    """?app=1 takes the other link."""
    async with client.get(f"{PAGE}/pay?app=1", allow_redirects=False) as answer:
        assert answer.headers["Location"] == "bankapp://pay"
    assert desk.payments == [True]


@pytest.mark.parametrize("state", CLOSED)
async def test_pay_shows_the_page_where_nothing_is_to_pay(client: Client, desk: Desk, state: PageState) -> None:
    """409 with the page of the state, and no way to the bank in it."""
    desk.becomes(state)
    async with client.get(f"{PAGE}/pay", allow_redirects=False) as answer:
        page = await answer.text()

        assert answer.status == 409
        assert "Location" not in answer.headers
    assert f"<h1>{HEADINGS[state][0]}</h1>" in page
    assert "bank.example" not in page


async def test_return_leads_to_the_page_without_the_banks_parameters(client: Client, desk: Desk) -> None:
    """Whatever the bank appends, nothing is decided by it; the desk hears that the shopper is back."""
    async with client.get(f"{PAGE}/return?orderId=1&success=true", allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == PAGE
    assert "<h1>К оплате</h1>" in await text(client, PAGE)
    assert desk.payments == []
    assert desk.returns == 1


async def test_the_way_to_the_bank_notes_the_code_that_led_there(client: Client, desk: Desk) -> None:
    """For the way back, out of reach of scripts: the bank knows the code of its time only."""
    await client.get(f"{PAGE}/return")
    async with client.get(f"{PAGE}/pay", allow_redirects=False) as away:
        noted = away.cookies["came_by"]
    assert (noted.value, noted["path"], noted["samesite"], noted["max-age"]) == (CODE, "/p", "Lax", "86400")
    assert noted["httponly"]
    assert noted["secure"]  # the address is https, and this client's is not
    await client.get(f"{PAGE}/return", headers={"Cookie": f"came_by={noted.value}"})

    assert desk.came_by == [None, CODE]


async def test_a_strange_note_leads_nowhere_else(client: Client, desk: Desk) -> None:
    """The cookie is the browser's to forge."""
    async with client.get(
        f"{PAGE}/return", headers={"Cookie": "came_by=//evil.example"}, allow_redirects=False
    ) as back:
        assert (back.status, back.headers["Location"]) == (303, PAGE)

    assert desk.came_by == [None]


# --- Codes that lead nowhere ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["AbCdEf12Gh5", "short", "0OIl0OIl0", "AbCdEf12Gh4x", "%D0%BA%D0%BE%D0%B4", "..%2fx", ""]
)
@pytest.mark.parametrize("rest", ["", "/pay", "/show", "/return", "/qr.png", "/qr.svg", "/more"])
async def test_a_wrong_code_gets_the_same_page_whatever_is_wrong(client: Client, code: str, rest: str) -> None:
    """404 «Такой страницы нет», with neither shop nor sum, and no difference between unknown and malformed."""
    async with client.get(f"/p/{code}{rest}", allow_redirects=False) as answer:
        page = await answer.text()

        assert answer.status == 404
    assert "<h1>Такой страницы нет</h1>" in page
    assert "Прилавок" not in page
    assert "₽" not in page


async def test_a_closed_link_is_gone_for_an_open_page_too(client: Client, desk: Desk) -> None:
    """The page that still asks learns it, and takes the sum off the screen."""
    desk.link = None
    async with client.get(f"{PAGE}/state") as answer:
        news = await answer.json()

        assert answer.status == 404
    assert news["state"] == "gone"
    assert "₽" not in news["html"]


# --- What an open page asks -----------------------------------------------------------------------------------------


async def test_state_is_json_that_grows_only_with_news(client: Client, desk: Desk) -> None:
    """The newest version needs no body; a change brings body, title and class."""
    async with client.get(f"{PAGE}/state") as answer:
        first = await answer.json()
    async with client.get(f"{PAGE}/state?version={first['version']}") as answer:
        same = await answer.json()
    desk.becomes(PageState.PAID)
    async with client.get(f"{PAGE}/state?version={first['version']}") as answer:
        paid = await answer.json()

    assert same == {"state": "wait", "final": False, "version": first["version"]}
    assert (paid["state"], paid["final"]) == ("paid", True)
    assert paid["title"] == "Оплачено · Прилавок"
    assert "<b>47</b>" in paid["html"]


async def test_a_page_begins_with_the_version_that_state_knows(client: Client) -> None:
    """So that an open page is not drawn anew without a reason, in its own language."""
    for view, path in (("page", PAGE), ("show", f"{PAGE}/show")):
        page = await text(client, f"{path}?lang=en")
        async with client.get(f"{PAGE}/state?view={view}&lang=en") as answer:
            assert f'data-version="{(await answer.json())["version"]}"' in page


# --- What the open web may do ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/show", "/p/nothing"])
async def test_every_page_has_a_strict_policy(client: Client, path: str) -> None:
    """Nothing but our own script and the one style with the page's fresh nonce; no frames, no cache, no referrer."""
    async with client.get(path) as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
        nonce = policy.partition("'nonce-")[2].partition("'")[0]

        assert policy.startswith("default-src 'none'; style-src 'nonce-")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert f'<style nonce="{nonce}">' in page
        assert page.count("<style") == page.count("<script") == 1
        assert ' style="' not in page
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with client.get(path) as again:
        assert nonce not in again.headers["Content-Security-Policy"]


async def test_the_demo_may_frame_its_own_pages(desk: Desk) -> None:
    """By its own origin, and by nobody else."""
    async with TestClient(TestServer(site(desk, framed=True))) as client, client.get(PAGE) as answer:
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


async def test_an_address_that_asks_too_often_is_told_to_wait(desk: Desk) -> None:
    """429 in the reader's language, while another address behind the same proxy is served."""
    buckets = TokenBuckets(rate=0, burst=3)
    async with TestClient(TestServer(site(desk, buckets=buckets))) as client:
        many, one = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}
        statuses = [(await client.get(PAGE, headers=many)).status for _ in range(4)]
        refused = await client.get(f"{PAGE}?lang=en", headers=many)
        other = await client.get(PAGE, headers=one)

        assert statuses == [200, 200, 200, 429]
        assert "Too many requests" in await refused.text()
        assert int(refused.headers["Retry-After"]) > 0
        assert other.status == 200


async def test_guessing_codes_uses_up_the_limit_ten_times_faster(desk: Desk) -> None:
    """A wrong code costs ten requests, so that guessing leads nowhere."""
    async with TestClient(TestServer(site(desk, buckets=TokenBuckets(rate=0, burst=20)))) as client:
        statuses = [(await client.get("/p/AbCdEf12Gh5")).status for _ in range(3)]

    assert statuses == [404, 404, 429]
