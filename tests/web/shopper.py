"""A desk with one link, and the shopper's pages served from it; for the tests of the pages."""

import dataclasses
from datetime import UTC, datetime

from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.ports import PageState, PageView
from bot.qr import QrPictures
from bot.web.assets import Assets
from bot.web.pages import Pages
from bot.web.security import TokenBuckets, rate_limit

CODE = "AbCdEf12Gh4"
PAGE = f"/p/{CODE}"
BANK = "https://bank.example/payment/merchants/sber/payment_ru.html?mdOrder=70906e55-7114-41d6-8332-4609dc6590f4"
NOW = datetime(2026, 11, 24, 11, 40, tzinfo=UTC)
TELEGRAM = f"https://t.me/PrilavokBot?start=p_{CODE}"
WAITING = PageView(
    code=CODE,
    state=PageState.WAIT,
    shop="Прилавок",
    amount=1_250_000,
    number=1042,
    what="Куртка зимняя",
    at=datetime(2026, 11, 24, 11, 33, tzinfo=UTC),
    refunded=300_000,
    handover_code="47",
    has_app_link=True,
)

HEADINGS = {
    PageState.WAIT: ("К оплате", "To pay"),
    PageState.PAYING: ("Ждём ответ банка", "Waiting for the bank"),
    PageState.RETRY: ("Банк не провёл оплату", "The bank did not take the payment"),
    PageState.PAID: ("Оплачено", "Paid"),
    PageState.HELD: ("Деньги зарезервированы", "Money reserved"),
    PageState.PART: ("Возвращено 3\u00a0000\u00a0₽", "3\u00a0000\u00a0₽ refunded"),
    PageState.REFUNDED: ("Деньги возвращены", "Money refunded"),
    PageState.DECLINED: ("Оплата не прошла", "Payment failed"),
    PageState.EXPIRED: ("Ссылка истекла", "Link expired"),
    PageState.CANCELLED: ("Платёж отменён", "Payment cancelled"),
    PageState.UNKNOWN: ("Проверяем оплату", "Checking the payment"),
    PageState.SOON: ("Готовим ссылку", "Preparing the link"),
}
LOOKS = (*PageState, "gone")  # all that a page can look like
PAYABLE = {PageState.WAIT, PageState.PAYING, PageState.RETRY}

Client = TestClient[web.Request, web.Application]


class Desk:
    """A ShopperDesk whose one link the test moves from state to state."""

    def __init__(self) -> None:
        self.link: PageView | None = WAITING
        self.openings = 0
        self.payments: list[bool] = []  # in_app of each press
        self.returns = 0
        self.came_by: list[str | None] = []  # of each return

    def becomes(self, state: PageState, *, stripe: str | None = None, what: str = WAITING.what) -> None:
        self.link = dataclasses.replace(WAITING, state=state, stripe=stripe, what=what)

    async def view(self, code: str) -> PageView | None:
        return self.link if code == CODE else None

    async def opened(self, code: str) -> None:
        assert code == CODE
        self.openings += 1

    async def pay(self, code: str, *, in_app: bool = False) -> str | None:
        assert code == CODE
        self.payments.append(in_app)
        if self.link is None or not self.link.payable:
            return None
        return "bankapp://pay" if in_app else BANK

    async def returned(self, code: str, came_by: str | None) -> str | None:
        if self.link is None or code != CODE:
            return None
        self.came_by.append(came_by)
        self.returns += 1
        return CODE


class Gallery(Desk):
    """A link in every state; its code tells which. Sums, words and stripe are the widest."""

    def code(self, look: str) -> str:
        return f"GaLLery{'ABCDEFGHJKLMN'[LOOKS.index(look)]}"  # of "gone" nobody knows it

    async def view(self, code: str) -> PageView | None:
        states = {self.code(state): state for state in PageState}
        if code not in states:
            return None
        words = {"what": "Сверхдлинноенеразрывноеназваниетовара" * 3, "shop": "Магазин зимней одежды «Северное сияние»"}
        sums = {"amount": 149_999_950, "refunded": 149_999_949}
        words["telegram_url"] = TELEGRAM
        return dataclasses.replace(WAITING, code=code, state=states[code], stripe="training", **words, **sums)  # type: ignore[arg-type]  # fields by name

    async def opened(self, code: str) -> None:
        pass


def site(desk: Desk, *, framed: bool = False, buckets: TokenBuckets | None = None) -> web.Application:
    """The pages as the server has them."""
    assets = Assets()
    pages = Pages(desk, QrPictures(), assets, public_url="https://pay.shop.ru", now=lambda: NOW, framed=framed)
    limit = rate_limit(buckets or TokenBuckets(rate=1000, burst=1000), ("/p/",), pages.busy)
    application = web.Application(middlewares=[limit])
    application.add_routes([*pages.routes(), *assets.routes()])
    return application


async def text(client: Client, path: str, **headers: str) -> str:
    """The body that a GET brings, redirects followed."""
    async with client.get(path, headers=headers) as answer:
        return await answer.text()
