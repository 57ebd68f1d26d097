"""Finds and starts the Chromium of the browser tests; where there is none, installs Debian's if it may.

`python -m tests.browser` runs before the tests. Without a browser one line says that those tests did not run;
with REQUIRE_BROWSER=1 that is a failure.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 20_000  # ms for what is to be seen: a busy machine is slow, and a test that passes does not wait
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip


def find() -> str | None:
    """The path of a Chromium."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(not find() and "REQUIRE_BROWSER" not in os.environ, reason="no Chromium found"),
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A running one."""
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        yield browser
        await browser.close()


def install() -> None:
    """Debian's, as root. Its failure is told by the browser's absence."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-qq", *command], stdout=subprocess.DEVNULL, check=False)


def main() -> int:
    if find() is None:
        install()
    if find():
        return 0
    print("No Chromium was found: the browser tests did not run.")  # noqa: T201 - the promised line
    return 1 if os.environ.get("REQUIRE_BROWSER") == "1" else 0


if __name__ == "__main__":
    sys.exit(main())
