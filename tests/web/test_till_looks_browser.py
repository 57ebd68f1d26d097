"""Every look of the web till in a real browser: accessible, narrow, large, without colours or a script."""

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page

from bot.web.assets import Assets
from bot.web.till.sheets import Door, TillSheets
from tests.web.browser import IN_A_BROWSER, PHONE
from tests.web.till_stub import CARD, HOW_MUCH, PAID_CARD, ROWS, SURE, TILL, TillDesk, sum_of

pytestmark = IN_A_BROWSER
Doing = Callable[[Page, TillDesk], Awaitable[Any]]
WIDE = dataclasses.replace(CARD, state="Покупатель на странице банка", sum=sum_of("149 999,50 ₽"))
LONG = dataclasses.replace(
    TILL,
    shop="Магазин зимней одежды «Северное сияние»",
    seller="Александра-Константинопольская",
    sellers=((1, "Александра-Константинопольская"), (2, "Борис")),
    today=sum_of("117 · 1 284 300,50 ₽"),
    telegram_link="/till/telegram",
    test=True,
)
WORDS = "Сверхдлинноенеразрывноеназваниетовара" * 3
LATE = dataclasses.replace(ROWS[0], sum=sum_of("149 999,50 ₽"), what=WORDS, state="Оплачено после отмены")

AXE = """async () => (await axe.run(document, {resultTypes: ["violations"], %s})).violations.flatMap(
    fault => fault.nodes.map(node => `${fault.id}: ${node.html}`))"""
ALL_RULES, COLOURS = AXE % "", AXE % 'runOnly: ["color-contrast"]'
CUT = """() => [...document.querySelectorAll("body, body *:not(option)")].filter(part => part.offsetWidth
    && !part.closest("input, .unseen, #new, h1, #who, .row .facts") && (part.getBoundingClientRect().right > innerWidth
    || part.clientWidth && part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== "inline")
    ).map(part => part.outerHTML.slice(0, 200))"""


async def fault(page: Page, counter: TillDesk) -> None:
    counter.answers["payments"] = [{"error": "В номере не хватает цифр: 916123. Нужно 10 после +7.", "field": "phone"}]
    counter.reading = {"readings": [sum_of("12 500 ₽"), sum_of("12,50 ₽")]}
    await page.fill("#amount", "12.500")
    await page.locator("#readings button").nth(1).wait_for()
    await page.click("#submit")
    await page.locator("#phone-note:not(:empty)").wait_for()


async def lost(page: Page, counter: TillDesk) -> None:
    counter.answers["payments"] = [{"status": 503}]
    await page.fill("#phone", "9161234567")
    await page.click("#submit")
    await page.locator("#lost").wait_for()


async def menu(page: Page, _counter: TillDesk) -> None:
    await page.click("#edit")
    await page.click("#seller")


async def twin(page: Page, counter: TillDesk) -> None:
    labels = ["SMS ещё раз", "Это новый"]
    counter.answers["payments"] = [{"twin": {"text": "№ 1041 ещё ждёт оплату.", "number": 1041, "labels": labels}}]
    await page.click("[data-close]")
    await page.click("#submit")
    await page.locator("#choice").wait_for()


async def card(page: Page, _counter: TillDesk) -> None:
    await page.keyboard.press("Escape")
    await page.locator(".row").first.click()
    await page.locator("#card-head").wait_for()


async def question(page: Page, counter: TillDesk) -> None:
    counter.card = dataclasses.replace(WIDE, face=SURE)
    await page.locator("#press-cancel").click()
    await page.locator("#question").wait_for()


async def answer(page: Page, counter: TillDesk) -> None:
    counter.card = dataclasses.replace(PAID_CARD, face=HOW_MUCH, typed="text")
    counter.answers["answer"] = [{"error": "Больше 12 500 ₽ вернуть нельзя."}]
    await page.locator("#press-no").click()
    await page.locator("#answer-text").fill("20000")
    await page.keyboard.press("Enter")
    await page.locator("#answer-note:not(:empty)").wait_for()


STEPS: tuple[Doing, ...] = (fault, lost, menu, twin, card, question, answer)


@pytest_asyncio.fixture(loop_scope="session")
async def counter() -> TillDesk:
    """The widest words and sums."""
    counter = TillDesk()
    counter.till, counter.rows, counter.card = LONG, (LATE, *ROWS[1:]), WIDE
    return counter


