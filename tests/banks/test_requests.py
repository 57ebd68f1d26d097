"""What goes to the bank, byte for byte."""

import dataclasses
import json
from datetime import timedelta

import pytest

from bot.banks.sber import SberBank
from bot.errors import BankRefused
from bot.ports import OrderRef

from .conftest import ASKED, MD_ORDER, OPERATIONS, ORDER, FakeGateway, MakeBank, sample


async def test_register_posts_a_form_with_kopecks_and_an_explicit_life(bank: SberBank, gateway: FakeGateway) -> None:
    """Every field of the registration, and nothing else."""
    gateway.says(sample("registered"))
    await bank.register(ORDER)
    path, headers, _ = gateway.asked[0]
    assert path == "/payment/rest/register.do"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert gateway.form == {
        "userName": "shop-api",
        "password": "secret",
        "orderNumber": "S1-000042",
        "amount": "1250050",
        "currency": "643",
        "returnUrl": "https://shop.example/p/abc/return",
        "failUrl": "https://shop.example/p/abc/return",
        "description": "куртка зимняя",
        "sessionTimeoutSecs": "7200",
        "language": "ru",
    }


async def test_a_hold_is_registered_with_its_own_method(bank: SberBank, gateway: FakeGateway) -> None:
    """Two-stage orders go to registerPreAuth.do."""
    gateway.says(sample("registered"))
    await bank.register(dataclasses.replace(ORDER, two_stage=True))
    assert gateway.asked[0][0] == "/payment/rest/registerPreAuth.do"


async def test_passwords_and_cyrillic_are_percent_encoded(make_bank: MakeBank, gateway: FakeGateway) -> None:
    """A password of + & % = and spaces arrives as it is; Cyrillic goes as UTF-8."""
    gateway.says(sample("registered"))
    await make_bank(password="a+b&c%d=e ё").register(ORDER)
    raw = gateway.asked[0][2]
    assert b"password=a%2Bb%26c%25d%3De+%D1%91&" in raw
    assert b"description=%D0%BA%D1%83%D1%80%D1%82%D0%BA%D0%B0+" in raw
    assert gateway.form["password"] == "a+b&c%d=e ё"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("скидка 20% на\r\nкуртку\n", "скидка 20 на куртку"),
        ("я" * 120, "я" * 99),
        ("я" * 98 + " я", "я" * 98),
        ("шуба \ud83d", "шуба"),
        ("%\n", None),
        ("", None),
    ],
)
async def test_the_description_keeps_to_what_the_bank_takes(
    bank: SberBank, gateway: FakeGateway, written: str, sent: str | None
) -> None:
    """At most 99 characters, no %, no line ends; an empty one is left out."""
    gateway.says(sample("registered"))
    await bank.register(dataclasses.replace(ORDER, description=written))
    assert gateway.form.get("description") == sent


async def test_a_token_goes_instead_of_name_and_password(make_bank: MakeBank, gateway: FakeGateway) -> None:
    """Never both."""
    gateway.says(sample("registered"))
    await make_bank(token="t0k+en").register(ORDER)
    assert gateway.form["token"] == "t0k+en"
    assert not {"userName", "password"} & gateway.form.keys()


async def test_extra_parameters_go_with_registrations_alone(make_bank: MakeBank, gateway: FakeGateway) -> None:
    """Texts as they are, nested values as one field of compact JSON."""
    bank = make_bank(
        extra_params='{"jsonParams": {"phone": "+7", "ключ": [1, 2]}, "features": "FORCE_TDS", "taxSystem": 0}'
    )
    gateway.says(sample("registered"))
    await bank.register(ORDER)
    assert gateway.form["jsonParams"] == '{"phone":"+7","ключ":[1,2]}'
    assert (gateway.form["features"], gateway.form["taxSystem"]) == ("FORCE_TDS", "0")
    gateway.says(sample("paid"))
    await bank.status(ASKED)
    assert gateway.form.keys() == {"userName", "password", "orderId", "language"}


async def test_the_cart_is_one_plain_position_of_the_whole_sum(make_bank: MakeBank, gateway: FakeGateway) -> None:
    """One form field of compact JSON; its sum is the order's."""
    gateway.says(sample("registered"))
    await make_bank(send_cart="true").register(dataclasses.replace(ORDER, description="ш" * 120))
    cart = gateway.form["orderBundle"]
    assert json.loads(cart) == {
        "cartItems": {
            "items": [
                {
                    "positionId": 1,
                    "name": "ш" * 100,
                    "quantity": {"value": 1, "measure": "шт"},
                    "itemAmount": 1250050,
                    "itemPrice": 1250050,
                    "itemCode": "S1-000042",
                    "itemCurrency": "643",
                }
            ]
        }
    }
    assert ": " not in cart
    assert "шт" in cart


