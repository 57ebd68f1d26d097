"""`/metrics`: figures for whoever may see them."""

from collections.abc import Mapping

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.web.metrics import Metrics


async def measured() -> Mapping[str, float]:
    return {"jobs_waiting": 3.0, "jobs_oldest_seconds": 12.5, "inbox_waiting": 0.0}


async def asked(token: str | None, headers: Mapping[str, str]) -> tuple[int, str]:
    """Status and text of an answer."""
    metrics = Metrics(measured, token)
    app = web.Application()
    app.add_routes(metrics.routes())
    async with TestClient(TestServer(app)) as client, client.get("/metrics", headers=headers) as answer:
        return answer.status, await answer.text()


async def test_a_client_on_this_machine_sees_the_figures() -> None:
    """Without a token, loopback is enough."""
    status, text = await asked(None, {})
    assert status == 200
    assert "prilavok_jobs_waiting 3.0" in text


async def test_a_client_behind_the_proxy_is_not_on_this_machine() -> None:
    """The proxy's own address does not open the door."""
    assert (await asked(None, {"X-Forwarded-For": "203.0.113.7"}))[0] == 401


@pytest.mark.parametrize(
    ("given", "status"), [("Bearer right", 200), ("Bearer wrong", 401), ("Bearer ключ", 401), ("", 401)]
)
async def test_a_token_is_asked_for_where_one_is_set(given: str, status: int) -> None:
    """Also on this machine."""
    assert (await asked("right", {"Authorization": given} if given else {}))[0] == status