@pytest_asyncio.fixture(loop_scope="session")
async def still(browser: Browser, counter: TillDesk) -> AsyncIterator[Page]:
    """A till that moves nothing and may be looked into."""
    async with (
        TestServer(counter.site()) as server,
        await browser.new_context(viewport=PHONE, reduced_motion="reduce", bypass_csp=True) as context,  # type: ignore[arg-type]  # a size
    ):
        page = await context.new_page()
        await page.goto(str(server.make_url("/till")))
        yield page


async def test_no_look_has_a_fault_that_axe_knows(still: Page, counter: TillDesk) -> None:
    """Form, faults, lost network, menu, choice, card, question, answer; their colours again in the dark."""
    faults: dict[str, list[str]] = {}
    await still.evaluate(AXE_SCRIPT)
    for step in STEPS:
        await step(still, counter)
        faults[step.__name__] = await still.evaluate(ALL_RULES)
        await still.emulate_media(color_scheme="dark")
        faults[f"{step.__name__}, dark"] = await still.evaluate(COLOURS)
        await still.emulate_media(color_scheme="light")

    assert {look: found for look, found in faults.items() if found} == {}


@pytest.mark.parametrize("size", ["100%", "200%"])
async def test_the_smallest_screen_never_scrolls_sideways(still: Page, counter: TillDesk, size: str) -> None:
    """320 px, letters of twice the size: nothing is cut off but what has an ellipsis."""
    await still.set_viewport_size({"width": 320, "height": 568})
    await still.evaluate("size => { document.documentElement.style.fontSize = size }", size)
    cut = {}
    for step in STEPS:
        await step(still, counter)
        cut[step.__name__] = await still.evaluate(CUT)

    assert {look: found for look, found in cut.items() if found} == {}


async def test_a_thumb_finds_everything(still: Page, counter: TillDesk) -> None:
    """44 px at least, and the main button above the fold of the smallest phone."""
    counter.till = TILL
    await still.reload()
    await still.set_viewport_size({"width": 320, "height": 568})
    main = await still.locator("#submit").bounding_box()
    assert main
    assert main["y"] + main["height"] <= 568
    small = """() => [...document.querySelectorAll("button, a, input:not([type=checkbox]), .switch")].filter(
        part => part.offsetWidth && (part.offsetHeight < 44 || part.offsetWidth < 44)).map(part => part.outerHTML)"""
    for step in STEPS:
        await step(still, counter)
        assert await still.evaluate(small) == [], step.__name__


async def test_without_colours_of_our_own_edges_remain(still: Page, counter: TillDesk) -> None:
    """Forced colours: what is told by a tint gets a line around it."""
    await still.emulate_media(forced_colors="active")
    await fault(still, counter)
    edgeless = """() => [...document.querySelectorAll(".tinted, .panel, .stripe")].filter(
        part => part.offsetWidth && getComputedStyle(part).borderTopWidth !== "1px").map(part => part.outerHTML)"""
    assert await still.evaluate(edgeless) == []


async def test_without_a_script_the_till_says_so(browser: Browser, counter: TillDesk) -> None:
    """It sells nothing then, and its buttons do not pretend."""
    async with (
        TestServer(counter.site()) as server,
        await browser.new_context(java_script_enabled=False) as context,
    ):
        page = await context.new_page()
        await page.goto(str(server.make_url("/till")))
        assert "Кассе нужен JavaScript" in await page.inner_text("body")
        assert await page.locator("#submit").is_disabled()
        assert await page.locator(".row").count() == len(ROWS)


@pytest.mark.parametrize("lang", ["ru", "en"])
async def test_the_doors_are_two_and_can_be_read(browser: Browser, lang: str) -> None:
    """Telegram's and the till's own; with a name that is missing; on the smallest screen, with the largest letters."""
    door = Door(
        heading="Магазин «Северное сияние»",
        text="Продавец, доступ до 30.11\u00a022:00\u00a0мск",
        address="/i/x",
        asks_name=True,
        telegram_link="https://t.me/bot?start=x",
        fault="Напишите имя.",
    )
    page = await browser.new_page(viewport={"width": 320, "height": 568}, bypass_csp=True)
    await page.set_content(TillSheets(Assets()).door(door, lang, "n"))
    await page.evaluate(AXE_SCRIPT)
    assert await page.evaluate(ALL_RULES) == []
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await page.evaluate(CUT) == []
    await page.close()
