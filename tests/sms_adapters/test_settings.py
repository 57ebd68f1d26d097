"""Providers are found by their names, and their settings are checked at the start."""

from typing import Any

import pytest
import structlog

from bot.config import adapter_names, load, load_adapter
from bot.errors import CallbackRejected, SettingsError
from bot.ports import Accepted
from bot.sms import console, http, smsc, smsru

from .conftest import PHONE, TEXT


@pytest.fixture(autouse=True)
def empty_environment(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` of this machine."""
    monkeypatch.chdir(tmp_path)


def test_the_modules_of_the_package_are_the_providers() -> None:
    """Each brings its settings and its sender; nothing else lives there."""
    assert adapter_names("bot.sms") == ["console", "http", "smsc", "smsru"]
    for name in adapter_names("bot.sms"):
        module = load_adapter("bot.sms", name, "SMS")
        assert module.Settings.model_config["env_prefix"] == f"SMS_{name.upper()}_"
        assert callable(module.create)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the provider's own prefix; the slash at the end of an address is no matter."""
    monkeypatch.setenv("SMS_SMSRU_API_ID", "key")
    monkeypatch.setenv("SMS_SMSRU_URL", "http://127.0.0.1:8083/")
    settings = load(smsru.Settings)
    assert (settings.api_id.get_secret_value(), settings.url) == ("key", "http://127.0.0.1:8083")
    assert smsru.create(settings).report_secret is None
    assert load(smsc.Settings, login="l", password="p").url == "https://smsc.ru"


def test_the_address_of_ones_own_provider_is_kept_as_written() -> None:
    """Servers that tell `/send/` from `/send` exist."""
    assert load(http.Settings, url="https://sms.example/send/?v=2").url == "https://sms.example/send/?v=2"


@pytest.mark.parametrize(
    ("kind", "values", "name"),
    [
        (smsru.Settings, {}, "SMS_SMSRU_API_ID"),
        (smsru.Settings, {"api_id": "hidden", "url": "sms.ru"}, "SMS_SMSRU_URL"),
        (smsc.Settings, {"login": "shop"}, "SMS_SMSC_PASSWORD"),
        (smsc.Settings, {"login": "shop", "password": "hidden", "url": "https://hidden:99999"}, "SMS_SMSC_URL"),
        (smsc.Settings, {"login": "shop", "password": "hidden", "url": "https://hidden..example"}, "SMS_SMSC_URL"),
        (http.Settings, {}, "SMS_HTTP_URL"),
        (http.Settings, {"url": "ftp://sms.example"}, "SMS_HTTP_URL"),
        (http.Settings, {"url": "https://sms.example", "token": "hidden ключ"}, "SMS_HTTP_TOKEN"),
    ],
)
def test_a_wrong_setting_is_named_and_not_shown(kind: Any, values: dict[str, Any], name: str) -> None:
    """Its value may be a key."""
    with pytest.raises(SettingsError) as caught:
        load(kind, **values)
    assert caught.value.name == name
    assert "hidden" not in str(caught.value)


async def test_the_console_logs_a_masked_phone_and_the_whole_text() -> None:
    """For trials: the link is opened from there."""
    sender = console.create(load(console.Settings))
    with structlog.testing.capture_logs() as logged:
        assert await sender.send(PHONE, TEXT, 5) == Accepted("console-5", 1)
    assert logged == [{"event": "sms", "to": "+7916•••••67", "text": TEXT, "ref": 5, "log_level": "info"}]
    assert await sender.status("console-5", PHONE) is None
    with pytest.raises(CallbackRejected):
        sender.read_reports({}, None)
    await sender.close()
