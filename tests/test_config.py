"""Settings as a tired operator writes them: they work, or one line that begins with the name says what is wanted."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings, load, load_given
from bot.errors import SettingsError

TOKEN = "42:SANDBOX"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty one, so that no `.env` of this machine is read."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def set_(monkeypatch: pytest.MonkeyPatch, line: str) -> Settings:
    """Loads with `line` in the environment; all besides is right."""
    name, _, value = line.partition("=")
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv(name, value)
    return load(Settings)


@pytest.mark.parametrize(
    ("line", "held"),
    [
        ("LINK_LIFETIME=24H", timedelta(hours=24)),
        ("LINK_LIFETIME=90 m", timedelta(minutes=90)),
        ("LINK_LIFETIME=", timedelta(hours=24)),
        ("SMS_DELAY=0s", timedelta()),
        ("SMS=", ()),
        ("SMS= smsru , smsc ,", ("smsru", "smsc")),
        ("OWNER_IDS=1, 2", (1, 2)),
        ("AMOUNT_MIN=1000.50", 1_000_50),
        ("PUBLIC_URL=https://pay.shop.ru/", "https://pay.shop.ru"),
        ("PUBLIC_URL=http://192.168.1.5:8080", "http://192.168.1.5:8080"),
        ("PUBLIC_URL=http://[::1]:8080", "http://[::1]:8080"),
        ("PUBLIC_URL=https://касса.рф", "https://xn--80aa2a3aa.xn--p1ai"),
        ("TELEGRAM_API_URL=https://proxy.shop.ru/telegram/", "https://proxy.shop.ru/telegram"),
        ("LISTEN=[::]:8080", "[::]:8080"),
        ("DATABASE_URL=sqlite:////var/lib/prilavok/shop.db", "sqlite:////var/lib/prilavok/shop.db"),
        ("TIMEZONE=Asia/Yekaterinburg", "Asia/Yekaterinburg"),
        ("BRIEF_AT=", None),
        ("EVENING_LIST_AT=", None),
        ("RECEIPT_NOTE=", None),
        ("SHOP_NAME=", "Прилавок"),
        ("REFUND_TWO_PERSON=yes", True),
    ],
)
def test_what_can_be_meant_in_one_way_only_works(monkeypatch: pytest.MonkeyPatch, line: str, held: Any) -> None:
    """Capitals, blanks, a slash at the end; an empty value is the default, or "off" where the default is an extra."""
    assert getattr(set_(monkeypatch, line), line.partition("=")[0].lower()) == held


@pytest.mark.parametrize(
    "line",
    [
        "BOT_TOKEN=",
        'BOT_TOKEN="42:SANDBOX"',
        "BOT_TOKEN=42 :SANDBOX",
        "LINK_LIFETIME=24",
        "LINK_LIFETIME=0h",
        "LINK_LIFETIME=99999999999d",
        "SMS=smsru,smsru",
        "OWNER_IDS=1;2",
        "OWNER_IDS=@shop",
        "OWNER_IDS=-1001234567890",
        "AMOUNT_MIN=1 000",
        "AMOUNT_MIN=0",
        "AMOUNT_MIN=1000,50",
        "AMOUNT_MIN=200000",
        "PUBLIC_URL=pay.shop.ru",
        "PUBLIC_URL=https://pay.shop.ru/till",
        "PUBLIC_URL=https://pay.shop.ru?a=1",
        "PUBLIC_URL=https://user:secret@pay.shop.ru",
        'PUBLIC_URL="https://pay.shop.ru"',
        "PUBLIC_URL=https://pay.shop.ru:port",
        "PUBLIC_URL=https://pay..shop.ru",
        "TELEGRAM_API_URL=api.telegram.org",
        "TELEGRAM_PROXY=127.0.0.1:1080",
        "TELEGRAM_PROXY=socks5://127.0.0.1",
        "TELEGRAM_PROXY=socks5h://127.0.0.1:1080",
        "TELEGRAM_WEBHOOK_SECRET=a b",
        "TELEGRAM_WEBHOOK_SECRET=fine",  # without PUBLIC_URL
        "LISTEN=:8080",
        "LISTEN=8080",
        "LISTEN=127.0.0.1:99999",
        "LISTEN=http://127.0.0.1:8080",
        "LISTEN=127.0.0.1:²",
        "DATABASE_URL=prilavok.db",
        "DATABASE_URL=sqlite://",
        "DATABASE_URL=sqlite:///:memory:",
        "DATABASE_URL=mysql://host/db",
        "DATABASE_URL=postgresql://user:p@ss@host/db",
        "DATABASE_URL=postgresql://host:port/db",
        "DATABASE_URL=postgresql://host",
        "TIMEZONE=Moscow",
        "TIMEZONE=../etc/passwd",
        "TIMEZONE=Europe",
        "BRIEF_AT=25:00",
        "BRIEF_AT=9",
        "RETENTION_DAYS=0",
        "RETENTION_DAYS=ninety",
        "BANK_CALLS_PER_SECOND=0",
        "REFUND_TWO_PERSON=да",
        "SMS_TEXT={amount}",
        "SMS_TEXT={amount} {link} {name}",
        "WEBHOOK_URL=shop.ru/hook",
        "DATA_KEY=short",
        "LOG_FORMAT=xml",
    ],
)
def test_what_cannot_be_right_stops_with_one_line_that_begins_with_its_name(
    monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """And the value, which may be a secret, is not in it."""
    with pytest.raises(SettingsError) as caught:
        set_(monkeypatch, line)

    name, _, value = line.partition("=")
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None or value not in str(caught.value.__cause__)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_by_either_of_its_names_needs_the_key(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """A key made by each replica for itself would make the phones of the others unreadable."""
    with pytest.raises(SettingsError, match=r"^DATA_KEY: "):
        set_(monkeypatch, f"DATABASE_URL={scheme}://user:pass@host:5432/shop")


def test_a_hook_without_a_secret_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its receiver could not tell our reports from anybody's."""
    with pytest.raises(SettingsError, match=r"^WEBHOOK_SECRET: "):
        set_(monkeypatch, "WEBHOOK_URL=https://shop.ru/hook")