@pytest.mark.parametrize("amount", [100, 1_000_00, ORDER.amount])
async def test_the_cart_of_a_part_is_the_registered_position_with_a_smaller_sum(
    make_bank: MakeBank, gateway: FakeGateway, amount: int
) -> None:
    """The bank compares positionId, name and itemCode; amounts may only shrink. The whole sum brings its cart too."""
    bank, goods = make_bank(send_cart="true"), "20% № 1042 " + "ш" * 120
    gateway.says(sample("registered"))
    await bank.register(dataclasses.replace(ORDER, description=goods))
    [registered] = json.loads(gateway.form["orderBundle"])["cartItems"]["items"]
    gateway.says(sample("done"))
    await bank.deposit(ASKED, amount, description=goods)
    completed = gateway.form["depositItems"]
    await bank.refund(ASKED, amount, description=goods)
    assert gateway.form["refundItems"] == completed
    assert json.loads(completed) == {"items": [registered | {"itemAmount": amount, "itemPrice": amount}]}
    assert ": " not in completed
    assert "шт" in completed


async def test_the_life_is_rounded_down_to_seconds(bank: SberBank, gateway: FakeGateway) -> None:
    """The link never outlives what was promised."""
    gateway.says(sample("registered"))
    await bank.register(dataclasses.replace(ORDER, lifetime=timedelta(seconds=90.9)))
    assert gateway.form["sessionTimeoutSecs"] == "90"


async def test_an_order_is_named_by_the_banks_id_or_else_by_our_number(bank: SberBank, gateway: FakeGateway) -> None:
    """The bank's id wins; after a lost answer only our number is known."""
    gateway.says(sample("paid"))
    await bank.status(ASKED)
    assert (gateway.form["orderId"], gateway.form.get("orderNumber")) == (MD_ORDER, None)
    await bank.status(OrderRef("S1-000042"))
    assert (gateway.form.get("orderId"), gateway.form["orderNumber"]) == (None, "S1-000042")


async def test_decline_names_the_merchant_where_it_is_set(make_bank: MakeBank, gateway: FakeGateway) -> None:
    """merchantLogin goes with decline.do."""
    gateway.says(sample("done"))
    await make_bank(decline="true", merchant_login="shop").decline(ASKED)
    assert gateway.asked[0][0] == "/payment/rest/decline.do"
    assert (gateway.form["orderId"], gateway.form["merchantLogin"]) == (MD_ORDER, "shop")


@pytest.mark.parametrize("method", ["deposit.do", "reverse.do", "refund.do"])
async def test_an_operation_names_the_order_and_its_sum_and_nothing_else(
    make_bank: MakeBank, gateway: FakeGateway, method: str
) -> None:
    """Byte for byte: what belongs to registrations or to decline.do stays away, and reverse.do has no sum."""
    gateway.says(sample("done"))
    await OPERATIONS[method](make_bank(extra_params='{"features": "FORCE_TDS"}', merchant_login="shop"))
    [(path, headers, raw)] = gateway.asked
    assert path == f"/payment/rest/{method}"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    amount = "" if method == "reverse.do" else "&amount=1250050"
    assert raw.decode() == f"userName=shop-api&password=secret&orderId={MD_ORDER}&language=ru{amount}"


async def test_an_operation_finds_an_order_by_our_number_too(bank: SberBank, gateway: FakeGateway) -> None:
    """While the bank's id of it is not known."""
    gateway.says(sample("done"))
    await bank.refund(OrderRef("S1-000042"), 1_000_00, description="")
    assert (gateway.form.get("orderId"), gateway.form["orderNumber"]) == (None, "S1-000042")
    assert gateway.form["amount"] == "100000"


async def test_a_sum_that_the_bank_may_read_as_all_is_never_sent(bank: SberBank, gateway: FakeGateway) -> None:
    """0 would charge the whole hold, or give everything back."""
    for amount in (-1, 0, 99):
        with pytest.raises(ValueError, match=str(amount)):
            await bank.deposit(ASKED, amount, description="")
    for amount in (-1, 0):
        with pytest.raises(ValueError, match=str(amount)):
            await bank.refund(ASKED, amount, description="")
    assert gateway.asked == []


def test_what_the_merchant_may_do_is_told(make_bank: MakeBank) -> None:
    """Both are off unless they are set."""
    usual = make_bank()
    assert (usual.can_decline, usual.can_reverse_deposited) == (False, False)
    assert make_bank(decline="true").can_decline
    assert make_bank(reverse_deposited="true").can_reverse_deposited


async def test_without_its_setting_decline_asks_nobody(bank: SberBank, gateway: FakeGateway) -> None:
    """Refused with 5, as the bank would do."""
    with pytest.raises(BankRefused) as refusal:
        await bank.decline(ASKED)
    assert refusal.value.code == 5
    assert gateway.asked == []
