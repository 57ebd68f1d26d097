"""What is read from the bank's answers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.banks.sber import SberBank
from bot.errors import BankUnknown
from bot.ports import OrderRef, OrderStatus, Registered

from .conftest import ASKED, MD_ORDER, ORDER, SUM, FakeGateway, sample

FORM_URL = f"https://3dsec.sberbank.ru/payment/merchants/sbersafe/payment_ru.html?mdOrder={MD_ORDER}"
APP_URL = "sberpay://invoicing/v2?bankInvoiceId=aefeb65848fb7f37aefeb65804b11830&operationType=Web2App"


async def test_a_registration_brings_the_id_and_the_link(bank: SberBank, gateway: FakeGateway) -> None:
    """Two keys, no errorCode, and a Content-Type that is not JSON's."""
    gateway.says(sample("registered"), content_type="text/plain", charset="utf-8")
    assert await bank.register(ORDER) == Registered(MD_ORDER, FORM_URL)


async def test_a_registration_may_bring_a_link_into_the_banks_app(bank: SberBank, gateway: FakeGateway) -> None:
    """externalParams.sbolDeepLink."""
    gateway.says(sample("registered_with_app"))
    assert await bank.register(ORDER) == Registered(MD_ORDER, FORM_URL, APP_URL)


@pytest.mark.parametrize(
    "params",
    [None, [], {"sbolDeepLink": None}, {"sbolDeepLink": "javascript://x/%0aalert(1)"}, {"sbolDeepLink": "a b://c"}],
)
async def test_an_app_link_that_is_none_is_left_out(bank: SberBank, gateway: FakeGateway, params: object) -> None:
    """The order is good without it."""
    gateway.says(sample("registered") | {"externalParams": params})
    assert (await bank.register(ORDER)).app_url is None


@pytest.mark.parametrize(
    "change",
    [
        {"formUrl": "javascript:alert(1)"},
        {"formUrl": "/payment_ru.html"},
        {"formUrl": "https://"},
        {"formUrl": "https://bank.example/\r\nX: y"},
        {"formUrl": None},
        {"orderId": None},
        {"orderId": 5},
        {"orderId": "S1-000042"},
        {"orderId": MD_ORDER + "\n"},
    ],
)
async def test_a_registration_that_cannot_be_used_is_unknown(
    bank: SberBank, gateway: FakeGateway, change: dict[str, Any]
) -> None:
    """It may exist at the bank all the same."""
    gateway.says(sample("registered") | change)
    with pytest.raises(BankUnknown):
        await bank.register(ORDER)


@pytest.mark.parametrize(
    ("name", "status", "approved", "deposited", "refunded"),
    [
        ("created", OrderStatus.REGISTERED, 0, 0, 0),
        ("held", OrderStatus.HELD, SUM, 0, 0),
        ("paid", OrderStatus.PAID, SUM, SUM, 0),
        ("completed_partly", OrderStatus.PAID, SUM, 10_000_00, 0),
        ("reversed", OrderStatus.REVERSED, SUM, 0, 0),
        ("refunded_partly", OrderStatus.REFUNDED, SUM, 9_500_50, 3_000_00),
        ("refunded", OrderStatus.REFUNDED, SUM, 0, SUM),
        ("at_the_issuer", OrderStatus.AUTHORISING, 0, 0, 0),
        ("expired", OrderStatus.DECLINED, 0, 0, 0),
    ],
)
async def test_a_status_is_read_with_its_money(
    bank: SberBank, gateway: FakeGateway, name: str, status: OrderStatus, approved: int, deposited: int, refunded: int
) -> None:
    """Amounts in kopecks from paymentAmountInfo."""
    gateway.says(sample(name))
    state = await bank.status(ASKED)
    assert (state.status, state.approved, state.deposited, state.refunded) == (status, approved, deposited, refunded)
    assert (state.number, state.md_order, state.amount, state.currency) == ("S1-000042", MD_ORDER, SUM, "643")


async def test_the_result_of_the_last_attempt_is_read(bank: SberBank, gateway: FakeGateway) -> None:
    """-2007 keeps its sign: 2007 would mean "already paid"."""
    gateway.says(sample("expired"))
    state = await bank.status(ASKED)
    assert (state.action_code, state.action_text) == (-2007, "Истек срок ожидания ввода данных.")


@pytest.mark.parametrize(
    "change",
    [
        {"errorCode": 0},
        {"errorCode": None},
        {"errorCode": ""},
        {"orderStatus": "2"},
        {"amount": str(SUM)},
        {"currency": 643},
        {"actionCode": "0"},
        {"attributes": []},
        {"attributes": None},
        {"attributes": [None, {"name": "mdOrder"}]},
        {"orderNumber": None},
        {"error": None, "success": True},
        {"paymentAmountInfo": {"approvedAmount": SUM, "depositedAmount": str(SUM)}},
        {"paymentAmountInfo": None},
        {"errorCode": "2", "errorMessage": "Заказ отклонен по причине ошибки в реквизитах платежа"},
    ],
)
async def test_other_types_and_missing_fields_change_nothing(
    bank: SberBank, gateway: FakeGateway, change: dict[str, Any]
) -> None:
    """Installations differ in them; what was asked for stands in."""
    gateway.says(sample("paid"), headers={"Date": "Wed, 25 Nov 2026 09:00:00 GMT"})
    usual = await bank.status(ASKED)
    gateway.says(sample("paid") | change, headers={"Date": "Wed, 25 Nov 2026 09:00:00 GMT"})
    assert await bank.status(ASKED) == usual


