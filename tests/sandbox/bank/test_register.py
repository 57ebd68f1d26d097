"""register.do: what it takes, and in what order it refuses."""

import json
import re
from datetime import datetime
from typing import Any

import pytest

from .conftest import LOGIN, NOON, SUM, Merchant

ORDER = {"orderNumber": "A-1", "amount": str(SUM), "returnUrl": "https://shop.example/r"}
ITEM: dict[str, Any] = {
    "positionId": 1,
    "name": "Куртка",
    "quantity": {"value": 2, "measure": "шт"},
    "itemCode": "jacket",
    "itemPrice": SUM // 2,
    "itemAmount": SUM,
}


def cart(**changes: Any) -> str:
    return json.dumps({"cartItems": {"items": [ITEM | changes]}})


async def test_success_is_two_keys_and_no_error_code(merchant: Merchant) -> None:
    """orderId is 36 characters of hex and dashes; formUrl is absolute, on the host that was called."""
    body = await merchant.call("register.do", **ORDER)

    assert set(body) == {"orderId", "formUrl"}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", body["orderId"])
    page = merchant.http.base_url.join("/payment/merchants/sandbox/payment_ru.html")
    assert body["formUrl"] == f"{page}?mdOrder={body['orderId']}"


@pytest.mark.parametrize(
    ("credentials", "text"),
    [
        ({}, "[userName] or [password] or [token] is empty"),
        ({"userName": "sandbox-api"}, "[userName] or [password] or [token] is empty"),
        ({"userName": "sandbox-api", "password": "other"}, "Access denied"),
        ({"userName": "sandbox-api", "password": "other", "language": "ru"}, "Доступ запрещён"),
        ({"token": "other"}, "Access denied"),
        (LOGIN | {"token": "sandbox-token"}, "Access denied"),
    ],
)
async def test_a_stranger_is_refused_before_anything_else(
    merchant: Merchant, credentials: dict[str, str], text: str
) -> None:
    """HTTP 200, errorCode 5 as a string, even where all the rest is missing."""
    answer = await merchant.http.post("/payment/rest/register.do", data=credentials)
    assert (answer.status_code, answer.json()) == (200, {"errorCode": "5", "errorMessage": text})


async def test_a_token_a_query_and_a_json_body_are_read_as_at_the_bank(merchant: Merchant) -> None:
    """A token is enough; GET works; JSON brings no fields, so not even a login."""
    path = "/payment/rest/register.do"
    assert "orderId" in (await merchant.http.post(path, data=ORDER | {"token": "sandbox-token"})).json()
    assert "orderId" in (await merchant.http.get(path, params=LOGIN | ORDER | {"orderNumber": "A-2"})).json()
    assert (await merchant.http.post(path, json=LOGIN | ORDER)).json()["errorCode"] == "5"


REFUSED = [
    ({"orderNumber": "", "currency": "1"}, 4),
    ({"amount": "", "currency": "1"}, 4),
    ({"returnUrl": "", "currency": "1"}, 4),
    ({"currency": "840", "amount": "x"}, 3),
    ({"amount": "12.50", "orderNumber": "taken"}, 5),
    ({"amount": "-1", "orderNumber": "taken"}, 5),
    ({"amount": "0"}, 5),
    ({"amount": "1234567890123"}, 5),
    ({"language": "de", "orderNumber": "taken"}, 5),
    ({"jsonParams": "[1]"}, 5),
    ({"jsonParams": '{"a":{"b":1}}'}, 5),
    ({"phone": "12"}, 5),
    ({"sessionTimeoutSecs": "1h"}, 5),
    ({"expirationDate": "2026-12-01"}, 5),
    ({"returnUrl": "https://shop.example/" + "x" * 500}, 5),
    ({"orderNumber": "taken", "orderBundle": "{"}, 1),
    ({"orderNumber": "x" * 33}, 1),
    ({"orderBundle": "{"}, 8),
    ({"orderBundle": cart(itemAmount=SUM - 1)}, 8),
    ({"orderBundle": cart(itemPrice=1, itemAmount=2)}, 8),
    ({"orderBundle": cart(itemCurrency="840")}, 8),
    ({"orderBundle": cart(name="x" * 101)}, 8),
    ({"orderBundle": cart(quantity={"value": "2", "measure": "шт"})}, 8),
]


