"""Answers that get lost, as the bank's do."""

import httpx
import pytest

from .conftest import Merchant


async def test_a_hanging_call_has_been_done(merchant: Merchant) -> None:
    """The client times out; the money has moved."""
    order = await merchant.register()
    merchant.bank.pay(order)
    await merchant.control("faults", method="refund.do", kind="hang")
    merchant.http.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        await merchant.call("refund.do", orderId=order, amount=100000)
    assert (await merchant.status(order))["paymentAmountInfo"]["refundedAmount"] == 100000


@pytest.mark.parametrize("kind", ["502", "429"])
async def test_a_front_end_answers_html_and_nothing_is_done(merchant: Merchant, kind: str) -> None:
    """As often as was asked."""
    await merchant.control("faults", method="register.do", kind=kind, count=2)
    for _ in range(2):
        answer = await merchant.http.post("/payment/rest/register.do")
        assert (answer.status_code, answer.headers["Content-Type"][:9]) == (int(kind), "text/html")
    assert merchant.bank.orders == {}
    await merchant.register()


async def test_a_dropped_call_has_not_been_done(merchant: Merchant) -> None:
    """The connection closes without a byte."""
    await merchant.control("faults", method="register.do", kind="dropped")
    with pytest.raises(httpx.RemoteProtocolError):
        await merchant.register(orderNumber="N-1")
    await merchant.register(orderNumber="N-1")
