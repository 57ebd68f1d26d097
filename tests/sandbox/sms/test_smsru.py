"""SMS.ru as its clients see it."""

import re

import pytest

from .conftest import Till

PHONE = "79161234567"


async def test_a_message_is_taken_charged_and_delivered(till: Till) -> None:
    """100 on sending, 102 after a tick, 103 after two; a part costs 4.10."""
    sent = await till.smsru("/sms/send", to=PHONE, msg="Привет", from_="Prilavok")
    one = sent["sms"][PHONE]

    assert (sent["status"], sent["status_code"], sent["balance"]) == ("OK", 100, 995.9)
    assert (one["status"], one["status_code"]) == ("OK", 100)
    assert re.fullmatch(r"\d{6}-\d+", one["sms_id"])
    codes = []
    for _ in range(3):
        codes.append((await till.smsru("/sms/status", sms_id=one["sms_id"]))["sms"][one["sms_id"]]["status_code"])
        await till.pass_time()
    assert codes == [100, 102, 103]
    [message] = till.simulator.messages
    assert (message.to, message.text, message.sender) == ("+79161234567", "Привет", "Prilavok")
    assert message.delivered_at is not None


@pytest.mark.parametrize("written", ["+79161234567", "89161234567", "9161234567", "8 (916) 123-45-67"])
async def test_the_answer_is_keyed_by_digits_however_the_phone_was_written(till: Till, written: str) -> None:
    """A plus or an 8 would miss the key."""
    assert list((await till.smsru("/sms/send", to=written, msg="x"))["sms"]) == [PHONE]


@pytest.mark.parametrize(
    ("to", "text", "code"),
    [
        ("79160000001", "x", 202), ("79160000002", "x", 201), ("74951234567", "x", 202), ("12", "x", 202),
        (PHONE, " ", 203), (PHONE, "я" * (67 * 8 + 1), 205),
    ],
)  # fmt: skip
async def test_a_refused_phone_sits_inside_a_request_that_is_ok(till: Till, to: str, text: str, code: int) -> None:
    """The outer status is 100, the inner one tells."""
    answer = await till.smsru("/sms/send", to=to, msg=text)

    assert answer["status_code"] == 100
    assert answer["sms"][to]["status"] == "ERROR"
    assert answer["sms"][to]["status_code"] == code
    assert answer["sms"][to]["status_text"]
    assert till.simulator.messages == []


async def test_eight_parts_are_still_taken(till: Till) -> None:
    """The limit is more than eight."""
    answer = await till.smsru("/sms/send", to=PHONE, msg="я" * (67 * 8))

    assert answer["sms"][PHONE]["status_code"] == 100
    assert till.simulator.messages[0].segments == 8


async def test_wrong_credentials_refuse_the_request_as_a_whole(till: Till) -> None:
    """200 without `sms`, by key and by number."""
    by_key = await till.smsru("/sms/send", api_id="other", to=PHONE, msg="x")
    by_number = await till.smsru("/sms/send", to="79160000003", msg="x")

    assert by_key["status_code"] == by_number["status_code"] == 200
    assert "sms" not in by_key


async def test_a_busy_provider_takes_the_third_try(till: Till) -> None:
    """220, 220, 100."""
    codes = [(await till.smsru("/sms/send", to="79160000009", msg="x"))["status_code"] for _ in range(3)]

    assert codes == [220, 220, 100]
    assert len(till.simulator.messages) == 1


async def test_an_identical_text_within_a_minute_is_refused(till: Till) -> None:
    """231; another text or a minute later is taken."""
    first, again = [await till.smsru("/sms/send", to="79160000010", msg="same") for _ in range(2)]
    other = await till.smsru("/sms/send", to="79160000010", msg="other")
    await till.pass_time(61)
    later = await till.smsru("/sms/send", to="79160000010", msg="same")

    codes = [answer["sms"]["79160000010"]["status_code"] for answer in (first, again, other, later)]
    assert codes == [100, 231, 100, 100]


