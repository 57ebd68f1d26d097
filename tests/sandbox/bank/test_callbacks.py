"""The bank's notifications: what they say, how they are signed, how often they come, how they go wrong."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bot.sandbox.bank.signing import Signer, signed_text

from .conftest import LOGIN, SUM, Merchant, Shop, until

VECTOR = {
    "mdOrder": "11111111-2222-7333-8444-555555555555",
    "orderNumber": "S1-000042",
    "operation": "deposited",
    "status": "1",
}
VECTORS = [
    ({}, "0CD86F27F4A64CF604E0674534C078F61CD4108C99D0CE26B168B5F881562491"),
    (
        {"amount": "1234500", "sign_alias": "ignored"},
        "7EB2C99B7A9C9F054B2BCDDD86166FD27C51FC800C27346220EEE20810899ECE",
    ),
    (
        {
            "operation": "refunded",
            "orderDescription": "Диван «Осло» 2+1; беж",
            "phone": "+79001234567",
            "callbackCreationDate": "Mon Jan 31 21:46:52 MSK 2022",
        },
        "136487F7B23CAED0191D6E2D8D11E15A99C701D2C52A7D83B7FAD32AAFD8EA2B",
    ),
]


@pytest.mark.parametrize(("changes", "checksum"), VECTORS)
def test_checksums_agree_with_vectors_made_elsewhere(changes: dict[str, str], checksum: str) -> None:
    """HMAC-SHA256 in capitals over sorted `name;value;`."""
    signed = Signer("unit-test-callback-key-0001").sign(VECTOR | changes, "hmac")
    assert signed["checksum"] == checksum


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_payment_is_told_by_either_method(merchant: Merchant, shop: Shop, method: str) -> None:
    """Five fields, signed with the sandbox's key; the wire shows it without the checksum."""
    await merchant.control("callbacks", method=method)
    order = await merchant.register(orderNumber="N-7")
    merchant.bank.pay(order)
    await shop.hears("deposited/1")

    [(came_by, fields)] = shop.calls
    plain = {"mdOrder": order, "orderNumber": "N-7", "operation": "deposited", "status": "1"}
    assert came_by == method
    assert fields == Signer("sandbox-callback-key").sign(plain, "hmac")
    shown = [each for each in (await merchant.http.get("/_sandbox/log")).json() if each["source"] == "bank"]
    assert [(each["target"], each["path"], each["status"]) for each in shown] == [("prilavok", "/bank/callback", 200)]
    assert fields["checksum"] not in shown[0]["request"]


async def test_an_rsa_signature_verifies_with_the_published_key(merchant: Merchant, shop: Shop) -> None:
    """PKCS#1 v1.5 over SHA-512, hex in capitals."""
    await merchant.control("callbacks", sign="rsa", extra={"orderDescription": "Куртка 2+1"})
    merchant.bank.pay(await merchant.register())
    await shop.hears("deposited/1")

    key = serialization.load_pem_public_key((await merchant.http.get("/_sandbox/public-key.pem")).content)
    assert isinstance(key, rsa.RSAPublicKey)
    [(_, fields)] = shop.calls
    assert fields["orderDescription"] == "Куртка 2+1"
    assert fields["checksum"] == fields["checksum"].upper()
    key.verify(bytes.fromhex(fields["checksum"]), signed_text(fields).encode(), padding.PKCS1v15(), hashes.SHA512())


@pytest.mark.parametrize("sign", ["none", "wrong"])
async def test_a_checksum_can_be_missing_or_wrong(merchant: Merchant, shop: Shop, sign: str) -> None:
    """`none` sends no checksum at all."""
    await merchant.control("callbacks", sign=sign)
    merchant.bank.pay(await merchant.register())
    await shop.hears("deposited/1")
    [(_, fields)] = shop.calls
    plain = {name: value for name, value in fields.items() if name != "checksum"}
    assert fields.get("checksum") != Signer().sign(plain, "hmac")["checksum"]
    assert ("checksum" in fields) == (sign == "wrong")


async def test_what_is_not_200_is_tried_three_times_half_a_minute_apart(merchant: Merchant, shop: Shop) -> None:
    """A redirect is no 200 either; after the third time the bank gives up."""
    shop.answers = [500, 302, 404, 404]
    merchant.bank.pay(await merchant.register())
    await shop.hears("deposited/1")
    merchant.pass_time(seconds=29)
    await shop.hears("deposited/1")
    for tries in (2, 3, 3):
        merchant.pass_time(seconds=31)
        await shop.hears(*["deposited/1"] * tries)
    assert len({fields["checksum"] for _, fields in shop.calls}) == 1


async def test_a_shop_that_is_away_hears_it_when_it_is_back(merchant: Merchant, shop: Shop) -> None:
    """No connection counts as a try."""
    url, merchant.bank.callback_url = shop.url, "http://127.0.0.1:9/bank/callback"
    merchant.bank.callbacks.retry_after = timedelta(seconds=0.05)
    merchant.bank.pay(await merchant.register())
    await until(lambda: any(each.source == "bank" and each.status is None for each in merchant.bank.wire.recent()))
    merchant.bank.callback_url = url
    await shop.hears("deposited/1")


