"""The payer's pages, walked as a browser without JavaScript does: read the form, press a button."""

import html
import re
from typing import Any

import httpx
import pytest
from aiohttp import web

from bot.sandbox.bank import BankSimulator
from tests.serving import serve

from .conftest import LOGIN, Merchant, Shop


class Browser:
    """One payer before one order."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self.http = http
        self.url = httpx.URL(url)
        self.page = ""
        self.answer = httpx.Response(0)

    async def open(self, **headers: str) -> None:
        self._show(await self.http.get(self.url, headers=headers))

    async def press(self, button: int = 0, **typed: str) -> None:
        """The n-th button of the page; what was prefilled stays but for `typed`."""
        fields = dict(re.findall(r'<input [^>]*name="(\w+)"[^>]*?value="([^"]*)"', self.page))
        name, value = re.findall(r'<button [^>]*name="(\w+)" value="(\w+)"', self.page)[button]
        [action] = re.findall(r'action="([^"]*)"', self.page)
        self._show(await self.http.post(self.url.join(html.unescape(action)), data=fields | {name: value} | typed))

    def _show(self, answer: httpx.Response) -> None:
        self.answer, self.page = answer, answer.text

    @property
    def heading(self) -> str:
        [heading] = re.findall(r"<h1[^>]*>(.*?)</h1>", self.page)
        return str(heading)

    @property
    def back(self) -> str:
        [link] = re.findall(r'<a [^>]*href="([^"]*)"', self.page)
        return html.unescape(link)


async def payer(merchant: Merchant, **fields: Any) -> tuple[str, Browser]:
    order = await merchant.register(**fields)
    browser = Browser(merchant.http, merchant.bank.orders[order].form_url)
    await browser.open()
    return order, browser


async def test_the_first_button_of_each_page_pays(merchant: Merchant, shop: Shop) -> None:
    """Phone, code, card, paid; the way back carries orderId and lang, and what the shop's address had."""
    order, browser = await payer(merchant, returnUrl="https://shop.example/r?a=1#top")
    seen = [browser.heading]
    for _ in range(3):
        await browser.press()
        seen.append(browser.heading)

    assert seen == ["Вход", "Код из SMS", "График и карта", "Учебный банк"]
    assert "Оплата принята" in browser.page
    assert browser.back == f"https://shop.example/r?a=1&orderId={order}&lang=ru#top"
    await shop.hears("deposited/1")
    assert (await merchant.status(order))["cardAuthInfo"]["maskedPan"] == "000000**1111"


async def test_the_card_page_shows_four_parts(merchant: Merchant) -> None:
    """Whole roubles two weeks apart, the odd kopecks with the first."""
    _, browser = await payer(merchant, amount=12_501_50)
    await browser.press()
    await browser.press()
    rows = re.findall(r"<li><span>(.*?)</span><(?:strong|span)[^>]*>(.*?)</", browser.page)
    parts = [(day.replace("\xa0", " "), part.replace("\xa0", " ")) for day, part in rows]
    assert parts == [
        ("Сегодня", "3 126,50 ₽"),
        ("9 декабря", "3 125 ₽"),
        ("23 декабря", "3 125 ₽"),
        ("6 января", "3 125 ₽"),
    ]


async def test_refused_three_times_goes_back_to_fail_url(merchant: Merchant, shop: Shop) -> None:
    """After the first two the same step is there again; the second button refuses."""
    order, browser = await payer(merchant, failUrl="https://shop.example/fail")
    await browser.press()
    await browser.press()
    for _ in range(2):
        await browser.press(1)
        assert browser.heading == "График и карта"
        assert "Оплата отклонена" in browser.page
    await browser.press(1)
    assert browser.back == f"https://shop.example/fail?orderId={order}&lang=ru"
    assert (await merchant.status(order))["orderStatus"] == 6
    await shop.hears(*["deposited/0"] * 3)