def test_the_address_of_a_hook_stays_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that tell `/hook/` from `/hook` exist."""
    monkeypatch.setenv("WEBHOOK_SECRET", "x")
    assert set_(monkeypatch, "WEBHOOK_URL=https://shop.ru/hook/").webhook_url == "https://shop.ru/hook/"


def test_an_empty_name_in_the_environment_does_not_hide_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files hand on every name, set or not."""
    (folder / ".env").write_text("BRIEF_AT=10:15\nSHOP_NAME=Лавка\n", encoding="utf-8")
    monkeypatch.setenv("SHOP_NAME", "")
    settings = set_(monkeypatch, "BRIEF_AT=")

    assert (settings.brief_at, settings.shop_name) == ("10:15", "Лавка")


def test_a_file_of_an_editor_that_marks_its_encoding_is_read(folder: Path) -> None:
    """The mark would be a part of the first name."""
    (folder / ".env").write_text(f"BOT_TOKEN='{TOKEN}'\r\n", encoding="utf-8-sig")

    assert load(Settings).bot_token.get_secret_value() == TOKEN


def test_a_file_in_another_encoding_is_named(folder: Path) -> None:
    """Names of shops are written in Russian, and not every editor writes UTF-8."""
    (folder / ".env").write_bytes("SHOP_NAME=Лавка".encode("cp1251"))

    with pytest.raises(SettingsError, match=r"^\.env: "):
        load(Settings)


def test_a_value_may_stand_in_a_file_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As secrets of containers do."""
    (folder / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    monkeypatch.setenv("BOT_TOKEN_FILE", str(folder / "token"))

    assert load(Settings).bot_token.get_secret_value() == TOKEN


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    """Missing, or no text."""
    if content:
        (folder / "token").write_bytes(content)
    monkeypatch.setenv("BOT_TOKEN_FILE", str(folder / "token"))

    with pytest.raises(SettingsError, match=r"^BOT_TOKEN_FILE: "):
        load(Settings)


def test_given_values_alone_are_not_mixed_with_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo is the same for every visitor, whatever his `.env` says."""
    (folder / ".env").write_text("SHOP_NAME=Лавка\nPUBLIC_URL=nonsense\n", encoding="utf-8")
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "s")
    monkeypatch.setenv("BRIEF_AT", "")

    settings = load_given(Settings, bot_token=TOKEN, sms="smsru,smsc")

    assert (settings.shop_name, settings.telegram_webhook_secret, settings.brief_at) == ("Прилавок", None, "09:00")
    assert settings.sms == ("smsru", "smsc")
