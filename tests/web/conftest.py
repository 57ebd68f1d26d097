"""The pages on a real server, and a real browser to read them with."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, Page

from tests.telegram_edge.conftest import held, paid, shop, waiting, world  # noqa: F401 - fixtures
from tests.telegram_edge.shop import Shop
from tests.web.browser import PHONE
from tests.web.shopper import PAGE, Client, Desk, site
from tests.web.till import TillBrowser
from tests.web.till import browser as at_the_till


@pytest.fixture
def desk() -> Desk:
    """One link, waiting for its payment."""
    return Desk()


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[Client]:
    """A client of the desk's pages."""
    async with TestClient(TestServer(site(desk))) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def address(desk: Desk) -> AsyncIterator[str]:
    """Where the desk's page is."""
    async with TestServer(site(desk)) as server:
        yield str(server.make_url(PAGE))


@pytest_asyncio.fixture(loop_scope="session")
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


@pytest.fixture
async def anybody(shop: Shop) -> AsyncIterator[TillBrowser]:  # noqa: F811 - the fixture
    """A browser at the web till of a shop that is open; nobody is logged in."""
    async with at_the_till(shop) as somebody:
        yield somebody
