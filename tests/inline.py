"""SQLite without the visits to its thread: each statement runs at once, in the event loop.

They are most of what a statement costs, and where one thing is done after the other nothing else goes on meanwhile.
The statements, the file and its locks are real.
"""

from collections.abc import Callable
from typing import Any

import aiosqlite
import pytest


async def _at_once(connection: aiosqlite.Connection, work: Callable[..., Any], *given: Any, **options: Any) -> Any:
    return work(*given, **options)


def without_visits(patch: pytest.MonkeyPatch) -> None:
    """From now on."""
    patch.setattr(aiosqlite.Connection, "_execute", _at_once)
