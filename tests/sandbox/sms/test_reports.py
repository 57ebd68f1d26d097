"""Delivery reports as the service receives them."""

import asyncio
import hashlib

from .conftest import Service, Till

PHONE = "79161234567"


async def code_of(service: Service) -> str:
    """The status code in SMS.ru's next report."""
    return (await service.next())["data[0]"].split("\n")[2]


async def test_smsru_reports_each_state_in_lines(till: Till, service: Service) -> None:
    """Kind, id, code, time; the hash is of the key and the lines."""
    till.simulator.report_urls["smsru"] = service.url + "/sms/smsru/report/s"
    sms_id = (await till.smsru("/sms/send", to=PHONE, msg="x"))["sms"][PHONE]["sms_id"]
    await till.pass_time()
    first = await service.next()
    await till.pass_time()

    kind, reported_id, code, moment = first["data[0]"].split("\n")
    assert (kind, reported_id, code) == ("sms_status", sms_id, "102")
    assert moment.isdecimal()
    assert first["hash"] == hashlib.sha256(("sandbox-api-id" + first["data[0]"]).encode()).hexdigest()
    assert await code_of(service) == "103"


async def test_a_report_is_repeated_until_the_body_is_100(till: Till, service: Service) -> None:
    """200 with another body is not enough; four in all, and then no more."""
    service.answer = "OK"
    till.simulator.report_urls["smsru"] = service.url + "/r"
    await till.smsru("/sms/send", to=PHONE, msg="x")
    await till.pass_time()
    await till.control("callbacks", drop=True)  # the report of "delivered" is not what this is about
    for count, seconds in enumerate((11, 61, 301), 1):
        await till.reported(count)
        await till.pass_time(seconds)
    await till.reported(4)
    await till.pass_time(3000)
    await asyncio.sleep(0.05)

    assert service.reports.qsize() == 4
    assert [await code_of(service) for _ in range(4)] == ["102"] * 4


async def test_an_acknowledged_report_is_not_repeated(till: Till, service: Service) -> None:
    """Two states, two reports."""
    till.simulator.report_urls["smsru"] = service.url + "/r"
    await till.smsru("/sms/send", to=PHONE, msg="x")
    await till.pass_time(20)
    assert [await code_of(service), await code_of(service)] == ["102", "103"]
    await till.pass_time(3000)
    await asyncio.sleep(0.05)

    assert service.reports.empty()


async def test_smsc_signs_id_phone_and_status(till: Till, service: Service) -> None:
    """MD5 with the cabinet's secret; by POST or by GET."""
    till.simulator.report_urls["smsc"] = service.url + "/r"
    await till.control("sms", smsc_report_secret="s3")
    await till.smsc(phones=PHONE, mes="x", id=7)
    await till.pass_time()
    method, _, fields = await service.reports.get()
    await till.control("callbacks", method="GET")
    await till.pass_time()
    by_get, _, final = await service.reports.get()

    assert (method, fields["id"], fields["phone"], fields["status"]) == ("POST", "7", PHONE, "0")
    assert fields["md5"] == hashlib.md5(f"7:{PHONE}:0:s3".encode(), usedforsecurity=False).hexdigest()
    assert (by_get, final["status"]) == ("GET", "1")


async def test_the_generic_provider_reports_json(till: Till, service: Service) -> None:
    """Id, ref, status; repeated after a 5xx."""
    service.status = 503
    till.simulator.report_urls["http"] = service.url + "/r"
    await till.http("+" + PHONE, ref="p-1")
    await till.pass_time()
    first = await service.next()
    await till.reported(1)
    service.status = 204
    await till.pass_time(11)

    assert first == {"id": "m1", "ref": "p-1", "status": "sent"}
    assert {(await service.next())["status"], (await service.next())["status"]} == {"sent", "delivered"}


async def test_reports_may_be_doubled_disordered_and_early(till: Till, service: Service) -> None:
    """0011: one before the answer, then delivered twice, then sent twice."""
    till.simulator.report_urls["smsru"] = service.url + "/r"
    await till.smsru("/sms/send", to="79160000011", msg="x")
    assert service.reports.qsize() == 1
    await till.pass_time(20)

    assert [await code_of(service) for _ in range(5)] == ["102", "103", "103", "102", "102"]


async def test_a_forged_report_has_a_wrong_signature(till: Till, service: Service) -> None:
    """0012, at both providers that sign."""
    for provider in ("smsru", "smsc"):
        till.simulator.report_urls[provider] = service.url + "/r"
    await till.smsru("/sms/send", to="79160000012", msg="x")
    await till.smsc(phones="79160000012", mes="x", id=7)
    await till.pass_time()
    by_smsru, by_smsc = await service.next(), await service.next()

    assert by_smsru["hash"] != hashlib.sha256(("sandbox-api-id" + by_smsru["data[0]"]).encode()).hexdigest()
    assert by_smsc["md5"] != hashlib.md5(b"7:79160000012:0:sandbox", usedforsecurity=False).hexdigest()


async def test_reports_may_be_lost_or_late(till: Till, service: Service) -> None:
    """Dropped ones never come; delayed ones come in the sandbox's time."""
    till.simulator.report_urls["smsru"] = service.url + "/r"
    await till.control("callbacks", drop=True)
    await till.smsru("/sms/send", to=PHONE, msg="a")
    await till.pass_time(20)
    await till.control("callbacks", delay="1h", sign="none", drop=False)
    await till.smsru("/sms/send", to=PHONE, msg="b")
    await till.pass_time(20)
    await asyncio.sleep(0.05)
    assert service.reports.empty()
    await till.pass_time(3600)

    report = await service.next()
    assert report["data[0]"].split("\n")[1] == till.simulator.messages[1].id
    assert "hash" not in report


async def test_a_number_of_reports_may_be_lost(till: Till, service: Service) -> None:
    """The first is, the second comes; what was not named before stays as it was."""
    till.simulator.report_urls["smsru"] = service.url + "/r"
    await till.control("callbacks", drop=1, repeat=2)
    await till.smsru("/sms/send", to=PHONE, msg="x")
    await till.pass_time(20)
    assert [await code_of(service) for _ in range(2)] == ["103", "103"]

    assert await till.control("callbacks", shuffle=True) == {
        "delay": 0, "repeat": 2, "shuffle": True, "early": False, "drop": 0, "method": "POST", "sign": "right",
    }  # fmt: skip


async def test_a_report_is_seen_on_the_wire_without_its_secret(till: Till, service: Service) -> None:
    """From sms to prilavok, phone and address masked."""
    till.simulator.report_urls["smsc"] = service.url + "/sms/smsc/report/top-secret"
    await till.smsc(phones=PHONE, mes="x")
    await till.pass_time()
    await till.reported(1)

    [report] = [exchange for exchange in till.simulator.wire.recent("sms") if exchange.source == "sms"]
    assert (report.target, report.method, report.path, report.status) == (
        "prilavok", "POST", "/sms/smsc/report/•••", 200,
    )  # fmt: skip
    assert PHONE not in report.request
    assert "md5=•••" in report.request


async def test_a_service_that_is_away_gets_its_report_later(till: Till, service: Service) -> None:
    """A refused connection counts as not acknowledged."""
    till.simulator.report_urls["smsru"] = "http://127.0.0.1:9/r"
    await till.smsru("/sms/send", to=PHONE, msg="x")
    await till.pass_time()
    await till.reported(1)
    till.simulator.report_urls["smsru"] = service.url + "/r"
    await till.control("callbacks", drop=True)
    await till.pass_time(11)

    assert await code_of(service) == "102"