@pytest.mark.parametrize(("changes", "code"), REFUSED)
async def test_the_first_fault_in_the_banks_sequence_names_the_code(
    merchant: Merchant, changes: dict[str, str], code: int
) -> None:
    """Missing 4, currency 3, amount and values 5, number 1, cart 8; nothing is registered."""
    await merchant.register(orderNumber="taken")
    body = await merchant.call("register.do", **(ORDER | changes))
    assert body["errorCode"] == str(code)
    assert set(body) == {"errorCode", "errorMessage"}
    assert len(merchant.bank.orders) == 1


async def test_a_cart_that_sums_up_is_taken(merchant: Merchant) -> None:
    """Parts of a piece are rounded half up before they are compared."""
    weighed = cart(quantity={"value": 0.125, "measure": "кг"}, itemPrice=SUM * 8, itemAmount=SUM)
    assert "orderId" in await merchant.call("register.do", **ORDER, orderBundle=weighed)


async def test_a_number_is_taken_for_ever(merchant: Merchant) -> None:
    """Error 1 with other words before and after the payment; no answer shows the link again."""
    md_order = (await merchant.call("register.do", **ORDER))["orderId"]
    unpaid = await merchant.call("register.do", **ORDER)
    merchant.bank.pay(md_order)
    paid = await merchant.call("register.do", **ORDER)

    assert unpaid == {
        "errorCode": "1",
        "errorMessage": "Заказ с таким номером был зарегистрирован, но не был оплачен",
    }
    assert paid == {"errorCode": "1", "errorMessage": "Заказ с таким номером уже обработан"}


async def test_a_link_lives_as_long_as_was_asked(merchant: Merchant) -> None:
    """20 minutes by itself; expirationDate is Moscow time and outweighs sessionTimeoutSecs."""
    plain = merchant.bank.orders[await merchant.register()]
    day = merchant.bank.orders[await merchant.register(sessionTimeoutSecs="86400")]
    dated = await merchant.register(expirationDate="2026-11-26T09:30:00", sessionTimeoutSecs="5")

    assert round((plain.expires_at - NOON).total_seconds(), -1) == 1200
    assert round((day.expires_at - NOON).total_seconds(), -1) == 86400
    assert merchant.bank.orders[dated].expires_at == datetime.fromisoformat("2026-11-26T09:30:00+03:00")


async def test_unknown_parameters_are_kept_and_credentials_are_not(merchant: Merchant) -> None:
    """What the real bank might want can be seen in `GET /_sandbox/orders`."""
    await merchant.register(bnplMarker="yes")
    [order] = (await merchant.http.get("/_sandbox/orders")).json()
    assert order["parameters"]["bnplMarker"] == "yes"
    assert not {"userName", "password", "token"} & set(order["parameters"])


async def test_the_link_follows_the_public_address(merchant: Merchant) -> None:
    """The desk mounts the pages under its own origin; English orders get the English page."""
    merchant.bank.public_url, merchant.bank.base_path = "https://desk.example", "/bank"
    order = merchant.bank.orders[await merchant.register(language="en")]
    path = "/bank/payment/merchants/sandbox/payment_en.html"
    assert order.form_url == f"https://desk.example{path}?mdOrder={order.md_order}"


async def test_an_application_link_comes_only_where_it_is_switched_on(merchant: Merchant) -> None:
    """The rule `deep_link` adds externalParams."""
    await merchant.control("rules", deep_link=True)
    body = await merchant.call("register.do", **ORDER)
    assert body["externalParams"]["sbolDeepLink"].startswith("sberpay://")
