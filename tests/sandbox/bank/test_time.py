"""What time does to orders, on a clock that can be moved."""

from .conftest import Merchant, Shop


async def test_an_unpaid_link_runs_out(merchant: Merchant, shop: Shop) -> None:
    """6 with actionCode -2007 and a callback whose status 1 does not mean paid; a late payer is refused."""
    order = await merchant.register(sessionTimeoutSecs=3600)
    merchant.pass_time(minutes=59)
    assert (await merchant.status(order))["orderStatus"] == 0
    merchant.pass_time(minutes=1)
    body = await merchant.status(order)
    assert (body["orderStatus"], body["actionCode"]) == (6, -2007)
    assert body["actionCodeDescription"] == "Истек срок ожидания ввода данных."
    await shop.hears("declinedByTimeout/1")
    assert (await merchant.http.post("/_sandbox/pay", json={"mdOrder": order})).status_code == 409


async def test_time_runs_out_by_itself(merchant: Merchant, shop: Shop) -> None:
    """Nobody has to ask or to move the clock."""
    merchant.bank.rules.lifetime = 0.05
    await merchant.register()
    await shop.hears("declinedByTimeout/1")


async def test_a_hold_lapses_after_seven_days(merchant: Merchant, shop: Shop) -> None:
    """The bank lets the money go: 3 and reversed/1."""
    order = await merchant.register(hold=True)
    merchant.bank.pay(order)
    merchant.pass_time(days=6, hours=23)
    assert (await merchant.status(order))["orderStatus"] == 1
    merchant.pass_time(hours=1)
    assert (await merchant.status(order))["orderStatus"] == 3
    await shop.hears("approved/1", "reversed/1")


async def test_a_completed_hold_does_not_lapse(merchant: Merchant, shop: Shop) -> None:
    """Nor does a paid link run out."""
    order = await merchant.register(hold=True)
    merchant.bank.pay(order)
    await merchant.call("deposit.do", orderId=order, amount=0)
    merchant.pass_time(days=30)
    assert (await merchant.status(order))["orderStatus"] == 2
    await shop.hears("approved/1", "deposited/1")


async def test_the_third_failed_attempt_ends_an_order(merchant: Merchant, shop: Shop) -> None:
    """Each is told with status 0; before the third the order stays payable, with the reason of the last attempt."""
    order = await merchant.register(hold=True)
    for code in (116, 101):
        await merchant.control("pay", mdOrder=order, outcome="refuse", actionCode=code)
        body = await merchant.status(order)
        assert (body["orderStatus"], body["actionCode"]) == (0, code)
    await merchant.control("pay", mdOrder=order, outcome="refuse")
    body = await merchant.status(order)
    assert (body["orderStatus"], body["actionCode"]) == (6, -2013)
    await shop.hears("approved/0", "approved/0", "approved/0")


async def test_an_order_can_be_paid_after_a_refusal(merchant: Merchant, shop: Shop) -> None:
    """A refused attempt is not an end."""
    order = await merchant.register()
    merchant.bank.refuse(order)
    merchant.bank.pay(order)
    await shop.hears("deposited/0", "deposited/1")
    assert (await merchant.status(order))["actionCode"] == 0
