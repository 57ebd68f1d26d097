"""How delivery reports are sent: the desk's and the tests' way to spoil them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

METHODS = ("GET", "POST")
SIGNS = ("right", "wrong", "none")


@dataclass(frozen=True, slots=True)
class Manners:
    """Each field is set under its own name by `POST /_sandbox/callbacks`."""

    delay: timedelta = timedelta()
    repeat: int = 1  # times that each report is sent
    shuffle: bool = False  # "sent" comes after the final state
    early: bool = False  # "sent" comes before the answer to the send call, too
    drop: int | bool = 0  # so many are lost; True: all
    method: str = "POST"  # GET only where the provider can: SMSC
    sign: str = "right"


def changed(manners: Manners, asked: dict[str, Any], parse_duration: Callable[[Any], timedelta]) -> Manners:
    """`manners` with the named fields as asked. Raises ValueError or TypeError for what cannot be."""
    read: dict[str, Callable[[Any], Any]] = {
        "delay": parse_duration,
        "repeat": lambda value: max(1, int(value)),
        "shuffle": bool,
        "early": bool,
        "drop": lambda value: value if isinstance(value, bool) else int(value),
        "method": lambda value: one_of(METHODS, str(value).upper()),
        "sign": lambda value: one_of(SIGNS, value),
    }
    if unknown := asked.keys() - read.keys():
        raise ValueError(f"known are {', '.join(read)}; not {', '.join(sorted(unknown))}")
    return replace(manners, **{name: read[name](value) for name, value in asked.items()})


def one_of(known: tuple[str, ...], value: str) -> str:
    if value not in known:
        raise ValueError(f"one of {', '.join(known)}")
    return value
