"""The bank and the SMS providers that the settings name, each with its own settings class. Adding one edits no list."""

from collections.abc import Sequence
from typing import Any

from .config import (
    AdapterSettings,
    Settings,
    adapter_names,
    environment,
    load,
    load_adapter,
    refuse_unknown_names,
)
from .ports import Bank, CallbackReader, SmsSender


class Adapters:
    """`bank` and `reader` are one gateway's two sides; `senders` in order of failover."""

    def __init__(self, bank: Bank, reader: CallbackReader, senders: Sequence[SmsSender]) -> None:
        self.bank = bank
        self.reader = reader
        self.senders = senders

    async def close(self) -> None:
        await self.bank.close()
        for sender in self.senders:
            await sender.close()


def load_adapters(settings: Settings) -> Adapters:
    """Raises SettingsError, also for a BANK_* or SMS_* name that nobody reads."""
    bank = load_adapter("bot.banks", settings.bank, "BANK")
    senders = [load_adapter("bot.sms", name, "SMS") for name in settings.sms]
    refuse_unknown_names([Settings, *settings_classes()], environment())
    gateway: Any = bank.create(load(bank.Settings))
    return Adapters(gateway, gateway, [module.create(load(module.Settings)) for module in senders])


def settings_classes() -> list[type[AdapterSettings]]:
    """Of all providers there are: the settings of an idle one are no mistake, they wait for their turn."""
    modules = (load_adapter(room, name, "") for room in ("bot.banks", "bot.sms") for name in adapter_names(room))
    return [module.Settings for module in modules]
