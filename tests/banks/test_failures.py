"""Everything that is not a yes: refused, certainly not carried out, or unknown."""

import asyncio
import json
import logging
import socket
from typing import Any

import pytest
import structlog
from aiohttp import web

from bot.banks.sber import SberBank
from bot.banks.sber.gateway import Timeouts
from bot.errors import (
    BankDuplicate,
    BankError,
    BankLoginRefused,
    BankOrderUnknown,
    BankRefused,
    BankUnavailable,
    BankUnknown,
)

from .conftest import ASKED, MD_ORDER, ORDER, SHORT, FakeGateway, MakeBank, sample

HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (sample("duplicate"), BankDuplicate, 1),
        (
            {"errorCode": 1, "errorMessage": "Order with this number was registered but was not paid off"},
            BankDuplicate,
            1,
        ),
        (sample("access_denied"), BankLoginRefused, 5),
        ({"errorCode": 5, "errorMessage": "Access denied"}, BankLoginRefused, 5),
        ({"ErrorCode": "5", "errorMessage": "Доступ запрещен"}, BankLoginRefused, 5),
        ({"errorCode": "5", "errorMessage": "[userName] or [password] or [token] is empty"}, BankLoginRefused, 5),
        ({"errorCode": "5", "errorMessage": "Пользователь должен сменить свой пароль"}, BankLoginRefused, 5),
        ({"errorCode": "5", "errorMessage": "User must change his password"}, BankLoginRefused, 5),
        ({"errorCode": "5", "errorMessage": "Неверная сумма"}, BankRefused, 5),
        ({"errorCode": "5"}, BankRefused, 5),
        (sample("not_found"), BankOrderUnknown, 6),
        ({"errorCode": "7", "errorMessage": "Системная ошибка"}, BankRefused, 7),
        ({"errorCode": "8", "errorMessage": "Неверный формат корзины"}, BankRefused, 8),
        (sample("registered") | {"errorCode": 0, "error": "Операция отклонена"}, BankRefused, 0),
        (sample("registered") | {"success": False}, BankRefused, 0),
    ],
)
async def test_a_spoken_no_is_a_refusal_with_its_code(
    bank: SberBank, gateway: FakeGateway, body: dict[str, Any], kind: type[BankRefused], code: int
) -> None:
    """Exactly the kind that fits: code 5 stands for many reasons, its text decides."""
    gateway.says(body)
    with pytest.raises(BankRefused) as refusal:
        await bank.register(ORDER)
    assert (type(refusal.value), refusal.value.code) == (kind, code)
    assert refusal.value.text == (body.get("errorMessage") or body.get("error") or "")


async def test_code_one_of_a_status_is_no_duplicate(bank: SberBank, gateway: FakeGateway) -> None:
    """There it means that no order was named."""
    gateway.says({"errorCode": "1", "errorMessage": "Ожидается [orderId] или [orderNumber]"})
    with pytest.raises(BankRefused) as refusal:
        await bank.status(ASKED)
    assert type(refusal.value) is BankRefused


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, HTML, BankUnavailable),
        (404, HTML, BankUnavailable),
        (405, HTML, BankUnavailable),
        (403, HTML, BankUnavailable),
        (400, HTML, BankUnknown),
        (500, HTML, BankUnknown),
        (502, HTML, BankUnknown),
        (503, b"", BankUnknown),
        (500, json.dumps(sample("registered")).encode(), BankUnknown),
        (200, HTML, BankUnknown),
        (200, b"", BankUnknown),
        (200, b"[]", BankUnknown),
        (200, b'"0"', BankUnknown),
        (200, b'{"orderId":"aefeb658-48fb', BankUnknown),
        (200, "{'errorMessage': 'Успешно'}".encode("cp1251"), BankUnknown),
        (200, b"[" * 100_000, BankUnknown),
        (200, b"{}", BankUnknown),
    ],
)
async def test_an_answer_that_is_no_answer_of_the_gateway(
    bank: SberBank, gateway: FakeGateway, status: int, body: bytes, kind: type[BankError]
) -> None:
    """Unavailable only where nothing can have been carried out."""
    gateway.says(body, status)
    with pytest.raises(BankError) as failure:
        await bank.register(ORDER)
    assert type(failure.value) is kind
    assert len(gateway.asked) == 1


