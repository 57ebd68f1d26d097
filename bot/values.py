"""What a setting may look like: each kind reads the text of the environment, or says in a few words what is wanted.

An operator's slip must stop the start, not a sale: `24 h`, `1 000`, an address with a path, a time zone nobody knows.
"""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
PROXIES = {"http", "socks4", "socks5"}
SHORTEST_KEY = 16
LONGEST_SUM = 9  # digits of roubles: what the bank's field holds


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"([0-9]{1,4})\s*([smhd])", str(value).strip().lower())
    if not found:
        raise ValueError("a number with s, m, h or d: 5s, 24h")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _above_zero(value: timedelta) -> timedelta:
    if not value:
        raise ValueError("a time above zero: 5m, 24h")
    return value


def _roubles(value: object) -> object:
    """Kopecks of a sum in roubles as the environment has it."""
    if isinstance(value, int):
        return value  # a default, in kopecks already
    if not isinstance(value, str) or not re.fullmatch(rf"[0-9]{{1,{LONGEST_SUM}}}(\.[0-9]{{2}})?", value.strip()):
        raise ValueError("a sum in roubles, such as 150000: digits only")
    amount = int(Decimal(value) * 100)
    if amount == 0:
        raise ValueError("a sum above zero")
    return amount


def _listed(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _once(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) < len(value):
        raise ValueError("names one twice")
    return value


def _address(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # a port that is none, a broken IPv6 address
        known = None
    if not known or re.search(r"[\s\"'<>\\]", value) or parts.username is not None:
        raise ValueError("an address that begins with https:// or http://")
    return parts


def _is_address(value: str) -> str:
    _address(value)
    return value


def _origin(value: str) -> str:
    """Scheme, host and port. A host in Russian is written as the network has it, which opens everywhere."""
    parts = _address(value.rstrip("/"))
    if parts.path or parts.query or parts.fragment:
        raise ValueError("an address without a path: https://pay.example.ru")
    try:
        return f"{parts.scheme}://{parts.netloc.encode('idna').decode()}"
    except UnicodeError:
        raise ValueError("an address that begins with https:// or http://") from None


def _database(value: str) -> str:
    """What is wrong with it would otherwise be told by a driver, deep inside."""
    if re.fullmatch(r"sqlite:///[^?#]*[^?#/:]", value):
        return value
    try:
        parts = urlsplit(value)
        known = parts.scheme in {"postgresql", "postgres"} and parts.port != 0 and re.fullmatch(r"/[^/]+", parts.path)
    except ValueError:
        known = None
    if not known or value.count("@") > 1 or parts.fragment:
        raise ValueError("sqlite:///prilavok.db or postgresql://user:pass@host/db (in a password @ is %40, / is %2F)")
    return value.replace("postgres://", "postgresql://", 1)


def _proxy(value: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(value.get_secret_value())
        known = parts.scheme in PROXIES and parts.hostname and parts.port
    except ValueError:
        known = None
    if not known:
        raise ValueError("a proxy with its port: socks5://user:pass@host:1080, or http://")
    return value


def _bot_token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", value.get_secret_value()):
        raise ValueError("digits, a colon and letters, as @BotFather gave it; without quotes or blanks")
    return value


def _header_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise ValueError("1 to 256 Latin letters, digits, _ and -: Telegram takes no others")
    return value


def _data_key(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"a random text of {SHORTEST_KEY} characters or more; openssl rand -base64 32 makes one")
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("a time zone by its name, such as Europe/Moscow or Asia/Yekaterinburg") from None
    return value


def _time_of_day(value: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ValueError("a time of the day, such as 09:00")
    return value


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not re.fullmatch(r"\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+", host) or not re.fullmatch(r"[0-9]{1,5}", port):
        raise ValueError("an address and a port: 127.0.0.1:8080, or 0.0.0.0:8080 for all interfaces")
    if int(port) > 65_535:
        raise ValueError("a port up to 65535")
    return value


EMPTY_IS_OFF = object()  # marks a field whose empty value is no default, but None

Duration = Annotated[timedelta, BeforeValidator(_duration)]
Lifetime = Annotated[Duration, AfterValidator(_above_zero)]
Roubles = Annotated[int, BeforeValidator(_roubles)]  # held in kopecks
Names = Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_once)]
Ids = Annotated[tuple[Annotated[int, Field(gt=0)], ...], BeforeValidator(_listed)]  # of people
Count = Annotated[int, Field(ge=1)]
Address = Annotated[str, AfterValidator(_is_address)]  # kept as written
BaseAddress = Annotated[Address, AfterValidator(lambda value: value.rstrip("/"))]  # may have a path
Origin = Annotated[str, AfterValidator(_origin)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
Proxy = Annotated[SecretStr, AfterValidator(_proxy)]
BotToken = Annotated[SecretStr, AfterValidator(_bot_token)]
HeaderSecret = Annotated[SecretStr, AfterValidator(_header_secret)]
DataKey = Annotated[SecretStr, AfterValidator(_data_key)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
Listen = Annotated[str, AfterValidator(_listen)]
