"""The bank's door: 413, then 400, then 403, then 200 once recorded, else 503; over raw sockets where it matters."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from bot.banks.sber import callbacks as sber
from bot.ports import Callback
from bot.web.callbacks import LIMIT, CallbackDoor
from storage.errors import StorageError, StorageUnavailable
from tests.web.doors import Reader, open_doors

KEY = "callback-key"
PATH = "/bank/callback"
ORDER = "0123456-89ab-cdef-0123-456789abcdef0"


class Records:
    """What was recorded; `fault` is raised instead."""

    def __init__(self) -> None:
        self.kept: list[Callback] = []
        self.fault: Exception | None = None

    async def record(self, callback: Callback) -> bool:
        if self.fault:
            raise self.fault
        self.kept.append(callback)
        return False


def form(**more: str) -> dict[str, str]:
    return {"mdOrder": ORDER, "operation": "deposited", "status": "1"} | more


def signed(fields: dict[str, str]) -> dict[str, str]:
    text = "".join(f"{name};{fields[name]};" for name in sorted(fields))
    checksum = hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest().upper()
    return fields | {"checksum": checksum}


def padded(size: int) -> bytes:
    """A genuine callback of exactly `size` bytes."""
    bare = urlencode(signed(form(x="")))
    return urlencode(signed(form(x="y" * (size - len(bare))))).encode()


@pytest.fixture
def records() -> Records:
    return Records()


@pytest.fixture
async def http(records: Records) -> AsyncIterator[httpx.AsyncClient]:
    reader = Reader(lambda given: sber.read(given, sber.hmac_verifier(KEY)))
    async with open_doors(callbacks=CallbackDoor(reader, records.record)) as client:
        yield client


async def status(http: httpx.AsyncClient, method: str, body: bytes) -> int:
    if method == "GET":
        line = await raw(http, b"GET %s?%s HTTP/1.1\r\nHost: x\r\n\r\n" % (PATH.encode(), body))
        return int(line.split()[1])
    return (await http.post(PATH, content=body)).status_code


async def raw(http: httpx.AsyncClient, request: bytes) -> bytes:
    """The first line that a request gets, byte for byte as given."""
    reader, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    writer.write(request)
    await writer.drain()
    if request.endswith(b"cut"):
        writer.write_eof()
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return line


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_genuine_callback_is_recorded_then_answered_200_with_nothing(
    http: httpx.AsyncClient, records: Records, method: str
) -> None:
    """Also of an order that is not ours."""
    answer = await http.request(method, PATH, **sent(method, signed(form())))
    assert (answer.status_code, answer.content) == (200, b"")
    assert records.kept == [Callback(ORDER, None, "deposited", succeeded=True)]


def sent(method: str, fields: Any) -> dict[str, Any]:
    return {"params": fields} if method == "GET" else {"data": fields}


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_64_kib_are_taken_and_one_byte_more_is_413(
    http: httpx.AsyncClient, records: Records, method: str
) -> None:
    """The size comes first: before what cannot be read and what is forged."""
    assert await status(http, method, padded(LIMIT)) == 200
    assert await status(http, method, padded(LIMIT + 1)) == 413
    assert await status(http, method, b"a=1&a=2&" + b"x" * LIMIT) == 413
    assert len(records.kept) == 1


@pytest.mark.parametrize("size", [LIMIT + 5000, 200_000, 1_000_000])
async def test_a_query_of_any_size_above_is_413(http: httpx.AsyncClient, size: int) -> None:
    """Not 400, whatever the HTTP parser thinks of long lines."""
    line = await raw(http, b"GET " + PATH.encode() + b"?x=" + b"y" * size + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b" 413 " in line


async def test_a_body_without_a_length_is_counted_as_it_comes(http: httpx.AsyncClient, records: Records) -> None:
    """Chunked: read no further than the limit."""

    async def chunks(size: int) -> AsyncIterator[bytes]:
        body = padded(size)
        for start in range(0, len(body), 10_000):
            yield body[start : start + 10_000]

    assert (await http.post(PATH, content=chunks(LIMIT))).status_code == 200
    assert (await http.post(PATH, content=chunks(LIMIT + 1))).status_code == 413
    assert len(records.kept) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"mdOrder=1&mdOrder=2",
        urlencode(signed(form())).encode() + b"&status=1",
        b"mdOrder=%ff%fe",
        b"nonsense",
        b"&".join(b"a%d=1" % n for n in range(300)),
    ],
)
async def test_what_cannot_be_read_or_names_something_twice_is_400(
    http: httpx.AsyncClient, records: Records, method: str, body: bytes
) -> None:
    """Before the checksum is looked at."""
    assert await status(http, method, body) == 400
    assert records.kept == []


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_missing_or_wrong_checksum_is_403(http: httpx.AsyncClient, records: Records, method: str) -> None:
    """Where a key is set."""
    genuine = signed(form())
    for fields in (form(), genuine | {"checksum": "00" * 32}, genuine | {"status": "0"}, genuine | {"checksum": ""}):
        assert (await http.request(method, PATH, **sent(method, fields))).status_code == 403
    assert records.kept == []


@pytest.mark.parametrize("fault", [StorageUnavailable("locked"), StorageError("broken")])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_could_not_be_recorded_is_never_200(
    http: httpx.AsyncClient, records: Records, method: str, fault: Exception
) -> None:
    """503, so that the bank repeats it."""
    records.fault = fault
    assert (await http.request(method, PATH, **sent(method, signed(form())))).status_code == 503


async def test_other_methods_are_405(http: httpx.AsyncClient) -> None:
    """HEAD too: it must not count as a notification."""
    for method in ("PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"):
        assert (await http.request(method, PATH, params=signed(form()))).status_code == 405


async def test_a_broken_request_is_the_senders_fault(http: httpx.AsyncClient, records: Records) -> None:
    """A bad chunk, a bad gzip: 400, and nothing recorded."""
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n".encode()
    assert b" 400 " in await raw(http, head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nrubbish\r\n")
    gzipped = head + b"Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nrubbish"
    assert b" 400 " in await raw(http, gzipped)
    assert records.kept == []


async def test_a_body_that_is_cut_off_is_not_recorded(http: httpx.AsyncClient, records: Records) -> None:
    """Its first part may look like a whole callback."""
    body = urlencode(signed(form())).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body) + 100}\r\n\r\n".encode()
    assert b" 200 " not in await raw(http, head + body + b"&cut")
    assert records.kept == []


async def test_russian_text_is_read_as_utf_8(http: httpx.AsyncClient, records: Records) -> None:
    """Escaped in the query, escaped or bare in the body."""
    fields = signed(form(orderDescription="Куртка; зимняя"))
    assert await status(http, "GET", urlencode(fields).encode()) == 200
    bare = "&".join(f"{name}={quote(value, safe=' Куртказимняя')}" for name, value in fields.items()).encode()
    assert await status(http, "POST", bare) == 200
    assert len(records.kept) == 2
