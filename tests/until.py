"""Waiting for what is seen from outside, which has no event to wait for."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
STEP = 0.002  # s between two looks


async def eventually(condition: Callable[[], T | None], *, within: float) -> T:
    """What `condition` returns, once that is something. TimeoutError after `within` seconds fails the test."""
    async with asyncio.timeout(within):
        while not (found := condition()):  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(STEP)
    return found
