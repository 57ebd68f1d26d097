"""`python -m bot run`: what stops its start, and what it prints."""

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.__main__ import main
from tests.e2e.process import OWNER, product, until

GOOD = {"BOT_TOKEN": "42:SANDBOX", "BANK_SBER_USER": "u", "BANK_SBER_PASSWORD": "p"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """Just the required settings, in a folder without a `.env`."""
    monkeypatch.chdir(tmp_path)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    yield monkeypatch
    structlog.reset_defaults()
    logging.getLogger("aiohttp.server").setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", ""),
        ("BOT_TOKEN", "no token"),
        ("BANK_SBER_PASSWORD", ""),
        ("BANK", "nobank"),
        ("SMS", "nobody"),
        ("BANK_SBER_PASWORD", "x"),
        ("SMS_TEXTT", "x"),
        ("SMS_SMSRU_APIID", "x"),
        ("OWNER_IDS", "anya"),
        ("PUBLIC_URL", "shop.example"),
        ("LISTEN", "8080"),
        ("LISTEN", "127.0.0.1:99999"),
        ("LISTEN", "192.0.2.1:8080"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "rubbish"),
        ("DATABASE_URL", "sqlite:////no/such/folder/shop.db"),
        ("DATA_KEY", "short"),
        ("SMS_DELAY", "5 minutes"),
        ("AMOUNT_MIN", "200000"),
        ("TIMEZONE", "Europe/Moskau"),
        ("LOG_FORMAT", "xml"),
        ("TELEGRAM_WEBHOOK_SECRET", "s"),
    ],
)
def test_a_bad_setting_stops_the_start_with_one_line_that_names_it(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    """Exit code 2; misspelt BANK_* and SMS_* names too."""
    environment.setenv(name, value)
    assert main(["run"]) == 2
    said = capsys.readouterr().err
    assert re.fullmatch(rf"{name}[^\n]+\n", said), said


async def test_it_prints_an_owner_link_runs_alone_and_ends_cleanly(tmp_path: Path) -> None:
    """No owner: a one-use link. A second one on the same file: exit code 2. SIGTERM: within 10 s, Telegram hanging."""
    async with product(tmp_path) as shop:
        del shop.environment["OWNER_IDS"], shop.environment["PUBLIC_URL"]
        await shop.start()
        second = await shop.run()
        await until(lambda: "start=" in shop.said("stdout"))
        found = re.search(r"https://t\.me/PrilavokSandboxBot\?start=([\w-]{32})", shop.said("stdout"))
        assert found
        shop.telegram.start(OWNER, found[1])
        await until(lambda: shop.lines("Вы владелец"))
        assert await asyncio.wait_for(second.wait(), 20) == 2
        assert re.search(r"^DATABASE_URL: another run serves .+shop\.db$", shop.said("stderr"), re.MULTILINE)
        shop.telegram.faults.arm("sendPhoto", "hang")
        shop.telegram.say(OWNER, "12500")
        await until(lambda: shop.lines("12 500 ₽"))
        assert await shop.stop() == 0
        assert "Traceback" not in shop.said("stderr")
