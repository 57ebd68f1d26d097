"""Answers that are not the usual ones: what is certainly not sent, and what may have been."""

import asyncio
import socket

import pytest
import structlog
from aiohttp import web

from bot.config import load
from bot.ports import Accepted, Rejected, SmsFault, SmsOutcome, Unknown
from bot.sms import TIMEOUTS, Timeouts, smsru

from .conftest import HURRIED, PHONE, TEXT, Provider, make

KEYS = ("sandbox-api-id", "psw", "Bearer")


async def sent(provider: str, url: str, timeouts: Timeouts = TIMEOUTS) -> SmsOutcome:
    sender = make(provider, url, timeouts)
    try:
        return await sender.send(PHONE, TEXT, 5)
    finally:
        await sender.close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"OK"),
        (200, b"{}"),
        (200, b"[]"),
        (200, b"[1]"),
        (200, b"null"),
        (200, b"{\"id\": "),
        (200, b"\xff\xfe"),
        (200, b"[" * 100_000),
        (200, b'{"sms": [], "status": "OK", "status_code": 100}'),
        (200, b'{"sms": {"79161234567": {"status": "OK", "status_code": 100}}, "status": "OK"}'),
        (200, b'{"sms": {"79161234567": null}, "status": "OK", "id": null}'),
        (200, b'{"status": "ERROR", "status_code": 231, "error_code": 9}'),
        (201, b"{}"),
        (302, b""),
        (408, b""),
        (409, b'{"error": "duplicate"}'),
        (500, b'{"error": "no_money", "error_code": 3, "status": "ERROR", "status_code": 201}'),
        (502, b"<html>Bad Gateway</html>"),
        (503, b""),
        (504, b""),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_may_have_been_sent(
    answering: Provider, provider: str, status: int, body: bytes
) -> None:
    """Unknown, and asked once."""
    answering.says(body, status)
    assert isinstance(await sent(provider, answering.url), Unknown)
    assert len(answering.asked) == 1


async def test_an_answer_that_does_not_end_is_unknown(answering: Provider, provider: str) -> None:
    """One that comes in drops outlives the time between two of them: the whole is bounded too."""

    async def dripping(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(20):
            await answer.write(b" ")
            await asyncio.sleep(0.05)
        await answer.write(b'{"id": 1, "sms": {"7": {"status": "OK", "sms_id": "1"}}}')
        return answer

    answering.reply = dripping
    assert isinstance(await sent(provider, answering.url, HURRIED), Unknown)


async def test_an_answer_that_breaks_off_is_unknown(answering: Provider, provider: str) -> None:
    """Half a body is no answer."""

    async def breaking(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "100"})
        await answer.prepare(request)
        await answer.write(b'{"id": 1')
        assert request.transport
        request.transport.abort()
        return answer

    answering.reply = breaking
    assert isinstance(await sent(provider, answering.url), Unknown)


async def test_no_connection_is_certainly_not_sent(provider: str) -> None:
    """Another provider may be asked at once."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused
        outcome = await sent(provider, f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert isinstance(outcome, Rejected)
    assert (outcome.fault, outcome.permanent) == (SmsFault.TEMPORARY, False)


async def test_a_name_without_an_address_is_certainly_not_sent(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS has failed: the resolver of this machine is told to know nothing, no network is asked."""

    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    outcome = await sent(provider, "http://sms.example")
    assert isinstance(outcome, Rejected)
    assert (outcome.fault, outcome.permanent) == (SmsFault.TEMPORARY, False)


@pytest.mark.parametrize("status", [301, 308, 403, 404, 413, 429])
async def test_a_request_that_was_not_let_through_is_a_no(answering: Provider, provider: str, status: int) -> None:
    """A redirect to https, a firewall, a rush: not sent, and another provider may be asked."""
    answering.says(b"", status)
    outcome = await sent(provider, answering.url)
    assert isinstance(outcome, Rejected)
    assert not outcome.permanent


async def test_no_connection_is_used_twice(answering: Provider) -> None:
    """One that the provider is just closing would make the next message unknown."""
    doors = []

    def reply(request: web.Request) -> web.Response:
        doors.append(request.get_extra_info("peername"))
        return web.json_response({})

    answering.reply = reply
    sender = smsru.create(load(smsru.Settings, api_id="key", url=answering.url))
    for ref in (1, 2, 3):
        await sender.send(PHONE, TEXT, ref)
    await sender.close()
    assert len(set(doors)) == 3


async def test_half_a_character_is_refused_before_anything_is_sent(answering: Provider, provider: str) -> None:
    """No request can hold it, from no provider."""
    sender = make(provider, answering.url)
    outcome = await sender.send(PHONE, TEXT + "\ud83d", 5)
    await sender.close()
    assert isinstance(outcome, Rejected)
    assert (outcome.fault, outcome.permanent) == (SmsFault.CONTENT, True)
    assert not answering.asked


async def test_keys_travel_neither_in_the_address_nor_in_the_log(answering: Provider, provider: str) -> None:
    """POST; the log has the provider, the code and the time, and nothing of the message."""
    with structlog.testing.capture_logs() as logged:
        await sent(provider, answering.url)
        sender = make(provider, answering.url)
        await sender.status("12345", PHONE)
        await sender.close()
    for asked in answering.asked:
        assert asked.method == "POST"
        assert "?" not in asked.target
        assert any(key in f"{asked.headers}{asked.body!r}" for key in KEYS)
    assert logged
    for secret in (PHONE[1:], "sandbox", "AbCdEf12Gh4", "Прилавок"):
        assert secret not in str(logged)
    assert {"provider", "ms", "code", "outcome"} <= set(logged[0])


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("smsru", b""), ("smsru", b"[]"), ("smsru", b'{"status": "ERROR", "status_code": 200}'),
        ("smsc", b""), ("smsc", b"[]"), ("smsc", b'{"error": "too often", "error_code": 9}'),
    ],
)  # fmt: skip
async def test_a_question_without_a_usable_answer_has_no_report(
    answering: Provider, provider: str, body: bytes
) -> None:
    """Nothing is concluded from it."""
    answering.says(body)
    sender = make(provider, answering.url)
    assert await sender.status("12345", PHONE) is None
    answering.says(body, 500)
    assert await sender.status("12345", PHONE) is None
    await sender.close()


