"""Every look of the shopper's page and of the big QR in a real browser: accessible, narrow, dark, printed, small.

A page that is open takes the body of its new state from `/state`. So one loaded page can show them all, one after the
other, as fast as the browser lays them out.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page, Request

from tests.web.browser import IN_A_BROWSER, PHONE
from tests.web.shopper import LOOKS, Gallery, site

pytestmark = IN_A_BROWSER
SMALLEST = {"width": 320, "height": 568}
VIEWS = ("page", "show")

# Shows one body after the other; `look` says what is to be seen of each.
EACH = """async ([look, paths]) => {
    look = eval(look);
    const seen = {};
    for (const path of paths) {
        const news = await (await fetch(path)).json();
        document.title = news.title;
        document.documentElement.lang = new URL(path, location).searchParams.get("lang");
        document.body.className = news.look;
        document.body.innerHTML = news.html;
        for (const help of document.querySelectorAll("details")) help.open = true;
        seen[path] = await look();
    }
    return seen;
}"""
AXE = """async () => (await axe.run(document, {resultTypes: ["violations"], %s})).violations.flatMap(
    fault => fault.nodes.map(node => `${fault.id}: ${node.html}`))"""
ALL_RULES, COLOURS = AXE % "", AXE % 'runOnly: ["color-contrast"]'


@pytest_asyncio.fixture(loop_scope="session")
async def gallery() -> AsyncIterator[str]:
    """Where the pages in all states are."""
    async with TestServer(site(Gallery())) as server:
        yield str(server.make_url("/p/"))


@pytest_asyncio.fixture(loop_scope="session")
async def still(browser: Browser) -> AsyncIterator[Page]:
    """A phone that moves nothing and may be looked into."""
    async with await browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]  # a size
        reduced_motion="reduce",
        bypass_csp=True,
    ) as context:
        yield await context.new_page()


async def see(page: Page, look: str, view: str = "page", languages: tuple[str, ...] = ("ru", "en")) -> dict[str, Any]:
    """What `look`, a function in JavaScript, says of each state; the page is open already."""
    codes = [Gallery().code(state) for state in LOOKS]
    paths = [f"/p/{code}/state?view={view}&lang={lang}" for lang in languages for code in codes]
    seen = await page.evaluate(EACH, [look, paths])
    return {f"{state} {lang}": seen.pop(paths.pop(0)) for lang in languages for state in LOOKS}


async def visit(page: Page, gallery: str, view: str = "page") -> None:
    await page.goto(f"{gallery}{Gallery().code('wait')}{'/show' if view == 'show' else ''}")


@pytest.mark.parametrize("view", VIEWS)
async def test_no_state_has_a_fault_that_axe_knows(still: Page, gallery: str, view: str) -> None:
    """Every state, the page that is gone, the help unfolded, in both languages; its colours again in the dark."""
    await visit(still, gallery, view)
    await still.evaluate(AXE_SCRIPT)
    faults = await see(still, ALL_RULES, view)
    await still.emulate_media(color_scheme="dark")
    faults |= {f"{name}, dark": found for name, found in (await see(still, COLOURS, view, ("ru",))).items()}

    assert {state: found for state, found in faults.items() if found} == {}
    assert len(faults) == 3 * len(LOOKS)


@pytest.mark.parametrize("view", VIEWS)
async def test_the_smallest_screen_never_scrolls_sideways(still: Page, gallery: str, view: str) -> None:
    """320 px, also with letters of twice the size and a word that has no end; nor is anything cut off inside."""
    await still.set_viewport_size(SMALLEST)  # type: ignore[arg-type]  # a size
    await visit(still, gallery, view)
    widest = """() => [...document.querySelectorAll("html, body *:not(.shop)")].filter(
        part => part.getBoundingClientRect().right > 320 || part.clientWidth && part.scrollWidth > part.clientWidth
    ).map(part => part.outerHTML)"""
    for size in ("100%", "200%"):
        await still.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert {state: found for state, found in (await see(still, widest, view)).items() if found} == {}, size


async def test_without_colours_of_our_own_edges_remain(still: Page, gallery: str) -> None:
    """Forced colours: tinted blocks, the stripe and the code get a line around them; the QR stays black on white."""
    await still.emulate_media(forced_colors="active")
    edgeless = """() => [...document.querySelectorAll(".tinted, .stripe, .ticket, .page .code")].filter(
        part => !part.hidden && getComputedStyle(part).borderTopWidth !== "1px").map(part => part.className)"""
    for view in VIEWS:
        await visit(still, gallery, view)
        assert {state: found for state, found in (await see(still, edgeless, view)).items() if found} == {}
        await visit(still, gallery, view)
        qr = still.locator("img[src$='qr.svg']")
        assert await qr.evaluate("image => getComputedStyle(image).forcedColorAdjust") == "none"


async def test_paper_gets_what_a_receipt_has(still: Page, gallery: str) -> None:
    """Sum, state, number and time; nothing to press, and nothing that needs a background."""
    await still.emulate_media(media="print")
    await visit(still, gallery)
    printed = await see(still, "() => document.body.innerText", languages=("ru",))
    pressable = await see(still, "() => [...document.querySelectorAll('a, button')].filter(e => e.offsetWidth).length")

    assert set(pressable.values()) == {0}
    for state, text in printed.items():
        facts = ("№\u00a01042", "1\u00a0499\u00a0999,50\u00a0₽", "14:33") if state != "gone ru" else ()
        assert all(fact in text for fact in facts), (state, text)
    assert "Оплачено" in printed["paid ru"]


async def test_the_page_weighs_little(browser: Browser, gallery: str) -> None:
    """30 KB at most over the wire with headers, script and QR, all from one place; later questions cost a trifle."""
    for view, width in (("page", 1024), ("page", 390), ("show", 390)):
        async with await browser.new_context(viewport={"width": width, "height": 800}) as context:
            requests = await loaded(await context.new_page(), gallery, view)
            sizes = [await request.sizes() for request in requests]

        has_qr = width > 720 or view == "show"
        assert len(requests) == (3 if has_qr else 2), [request.url for request in requests]
        assert all(request.url.startswith(gallery.removesuffix("p/")) for request in requests)
        assert sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) <= 30_000


async def loaded(page: Page, gallery: str, view: str) -> list[Request]:
    """All that the browser asks for."""
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))  # noqa: PLW0108 - Playwright marks its handlers
    await visit(page, gallery, view)
    seen = "[...document.images].filter(image => image.offsetWidth)"
    await page.evaluate(f"Promise.all({seen}.map(image => image.decode()))")
    return requests
