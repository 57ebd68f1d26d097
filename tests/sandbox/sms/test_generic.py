"""The generic JSON endpoint."""

import pytest

from .conftest import Till

PHONE = "+79161234567"


async def test_a_message_is_taken_and_delivered(till: Till) -> None:
    """Id, the client's ref and the price; the status by id."""
    sent = (await till.http(PHONE, "Привет", "p-1")).json()
    await till.pass_time(20)
    known = {"Authorization": "Bearer sandbox"}
    status = await till.client.get(f"/http/status/{sent['id']}", headers=known)

    assert sent == {"id": "m1", "ref": "p-1", "status": "queued", "segments": 1, "cost": "4.10"}
    assert status.json() == {"id": "m1", "ref": "p-1", "status": "delivered"}
    balance = await till.client.get("/http/balance", headers=known)
    assert balance.json() == {"balance": "995.90", "currency": "RUB"}
    assert till.simulator.messages[0].text == "Привет"


@pytest.mark.parametrize(
    ("to", "status", "error"),
    [
        ("+79160000001", 400, "bad_number"), ("+74951234567", 400, "bad_number"), ("+79160000002", 402, "no_money"),
        ("+79160000003", 401, "bad_login"), ("+79160000009", 429, "busy"),
    ],
)  # fmt: skip
async def test_a_refusal_has_its_http_status(till: Till, to: str, status: int, error: str) -> None:
    """And its name in the body."""
    answer = await till.http(to)

    assert (answer.status_code, answer.json()) == (status, {"error": error})


async def test_token_body_and_repetition_are_checked(till: Till) -> None:
    """401, 400, 409, 404."""
    known = {"Authorization": "Bearer sandbox"}
    assert (await till.http(PHONE, bearer="other")).status_code == 401
    assert (await till.client.post("/http/send", content=b"{", headers=known)).status_code == 400
    assert (await till.client.post("/http/send", json={"to": PHONE}, headers=known)).status_code == 400
    assert [(await till.http(PHONE)).status_code for _ in range(2)] == [200, 409]
    assert (await till.client.get("/http/status/m9", headers=known)).status_code == 404
