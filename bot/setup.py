"""`setup`: five questions, and `.env` is written.

    1 the bot's token     tried at Telegram, if it answers
    2 the bank's login    name and password, or a token
    3 which bank          test or production
    4 our own address     may be empty: level 0
    5 the SMS provider    may be empty; with its own keys

A wrong answer is asked again with the reason. Nothing is written before the last answer. In an existing file the lines
of these settings are replaced, all others stay.
"""

import asyncio
import getpass
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError
from pydantic import SecretStr

from .check.telegram import bot_name
from .config import ENCODING, ENV_FILE, Settings, adapter_names, load, load_adapter, load_given
from .errors import SettingsError
from .text import say

PRODUCTION_URL = "https://securepayments.sberbank.ru/payment/rest/"
BANK_NAMES = tuple(f"BANK_SBER_{field}" for field in ("USER", "PASSWORD", "TOKEN", "URL"))
OURS = ("BOT_TOKEN", *BANK_NAMES, "PUBLIC_URL", "SMS")  # what is asked, and so replaced, with what an answer leaves out
YES, NO = {"да", "д", "yes", "y"}, {"", "нет", "н", "no", "n"}
TEST, PRODUCTION = "1", "2"
REST = {"bot_token": "0:x"}  # what a settings class cannot do without, while one field is looked at

Answers = dict[str, str]
Check = Callable[[str], str | None]  # an answer -> the reason why it is wrong


@dataclass(frozen=True, slots=True)
class Conversation:
    """With whoever installs. Secrets are typed unseen, where there is a terminal."""

    lang: str

    def say(self, key: str, **values: object) -> None:
        sys.stdout.write(say(key, self.lang, **values) + "\n")
        sys.stdout.flush()

    def ask(self, key: str, check: Check = lambda answer: None, *, secret: bool = False, **values: object) -> str:
        """Until the answer is right."""
        return self.ask_in_words(say(key, self.lang, **values), check, secret=secret)

    def ask_in_words(self, question: str, check: Check, *, secret: bool = False) -> str:
        hidden = secret and sys.stdin.isatty()
        while True:
            answer = (getpass.getpass if hidden else input)(f"{question}: ").strip()
            wrong = check(answer)
            if wrong is None:
                return answer
            sys.stdout.write(f"   {wrong}\n")

    def text(self, key: str, **values: object) -> str:
        return say(key, self.lang, **values)


def setup(lang: str, file: Path = Path(ENV_FILE)) -> int:
    """Returns the exit code: 1 where nothing was written."""
    talk = Conversation(lang)
    try:
        talk.say("setup.hello")
        if file.exists() and not _may_replace(talk, file):
            talk.say("setup.kept")
            return 1
        answers = ask_all(talk)
    except (EOFError, KeyboardInterrupt):
        sys.stdout.write("\n")
        talk.say("setup.stopped")
        return 1
    write(file, answers)
    talk.say("setup.done", file=file)
    return 0


def ask_all(talk: Conversation) -> Answers:
    """Names of settings and their values, in the order of the file."""
    return {
        "BOT_TOKEN": _token(talk),
        **_bank(talk),
        "PUBLIC_URL": _address(talk),
        **_sms(talk),
    }


def _may_replace(talk: Conversation, file: Path) -> bool:
    def check(answer: str) -> str | None:
        return None if answer.lower() in YES | NO else talk.text("setup.yes_or_no")

    return talk.ask("setup.replace", check, file=file).lower() in YES


def _token(talk: Conversation) -> str:
    def check(answer: str) -> str | None:
        if _wrong(Settings, bot_token=answer):
            return talk.text("setup.token.shape")
        try:
            talk.say("setup.token.bot", name=asyncio.run(bot_name(load(Settings, bot_token=answer))))
        except (TelegramUnauthorizedError, TelegramNotFound):
            return talk.text("setup.token.unknown")
        except (AiogramError, OSError, SettingsError):  # no answer, or something else in the file is wrong: for `check`
            talk.say("setup.token.away")
        return None

    return talk.ask("setup.token", check, secret=True)


