"""getOrderStatusExtended.do and the shape of answers in general."""

from typing import Any

import pytest

from .conftest import NOON, SUM, Merchant


async def test_a_new_order_has_the_shape_seen_at_real_banks(merchant: Merchant) -> None:
    """Strings and numbers where the real body has them."""
    md_order = await merchant.register(orderNumber="order#2", jsonParams='{"email":"a@b.ru"}')
    body = await merchant.status(md_order)

    assert NOON.timestamp() * 1000 <= body.pop("date") < NOON.timestamp() * 1000 + 10_000
    assert body == {
        "errorCode": "0",
        "errorMessage": "Успешно",
        "orderNumber": "order#2",
        "orderStatus": 0,
        "actionCode": -100,
        "actionCodeDescription": "",
        "amount": SUM,
        "currency": "643",
        "merchantOrderParams": [{"name": "email", "value": "a@b.ru"}],
        "attributes": [{"name": "mdOrder", "value": md_order}],
        "terminalId": "123456",
        "paymentAmountInfo": {
            "paymentState": "CREATED",
            "approvedAmount": 0,
            "depositedAmount": 0,
            "refundedAmount": 0,
        },
        "bankInfo": {"bankCountryCode": "UNKNOWN", "bankCountryName": "<Неизвестно>"},
    }


async def test_money_brings_dates_and_refunds(merchant: Merchant) -> None:
    """depositedDate in milliseconds; each refund is listed, equal ones too."""
    order = await merchant.register()
    merchant.bank.pay(order)
    for _ in range(2):
        await merchant.call("refund.do", orderId=order, amount=100000)
    body = await merchant.status(order)
    assert abs(body["depositedDate"] - NOON.timestamp() * 1000) < 10_000
    assert [refund["amount"] for refund in body["refunds"]] == [100000, 100000]
    assert body["actionCode"] == 0


async def test_an_order_is_found_by_either_number(merchant: Merchant) -> None:
    """orderId wins; a token finds by orderId only; not found has no orderStatus."""
    md_order = await merchant.register(orderNumber="N-1")
    method = "getOrderStatusExtended.do"
    assert (await merchant.call(method, orderNumber="N-1"))["attributes"][0]["value"] == md_order
    unknown = {"errorCode": "6", "errorMessage": "Заказ не найден", "merchantOrderParams": [], "attributes": []}
    assert await merchant.call(method, orderId="0" * 36, orderNumber="N-1") == unknown
    assert (await merchant.call(method))["errorCode"] == "1"
    by_token = {"token": "sandbox-token", "orderNumber": "N-1"}
    assert (await merchant.http.post(f"/payment/rest/{method}", data=by_token)).json()["errorCode"] == "1"


async def test_optional_fields_can_be_left_out(merchant: Merchant) -> None:
    """The rule `sparse` is an old version of the method."""
    order = await merchant.register()
    await merchant.control("rules", sparse=True)
    assert set(await merchant.status(order)) == {
        *("errorCode", "orderNumber", "orderStatus", "actionCode", "amount", "currency", "paymentAmountInfo"),
    }


async def test_error_codes_are_strings_or_numbers_and_json_may_be_plain_text(merchant: Merchant) -> None:
    """Some methods always differ; the rules `numbers` and `plain` make all differ."""

    async def seen(method: str, **fields: Any) -> tuple[str, type]:
        answer = await merchant.http.post(f"/payment/rest/{method}", data=fields)
        return answer.headers["Content-Type"], type(answer.json()["errorCode"])

    assert await seen("register.do") == ("application/json; charset=utf-8", str)
    assert await seen("refund.do") == ("text/plain; charset=utf-8", str)
    await merchant.control("rules", numbers=True, plain=True)
    assert await seen("register.do") == ("text/plain; charset=utf-8", int)


@pytest.mark.parametrize(("verb", "path", "status"), [("POST", "pay.do", 404), ("PUT", "register.do", 405)])
async def test_wrong_addresses_and_verbs_get_html(merchant: Merchant, verb: str, path: str, status: int) -> None:
    """As from a front end, not as JSON."""
    answer = await merchant.http.request(verb, f"/payment/rest/{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")


async def test_the_date_header_is_the_banks_own_time(merchant: Merchant) -> None:
    """A client decides by it what is still today."""
    await merchant.control("clock", now="2026-12-31T23:59:00+03:00")
    answer = await merchant.http.post("/payment/rest/register.do")
    assert answer.headers.get_list("Date")[0].startswith("Thu, 31 Dec 2026 20:59:0")
    assert len(answer.headers.get_list("Date")) == 1
