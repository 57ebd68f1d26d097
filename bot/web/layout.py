"""How templates become pages: one environment for all of them, and the words of one language."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.text import say

TEMPLATES: Final = Path(__file__).parent / "templates"


def environment() -> Environment:
    """Values are escaped, a name that nobody gave is an error, and every template has the icons."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["icon"] = made.get_template("icons.html").module.icon  # type: ignore[attr-defined]  # a macro of it
    return made


def sayer(lang: str) -> Callable[..., str]:
    """`say` as templates call it."""
    return lambda key, **values: say(key, lang, **values)
