"""The door of delivery reports: who does not know its secret finds nothing; what could not be kept comes again."""

from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from bot.config import load
from bot.ports import SmsReport, SmsState
from bot.sms import console
from bot.sms import http as generic
from bot.web.deliveries import DeliveryDoor
from storage.errors import StorageUnavailable
from tests.web.doors import open_doors

SECRET = "report-secret"
REPORT = {"id": "17", "status": "delivered"}
PATH = f"/sms/http/report/{SECRET}"


class Notes:
    def __init__(self) -> None:
        self.kept: list[tuple[str, SmsReport]] = []
        self.locked = False

    async def note(self, provider: str, reports: Sequence[SmsReport]) -> None:
        if self.locked:
            raise StorageUnavailable("locked")
        self.kept += [(provider, report) for report in reports]


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
async def http(notes: Notes) -> AsyncIterator[httpx.AsyncClient]:
    sender = generic.create(load(generic.Settings, _env_file=None, url="https://sms.example", report_secret=SECRET))
    silent = console.create(load(console.Settings, _env_file=None))
    async with open_doors(deliveries=DeliveryDoor([sender, silent], notes.note)) as client:
        yield client
    await sender.close()


async def test_a_report_is_noted_and_answered_as_its_provider_expects(http: httpx.AsyncClient, notes: Notes) -> None:
    """Whatever the message: whether it is ours is decided behind the door."""
    answer = await http.post(PATH, json=REPORT)
    assert (answer.status_code, answer.text) == (200, "OK")
    [(provider, noted)] = notes.kept
    assert (provider, noted.message_id, noted.state) == ("http", "17", SmsState.DELIVERED)


@pytest.mark.parametrize(
    "path",
    [
        "/sms/http/report/wrong", "/sms/http/report/", "/sms/nobody/report/report-secret",
        "/sms/console/report/None", "/sms/console/report/report-secret", "/sms/http/report/%D1%84",
        "/sms/http/report/%ff",
        "/sms/http/report/report-secret/more",
    ],
)  # fmt: skip
async def test_without_the_secret_there_is_nothing(http: httpx.AsyncClient, notes: Notes, path: str) -> None:
    """An unknown provider, one that takes no reports and a wrong secret look the same: 404."""
    assert (await http.post(path, json=REPORT)).status_code == 404
    assert notes.kept == []


async def test_what_could_not_be_kept_comes_again(http: httpx.AsyncClient, notes: Notes) -> None:
    """503 while the database is locked."""
    notes.locked = True
    answer = await http.post(PATH, json=REPORT)
    assert answer.status_code == 503


async def test_what_is_no_report_is_refused(http: httpx.AsyncClient, notes: Notes) -> None:
    """Too long, not UTF-8, not JSON, a tower of brackets."""
    assert (await http.post(PATH, content=b"x" * 65_537)).status_code == 413
    assert (await http.post(PATH, content=b"id=%ff")).status_code == 400
    for body in (b"{", b"[" * 60_000):
        answer = await http.post(PATH, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
    assert (await http.put(PATH)).status_code == 405
    assert notes.kept == []
