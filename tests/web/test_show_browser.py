"""The assistant's big QR in a real browser: it turns green, forgets the sale, and never lies about a lost link."""

import pytest
from playwright.async_api import Page

from bot.ports import PageState
from tests.web.browser import IN_A_BROWSER, later
from tests.web.shopper import Desk

pytestmark = IN_A_BROWSER


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


async def test_close_forgets_the_sale_at_once_and_for_good(page: Page, address: str, desk: Desk) -> None:
    """«Закрыть» does not wait for 20 s, nor for the network; loaded anew, the screen tells nothing either."""
    desk.becomes(PageState.PAID)
    await page.goto(f"{address}/show")
    await page.context.set_offline(True)
    await page.get_by_role("link", name="Закрыть").click()
    await page.get_by_role("heading", name="Готово").wait_for()
    assert "500" not in await page.inner_text("body")

    await page.context.set_offline(False)
    await page.reload()
    assert await page.inner_text("body") == "Готово"


async def test_opened_from_the_till_it_leads_back_there(page: Page, address: str, desk: Desk) -> None:
    """By «Закрыть» at once, and after the green by a button; without a network the sale is forgotten all the same."""
    till = address.partition("/p/")[0] + "/till"
    await page.route("**/till", lambda route: route.fulfill(body="till"))
    await page.goto(f"{address}/show?from=till")
    await page.get_by_role("link", name="Закрыть").click()
    await page.wait_for_url(till)

    await page.goto(f"{address}/show?from=till")
    desk.becomes(PageState.PAID)
    await later(page, 3)
    await page.get_by_role("heading", name="Оплачено").wait_for()
    await page.context.set_offline(True)
    await page.get_by_role("link", name="Закрыть").click()
    assert await page.inner_text("h1") == "Готово"

    await page.context.set_offline(False)
    await page.reload()
    await page.get_by_role("link", name="Новый платёж").click()
    await page.wait_for_url(till)


async def test_a_closed_link_takes_its_qr_off_the_screen(page: Page, address: str, desk: Desk) -> None:
    """After «Не тот номер» or a new link nobody may scan the old one: neither QR nor sum, but words, and no green."""
    await page.goto(f"{address}/show")
    desk.link = None
    await later(page, 3)
    await page.get_by_role("heading", name="QR больше не действует").wait_for()

    assert await page.locator("img").count() == 0
    assert "500" not in await page.inner_text("body") + await page.title()
    assert await page.get_by_role("link", name="Закрыть").is_visible()


SCREEN = """
window.screenLog = [];
navigator.vibrate = time => screenLog.push(`vibrate ${time}`);
navigator.wakeLock.request = async () => {
    screenLog.push("awake");
    return { released: false, release() { this.released = true; screenLog.push("asleep"); } };
};
"""


@pytest.mark.parametrize("end", ["paid", "closed"])
async def test_the_screen_stays_awake_until_the_sale_is_over(page: Page, address: str, desk: Desk, end: str) -> None:
    """From the first moment, through a refusal; a payment shakes the phone, and after «Готово» it may sleep."""
    await page.add_init_script(SCREEN)
    await page.goto(f"{address}/show")
    desk.becomes(PageState.RETRY)
    await later(page, 3)
    await page.get_by_text("Банк отказал").wait_for()
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert await page.evaluate("screenLog") == ["awake"]

    desk.becomes(PageState.PAID)
    if end == "closed":
        desk.link = None
    await later(page, 3)
    await page.get_by_role("heading", name="Оплачено" if end == "paid" else "QR больше не действует").wait_for()
    await later(page, 21)

    assert await page.evaluate("screenLog") == ["awake", *(["vibrate 200"] if end == "paid" else []), "asleep"]


@pytest.mark.parametrize("lock", ["undefined", "{request: () => Promise.reject(new Error('battery'))}"])
async def test_without_a_wake_lock_it_works_all_the_same(page: Page, address: str, desk: Desk, lock: str) -> None:
    """An old browser, an empty battery: silently."""
    await page.add_init_script(f"Object.defineProperty(navigator, 'wakeLock', {{value: {lock}}})")
    await page.goto(f"{address}/show")
    desk.becomes(PageState.PAID)
    await later(page, 3)

    await page.get_by_role("heading", name="Оплачено").wait_for()


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
