"""The pages in a real browser: live changes, accessibility, narrow screens, life without a script."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from bot.ports import PageState
from tests.web.shopper import BANK, PAGE, Desk, site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM and "REQUIRE_BROWSER" not in os.environ, reason="no Chromium found"),
]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PHONE = {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 568}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests of the module."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest_asyncio.fixture(loop_scope="module")
async def address(desk: Desk) -> AsyncIterator[str]:
    """Where the desk's page is."""
    async with TestServer(site(desk)) as server:
        yield str(server.make_url(PAGE))


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A phone in Russian, with a clock that the test moves. Whatever a page logs as an error fails the test."""
    async with await browser.new_context(viewport=PHONE, locale="ru-RU") as context:  # type: ignore[arg-type]  # a size
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Security Policy" in message.text else None)
        await page.clock.install()
        yield page
        assert errors == []


async def later(page: Page, seconds: float) -> None:
    """Moves the page's clock and lets it answer."""
    await page.clock.run_for(int(seconds * 1000))


async def violations(page: Page, options: dict[str, object] | None = None) -> list[str]:
    """What axe finds wrong."""
    found = await Axe().run(page, options={"resultTypes": ["violations"], **(options or {})})
    return [f"{one['id']}: {node['html']}" for one in found.response["violations"] for node in one["nodes"]]


# --- Looks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ru", "en"])
async def test_no_state_has_a_fault_that_axe_knows(browser: Browser, address: str, desk: Desk, lang: str) -> None:
    """Every state, the page that is gone, and the help unfolded; then their colours again in the dark."""
    faults: dict[str, list[str]] = {}
    async with await browser.new_context(viewport=PHONE, reduced_motion="reduce") as context:  # type: ignore[arg-type]  # a size
        page = await context.new_page()
        for state in (*PageState, "gone"):
            if isinstance(state, PageState):
                desk.becomes(state, stripe="test" if state is PageState.RETRY else None)
            await page.emulate_media(color_scheme="light")
            await page.goto(f"{address}{'x' if state == 'gone' else ''}?lang={lang}")
            if state == PageState.WAIT:
                await page.click("summary")
            faults[state] = await violations(page)
            await page.emulate_media(color_scheme="dark")
            faults[f"{state} in the dark"] = await violations(page, {"runOnly": ["color-contrast"]})

    assert {state: found for state, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    "state", [PageState.WAIT, PageState.PAYING, PageState.RETRY, PageState.PAID, PageState.DECLINED]
)
async def test_the_big_qr_has_no_fault_that_axe_knows(page: Page, address: str, desk: Desk, state: PageState) -> None:
    """In each of its looks."""
    desk.becomes(state)
    await page.goto(f"{address}/show")

    assert await violations(page) == []


@pytest.mark.parametrize("size", ["100%", "200%"])
async def test_the_smallest_screen_never_scrolls_sideways(page: Page, address: str, desk: Desk, size: str) -> None:
    """320 px, also with letters of twice the size and a word that has no end."""
    await page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]  # a size
    wide = {}
    for state in PageState:
        desk.becomes(state, stripe="training", what="Сверхдлинноенеразрывноеназваниетовара" * 3)
        for path in (address, f"{address}/show"):
            await page.goto(path)
            await page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            wide[path, state] = await page.evaluate("document.documentElement.scrollWidth")

    assert max(wide.values()) <= 320


async def test_the_button_is_above_the_fold_of_the_smallest_screen(page: Page, address: str) -> None:
    """320 × 568: nobody has to scroll to pay."""
    await page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]  # a size
    await page.goto(address)
    button = await page.locator(".primary").bounding_box()

    assert button is not None
    assert button["height"] >= 56
    assert button["y"] + button["height"] < 460


async def test_a_wide_screen_shows_the_qr_beside_the_ticket_while_one_may_pay(
    page: Page, address: str, desk: Desk
) -> None:
    """304 px from 720 px on; never on a phone, never after payment."""
    qr = page.locator("#qr img")
    await page.goto(address)
    assert not await qr.is_visible()

    await page.set_viewport_size({"width": 720, "height": 800})
    assert await qr.evaluate("image => image.getBoundingClientRect().width") == 304

    desk.becomes(PageState.PAID)
    await page.reload()
    assert await qr.count() == 0


