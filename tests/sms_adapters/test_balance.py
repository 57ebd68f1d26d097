"""The account of a provider: what is left on it, or why that cannot be told. Nothing is sent."""

from typing import Any

import pytest

from bot.ports import Rejected, SmsFault, SmsSender, Unknown
from bot.sms import Prepaid, console, smsc, smsru

from .conftest import Provider, Sandbox, make

PREPAID = ("smsru", "smsc")


def prepaid(sender: SmsSender) -> Prepaid:
    assert isinstance(sender, Prepaid)
    return sender


@pytest.mark.parametrize("name", PREPAID)
async def test_the_balance_is_told_in_kopecks(sandbox: Sandbox, name: str) -> None:
    """Providers write roubles, as a number or as a text."""
    sender = sandbox.make(name)

    assert await prepaid(sender).balance() == 1_000_00

    assert sandbox.simulator.messages == []
    await sender.close()


@pytest.mark.parametrize("name", PREPAID)
async def test_a_wrong_key_is_told_from_an_empty_account(sandbox: Sandbox, name: str) -> None:
    """The operator has to know which of the two to mend."""
    wrong: dict[str, Any] = {"api_id": "wrong"} if name == "smsru" else {"login": "sandbox", "password": "wrong"}
    module = {"smsru": smsru, "smsc": smsc}[name]
    sender = module.create(module.Settings(url=sandbox.url, **wrong))

    outcome = await prepaid(sender).balance()

    assert isinstance(outcome, Rejected)
    assert outcome.fault is SmsFault.LOGIN
    await sender.close()


@pytest.mark.parametrize("name", PREPAID)
@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({"status": "OK", "balance": "0.99"}, 200, 99),
        ({"status": "OK", "balance": -5}, 200, -500),
        ({"status": "OK", "balance": "NaN"}, 200, Unknown("an answer that cannot be read")),
        ({"status": "OK"}, 200, Unknown("an answer that cannot be read")),
        (b"<html>", 200, Unknown("an answer that cannot be read")),
        ({}, 502, Unknown("HTTP 502")),
    ],
)
async def test_odd_answers_are_no_sums(
    answering: Provider, name: str, body: object, status: int, expected: object
) -> None:
    """Rather nothing than a wrong sum."""
    sender = make(name, answering.url)
    answering.says(body, status)

    assert await prepaid(sender).balance() == expected

    await sender.close()


async def test_who_cannot_be_asked_is_not_prepaid() -> None:
    """The generic provider has one address, the console none."""
    for sender in (make("http", "http://127.0.0.1:1"), console.create(console.Settings())):
        assert not isinstance(sender, Prepaid)
        await sender.close()
