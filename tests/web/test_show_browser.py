"""The assistant's big QR in a real browser: it turns green, forgets the sale, and never lies about a lost link."""

import pytest
from playwright.async_api import Page

from bot.ports import PageState
from tests.web.browser import IN_A_BROWSER, later, violations
from tests.web.shopper import Desk

pytestmark = IN_A_BROWSER


@pytest.mark.parametrize(
    "state", [PageState.WAIT, PageState.PAYING, PageState.RETRY, PageState.PAID, PageState.DECLINED]
)
async def test_the_big_qr_has_no_fault_that_axe_knows(page: Page, address: str, desk: Desk, state: PageState) -> None:
    """In each of its looks."""
    desk.becomes(state)
    await page.goto(f"{address}/show")

    assert await violations(page) == []


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
