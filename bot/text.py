"""Every sentence that a person reads, in Russian and English.

The sentences live in `locales/<language>/LC_MESSAGES/prilavok.po`, in sections with comments; message ids are short
keys (`card.paid`, `btn.cancel`). There is no compiled file to forget: a catalogue is compiled in memory at first use.

What is not known is not written: a part between two " · " that has an empty variable (None or "") vanishes, and a line
vanishes with its last part. So "№ {n} · {what}" is "№ 1042" where nothing was described, and a line "Код: {code}." is
gone where there is no code.

Values are inserted as they are. Messages with <b> or <code> are Telegram's HTML; who sends HTML escapes the values.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import NoReturn
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from .clock import MOSCOW

LANGUAGES = ("ru", "en")
LOCALES = Path(__file__).parent / "locales"

# What the bank's answer code of a refused attempt means to a person: the group of `why.<group>` and `next.<group>`.
# Groups stand in order of precedence, since the range of technical codes holds some that say more.
DECLINE_GROUPS: dict[str, frozenset[int]] = {
    "funds": frozenset({116}),
    "limit": frozenset({12, 61, 65}),
    "card": frozenset({101, 104, 62, 53, 7, 41, 43}),
    "details": frozenset({14, 111, 125, 1015}),
    "confirmation": frozenset({-2006, -2017}),
    "late": frozenset({-2007}),
    "attempts": frozenset({-2013}),
    "technical": frozenset({31, 96, 103, 1014, 1018, 1019, *range(902, 914), *range(-2020, -2004)}),
    "issuer": frozenset({1, 107, 5, 81, 93, 118, 120, 239}),
    "setup": frozenset({109, 2003, 2004, 2005, 2014, 2016}),
    "check": frozenset({999}),
}
LINK_IS_USELESS = ("late", "attempts", "setup", "check")  # groups after which no card helps at the same link


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence of `key`, filled. KeyError: no such key, or a variable of the sentence was not given."""
    return _fill(_catalogue(lang).gettext(key), values)


def say_plural(key: str, lang: str, n: int, /, **values: object) -> str:
    """The form of `key` that goes with the number `n`, which the sentence calls {k}. KeyError as in `say`."""
    return _fill(_catalogue(lang).ngettext(key, key, n), {"k": n, **values})


def has(key: str, lang: str) -> bool:
    """Is there such a sentence?"""
    try:
        _catalogue(lang).gettext(key)
    except KeyError:
        return False
    return True


def at(moment: datetime, lang: str, tz: ZoneInfo, now: datetime) -> str:
    """A time of the shop: "14:32" today, "25.11 14:32" on any other day."""
    local = moment.astimezone(tz)
    same_day = local.date() == now.astimezone(tz).date()
    return say("time.today" if same_day else "time.other_day", lang, moment=local)


def until(moment: datetime, lang: str, tz: ZoneInfo, now: datetime) -> str:
    """A deadline: the time, and where the shop lives by Moscow's clock it says so, as the bank does. Fills {until}."""
    time = at(moment, lang, tz, now)
    return say("time.moscow", lang, t=time) if tz.key == MOSCOW.key else time


def digits_in_words(code: str, lang: str) -> str:
    """A hand-over code as it is read aloud: "47" is "четыре семь"."""
    return " ".join(say(f"digit.{digit}", lang) for digit in code)


def decline_reason(action_code: int | None, lang: str) -> tuple[str, str]:
    """Why the bank refused and what to do next, for {why} and {next}; both may be read aloud to the shopper."""
    if action_code is None:
        return say("why.untold", lang), say("next.untold", lang)
    group = _decline_group(action_code)
    return say(f"why.{group}", lang, k=action_code), say(f"next.{group}", lang)


def may_try_again(action_code: int | None) -> bool:
    """Whether another attempt at the same link can help."""
    return action_code is None or _decline_group(action_code) not in LINK_IS_USELESS


def _decline_group(action_code: int) -> str:
    return next((group for group, codes in DECLINE_GROUPS.items() if action_code in codes), "other")


class _UnknownKeys(NullTranslations):
    """gettext answers an unknown key with the key itself; a person must never read one."""

    def gettext(self, message: str) -> NoReturn:
        raise KeyError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> NoReturn:
        raise KeyError(msgid1)


@cache
def _catalogue(lang: str) -> GNUTranslations:
    with (LOCALES / lang / "LC_MESSAGES" / "prilavok.po").open("rb") as source:
        sentences = read_po(source, locale=lang, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, sentences)
    compiled.seek(0)
    translations = GNUTranslations(compiled)
    translations.add_fallback(_UnknownKeys())
    return translations


def _fill(template: str, values: Mapping[str, object]) -> str:
    lines = (_fill_line(line, values) for line in template.split("\n"))
    return "\n".join(line for line in lines if line is not None)


def _fill_line(line: str, values: Mapping[str, object]) -> str | None:
    """The line without its empty parts; None when nothing is left of it."""
    parts = [part.format_map(values) for part in line.split(" · ") if _is_known(part, values)]
    return " · ".join(parts) if parts else None


def _is_known(part: str, values: Mapping[str, object]) -> bool:
    names = [name for _, name, _, _ in Formatter().parse(part) if name]
    return all(values[name] not in (None, "") for name in names)