async def test_a_redirect_is_not_followed(bank: SberBank, gateway: FakeGateway) -> None:
    """The password goes nowhere else."""
    gateway.says(b"", 307, headers={"Location": "/elsewhere"})
    with pytest.raises(BankUnknown):
        await bank.register(ORDER)
    assert len(gateway.asked) == 1


async def test_a_proxy_of_the_environment_is_not_used(
    make_bank: MakeBank, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be there for Telegram; the bank is asked directly."""
    gateway.says(sample("registered"))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await make_bank().register(ORDER)).md_order == MD_ORDER


async def test_nobody_listening_means_not_carried_out(make_bank: MakeBank) -> None:
    """A refused connection."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(BankUnavailable):
        await make_bank(url=f"http://127.0.0.1:{port}/payment/rest/").register(ORDER)


async def test_a_name_that_nobody_knows_means_not_carried_out(make_bank: MakeBank) -> None:
    """DNS has no such host (.invalid never has)."""
    with pytest.raises(BankUnavailable):
        await make_bank(url="http://bank.invalid/payment/rest/", timeouts=Timeouts(connect=3)).register(ORDER)


async def test_a_handshake_that_breaks_means_not_carried_out(make_bank: MakeBank, gateway: FakeGateway) -> None:
    """A server that speaks no TLS."""
    with pytest.raises(BankUnavailable):
        await make_bank(url=gateway.url.replace("http:", "https:")).register(ORDER)
    assert gateway.asked == []


async def test_a_slow_answer_is_unknown(make_bank: MakeBank, gateway: FakeGateway) -> None:
    """The request arrived; whether it was carried out, nobody can say."""
    release = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        await release.wait()
        return web.Response()

    gateway.reply = hang
    with pytest.raises(BankUnknown):
        await make_bank(timeouts=SHORT).register(ORDER)
    release.set()
    assert len(gateway.asked) == 1


async def test_an_answer_that_comes_in_drops_is_cut_off(make_bank: MakeBank, gateway: FakeGateway) -> None:
    """No single read is slow, but the whole is bounded."""

    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(100):
            await answer.write(b" ")
            await asyncio.sleep(0.01)
        return answer

    gateway.reply = drip
    with pytest.raises(BankUnknown, match=r"within 0\.15 s"):
        await make_bank(timeouts=SHORT).register(ORDER)


@pytest.mark.parametrize("begun", [False, True])
async def test_a_connection_that_breaks_after_sending_is_unknown(
    bank: SberBank, gateway: FakeGateway, begun: bool
) -> None:
    """Before the answer, or in the middle of it."""

    async def drop(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "500"})
        if begun:
            await answer.prepare(request)
            await answer.write(b'{"orderId":"aefeb658')
        assert request.transport
        request.transport.abort()
        return answer

    gateway.reply = drop
    with pytest.raises(BankUnknown):
        await bank.register(ORDER)
    assert len(gateway.asked) == 1


async def test_many_calls_at_once_do_not_wait_for_each_other(bank: SberBank, gateway: FakeGateway) -> None:
    """A hundred sales are at the bank at the same time."""
    everybody = asyncio.Event()

    async def together(request: web.Request) -> web.Response:
        if len(gateway.asked) == 100:
            everybody.set()
        await everybody.wait()
        return web.json_response(sample("registered"))

    gateway.reply = together
    async with asyncio.timeout(5):
        await asyncio.gather(*(bank.register(ORDER) for _ in range(100)))


async def test_the_log_has_the_outcome_and_no_secret(
    make_bank: MakeBank, gateway: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """Method, milliseconds, outcome, code; not even at level DEBUG is there more."""
    caplog.set_level(logging.DEBUG)
    bank = make_bank(password="geheim+1")
    with structlog.testing.capture_logs() as events:
        gateway.says(sample("registered"))
        await bank.register(ORDER)
        gateway.says(sample("access_denied"))
        with pytest.raises(BankLoginRefused):
            await bank.register(ORDER)
        gateway.says(HTML, 502)
        with pytest.raises(BankUnknown):
            await bank.register(ORDER)
    assert [(event["method"], event["outcome"], event["code"]) for event in events] == [
        ("register.do", "done", None),
        ("register.do", "BankLoginRefused", 5),
        ("register.do", "BankUnknown", None),
    ]
    assert {key for event in events for key in event} == {"event", "log_level", "method", "ms", "outcome", "code"}
    written = caplog.text + repr(events)
    assert not any(secret in written for secret in ("geheim", "куртка", "shop-api", "S1-000042"))
