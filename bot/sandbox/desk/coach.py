"""The four steps of the first sale, advanced by what really happens: sent, opened, paid, rung."""

import time
from typing import Any

PAID = ("✅", "🔒")  # how a ping of a sale begins


class Coach:
    """`step` 1..4 is what to do next, 5 all done. Moments are seconds of time.monotonic()."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._sent: float | None = None
        self._rung: float | None = None
        self.step = 1

    def said(self) -> None:
        """Something was sent; only the message that made a card counts."""
        if self.step == 1:
            self._sent = time.monotonic()

    def linked(self) -> None:
        """The link is out, by card or by SMS."""
        self._reach(2)

    def opened(self) -> None:
        self._reach(3)

    def paid(self) -> None:
        self._reach(4)

    def rang(self, text: str) -> None:
        """A ping was heard."""
        if self.step == 4 and text.startswith(PAID):
            self._rung = time.monotonic()
            self.step = 5

    def as_json(self) -> dict[str, Any]:
        """`seconds` from the message to the ring, null until then."""
        seconds = None if self._rung is None or self._sent is None else round(self._rung - self._sent)
        return {"step": self.step, "seconds": seconds}

    def _reach(self, step: int) -> None:
        """Never back; and nothing is reached before something was sent."""
        if self._sent is not None and self.step < step:
            self.step = step