async def test_only_the_status_is_indispensable(bank: SberBank, gateway: FakeGateway) -> None:
    """The rest stays empty; nothing is invented."""
    gateway.says({"errorCode": "0", "orderStatus": 0})
    state = await bank.status(OrderRef("S1-000042"))
    assert (state.number, state.md_order, state.amount, state.currency) == ("S1-000042", None, 0, "")
    assert (state.action_code, state.action_text, state.approved) == (None, "", 0)


@pytest.mark.parametrize(
    ("status", "money"),
    [
        (0, (0, 0, 0)),
        (1, (SUM, 0, 0)),
        (2, (SUM, SUM, 0)),
        (3, (SUM, 0, 0)),
        (5, (0, 0, 0)),
        (6, (0, 0, 0)),
        (7, (0, 0, 0)),
    ],
)
async def test_without_amounts_the_status_itself_says_what_is_paid(
    bank: SberBank, gateway: FakeGateway, status: int, money: tuple[int, int, int]
) -> None:
    """Old versions of the method have no paymentAmountInfo."""
    gateway.says({"errorCode": "0", "orderStatus": status, "amount": SUM, "currency": "643"})
    state = await bank.status(ASKED)
    assert (state.approved, state.deposited, state.refunded) == money


async def test_a_status_that_nobody_knows_is_none(bank: SberBank, gateway: FakeGateway) -> None:
    """Newer values exist (7, 8): keep asking."""
    gateway.says(sample("paid") | {"orderStatus": 8})
    assert (await bank.status(ASKED)).status is None


@pytest.mark.parametrize(
    "change",
    [
        {"orderStatus": None},
        {"amount": 12500.5},
        {"amount": "12 500"},
        {"amount": -1},
        {"amount": True},
        {"paymentAmountInfo": {"depositedAmount": "много"}},
        {"orderStatus": 4, "paymentAmountInfo": None},
        {"errorCode": "пять"},
    ],
)
async def test_money_that_cannot_be_read_is_unknown_and_never_guessed(
    bank: SberBank, gateway: FakeGateway, change: dict[str, Any]
) -> None:
    """A refund without its sum too: it may be a part or the whole."""
    gateway.says(sample("paid") | change)
    with pytest.raises(BankUnknown):
        await bank.status(ASKED)


@pytest.mark.parametrize(
    ("header", "moment"),
    [
        ("Wed, 25 Nov 2026 09:00:00 GMT", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("Wed, 25 Nov 2026 12:00:00 +0300", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("Wed, 25 Nov 2026 09:00:00 -0000", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("вчера", None),
    ],
)
async def test_the_banks_clock_is_read_from_the_date_header(
    bank: SberBank, gateway: FakeGateway, header: str, moment: datetime | None
) -> None:
    """Aware UTC; None where it is no date."""
    gateway.says(sample("paid"), headers={"Date": header})
    assert (await bank.status(ASKED)).bank_time == moment


async def test_the_moments_of_the_hold_and_of_the_payment_are_read(bank: SberBank, gateway: FakeGateway) -> None:
    """authDateTime and depositedDate, in aware UTC to the millisecond."""
    gateway.says(sample("completed_partly"))
    state = await bank.status(ASKED)
    assert state.held_at == datetime(2018, 7, 15, 8, 25, 50, 391000, tzinfo=UTC)
    assert state.paid_at == datetime(2018, 7, 15, 8, 25, 56, 391000, tzinfo=UTC)
    assert {state.held_at.tzinfo, state.paid_at.tzinfo} == {UTC}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("1795602600000", datetime(2026, 11, 25, 10, 30, tzinfo=UTC)),
        ("2026-11-25T13:30:00", datetime(2026, 11, 25, 10, 30, tzinfo=UTC)),
        ("2026-11-25T13:30:00+05:00", datetime(2026, 11, 25, 8, 30, tzinfo=UTC)),
        ("2026-11-25T10:30:00Z", datetime(2026, 11, 25, 10, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        ("вчера", None),
        ("null", None),
        ("", None),
        (None, None),
        (0, None),
        (True, None),
        (1.5, None),
        (10**18, None),
        (10**30, None),
        ({"time": 1}, None),
    ],
)
async def test_a_moment_that_cannot_be_read_is_none(
    bank: SberBank, gateway: FakeGateway, written: object, moment: datetime | None
) -> None:
    """A text without a zone is Moscow's; the rest of the answer stays good."""
    gateway.says(sample("paid") | {"authDateTime": written, "depositedDate": written})
    state = await bank.status(ASKED)
    assert (state.held_at, state.paid_at, state.deposited) == (moment, moment, SUM)
