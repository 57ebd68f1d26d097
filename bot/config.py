"""Settings: the only reader of the environment.

Each setting comes from the environment or from `.env`; an empty value counts as not set; `<NAME>_FILE` names a file
that holds the value. An adapter (`banks/sber.py`, `sms/smsru.py`) declares its own class below `AdapterSettings`,
which is loaded with it: adding a provider edits no list here.
"""

import importlib
import pkgutil
import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Self, TypeVar, cast

from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from .errors import SettingsError

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
OPEN_ENDED = ("BANK_", "SMS_")  # prefixes whose unknown names stop the start: a misspelt key would stay unseen


def _duration(value: object) -> object:
    if isinstance(value, str) and (found := re.fullmatch(r"(\d+)\s*([smhd])", value.strip())):
        return timedelta(**{UNITS[found[2]]: int(found[1])})
    if isinstance(value, timedelta):
        return value
    raise ValueError("a number with s, m, h or d: 5s, 24h")


def _roubles(value: object) -> object:
    """Kopecks of a sum in roubles as the environment has it."""
    if isinstance(value, int):
        return value  # a default, in kopecks already
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,9}(\.\d{2})?", value.strip()):
        raise ValueError("a sum in roubles, such as 150000")
    amount = int(Decimal(value) * 100)
    if amount == 0:
        raise ValueError("a sum above zero")
    return amount


def _listed(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _no_slash(value: str) -> str:
    if not re.match(r"https?://[^/]+", value):
        raise ValueError("an address that begins with https:// or http://")
    return value.rstrip("/")


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Roubles = Annotated[int, BeforeValidator(_roubles)]  # held in kopecks
Address = Annotated[str, AfterValidator(_no_slash)]


class NamedFiles(PydanticBaseSettingsSource):
    """Values that stand in files: `<NAME>_FILE`."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str | None]) -> None:
        super().__init__(settings_cls)
        self._variables = variables

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        name = f"{self.config.get('env_prefix', '')}{field_name}".lower()
        path = self._variables.get(f"{name}_file")
        if not path or f"{field_name}_file" in self.settings_cls.model_fields:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except OSError as error:
            raise SettingsError(f"{name}_FILE".upper(), f"cannot be read ({error.strerror})") from error

    def __call__(self) -> dict[str, Any]:
        found = ((name, self.get_field_value(field, name)[0]) for name, field in self.settings_cls.model_fields.items())
        return {name: value for name, value in found if value}


class AdapterSettings(BaseSettings):
    """Base of all settings classes. A subclass sets `env_prefix`, such as `SMS_SMSRU_`."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        environment = cast(EnvSettingsSource, env_settings)
        dotenv = cast(DotEnvSettingsSource, dotenv_settings)
        return (
            init_settings,
            environment,
            NamedFiles(settings_cls, environment.env_vars),
            dotenv,
            NamedFiles(settings_cls, dotenv.env_vars),
        )


class Settings(AdapterSettings):
    """What the service itself needs. Sums are kopecks here, roubles in the environment."""

    bot_token: SecretStr
    telegram_api_url: Address = "https://api.telegram.org"
    telegram_proxy: SecretStr | None = None
    telegram_webhook_secret: SecretStr | None = None
    owner_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_listed)] = ()
    public_url: Address | None = None
    shop_name: str = "Прилавок"
    listen: str = "127.0.0.1:8080"
    database_url: str = "sqlite:///prilavok.db"
    data_key: SecretStr | None = None
    bank: str = "sber"
    bank_calls_per_second: Annotated[int, AfterValidator(lambda value: max(1, value))] = 10
    link_lifetime: Duration = timedelta(hours=24)
    link_lifetime_qr: Duration = timedelta(hours=2)
    amount_min: Roubles = 1_000_00
    amount_max: Roubles = 150_000_00
    limit_assistant_payment: Roubles | None = None
    limit_assistant_day: Roubles | None = None
    limit_manager_payment: Roubles | None = None
    limit_refund: Roubles | None = None
    lookalike_window: Duration = timedelta(minutes=5)
    refund_two_person: bool = False
    sms: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()
    sms_delay: Duration = timedelta(seconds=5)
    sms_text: str = "{shop}: {amount} частями {link}"
    shopper_telegram: bool = False
    receipt_note: str | None = "Пробейте чек"
    timezone: str = "Europe/Moscow"
    webhook_url: Address | None = None
    webhook_secret: SecretStr | None = None
    retention_days: int = 90
    brief_at: str | None = "09:00"
    evening_list_at: str | None = "21:30"
    metrics_token: SecretStr | None = None
    log_format: str = "console"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.amount_min > self.amount_max:
            raise SettingsError("AMOUNT_MIN", "is above AMOUNT_MAX")
        if self.database_url.startswith("postgresql") and self.data_key is None:
            raise SettingsError("DATA_KEY", "is required with PostgreSQL: every replica needs the same")
        if self.telegram_webhook_secret and not self.public_url:
            raise SettingsError("TELEGRAM_WEBHOOK_SECRET", "a webhook needs PUBLIC_URL")
        if not {"{amount}", "{link}"} <= set(re.findall(r"{\w+}", self.sms_text)) <= {"{shop}", "{amount}", "{link}"}:
            raise SettingsError("SMS_TEXT", "needs {amount} and {link}, may have {shop}, and nothing else in braces")
        if self.log_format not in {"console", "json"}:
            raise SettingsError("LOG_FORMAT", "is console or json")
        self.address()
        return self

    def address(self) -> tuple[str, int]:
        """Host and port of LISTEN."""
        host, _, port = self.listen.rpartition(":")
        if not host or not port.isdigit():
            raise SettingsError("LISTEN", "is an address and a port: 127.0.0.1:8080")
        return host.strip("[]"), int(port)


AnySettings = TypeVar("AnySettings", bound=AdapterSettings)


def load(settings: type[AnySettings], **values: Any) -> AnySettings:
    """Reads the environment; `values` (of tests and the demo) come first. Raises SettingsError."""
    try:
        return settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        prefix = str(settings.model_config.get("env_prefix", ""))
        name = f"{prefix}{first['loc'][0] if first['loc'] else ''}".upper()
        why = "is not set" if first["type"] == "missing" else first["msg"].removeprefix("Value error, ")
        raise SettingsError(name, why) from error


def load_adapter(package: str, name: str, setting: str) -> ModuleType:
    """The module of a provider, by its name in the settings. Raises SettingsError naming `setting`."""
    if name not in adapter_names(package):
        raise SettingsError(setting, f"{name!r} is none of {', '.join(adapter_names(package))}")
    return importlib.import_module(f"{package}.{name}")


def adapter_names(package: str) -> list[str]:
    """The providers that there are: the modules of `package`."""
    return sorted(found.name for found in pkgutil.iter_modules(importlib.import_module(package).__path__))


def refuse_unknown_names(known: list[type[AdapterSettings]], values: Mapping[str, str | None]) -> None:
    """Raises SettingsError for a BANK_* or SMS_* name in `values` that no settings class has."""
    names = {
        f"{kind.model_config.get('env_prefix', '')}{field}{suffix}".upper()
        for kind in known
        for field in kind.model_fields
        for suffix in ("", "_file")
    }
    for name, value in sorted(values.items()):
        if value and name.upper().startswith(OPEN_ENDED) and name.upper() not in names:
            raise SettingsError(name.upper(), "is not a setting of Prilavok")


def environment() -> dict[str, str | None]:
    """All names that are set, `.env` included."""
    import os

    from dotenv import dotenv_values

    return dotenv_values(".env") | dict(os.environ)
