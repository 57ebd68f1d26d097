"""The sandbox speaks the visitor's language."""

import asyncio

import httpx
import pytest

from bot.demo import Demo
from bot.sandbox.desk import SELLER

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the demo's


async def test_the_chat_answers_in_the_language_of_the_page(demo: Demo) -> None:
    """Also after a start over, which seats the staff anew."""
    async with httpx.AsyncClient(base_url=demo.address, timeout=10) as http:
        await http.get("/?lang=en")
        for _ in range(2):
            await http.post("/desk/say", json={"user": SELLER.id, "text": "/help"})
            async with asyncio.timeout(8):
                while "Sell:" not in (await http.get("/desk/state")).text:  # noqa: ASYNC110 - seen from outside
                    await asyncio.sleep(0.05)
            await http.post("/desk/reset", json={})
