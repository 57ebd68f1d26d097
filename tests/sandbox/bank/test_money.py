"""What may be done to an order in each state, and what its amounts are afterwards."""

import pytest

from .conftest import SUM, Merchant

STATES = ("created", "acs", "held", "paid", "paid earlier", "part", "full", "reversed", "declined")
OPERATIONS = {
    "deposit": ("deposit.do", {"amount": "0"}),
    "reverse": ("reverse.do", {}),
    "refund": ("refund.do", {"amount": "100000"}),
    "decline": ("decline.do", {"merchantLogin": "sandbox"}),
}
# Section 4.1 of the facts; one row a state, one errorCode an operation in the order above.
ALLOWED = {
    "created": (7, 7, 7, 0),
    "acs": (7, 7, 7, 7),
    "held": (0, 0, 7, 7),
    "paid": (7, 0, 0, 7),
    "paid earlier": (7, 7, 0, 7),
    "part": (7, 7, 0, 7),
    "full": (7, 7, 7, 7),
    "reversed": (7, 7, 7, 7),
    "declined": (7, 7, 7, 7),
}


async def order_in(merchant: Merchant, state: str) -> str:
    md_order = await merchant.register(hold=state == "held")
    if state == "acs":
        merchant.bank.enter_acs(md_order)
    elif state == "declined":
        await merchant.call("decline.do", orderId=md_order)
    elif state != "created":
        merchant.bank.pay(md_order)
    if state == "paid earlier":
        merchant.pass_time(hours=12)
    elif state in ("part", "full"):
        await merchant.call("refund.do", orderId=md_order, amount=SUM if state == "full" else 300000)
    elif state == "reversed":
        await merchant.call("reverse.do", orderId=md_order)
    return md_order


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("state", STATES)
async def test_operations_are_allowed_by_state(merchant: Merchant, state: str, operation: str) -> None:
    """The table; a refusal changes nothing."""
    md_order = await order_in(merchant, state)
    before = await merchant.amounts(md_order)
    method, fields = OPERATIONS[operation]
    body = await merchant.call(method, orderId=md_order, **fields)

    code = ALLOWED[state][list(OPERATIONS).index(operation)]
    assert int(body["errorCode"]) == code
    assert (await merchant.amounts(md_order) == before) == (code != 0)


async def test_amounts_of_a_payment(merchant: Merchant) -> None:
    """depositedAmount falls as refunds grow; status 4 stands for a part and for all."""
    order = await merchant.register()
    assert await merchant.amounts(order) == (0, "CREATED", 0, 0, 0)
    merchant.bank.pay(order)
    assert await merchant.amounts(order) == (2, "DEPOSITED", SUM, SUM, 0)
    await merchant.call("refund.do", orderId=order, amount=300000)
    assert await merchant.amounts(order) == (4, "REFUNDED", SUM, SUM - 300000, 300000)
    await merchant.call("refund.do", orderId=order, amount=300000)
    assert await merchant.amounts(order) == (4, "REFUNDED", SUM, SUM - 600000, 600000)
    await merchant.call("refund.do", orderId=order, amount=SUM - 600000)
    assert await merchant.amounts(order) == (4, "REFUNDED", SUM, 0, SUM)


@pytest.mark.parametrize(("asked", "deposited"), [(0, SUM), (SUM, SUM), (500000, 500000), (100, 100)])
async def test_amounts_of_a_hold(merchant: Merchant, asked: int, deposited: int) -> None:
    """0 completes the whole hold; deposit.do answers a number."""
    order = await merchant.register(hold=True)
    merchant.bank.pay(order)
    assert await merchant.amounts(order) == (1, "APPROVED", SUM, 0, 0)
    assert await merchant.call("deposit.do", orderId=order, amount=asked) == {"errorCode": 0}
    assert await merchant.amounts(order) == (2, "DEPOSITED", SUM, deposited, 0)