async def test_a_trial_leaves_neither_message_nor_charge(till: Till) -> None:
    """test=1 looks like success."""
    answer = await till.smsru("/sms/send", to=PHONE, msg="x", test="1")

    assert answer["sms"][PHONE]["sms_id"]
    assert answer["balance"] == 1000
    assert till.simulator.messages == []


@pytest.mark.parametrize(("end", "code"), [("0004", 107), ("0005", 104), ("0013", 108), ("0014", 199), ("0000", 103)])
async def test_the_last_digits_choose_the_final_state(till: Till, end: str, code: int) -> None:
    """Taken as any other, then the state of the table."""
    phone = "7916123" + end
    sms_id = (await till.smsru("/sms/send", to=phone, msg="x"))["sms"][phone]["sms_id"]
    await till.pass_time(20)

    assert (await till.smsru("/sms/status", sms_id=sms_id))["sms"][sms_id]["status_code"] == code


async def test_an_unknown_id_is_an_inner_error(till: Till) -> None:
    """-1 inside, 100 outside."""
    answer = await till.smsru("/sms/status", sms_id="202647-1")

    assert (answer["status_code"], answer["sms"]["202647-1"]["status_code"]) == (100, -1)


async def test_the_price_is_told_before_sending(till: Till) -> None:
    """Parts and roubles; nothing is sent."""
    answer = await till.smsru("/sms/cost", to=PHONE, msg="я" * 71)

    assert answer["sms"][PHONE] == {"status": "OK", "status_code": 100, "cost": 8.2, "sms": 2}
    assert (answer["total_cost"], answer["total_sms"]) == (8.2, 2)
    assert till.simulator.messages == []


async def test_each_phone_may_have_its_own_text(till: Till) -> None:
    """`to[phone]=text`."""
    form = {"api_id": "sandbox-api-id", "json": "1", "to[79161234567]": "a", "to[79161234568]": "b"}
    await till.client.post("/sms/send", data=form)

    assert [(message.to, message.text) for message in till.simulator.messages] == [
        ("+79161234567", "a"),
        ("+79161234568", "b"),
    ]


async def test_without_json_the_answer_is_lines(till: Till) -> None:
    """And the query serves as well as the form."""
    answer = await till.client.get("/sms/send", params={"api_id": "sandbox-api-id", "to": PHONE, "msg": "x"})

    assert re.fullmatch(r"100\n\d{6}-\d+\nbalance=995\.9", answer.text)


async def test_bytes_that_are_no_utf8_and_unknown_methods_are_refused(till: Till) -> None:
    """212 and 211."""
    broken = b"api_id=sandbox-api-id&json=1&to=79161234567&msg=%cf%f0%e8"
    answer = await till.client.post(
        "/sms/send", content=broken, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )

    assert answer.json()["status_code"] == 212
    assert (await till.smsru("/sms/teleport"))["status_code"] == 211


async def test_a_report_address_is_registered_over_the_api(till: Till) -> None:
    """callback/add, get and del."""
    added = await till.smsru("/callback/add", url="https://shop.example/sms")

    assert added["callback"] == ["https://shop.example/sms"]
    assert till.simulator.report_urls == {"smsru": "https://shop.example/sms"}
    assert (await till.smsru("/callback/del", url="https://shop.example/sms"))["callback"] == []
    assert (await till.smsru("/callback/add", url="ftp://x"))["status_code"] == 901


async def test_an_empty_account_refuses_and_shows_nothing_left(till: Till) -> None:
    """The desk's switch; the other provider goes on."""
    await till.control("sms", no_money=["smsru"])

    assert (await till.smsru("/my/balance"))["balance"] == 0
    assert (await till.smsru("/sms/send", to=PHONE, msg="x"))["sms"][PHONE]["status_code"] == 201
    assert "id" in await till.smsc(phones=PHONE, mes="x")
