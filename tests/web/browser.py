"""What the tests in a browser share, beside the fixtures."""

import os
import shutil

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PHONE = {"width": 390, "height": 844}

IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM and "REQUIRE_BROWSER" not in os.environ, reason="no Chromium found"),
]


async def later(page: Page, seconds: float) -> None:
    """Moves the page's clock and lets it answer."""
    await page.clock.run_for(int(seconds * 1000))


async def violations(page: Page, options: dict[str, object] | None = None) -> list[str]:
    """What axe finds wrong."""
    found = await Axe().run(page, options={"resultTypes": ["violations"], **(options or {})})
    return [f"{one['id']}: {node['html']}" for one in found.response["violations"] for node in one["nodes"]]
