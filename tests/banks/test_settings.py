"""Wrong settings stop the start, in words that begin with the setting's name."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.banks.sber import Settings, create
from bot.config import load
from bot.errors import SettingsError

RSA_PUBLIC_KEY = b"""\
-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC9msAbf882Jio+h5ubzOTWrdkw
qbXpiHSZSsqOhIvWBd/EJOZxCs9KC0vsTEZfQBdDLYbMeu7zbZhhy164dq6EELjq
XAL0WBud48cI3eQj4k74clNEJPFUIkAGsJd6jsB6acm2hLYFeL7C8H+jMq0ZL/48
IezK7MLkiGNlRUlaBQIDAQAB
-----END PUBLIC KEY-----
"""
SHOP = {"user": "shop-api", "password": "secret"}


def an_empty_file(folder: Path) -> Path:
    path = folder / "empty.pem"
    path.write_text("no certificate")
    return path


def a_key_that_is_not_rsa(folder: Path) -> Path:
    path = folder / "ec.pem"
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "USER"),
        ({"user": "shop-api"}, "PASSWORD"),
        ({"password": "secret"}, "USER"),
        ({**SHOP, "token": "secret"}, "TOKEN"),
        ({"token": "secret", "user": "shop-api"}, "TOKEN"),
        ({**SHOP, "url": "https://3dsec.sberbank.ru/payment/rest"}, "URL"),
        ({**SHOP, "url": "https://3dsec.sberbank.ru/payment/"}, "URL"),
        ({**SHOP, "url": "https://3dsec.sberbank.ru/?x=/payment/rest/"}, "URL"),
        ({**SHOP, "url": "3dsec.sberbank.ru/payment/rest/"}, "URL"),
        ({**SHOP, "url": "http://securepayments.sberbank.ru/payment/rest/"}, "URL"),
        ({**SHOP, "extra_params": "{"}, "EXTRA_PARAMS"),
        ({**SHOP, "extra_params": "[]"}, "EXTRA_PARAMS"),
        ({**SHOP, "extra_params": '{"amount": "1"}'}, "EXTRA_PARAMS"),
        ({**SHOP, "extra_params": '{"expirationDate": "2026-11-24T00:00:00"}'}, "EXTRA_PARAMS"),
        ({**SHOP, "send_cart": "perhaps"}, "SEND_CART"),
        ({**SHOP, "ca_file": "/nowhere/ca.pem"}, "CA_FILE"),
        ({**SHOP, "ca_file": an_empty_file}, "CA_FILE"),
        ({**SHOP, "callback_public_key_file": "/nowhere/key.pem"}, "CALLBACK_PUBLIC_KEY_FILE"),
        ({**SHOP, "callback_public_key_file": an_empty_file}, "CALLBACK_PUBLIC_KEY_FILE"),
        ({**SHOP, "callback_public_key_file": a_key_that_is_not_rsa}, "CALLBACK_PUBLIC_KEY_FILE"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_is_told(tmp_path: Path, values: dict[str, object], name: str) -> None:
    """The text begins with the full name."""
    values = {key: value(tmp_path) if callable(value) else value for key, value in values.items()}
    with pytest.raises(SettingsError, match=f"^BANK_SBER_{name}: ") as wrong:
        load(Settings, **values)
    assert "secret" not in str(wrong.value)


def test_two_keys_for_callbacks_stop_the_start(tmp_path: Path) -> None:
    """HMAC or RSA, never both."""
    pem = tmp_path / "key.pem"
    pem.write_bytes(RSA_PUBLIC_KEY)
    with pytest.raises(SettingsError, match=r"^BANK_SBER_CALLBACK_KEY: .*BANK_SBER_CALLBACK_PUBLIC_KEY_FILE"):
        load(Settings, **SHOP, callback_key="secret", callback_public_key_file=pem)


def test_the_environment_is_read_under_the_contracts_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty value counts as not set; a secret may stand in a file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "password").write_text("from-a-file\n")
    for name, value in {
        "USER": "shop-api",
        "PASSWORD_FILE": str(tmp_path / "password"),
        "TOKEN": "",
        "CA_FILE": "",
        "EXTRA_PARAMS": '{"dynamicCallbackUrl": "https://shop.example/"}',
        "DECLINE": "true",
    }.items():
        monkeypatch.setenv(f"BANK_SBER_{name}", value)
    settings = load(Settings)
    assert settings.login == {"userName": "shop-api", "password": "from-a-file"}
    assert settings.extra_params == {"dynamicCallbackUrl": "https://shop.example/"}
    assert (settings.decline, settings.send_cart, settings.ca_file) == (True, False, None)


def test_secrets_do_not_show() -> None:
    """Neither password nor keys stand in the settings' text."""
    assert "secret" not in repr(load(Settings, **SHOP, callback_key="secret"))


@pytest.mark.parametrize(
    ("url", "is_test"),
    [
        ("https://3dsec.sberbank.ru/payment/rest/", True),
        ("https://securepayments.sberbank.ru/payment/rest/", False),
        ("https://SecurePayments.sberbank.ru:443/payment/rest/", False),
        ("https://securepayments.sberbank.ru.example.com/payment/rest/", True),
        ("http://127.0.0.1:8080/payment/rest/", True),
    ],
)
async def test_any_host_but_the_production_one_is_a_test(url: str, is_test: bool) -> None:
    """No money moves there, and the card says so."""
    bank = create(load(Settings, **SHOP, url=url))
    assert bank.is_test is is_test
    await bank.close()


def test_the_default_is_the_test_gateway() -> None:
    """Nobody takes real money by forgetting a setting."""
    assert load(Settings, **SHOP).url == "https://3dsec.sberbank.ru/payment/rest/"
