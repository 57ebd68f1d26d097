"""The shopper's page in a real browser: where its parts are, live changes, life without a script."""

from playwright.async_api import Browser, Page

from bot.ports import PageState
from tests.web.browser import IN_A_BROWSER, later
from tests.web.shopper import BANK, PAGE, Desk

pytestmark = IN_A_BROWSER
SMALLEST = {"width": 320, "height": 568}


# --- Looks ----------------------------------------------------------------------------------------------------------


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


async def test_the_readers_place_and_finger_stay_where_they_were(page: Page, address: str, desk: Desk) -> None:
    """The button that has the keyboard's focus has it after the change too, and nothing scrolls."""
    await page.set_viewport_size({"width": 320, "height": 300})
    await page.goto(address)
    button = page.locator(".primary")
    await button.evaluate("button => button.focus({preventScroll: true})")  # it is below the fold here
    desk.becomes(PageState.RETRY)
    await later(page, 3)
    await page.get_by_role("heading", name="Банк не провёл оплату").wait_for()

    assert await button.evaluate("button => button === document.activeElement && button.isConnected")
    assert await button.inner_text() == "Попробовать ещё раз"
    assert await page.evaluate("scrollY") == 0


async def test_a_page_that_nobody_sees_does_not_ask(page: Page, address: str, desk: Desk) -> None:
    """In a hidden tab it rests; seen again it asks at once."""
    questions: list[str] = []
    page.on("request", lambda request: questions.append(request.url) if "/state" in request.url else None)
    await page.goto(address)
    becomes = """hidden => { Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
        document.dispatchEvent(new Event("visibilitychange")) }"""
    async with page.expect_response("**/state*"):
        await later(page, 3)
    await page.evaluate(becomes, True)
    await later(page, 60)
    assert len(questions) <= 2  # one may have been planned before

    desk.becomes(PageState.PAID)
    await page.evaluate(becomes, False)
    await page.get_by_role("heading", name="Оплачено").wait_for()


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


async def test_where_the_clipboard_is_forbidden_the_link_can_be_copied_by_hand(page: Page, address: str) -> None:
    """As in some apps' own browsers: the address stands there in place of the button."""
    await page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('forbidden'))")
    await page.goto(address)
    await page.click("summary")
    await page.locator(".copy").click()

    await page.get_by_text(f"https://pay.shop.ru{PAGE}").wait_for()


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
