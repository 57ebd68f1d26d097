"""Reads the settings as `run` does, but goes on after a fault: what is wrong can be mended in one go."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from bot.adapters import settings_classes
from bot.config import (
    OPEN_ENDED,
    AdapterSettings,
    Settings,
    env_file,
    environment,
    load,
    load_adapter,
    refuse_unknown_names,
    unknown_names,
)
from bot.errors import SettingsError

from .finding import Finding, Mark, Words

T = TypeVar("T")
USUAL_BANK = str(Settings.model_fields["bank"].default)


@dataclass(frozen=True, slots=True)
class Adapter:
    """A provider's module, and its settings, whose fields are its own affair."""

    module: ModuleType
    settings: Any

    def create(self) -> Any:
        """Its port: a Bank, an SmsSender."""
        return self.module.create(self.settings)

    def name_of(self, field: str) -> str:
        """The setting of `field`, as the operator writes it."""
        return f"{self.settings.model_config['env_prefix']}{field}".upper()


@dataclass(frozen=True, slots=True)
class Read:
    """Settings without a fault."""

    settings: Settings
    bank: Adapter
    senders: tuple[Adapter, ...]


class Attempts:
    """Calls what may raise SettingsError, and keeps the errors: their texts begin with the setting's name."""

    def __init__(self) -> None:
        self.faults: list[Finding] = []

    def __call__(self, make: Callable[..., T], *arguments: Any) -> T | None:
        try:
            return make(*arguments)
        except SettingsError as error:
            self.faults.append(Finding(Mark.FAULT, str(error)))
            return None


def read(words: Words) -> tuple[Read | None, list[Finding]]:
    """The settings, or None where one is missing or wrong."""
    attempt = Attempts()
    settings = attempt(load, Settings)
    bank = attempt(_adapter, "bot.banks", USUAL_BANK if settings is None else settings.bank, "BANK")
    senders = [attempt(_adapter, "bot.sms", name, "SMS") for name in (() if settings is None else settings.sms)]
    misspelt = attempt(_misspelt) or []
    notes = [words.note("check.unknown_name", name=name) for name in misspelt]
    if attempt.faults or settings is None or bank is None:
        return None, [*notes, *dict.fromkeys(attempt.faults)]
    return Read(settings, bank, tuple(filter(None, senders))), [words.fine("check.settings"), *notes]


def _adapter(package: str, name: str, setting: str) -> Adapter:
    module = load_adapter(package, name, setting)
    return Adapter(module, load(module.Settings))


def _misspelt() -> list[str]:
    """Names in `.env` that nobody reads; of a bank's or provider's they are a fault."""
    kinds: list[type[AdapterSettings]] = [Settings, *settings_classes()]
    refuse_unknown_names(kinds, environment())
    return [name for name in unknown_names(kinds, env_file()) if not name.startswith(OPEN_ENDED)]