async def test_a_reversed_order_has_nothing_deposited(merchant: Merchant) -> None:
    """approvedAmount stays."""
    order = await order_in(merchant, "reversed")
    assert await merchant.amounts(order) == (3, "REVERSED", SUM, 0, 0)


@pytest.mark.parametrize(
    ("method", "amount", "code", "text"),
    [
        ("deposit.do", "99", "5", "Сумма завершения должна быть равна нулю или не меньше одного рубля"),
        ("deposit.do", str(SUM + 1), "5", "Сумма завершения превышает сумму удержания"),
        ("deposit.do", "", "5", "Неверная сумма"),
        ("refund.do", "99", "7", "Неверная сумма депозита (менее одного рубля)"),
        ("refund.do", str(SUM + 1), "7", "Сумма возврата превышает сумму списания"),
        ("refund.do", "", "5", "Неверная сумма"),
        ("refund.do", "0", "5", "Неверная сумма"),
        ("reverse.do", "100000", "5", "Неверная сумма"),
    ],
)
async def test_wrong_sums_are_refused(merchant: Merchant, method: str, amount: str, code: str, text: str) -> None:
    """Over the sum, under a rouble, or none at all."""
    order = await merchant.register(hold=method == "deposit.do")
    merchant.bank.pay(order)
    assert await merchant.call(method, orderId=order, amount=amount) == {"errorCode": code, "errorMessage": text}


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_an_unknown_order_is_error_6_and_none_is_error_5(merchant: Merchant, operation: str) -> None:
    """Whatever the operation; the shop's number finds an order too."""
    method, fields = OPERATIONS[operation]
    assert (await merchant.call(method, orderId="0" * 36, **fields))["errorCode"] == "6"
    assert (await merchant.call(method, **fields))["errorCode"] == "5"


async def test_a_failed_reverse_spoils_the_later_ones(merchant: Merchant) -> None:
    """Tried too early, it never passes again, though the payment could be reversed."""
    order = await merchant.register()
    assert (await merchant.call("reverse.do", orderId=order))["errorCode"] == "7"
    merchant.bank.pay(order)
    assert (await merchant.call("reverse.do", orderId=order))["errorCode"] == "7"


@pytest.mark.parametrize(("minutes", "code"), [(29, "0"), (31, "7")])
async def test_a_payment_is_reversed_until_midnight_in_moscow(merchant: Merchant, minutes: int, code: str) -> None:
    """Paid at half past eleven in the evening."""
    order = await merchant.register()
    merchant.pass_time(hours=11, minutes=30)
    assert (await merchant.status(order))["orderStatus"] == 6
    order = await merchant.register()
    merchant.bank.pay(order)
    merchant.pass_time(minutes=minutes)
    assert (await merchant.call("reverse.do", orderId=order))["errorCode"] == code


async def test_the_banks_day_is_moscows(merchant: Merchant) -> None:
    """Paid at half past midnight there, which is the day before in UTC; reversed at four the same night."""
    merchant.pass_time(hours=12, minutes=30)
    order = await merchant.register()
    merchant.bank.pay(order)
    merchant.pass_time(hours=3, minutes=30)
    assert (await merchant.call("reverse.do", orderId=order))["errorCode"] == "0"


async def test_a_hold_is_reversed_on_any_day_and_a_completed_one_by_the_rules(merchant: Merchant) -> None:
    """After a completion for less never; after a whole one where the rule allows it."""
    held, whole, less = [await merchant.register(hold=True) for _ in range(3)]
    for order in (held, whole, less):
        merchant.bank.pay(order)
    await merchant.call("deposit.do", orderId=whole, amount=0)
    await merchant.call("deposit.do", orderId=less, amount=500000)
    assert (await merchant.call("reverse.do", orderId=less))["errorCode"] == "7"
    await merchant.control("rules", reverse_deposited=False)
    assert (await merchant.call("reverse.do", orderId=whole))["errorCode"] == "7"
    merchant.pass_time(days=3)
    assert (await merchant.call("reverse.do", orderId=held))["errorCode"] == "0"