# --- Life -----------------------------------------------------------------------------------------------------------


async def test_an_open_page_changes_by_itself_and_then_stops_asking(page: Page, address: str, desk: Desk) -> None:
    """Payment appears within 3 s, without loading anew and without scrolling; a final state is the end."""
    questions: list[str] = []
    page.on("request", lambda request: questions.append(request.url) if "/state" in request.url else None)
    await page.goto(address)
    await page.evaluate("window.same = true")
    desk.becomes(PageState.PAID)
    await later(page, 3)
    await page.get_by_role("heading", name="Оплачено").wait_for()

    assert await page.title() == "Оплачено · Прилавок"
    assert await page.get_by_role("img", name="Код для продавца: четыре семь").is_visible()
    assert await page.locator("[data-pay]").count() == 0
    assert await page.evaluate("window.same && scrollY === 0")
    assert desk.openings == 1

    asked = len(questions)
    await later(page, 60)

    assert len(questions) == asked == 1


async def test_a_page_left_open_asks_rarely(page: Page, address: str) -> None:
    """Each 3 s for five minutes, then each 15 s."""
    questions: list[str] = []
    page.on("request", lambda request: questions.append(request.url) if "/state" in request.url else None)
    await page.goto(address)
    await page.clock.fast_forward(5 * 60_000)
    await page.wait_for_timeout(50)
    questions.clear()
    for _ in range(4):
        async with page.expect_response("**/state*"):
            await later(page, 15)

    assert len(questions) == 4


async def test_unfolded_help_stays_unfolded_while_the_state_changes(page: Page, address: str, desk: Desk) -> None:
    """What the reader opened is not closed under his fingers."""
    await page.goto(address)
    await page.click("summary")
    desk.becomes(PageState.RETRY)
    await later(page, 3)
    await page.get_by_role("heading", name="Банк не провёл оплату").wait_for()

    assert await page.locator("details").evaluate("details => details.open")


async def test_a_lost_link_leaves_the_shoppers_page_as_it_is(page: Page, address: str, desk: Desk) -> None:
    """It goes on asking, and changes when the link is back."""
    await page.goto(address)
    await page.context.set_offline(True)
    await later(page, 10)
    assert await page.get_by_role("heading", name="К оплате").is_visible()

    desk.becomes(PageState.PAID)
    await page.context.set_offline(False)
    await later(page, 3)
    await page.get_by_role("heading", name="Оплачено").wait_for()


async def test_the_pressed_button_says_what_happens_and_stays_usable(page: Page, address: str, desk: Desk) -> None:
    """«Открываем банк…» for 4 s, while the bank is slow to open; then its own words again."""
    await page.route("**/pay", lambda route: route.fulfill(status=204))  # a bank that does not open
    await page.goto(address)
    button = page.locator(".primary")
    await button.click()
    assert await button.inner_text() == "Открываем банк…"

    await later(page, 4)
    assert await button.inner_text() == "Перейти к оплате"


async def test_the_link_can_be_copied(browser: Browser, address: str) -> None:
    """The public address, without a language; the button is there only with a clipboard."""
    async with await browser.new_context(permissions=["clipboard-read", "clipboard-write"], locale="ru-RU") as context:
        page = await context.new_page()
        await page.goto(f"{address}?lang=ru")
        await page.click("summary")
        await page.get_by_role("button", name="Скопировать ссылку").click()

        assert await page.evaluate("navigator.clipboard.readText()") == f"https://pay.shop.ru{PAGE}"


async def test_one_can_pay_without_a_script(browser: Browser, address: str, desk: Desk) -> None:
    """The page, its line about refreshing, and the way to the bank."""
    async with await browser.new_context(java_script_enabled=False, locale="ru-RU") as context:
        page = await context.new_page()
        await page.route("https://bank.example/**", lambda route: route.fulfill(body="bank"))
        await page.goto(address)
        assert await page.locator(".again").is_visible()
        await page.click("summary")
        assert not await page.locator(".copy").is_visible()

        await page.get_by_role("link", name="Перейти к оплате").click()
        await page.wait_for_url(BANK)
    assert desk.payments == [False]


