"""The settings BANK_SBER_*. What is wrong with them is said at the start, not at the first sale."""

import json
import ssl
from pathlib import Path
from typing import Annotated, Any, Self

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from bot.config import AdapterSettings
from bot.errors import SettingsError

from .callbacks import load_public_key

PREFIX = "BANK_SBER_"
PATH = "/payment/rest/"
PRODUCTION_HOST = "securepayments.sberbank.ru"
OWN_FIELDS = {  # what register sends itself, and expirationDate, which would silently replace sessionTimeoutSecs
    "userName", "password", "token", "orderNumber", "amount", "currency", "returnUrl", "failUrl", "description",
    "language", "sessionTimeoutSecs", "expirationDate", "orderBundle",
}  # fmt: skip


class Settings(AdapterSettings):
    """Field names are the settings' names without the prefix. Raises SettingsError for what does not fit."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True)

    url: str = f"https://3dsec.sberbank.ru{PATH}"
    user: str | None = None
    password: SecretStr | None = None
    token: SecretStr | None = None
    callback_key: SecretStr | None = None
    callback_public_key_file: Path | None = None
    ca_file: Path | None = None
    extra_params: Annotated[dict[str, str], NoDecode, Field(default_factory=dict)]
    send_cart: bool = False
    decline: bool = False
    merchant_login: str | None = None
    reverse_deposited: bool = False

    @property
    def is_test(self) -> bool:
        """Any host but the production one."""
        return httpx.URL(self.url).host != PRODUCTION_HOST

    @property
    def login(self) -> dict[str, str]:
        """The form fields by which the bank knows the shop: a token, or a name and a password, never both."""
        if self.token:
            return {"token": self.token.get_secret_value()}
        return {"userName": self.user or "", "password": self.password.get_secret_value() if self.password else ""}

    @field_validator("url")
    @classmethod
    def _is_a_base(cls, value: str) -> str:
        try:
            url = httpx.URL(value)
        except httpx.InvalidURL:
            raise _wrong("URL", "is no address") from None
        if url.scheme not in {"http", "https"} or not url.host:
            raise _wrong("URL", "must begin with https://")
        if not value.endswith(PATH) or url.query or url.fragment or url.userinfo:
            raise _wrong("URL", f"must end in {PATH}")
        if url.scheme == "http" and f".{url.host}".endswith(".sberbank.ru"):
            raise _wrong("URL", "must begin with https://: the password would travel in the clear")
        return value

    @field_validator("ca_file")
    @classmethod
    def _has_certificates(cls, path: Path | None) -> Path | None:
        if path:
            tls(path)
        return path

    @field_validator("callback_public_key_file")
    @classmethod
    def _has_a_key(cls, path: Path | None) -> Path | None:
        if path:
            public_key(path)
        return path

    @field_validator("extra_params", mode="before")
    @classmethod
    def _are_form_fields(cls, value: Any) -> dict[str, str]:
        """Texts stay as they are; everything else becomes compact JSON, as the bank wants nested values."""
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise _wrong("EXTRA_PARAMS", 'is no JSON; wanted an object, such as {"name": "value"}') from None
        if not isinstance(value, dict):
            raise _wrong("EXTRA_PARAMS", 'must be a JSON object, such as {"name": "value"}')
        if taken := sorted(OWN_FIELDS & value.keys()):
            raise _wrong("EXTRA_PARAMS", f"must not set {', '.join(taken)}: Prilavok sets it")
        return {name: field if isinstance(field, str) else compact_json(field) for name, field in value.items()}

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.token and (self.user or self.password):
            raise _wrong("TOKEN", f"set either it, or {PREFIX}USER and {PREFIX}PASSWORD")
        if self.user and not self.password:
            raise _wrong("PASSWORD", f"is missing beside {PREFIX}USER")
        if self.password and not self.user:
            raise _wrong("USER", f"is missing beside {PREFIX}PASSWORD")
        if not self.user and not self.token:
            raise _wrong("USER", f"is not set; wanted it with {PREFIX}PASSWORD, or {PREFIX}TOKEN")
        if self.callback_key and self.callback_public_key_file:
            raise _wrong("CALLBACK_KEY", f"set either it, or {PREFIX}CALLBACK_PUBLIC_KEY_FILE")
        return self


def tls(ca_file: Path | None) -> ssl.SSLContext:
    """For the bank alone: with a file, nothing but its certificates is trusted; without, what httpx brings."""
    if not ca_file:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError:
        raise _wrong("CA_FILE", f"{ca_file} holds no PEM certificates") from None
    except OSError as error:
        raise _wrong("CA_FILE", f"cannot read {ca_file}: {error.strerror}") from None


def public_key(path: Path) -> RSAPublicKey:
    """The RSA key that signs callbacks, from a PEM certificate or public key."""
    try:
        return load_public_key(path.read_bytes())
    except OSError as error:
        raise _wrong("CALLBACK_PUBLIC_KEY_FILE", f"cannot read {path}: {error.strerror}") from None
    except ValueError:
        raise _wrong("CALLBACK_PUBLIC_KEY_FILE", f"{path} holds no PEM certificate or public key of RSA") from None


def compact_json(value: object) -> str:
    """A nested value as the bank wants it: one form field of JSON without blanks, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _wrong(name: str, why: str) -> SettingsError:
    return SettingsError(PREFIX + name, why)
