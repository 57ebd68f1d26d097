"""Settings: the only reader of the environment.

Each setting comes from the environment or from `.env`; an empty value counts as not set; `<NAME>_FILE` names a file
that holds the value. An adapter (`banks/sber.py`, `sms/smsru.py`) declares its own class below `AdapterSettings`,
which is loaded with it: adding a provider edits no list here.
"""

import importlib
import os
import pkgutil
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal, Self, TypeVar, cast

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from .errors import SettingsError
from .money import roubles
from .values import (
    EMPTY_IS_OFF,
    Address,
    BaseAddress,
    BotToken,
    Count,
    DatabaseUrl,
    DataKey,
    Duration,
    HeaderSecret,
    Ids,
    Lifetime,
    Listen,
    Names,
    Origin,
    Proxy,
    Roubles,
    TimeOfDay,
    TimeZone,
)

OPEN_ENDED = ("BANK_", "SMS_")  # prefixes whose unknown names stop the start: a misspelt key would stay unseen
ENV_FILE = ".env"
ENCODING = "utf-8-sig"  # some editors begin a file with a mark, which would become a part of the first name


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
        except UnicodeDecodeError:
            raise SettingsError(f"{name}_FILE".upper(), "names a file that is no text in UTF-8") from None

    def __call__(self) -> dict[str, Any]:
        found = ((name, self.get_field_value(field, name)[0]) for name, field in self.settings_cls.model_fields.items())
        return {name: value for name, value in found if value}


class SwitchedOff(PydanticBaseSettingsSource):
    """None for those whose empty value means "off"; any other empty value counts as not set."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        empty = {name.lower() for name, value in environment().items() if value == ""}
        fields = self.settings_cls.model_fields.items()
        return {name: None for name, field in fields if name in empty and EMPTY_IS_OFF in field.metadata}


class AdapterSettings(BaseSettings):
    """Base of all settings classes. A subclass sets `env_prefix`, such as `SMS_SMSRU_`."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding=ENCODING,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

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
            SwitchedOff(settings_cls),
        )


class Settings(AdapterSettings):
    """What the service itself needs. Sums are kopecks here, roubles in the environment."""

    bot_token: BotToken
    telegram_api_url: BaseAddress = "https://api.telegram.org"
    telegram_proxy: Proxy | None = None
    telegram_webhook_secret: HeaderSecret | None = None
    owner_ids: Annotated[Ids, NoDecode] = ()
    public_url: Origin | None = None
    shop_name: str = "Прилавок"
    listen: Listen = "127.0.0.1:8080"
    database_url: DatabaseUrl = "sqlite:///prilavok.db"
    data_key: DataKey | None = None
    bank: str = "sber"
    bank_calls_per_second: Count = 10
    link_lifetime: Lifetime = timedelta(hours=24)
    link_lifetime_qr: Lifetime = timedelta(hours=2)
    amount_min: Roubles = roubles(1_000)
    amount_max: Roubles = roubles(150_000)
    limit_assistant_payment: Roubles | None = None
    limit_assistant_day: Roubles | None = None
    limit_manager_payment: Roubles | None = None
    limit_refund: Roubles | None = None
    lookalike_window: Duration = timedelta(minutes=5)
    refund_two_person: bool = False
    sms: Annotated[Names, NoDecode] = ()
    sms_delay: Duration = timedelta(seconds=5)
    sms_text: str = "{shop}: {amount} частями {link}"
    shopper_telegram: bool = False
    receipt_note: Annotated[str | None, EMPTY_IS_OFF] = "Пробейте чек"
    timezone: TimeZone = "Europe/Moscow"
    webhook_url: Address | None = None
    webhook_secret: SecretStr | None = None
    retention_days: Count = 90
    brief_at: Annotated[TimeOfDay | None, EMPTY_IS_OFF] = "09:00"
    evening_list_at: Annotated[TimeOfDay | None, EMPTY_IS_OFF] = "21:30"
    metrics_token: SecretStr | None = None
    log_format: Literal["console", "json"] = "console"

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
        if self.webhook_url and not self.webhook_secret:
            raise SettingsError("WEBHOOK_SECRET", "is missing beside WEBHOOK_URL: what we send is signed with it")
        return self

    def address(self) -> tuple[str, int]:
        """Host and port of LISTEN."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


AnySettings = TypeVar("AnySettings", bound=AdapterSettings)


def load(settings: type[AnySettings], **values: Any) -> AnySettings:
    """Reads the environment; `values` come first. Raises SettingsError."""
    try:
        return settings(**values)
    except ValidationError as error:
        raise _first(error, settings) from None  # pydantic's own text may hold the value
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(error) from None


def load_given(settings: type[AnySettings], **values: Any) -> AnySettings:
    """These values alone, whatever the environment says, as the demo needs it. Raises SettingsError."""
    return load(settings, _build_sources=((InitSettingsSource(settings, init_kwargs=values),), {}))


def _first(error: ValidationError, settings: type[AdapterSettings]) -> SettingsError:
    first = error.errors()[0]
    prefix = str(settings.model_config.get("env_prefix", ""))
    name = f"{prefix}{first['loc'][0] if first['loc'] else ''}".upper()
    return SettingsError(
        name, "is not set" if first["type"] == "missing" else first["msg"].removeprefix("Value error, ")
    )


def load_adapter(package: str, name: str, setting: str) -> ModuleType:
    """The module of a provider, by its name in the settings. Raises SettingsError naming `setting`."""
    if name not in adapter_names(package):
        raise SettingsError(setting, f"{name!r} is none of {', '.join(adapter_names(package))}")
    return importlib.import_module(f"{package}.{name}")


def adapter_names(package: str) -> list[str]:
    """The providers that there are: the modules of `package`."""
    return sorted(found.name for found in pkgutil.iter_modules(importlib.import_module(package).__path__))


def setting_names(kinds: Iterable[type[AdapterSettings]]) -> set[str]:
    """As operators write them, without `_FILE`."""
    return {
        f"{kind.model_config.get('env_prefix', '')}{field}".upper() for kind in kinds for field in kind.model_fields
    }


def unknown_names(kinds: Iterable[type[AdapterSettings]], values: Mapping[str, str | None]) -> list[str]:
    """Names in `values`, set and in capitals, that no settings class has."""
    known = setting_names(kinds)
    return [
        name
        for name in sorted({name.upper() for name, value in values.items() if value})
        if name not in known and name.removesuffix("_FILE") not in known
    ]


def refuse_unknown_names(kinds: Iterable[type[AdapterSettings]], values: Mapping[str, str | None]) -> None:
    """Raises SettingsError for a BANK_* or SMS_* name in `values` that no settings class has."""
    for name in unknown_names(kinds, values):
        if name.startswith(OPEN_ENDED):
            raise SettingsError(name, "is not a setting of Prilavok")


def environment() -> dict[str, str | None]:
    """All names that are set, `.env` included."""
    return env_file() | dict(os.environ)


def env_file() -> dict[str, str | None]:
    """What `.env` says. Raises SettingsError."""
    try:
        return dotenv_values(ENV_FILE, encoding=ENCODING)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(error) from None


def _unreadable(error: OSError | UnicodeDecodeError) -> SettingsError:
    if isinstance(error, OSError):
        return SettingsError(ENV_FILE, f"cannot be read ({error.strerror})")
    return SettingsError(ENV_FILE, "is no text in UTF-8: save it again in that encoding")
