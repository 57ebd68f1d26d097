"""What the tests in a browser share, beside the fixtures."""

import pytest
from playwright.async_api import Page

from tests.browser import IN_CHROMIUM

PHONE = {"width": 390, "height": 844}

IN_A_BROWSER = [*IN_CHROMIUM, pytest.mark.asyncio(loop_scope="session")]


async def later(page: Page, seconds: float) -> None:
    """Moves the page's clock and lets it answer."""
    await page.clock.run_for(int(seconds * 1000))
