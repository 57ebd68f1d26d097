"""A shopper's phone: a Russian mobile number in E.164 (`+79161234567`), and the ways it may be shown.

The numbering plan is the phonenumbers library's. A number is accepted only when it is valid, Russian, mobile and
without an extension; nothing is repaired, because an SMS to a stranger is worse than a question.
"""

import re
from enum import Enum

import phonenumbers
from phonenumbers import PhoneNumberType

from bot.money import NBSP

NATIONAL_DIGITS = 10
FULL_DIGITS = 11
_WRITTEN = re.compile(r"\+?[0-9()\s.\-\u2010-\u2015]*")
_PREFIXES = ("7", "8")
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class PhoneFault(Enum):
    """Why a number is refused; the value is the end of the text's key, `r.phone_…`."""

    SHORT = "short"
    LONG = "long"
    CITY = "city"
    FOREIGN = "foreign"


def parse_phone(raw: str) -> str | PhoneFault:
    """E.164 of a Russian mobile written in any usual way, or the reason why it is none. Never raises."""
    written = raw.strip()
    digits = re.sub(r"[^0-9]", "", written)
    if not digits:
        return PhoneFault.SHORT
    if not _WRITTEN.fullmatch(written):
        return PhoneFault.LONG  # an extension or a word: more than a number
    if written.startswith("+") and not digits.startswith("7"):
        return PhoneFault.FOREIGN
    fault = _wrong_length(digits, international=written.startswith("+"))
    return fault or _mobile(digits[-NATIONAL_DIGITS:])


def _wrong_length(digits: str, *, international: bool) -> PhoneFault | None:
    prefixed = international or (digits.startswith(_PREFIXES) and len(digits) >= FULL_DIGITS)
    # `8916123456` has ten digits, of which the first is the trunk prefix: no Russian code begins with 89 or 79.
    lost_one = len(digits) == NATIONAL_DIGITS and digits.startswith(("79", "89"))
    wanted = FULL_DIGITS if prefixed or lost_one else NATIONAL_DIGITS
    if len(digits) < wanted:
        return PhoneFault.SHORT
    return PhoneFault.LONG if len(digits) > wanted else None


def _mobile(national: str) -> str | PhoneFault:
    try:
        number = phonenumbers.parse(f"+7{national}", None)
    except phonenumbers.NumberParseException:
        return PhoneFault.FOREIGN
    if not phonenumbers.is_valid_number(number) or phonenumbers.region_code_for_number(number) != "RU":
        return PhoneFault.FOREIGN
    if phonenumbers.number_type(number) not in _MOBILE:
        return PhoneFault.CITY
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def format_private(e164: str) -> str:
    """`+7 916 123-45-67` with no-break spaces: the whole number, for private chats and the till only."""
    national = e164[-NATIONAL_DIGITS:]
    return f"+7{NBSP}{national[:3]}{NBSP}{national[3:6]}-{national[6:8]}-{national[8:]}"


def tail(e164: str) -> str:
    """The last two digits: `…67` is all that groups and pings show."""
    return e164[-2:]


def last_four(e164: str) -> str:
    """The last four digits: kept in clear so that `/find 4567` works."""
    return e164[-4:]


def masked(e164: str) -> str:
    """`+7916•••••67`: for logs of traffic and the trial SMS console."""
    return f"{e164[:5]}•••••{e164[-2:]}"
