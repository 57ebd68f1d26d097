"""Reports in every shape that a provider may send them, and what is refused."""

import hashlib
from typing import Any

import pytest

from bot.errors import CallbackRejected
from bot.ports import SmsReport, SmsState

from .conftest import make

NOWHERE = "http://127.0.0.1:9"
DELIVERED = "sms_status\n202648-1\n103\n1700000000"
FAILED = "sms_status\n202648-2\n107\n1700000000"


def read(provider: str, form: dict[str, list[str]] | None = None, body: Any = None) -> tuple[list[SmsReport], str]:
    return make(provider, NOWHERE).read_reports(form or {}, body)


def refused(provider: str, form: dict[str, list[str]] | None = None, body: Any = None) -> int:
    with pytest.raises(CallbackRejected) as caught:
        read(provider, form, body)
    return caught.value.status


def signed(*entries: str) -> str:
    return hashlib.sha256(("sandbox-api-id" + "".join(entries)).encode()).hexdigest()


@pytest.mark.parametrize(
    "form",
    [
        {"data[0]": [DELIVERED], "data[1]": [FAILED]},
        {"data[1]": [FAILED], "data[0]": [DELIVERED], "hash": [signed(DELIVERED, FAILED)]},
        {"data[10]": [FAILED], "data[9]": [DELIVERED], "hash": [signed(DELIVERED, FAILED).upper()]},
        {"data[]": [DELIVERED, FAILED]},
        {"data": [DELIVERED, FAILED], "other": ["x"]},
    ],
)
async def test_smsru_data_comes_under_several_names(form: dict[str, list[str]]) -> None:
    """In the order of the numbers, which is the order of the hash."""
    reports, answer = read("smsru", form)
    assert reports == [
        SmsReport("202648-1", SmsState.DELIVERED, "103"),
        SmsReport("202648-2", SmsState.FAILED, "107"),
    ]
    assert answer == "100"


async def test_smsru_entries_of_other_kinds_are_taken_and_passed_over() -> None:
    """Else the provider would repeat them for ever."""
    others = ["test\n1\n2", "callcheck_status\n1\n401\n1", "", "sms_status", "sms_status\n\n103\n1", DELIVERED]
    reports, answer = read("smsru", {"data[]": others})
    assert ([report.message_id for report in reports], answer) == (["202648-1"], "100")


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("100", "sent"), ("101", "sent"), ("102", "sent"), ("103", "delivered"), ("104", "failed"), ("105", "failed"),
        ("106", "failed"), ("107", "failed"), ("108", "rejected"), ("110", "delivered"), ("150", "failed"),
        ("199", None), ("-1", None), ("202", None), ("", None), ("odd", None), ("9" * 5000, None), ("١٠٣", None),
    ],
)  # fmt: skip
async def test_smsru_codes_have_their_states(code: str, state: str | None) -> None:
    """103 is delivered, whatever other tables say; an unknown code is no state."""
    [report] = read("smsru", {"data[0]": [f"sms_status\n202648-1\n{code}\n1"]})[0]
    assert report == SmsReport("202648-1", SmsState(state) if state else None, code)


@pytest.mark.parametrize("given", [signed("another"), "x", "", "привет"])
async def test_smsru_a_wrong_hash_is_refused(given: str) -> None:
    """It need not be there; where it is, it must be right."""
    assert refused("smsru", {"data[0]": [DELIVERED], "hash": [given]}) == 403


async def test_smsru_a_report_without_data_cannot_be_read() -> None:
    """400."""
    assert refused("smsru", {"date": ["1"]}) == 400


def smsc_form(status: str, *, key: str = "sandbox") -> dict[str, list[str]]:
    text = f"14:79161234567:{status}:{key}"
    md5 = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return {"id": ["14"], "phone": ["79161234567"], "status": [status], "md5": [md5], "err": ["0"]}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("-3", None), ("-2", "sent"), ("-1", "sent"), ("0", "sent"), ("1", "delivered"), ("2", "delivered"),
        ("3", "failed"), ("4", "delivered"), ("20", "failed"), ("22", "failed"), ("23", "rejected"), ("24", "failed"),
        ("25", "failed"), ("99", None),
    ],
)  # fmt: skip
async def test_smsc_statuses_have_their_states(status: str, state: str | None) -> None:
    """One report a request, answered with OK."""
    reports, answer = read("smsc", smsc_form(status))
    assert reports == [SmsReport("14", SmsState(state) if state else None, status)]
    assert answer == "OK"


async def test_smsc_a_report_must_be_signed() -> None:
    """With our secret, over the very status that it tells."""
    assert refused("smsc", smsc_form("1", key="another")) == 403
    assert refused("smsc", smsc_form("1") | {"status": ["20"]}) == 403
    assert refused("smsc", smsc_form("1") | {"md5": ["привет"]}) == 403
    unsigned = smsc_form("1")
    del unsigned["md5"]
    assert refused("smsc", unsigned) == 403
    assert refused("smsc", {"id": ["14"]}) == 400


async def test_smsc_texts_that_people_send_back_are_passed_over() -> None:
    """They come to the same address."""
    assert read("smsc", {"mes": ["спасибо"], "phone": ["79161234567"], "to": ["1"]}) == ([], "OK")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", "sent"), ("sent", "sent"), ("delivered", "delivered"), ("read", "delivered"), ("failed", "failed"),
        ("expired", "failed"), ("rejected", "rejected"), ("odd", None),
    ],
)  # fmt: skip
async def test_http_statuses_have_their_states(status: str, state: str | None) -> None:
    """JSON; an id that is a number is the same id."""
    expected = [SmsReport("1", SmsState(state) if state else None, status)]
    assert read("http", body={"id": "1", "ref": "5", "status": status}) == (expected, "OK")
    assert read("http", body={"id": 1, "status": status}) == (expected, "OK")


@pytest.mark.parametrize("body", [None, [], "x", {}, {"id": "1"}, {"status": "sent"}, {"id": None, "status": "sent"}])
async def test_http_a_report_without_id_and_status_cannot_be_read(body: Any) -> None:
    """400."""
    assert refused("http", body=body) == 400


async def test_each_provider_names_the_secret_of_its_reports_address(provider: str) -> None:
    """The web server compares it with the path."""
    assert make(provider, NOWHERE).report_secret == "sandbox"
