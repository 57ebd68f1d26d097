"""All sentences of both languages, as their files have them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.text import LANGUAGES, LOCALES

NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 12:00 in Moscow


def read(lang: str) -> Catalog:
    with (LOCALES / lang / "LC_MESSAGES" / "prilavok.po").open("rb") as source:
        return read_po(source, locale=lang, abort_invalid=True)


def forms(catalogue: Catalog) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each key with its sentence, or with its plural forms."""
    for message in catalogue:
        ids, sentences = (
            [text] if isinstance(text, str) else list(text or ()) for text in (message.id, message.string)
        )
        if ids[0]:
            yield str(ids[0]), tuple(str(sentence) for sentence in sentences)


def variables(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def dummies(template: str, value: str = "x") -> dict[str, object]:
    return {name: NOON if name == "moment" else value for name in variables(template)}


CATALOGUES = {lang: dict(forms(read(lang))) for lang in LANGUAGES}
KEYS = sorted(CATALOGUES["ru"])