async def test_a_form_sent_twice_counts_once(merchant: Merchant) -> None:
    """A reload of the refusal is not another attempt."""
    order, browser = await payer(merchant)
    again = {"mdOrder": order, "step": "card", "attempt": "0", "do": "refuse"}
    for _ in range(3):
        await merchant.http.post(browser.url, data=again)
    assert merchant.bank.orders[order].attempts == 1


async def test_leaving_is_no_attempt(merchant: Merchant, shop: Shop) -> None:
    """The third button leads to the shop at once; the link lives."""
    order, browser = await payer(merchant)
    await browser.press(2)
    assert browser.answer.status_code == 303
    assert browser.answer.headers["Location"] == f"https://shop.example/r?orderId={order}&lang=ru"
    assert merchant.bank.orders[order].attempts == 0
    await shop.hears()


@pytest.mark.parametrize(
    ("card", "code"),
    [("2202 2050 0006 0910", 116), ("0000 0000 0000 0101", 101), ("12", 14), ("4111 1111 1111 1111", 0)],
)
async def test_the_card_decides_the_action_code(merchant: Merchant, card: str, code: int) -> None:
    """Test cards for refusals; a number that is none is 14; the rest pay. No card number is kept on the wire."""
    order, browser = await payer(merchant)
    await browser.press()
    await browser.press()
    await browser.press(card=card)
    assert (await merchant.status(order))["actionCode"] == code
    steps = [each for each in merchant.bank.wire.recent("bank") if each.source == "shopper"]
    assert [(each.method, each.request) for each in steps] == [
        ("GET", ""), ("POST", "phone pay"), ("POST", "code pay"), ("POST", "card pay"),
    ]  # fmt: skip


async def test_a_wrong_code_stays_on_its_page_and_acs_shows_as_5(merchant: Merchant) -> None:
    """With the rule `acs` the order is at the issuer while the payer is on the card page."""
    await merchant.control("rules", acs=True)
    order, browser = await payer(merchant)
    await browser.press()
    await browser.press(code="2222")
    assert browser.heading == "Код из SMS"
    await browser.press()
    assert (await merchant.status(order))["orderStatus"] == 5
    await browser.press()
    assert (await merchant.status(order))["orderStatus"] == 2


async def test_a_sum_over_the_limit_is_refused_on_the_page_only(merchant: Merchant) -> None:
    """Register took it."""
    order, browser = await payer(merchant, amount=150_000_01)
    for _ in range(3):
        await browser.press()
    assert (await merchant.status(order))["actionCode"] == 61


async def test_pages_are_english_on_request_and_closed_to_strangers(merchant: Merchant) -> None:
    """By ?lang or the browser's language; framed by their own origin only; no script at all."""
    order, browser = await payer(merchant)
    await browser.open(**{"Accept-Language": "en-GB,ru;q=0.5"})
    assert browser.heading == "Log in"
    await browser.press()
    assert browser.heading == "Code from the SMS"
    browser.url = browser.url.copy_merge_params({"lang": "ru"})
    await browser.open(**{"Accept-Language": "en"})
    assert browser.heading == "Вход"
    policy = browser.answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "<script" not in browser.page
    assert (await merchant.http.get(browser.url.copy_set_param("mdOrder", order[::-1]))).status_code == 404


async def test_the_same_application_works_under_a_prefix(shop: Shop) -> None:
    """Mounted at /bank on another origin: link, forms and payment hold."""
    bank = BankSimulator(callback_url=shop.url, base_path="/bank")
    desk = web.Application()
    desk.add_subapp("/bank", bank.app)
    runner, url = await serve(desk)
    async with httpx.AsyncClient() as http:
        order = LOGIN | {"orderNumber": "1", "amount": "100000", "returnUrl": "https://shop.example/r"}
        body = (await http.post(f"{url}/bank/payment/rest/register.do", data=order)).json()
        browser = Browser(http, body["formUrl"])
        await browser.open()
        for _ in range(3):
            await browser.press()
    await shop.hears("deposited/1")
    await runner.cleanup()
    assert body["formUrl"].startswith(f"{url}/bank/payment/merchants/")
