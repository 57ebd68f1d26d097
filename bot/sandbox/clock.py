"""The sandbox's time: the real one plus an offset that tests and the desk move."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Shared by all simulators of one process (and by the service in demo mode)."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC) + self._offset

    def set(self, moment: datetime) -> None:
        """Makes now() continue from `moment` (aware)."""
        self._offset = moment - datetime.now(UTC)
        self._tell()

    def advance(self, by: timedelta) -> None:
        self._offset += by
        self._tell()

    def reset(self) -> None:
        self._offset = timedelta()
        self._tell()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """`listener` is called, without arguments, after each jump."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
