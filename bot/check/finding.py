"""What a probe found, in words for the operator."""

from dataclasses import dataclass
from enum import StrEnum

from bot.text import say, say_plural

PATIENCE = 9.0  # s that a probe waits


class Mark(StrEnum):
    """A NOTE is worth knowing, but nothing that the operator has to mend."""

    FINE = "✓"
    NOTE = "!"
    FAULT = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    mark: Mark
    text: str


class Words:
    """Findings in the operator's language; `key` and values as in `bot.text`."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def fine(self, key: str, **values: object) -> Finding:
        return Finding(Mark.FINE, say(key, self._lang, **values))

    def note(self, key: str, **values: object) -> Finding:
        return Finding(Mark.NOTE, say(key, self._lang, **values))

    def fault(self, key: str, **values: object) -> Finding:
        return Finding(Mark.FAULT, say(key, self._lang, **values))

    def faults(self, key: str, number: int, **values: object) -> Finding:
        return Finding(Mark.FAULT, self.count(key, number, **values))

    def count(self, key: str, number: int, **values: object) -> str:
        return say_plural(key, self._lang, number, **values)

    def why(self, error: Exception) -> str:
        """An error in a few words, on one line; a time-out has none of its own."""
        if isinstance(error, TimeoutError):
            return say("check.slow", self._lang, k=f"{PATIENCE:g}")
        return " ".join(str(error).split()) or type(error).__name__
