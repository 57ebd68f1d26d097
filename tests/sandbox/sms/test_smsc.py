"""SMSC as its clients see it."""

import hashlib
from typing import Any

import pytest

from .conftest import Till

PHONE = "+79161234567"


async def test_a_message_is_taken_charged_and_delivered(till: Till) -> None:
    """Money as strings; status needs id and phone: -1, 0, 1."""
    sent = await till.smsc(phones=PHONE, mes="Привет", id=14, cost=3, sender="Prilavok")

    assert sent == {"id": 14, "cnt": 1, "cost": "4.1", "balance": "995.9"}
    states = []
    for _ in range(3):
        states.append((await till.smsc("/sys/status.php", phone=PHONE, id=14))["status"])
        await till.pass_time()
    assert states == [-1, 0, 1]
    [message] = till.simulator.messages
    assert (message.id, message.to, message.text, message.sender) == ("14", PHONE, "Привет", "Prilavok")


async def test_how_much_an_answer_tells_is_asked_for(till: Till) -> None:
    """cost 0, 2; an id of the provider's own where none was given."""
    assert await till.smsc(phones=PHONE, mes="a") == {"id": 1, "cnt": 1}
    assert await till.smsc(phones=PHONE, mes="b", cost=2) == {"id": 2, "cnt": 1, "cost": "4.1"}


async def test_the_price_alone_sends_nothing(till: Till) -> None:
    """cost=1; the sixth identical question within a minute is error 9."""
    answers = [await till.smsc(phones=PHONE, mes="я" * 71, cost=1) for _ in range(6)]

    assert answers[0] == {"cost": "8.2", "cnt": 2}
    assert [answer.get("error_code") for answer in answers] == [None] * 5 + [9]
    assert till.simulator.messages == []


async def test_the_form_door_mangles_utf8_unless_told(till: Till) -> None:
    """Default windows-1251: the shopper would read noise, and pay for more parts."""
    form = {"login": "sandbox", "psw": "sandbox", "phones": PHONE, "mes": "Привет", "fmt": "3"}
    await till.client.post("/sys/send.php", data=form)
    await till.client.post("/sys/send.php", data=form | {"charset": "utf-8"})
    await till.client.post(
        "/sys/send.php",
        content="login=sandbox&psw=sandbox&fmt=3&phones=%2B79161234567&mes=%CF%F0%E8%E2%E5%F2",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    texts = [message.text for message in till.simulator.messages]
    assert texts[0] == "Привет".encode().decode("windows-1251", "replace")
    assert texts[1:] == ["Привет"]  # the third is the second again, and was refused as such


async def test_the_form_door_answers_in_lines_unless_asked_for_json(till: Till) -> None:
    """fmt=0."""
    form = {"login": "sandbox", "psw": "sandbox", "phones": PHONE, "mes": "x"}

    assert (await till.client.post("/sys/send.php", data=form)).text == "OK - 1 SMS, ID - 1"
    assert (await till.client.post("/sys/send.php", data=form)).text.startswith("ERROR = 9 (")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"psw": "other"}, 2), ({"mes": ""}, 1), ({"phones": ""}, 1), ({"id": 0}, 1), ({"id": 2**31}, 1),
        ({"phones": "+7495"}, 7), ({"phones": "+89161234567"}, 7), ({"phones": "+79160000001"}, 7),
        ({"phones": "+79160000002"}, 3), ({"phones": "+79160000003"}, 2),
    ],
)  # fmt: skip
async def test_a_refusal_is_a_code_with_status_200(till: Till, fields: dict[str, object], code: int) -> None:
    """Nothing is taken."""
    asked: dict[str, Any] = {"phones": PHONE, "mes": "x"}
    answer = await till.smsc("/rest/send/", **(asked | fields))

    assert answer["error_code"] == code
    assert answer["error"]
    assert till.simulator.messages == []


@pytest.mark.parametrize(
    "known",
    [
        {"login": "sandbox", "psw": hashlib.md5(b"sandbox", usedforsecurity=False).hexdigest()},
        {"login": "", "psw": "", "apikey": "sandbox"},
    ],
)
async def test_a_hashed_password_or_a_key_serves_too(till: Till, known: dict[str, str]) -> None:
    """The password's MD5 in lower case, or an API key without login."""
    assert "balance" in await till.smsc("/sys/balance.php", **known)


async def test_a_busy_provider_takes_the_third_try(till: Till) -> None:
    """4, 4, taken."""
    answers = [await till.smsc(phones="+79160000009", mes="x") for _ in range(3)]

    assert [answer.get("error_code") for answer in answers] == [4, 4, None]


async def test_an_identical_send_within_a_minute_is_error_9(till: Till) -> None:
    """A minute later it is taken."""
    answers = [await till.smsc(phones=PHONE, mes="x") for _ in range(2)]
    await till.pass_time(61)
    answers.append(await till.smsc(phones=PHONE, mes="x"))

    assert [answer.get("error_code") for answer in answers] == [None, 9, None]


async def test_asking_for_a_status_too_often_is_error_9(till: Till) -> None:
    """Five a minute for one message."""
    await till.smsc(phones=PHONE, mes="x", id=5)
    answers = [await till.smsc("/sys/status.php", phone=PHONE, id=5) for _ in range(6)]
    await till.pass_time(61)
    answers.append(await till.smsc("/sys/status.php", phone=PHONE, id=5))

    assert [answer.get("error_code") for answer in answers] == [None] * 5 + [9, None]


async def test_a_status_belongs_to_id_and_phone(till: Till) -> None:
    """A wrong pair is not found; a trailing comma asks for a list."""
    await till.smsc(phones=PHONE, mes="x", id=5)

    assert await till.smsc("/sys/status.php", phone="+79161234568", id=5) == {"status": -3}
    [one] = await till.smsc("/sys/status.php", phone=PHONE + ",", id="5,")
    assert (one["id"], one["phone"], one["status"]) == ("5", "79161234567", -1)


@pytest.mark.parametrize(("end", "status"), [("0004", 20), ("0005", 3), ("0013", 23), ("0014", 99), ("0000", 1)])
async def test_the_last_digits_choose_the_final_state(till: Till, end: str, status: int) -> None:
    """Taken as any other, then the state of the table."""
    await till.smsc(phones="+7916123" + end, mes="x", id=5)
    await till.pass_time(20)

    assert (await till.smsc("/sys/status.php", phone="+7916123" + end, id=5))["status"] == status


async def test_a_long_text_is_cut_to_the_parts_allowed(till: Till) -> None:
    """maxsms."""
    await till.smsc(phones=PHONE, mes="я" * 200, maxsms=1)

    assert till.simulator.messages[0].text == "я" * 70


async def test_the_balance_is_a_string(till: Till) -> None:
    """With its currency where asked."""
    assert await till.smsc("/sys/balance.php") == {"balance": "1000"}
    assert (await till.smsc("/sys/balance.php", cur="1"))["currency"] == "RUR"