def _bank(talk: Conversation) -> Answers:
    user = talk.ask("setup.user", lambda answer: _unfit(talk, "BANK_SBER_USER", answer))
    if user:
        names = {"BANK_SBER_USER": user, "BANK_SBER_PASSWORD": _secret(talk, "setup.password", "BANK_SBER_PASSWORD")}
    else:
        names = {"BANK_SBER_TOKEN": _secret(talk, "setup.bank_token", "BANK_SBER_TOKEN")}

    def check(answer: str) -> str | None:
        return None if answer in {"", TEST, PRODUCTION} else talk.text("setup.bank.which")

    if talk.ask("setup.bank", check) == PRODUCTION:
        names["BANK_SBER_URL"] = PRODUCTION_URL
    return names


def _address(talk: Conversation) -> str:
    def check(answer: str) -> str | None:
        return talk.text("setup.url.shape") if answer and _wrong(Settings, public_url=_with_scheme(answer)) else None

    answer = _with_scheme(talk.ask("setup.url", check))
    if not answer:
        talk.say("check.level")
        return ""
    return str(load_given(Settings, **REST | {"public_url": answer}).public_url)


def _sms(talk: Conversation) -> Answers:
    """The keys asked are those that a provider cannot do without; the rest is in .env.example."""
    providers = adapter_names("bot.sms")

    def check(answer: str) -> str | None:
        known = answer.lower() in {"", *providers}
        return None if known else talk.text("setup.sms.which", names=", ".join(providers))

    provider = talk.ask("setup.sms", check, names=", ".join(providers)).lower()
    if not provider:
        return {"SMS": ""}
    settings = load_adapter("bot.sms", provider, "SMS").Settings
    names = {"SMS": provider}
    for field, kind in settings.model_fields.items():
        if kind.is_required():
            name = f"{settings.model_config['env_prefix']}{field}".upper()
            names[name] = _key(talk, settings, name, field, secret=kind.annotation is SecretStr)
    return names


def _key(talk: Conversation, settings: Any, name: str, field: str, *, secret: bool) -> str:
    def check(answer: str) -> str | None:
        return _missing(talk, answer) or _wrong(settings, **{field: answer}) or _unfit(talk, name, answer)

    return talk.ask_in_words(f"   {name}", check, secret=secret)


def _secret(talk: Conversation, key: str, name: str) -> str:
    return talk.ask(key, lambda answer: _missing(talk, answer) or _unfit(talk, name, answer), secret=True)


def _missing(talk: Conversation, answer: str) -> str | None:
    return None if answer else talk.text("setup.needed")


def _wrong(settings: Any, **one: str) -> str | None:
    """What the settings class says of this field alone."""
    (field,) = one
    name = f"{settings.model_config.get('env_prefix', '')}{field}".upper()
    try:
        load_given(settings, **REST | one)
    except SettingsError as error:
        return str(error).removeprefix(f"{name}: ") if error.name == name else None
    return None


def _unfit(talk: Conversation, name: str, answer: str) -> str | None:
    """A .env replaces ${NAME}, in quotes too."""
    return talk.text("setup.unfit", name=name) if "${" in answer or not answer.isprintable() else None


def _with_scheme(answer: str) -> str:
    return f"https://{answer}" if answer and "://" not in answer else answer


# The file


def write(file: Path, answers: Mapping[str, str]) -> None:
    """Whole or not at all, and readable by its owner only."""
    file = file.resolve()
    before = file.read_text(encoding=ENCODING) if file.exists() else ""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
        new.write(merged(before, answers))
    fresh.replace(file)


def merged(before: str, answers: Mapping[str, str]) -> str:
    """A new value stands where the old one stood, or at the end; an empty one, and what stands in its way, goes."""
    replaced = {*OURS, *answers}
    left = {name: value for name, value in answers.items() if value}
    lines = []
    for line in before.splitlines():
        name = _name(line)
        if name.removesuffix("_FILE") not in replaced:
            lines.append(line)
        elif name in left:
            lines.append(f"{name}={_quoted(left.pop(name))}")
    lines += [f"{name}={_quoted(value)}" for name, value in left.items()]
    return "\n".join(lines) + "\n"


def _name(line: str) -> str:
    found = re.match(r"\s*(?:export\s+)?(\w+)\s*=", line)
    return found[1].upper() if found else ""


def _quoted(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_.:/,@+-]*", value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