@pytest.mark.parametrize(
    ("code", "fault", "permanent"),
    [
        (200, "login", False), (201, "money", False), (202, "recipient", True), (203, "content", True),
        (204, "content", False), (205, "content", True), (206, "rate", False), (207, "recipient", True),
        (209, "recipient", True), (212, "content", False), (214, "recipient", True), (215, "recipient", True),
        (216, "content", False), (220, "temporary", False), (230, "rate", False), (301, "login", False),
        (500, "temporary", False), (505, "rate", False), (999, "temporary", False), ("odd", "temporary", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("whole", [True, False])
async def test_smsru_codes_have_their_faults(
    answering: Provider, code: int | str, fault: str, permanent: bool, whole: bool
) -> None:
    """Of the whole request or of the one phone inside; an unknown code of an ERROR is a no."""
    error = {"status": "ERROR", "status_code": code, "status_text": "нет"}
    answering.says(error if whole else {"status": "OK", "status_code": 100, "sms": {"79161234567": error}})
    outcome = await sent("smsru", answering.url)
    assert outcome == Rejected(SmsFault(fault), permanent, str(code), "нет")


@pytest.mark.parametrize("code", [231, 232])
async def test_smsru_duplicates_are_unknown(answering: Provider, code: int) -> None:
    """Within a minute, within a day."""
    error = {"status": "ERROR", "status_code": code}
    answering.says({"status": "OK", "status_code": 100, "sms": {"79161234567": error}})
    assert isinstance(await sent("smsru", answering.url), Unknown)


async def test_smsru_is_read_by_what_is_there_not_by_the_phone_asked(answering: Provider) -> None:
    """It may write the number in another way."""
    taken = {"status": "OK", "status_code": 100, "sms_id": "000000-10000000"}
    answering.says({"status": "OK", "status_code": 100, "sms": {"89161234567": taken}, "balance": 4122.56})
    assert await sent("smsru", answering.url) == Accepted("000000-10000000")


async def test_smsru_an_error_with_an_id_may_have_been_sent(answering: Provider) -> None:
    """The two contradict each other."""
    odd = {"status": "ERROR", "status_code": 500, "sms_id": "000000-10000000"}
    answering.says({"status": "OK", "status_code": 100, "sms": {"79161234567": odd}})
    assert isinstance(await sent("smsru", answering.url), Unknown)


@pytest.mark.parametrize(
    ("code", "fault", "permanent"),
    [
        (1, "content", False), (2, "login", False), (3, "money", False), (4, "temporary", False),
        (5, "content", False), (6, "content", False), (7, "recipient", True), ("8", "recipient", True),
        (99, "temporary", False),
    ],
)  # fmt: skip
async def test_smsc_codes_have_their_faults(answering: Provider, code: int | str, fault: str, permanent: bool) -> None:
    """An id beside the error is our own: it says nothing."""
    answering.says({"error": "no", "error_code": code, "id": 5})
    assert await sent("smsc", answering.url) == Rejected(SmsFault(fault), permanent, str(code), "no")


async def test_smsc_tells_the_parts(answering: Provider) -> None:
    """Money comes as text; the id as a number."""
    answering.says({"id": 14, "cnt": 1, "cost": "4.1", "balance": "83.6"})
    assert await sent("smsc", answering.url) == Accepted("14", 1)


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, "bad_number", Rejected(SmsFault.RECIPIENT, True, "bad_number")),
        (400, "too_long", Rejected(SmsFault.CONTENT, True, "too_long")),
        (400, "bad_request", Rejected(SmsFault.CONTENT, False, "bad_request")),
        (400, "never heard", Rejected(SmsFault.TEMPORARY, False, "HTTP 400")),
        (401, None, Rejected(SmsFault.LOGIN, False, "HTTP 401")),
        (402, None, Rejected(SmsFault.MONEY, False, "HTTP 402")),
        (403, ["odd"], Rejected(SmsFault.LOGIN, False, "HTTP 403")),
        (422, None, Rejected(SmsFault.CONTENT, False, "HTTP 422")),
        (429, None, Rejected(SmsFault.RATE, False, "HTTP 429")),
        (409, "busy", Unknown("HTTP 409")),
        (410, None, Unknown("HTTP 410")),
    ],
)
async def test_http_statuses_and_error_names_have_their_faults(
    answering: Provider, status: int, error: object, expected: SmsOutcome
) -> None:
    """The name says more than the status, where it is a known one."""
    answering.says({"error": error}, status)
    assert await sent("http", answering.url) == expected


@pytest.mark.parametrize(("status", "message_id"), [(200, "m1"), (201, "m1"), (202, 1)])
async def test_http_takes_any_id_with_any_success(answering: Provider, status: int, message_id: object) -> None:
    """A number becomes text."""
    answering.says({"id": message_id, "segments": 2}, status)
    assert await sent("http", answering.url) == Accepted(str(message_id), 2)