# --- The assistant's screen -----------------------------------------------------------------------------------------


async def test_the_big_qr_turns_green_with_the_code_and_then_forgets_the_sale(
    page: Page, address: str, desk: Desk
) -> None:
    """Green with the code for 20 s, then «Готово» without the sum."""
    await page.goto(f"{address}/show")
    desk.becomes(PageState.PAID)
    await later(page, 3)
    await page.get_by_role("img", name="Код покупателя: четыре семь").wait_for()

    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(11, 107, 58)"
    assert await page.locator("img.qr").count() == 0

    await later(page, 21)
    await page.get_by_role("heading", name="Готово").wait_for()

    assert "500" not in await page.inner_text("body")
    assert await page.title() == "Готово"
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert desk.openings == 0


async def test_close_forgets_the_sale_at_once(page: Page, address: str, desk: Desk) -> None:
    """«Закрыть» does not wait for 20 s, nor for the network."""
    desk.becomes(PageState.PAID)
    await page.goto(f"{address}/show")
    await page.context.set_offline(True)
    await page.get_by_role("link", name="Закрыть").click()
    await page.get_by_role("heading", name="Готово").wait_for()

    assert "500" not in await page.inner_text("body")


async def test_the_last_screen_stays_the_last(page: Page, address: str) -> None:
    """«Готово», loaded as a page of its own, asks nothing more."""
    questions: list[str] = []
    page.on("request", lambda request: questions.append(request.url) if "/state" in request.url else None)
    await page.goto(f"{address}/show?done=1")
    await later(page, 30)

    assert questions == []
    assert await page.inner_text("main") == "Готово"


async def test_a_refusal_is_a_band_and_the_qr_stays(page: Page, address: str, desk: Desk) -> None:
    """«Банк отказал, можно ещё раз», on white."""
    await page.goto(f"{address}/show")
    desk.becomes(PageState.RETRY)
    await later(page, 3)
    await page.get_by_text("Банк отказал, можно ещё раз").wait_for()

    assert await page.locator("img.qr").is_visible()


async def test_a_lost_link_is_a_band_and_never_a_stale_green(page: Page, address: str, desk: Desk) -> None:
    """The band comes and goes with the link; the truth comes with it."""
    await page.goto(f"{address}/show")
    await page.context.set_offline(True)
    band = page.get_by_text("Нет связи, проверяю")
    await band.wait_for()
    assert await page.locator("img.qr").is_visible()

    desk.becomes(PageState.PAID)
    await page.context.set_offline(False)
    await page.get_by_role("heading", name="Оплачено").wait_for()
    assert not await band.is_visible()


async def test_a_server_in_trouble_is_a_lost_link_too(page: Page, address: str, desk: Desk) -> None:
    """An answer that is none leaves the QR, says so, and is asked again."""
    await page.goto(f"{address}/show")
    await page.route("**/state*", lambda route: route.fulfill(status=502))
    await later(page, 3)
    band = page.get_by_text("Нет связи, проверяю")
    await band.wait_for()

    await page.unroute("**/state*")
    await later(page, 3)
    await band.wait_for(state="hidden")


async def test_the_big_qr_fills_a_phone_and_is_white_in_the_dark(page: Page, address: str) -> None:
    """Edge to edge at 390 px, always light, and nothing scrolls."""
    await page.emulate_media(color_scheme="dark")
    await page.goto(f"{address}/show")

    assert await page.locator("img.qr").evaluate("image => image.getBoundingClientRect().width") == 390
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert await page.evaluate("document.documentElement.scrollHeight") <= 844


@pytest.mark.parametrize("state", [PageState.WAIT, PageState.PAID])
async def test_the_big_qr_uses_the_height_of_a_phone_on_its_side(
    page: Page, address: str, desk: Desk, state: PageState
) -> None:
    """The QR is as high as the screen, and nothing scrolls before or after payment."""
    desk.becomes(state)
    await page.set_viewport_size({"width": 844, "height": 390})
    await page.goto(f"{address}/show")
    heights = await page.locator("img.qr").evaluate_all("images => images.map(image => image.clientHeight)")

    assert heights == ([390] if state is PageState.WAIT else [])
    assert await page.evaluate("document.documentElement.scrollHeight") == 390