async def test_every_operation_is_told(merchant: Merchant, shop: Shop) -> None:
    """By the shop or by hand in the cabinet; two equal refunds are told by equal callbacks."""
    hold, other = await merchant.register(hold=True), await merchant.register(hold=True)
    merchant.bank.pay(hold)
    await shop.hears("approved/1")
    await merchant.call("deposit.do", orderId=hold, amount=0)
    await shop.hears("approved/1", "deposited/1")
    for _ in range(2):
        await merchant.control("cabinet", mdOrder=hold, operation="refund", amount=100000)
    merchant.bank.pay(other)
    await merchant.control("cabinet", mdOrder=other, operation="reverse")
    await until(lambda: len(shop.calls) == 6)
    by_order = [f"{fields['operation']}/{fields['status']}" for _, fields in shop.calls if fields["mdOrder"] == hold]
    assert by_order == ["approved/1", "deposited/1", "refunded/1", "refunded/1"]
    assert sorted(shop.told)[-1] == "reversed/1"


@pytest.mark.parametrize(
    ("knobs", "heard"),
    [
        ({"repeat": 3}, ["approved/1"] * 3 + ["deposited/1"] * 3),
        ({"drop": 1}, ["deposited/1"]),
        ({"lie": True}, ["approved/0", "deposited/0"]),
        ({"shuffle": True}, ["deposited/1", "approved/1"]),
    ],
)
async def test_callbacks_go_wrong_on_demand(
    merchant: Merchant, shop: Shop, knobs: dict[str, Any], heard: list[str]
) -> None:
    """Repeated, lost, lying, in reverse."""
    await merchant.control("callbacks", **knobs)
    order = await merchant.register(hold=True)
    merchant.bank.pay(order)
    await merchant.call("deposit.do", orderId=order, amount=0)
    await shop.hears(*heard)


async def test_all_can_be_lost_until_the_reset(merchant: Merchant, shop: Shop) -> None:
    """`drop: true`; the wire shows what was lost. Reset puts every knob back."""
    await merchant.control("callbacks", drop=True)
    merchant.bank.pay(await merchant.register())
    await shop.hears()
    assert [each.response for each in merchant.bank.wire.recent("bank") if each.source == "bank"] == ["(lost)"]
    await merchant.control("reset")
    assert merchant.bank.orders == {}
    merchant.bank.pay(await merchant.register())
    await shop.hears("deposited/1")


async def test_a_delay_is_counted_on_the_sandbox_clock(merchant: Merchant, shop: Shop) -> None:
    """An hour late, and there at once when the hour has passed."""
    await merchant.control("callbacks", delay="1h")
    merchant.bank.pay(await merchant.register())
    await shop.hears()
    await merchant.control("clock", advance="1h")
    await shop.hears("deposited/1")


async def test_extra_parameters_can_be_ordered(merchant: Merchant, shop: Shop) -> None:
    """Amounts, and the date as Java prints it."""
    await merchant.control("callbacks", extra=True)
    merchant.bank.pay(await merchant.register())
    await shop.hears("deposited/1")
    [(_, fields)] = shop.calls
    assert (fields["amount"], fields["orderDescription"]) == (str(SUM), "null")
    assert fields["callbackCreationDate"].startswith("Wed Nov 25 12:00:0")
    assert fields["callbackCreationDate"].endswith(" MSK 2026")


async def test_a_fast_payer_is_told_before_register_has_answered(merchant: Merchant, shop: Shop) -> None:
    """The knob `early`: the callback is there when the answer comes, and it is true."""
    await merchant.control("callbacks", early=True)
    order = await merchant.register()
    assert shop.told == ["deposited/1"]
    assert (await merchant.status(order))["orderStatus"] == 2


async def test_callbacks_can_be_forged(merchant: Merchant, shop: Shop) -> None:
    """Of an unpaid order or of none, rightly signed or not; the answer says what the shop thought of it."""
    order = await merchant.register()
    assert await merchant.control("callback", mdOrder=order, operation="deposited", status=1) == {"status": 200}
    shop.answers = [403]
    forged = await merchant.control("callback", mdOrder="0" * 36, operation="refunded", status=0, sign="wrong")
    assert forged == {"status": 403}
    await shop.hears("deposited/1", "refunded/0")
    assert (await merchant.status(order))["orderStatus"] == 0


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("callbacks", {"speed": 1}, 400),
        ("callbacks", {"method": "PUT"}, 400),
        ("rules", {"speed": 1}, 400),
        ("pay", {"mdOrder": "0"}, 404),
        ("cabinet", {"orderNumber": "N-1", "operation": "refund"}, 409),
    ],
)
async def test_misspelt_controls_are_refused(merchant: Merchant, path: str, asked: dict[str, Any], status: int) -> None:
    """A knob that silently does nothing would make a test lie."""
    await merchant.register(orderNumber="N-1")
    assert (await merchant.http.post(f"/_sandbox/{path}", json=asked, params=LOGIN)).status_code == status
