"""A desk over three real simulators and a tiny shop's service, all on ports of their own; a Chromium for its page."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio
from aiohttp import web
from PIL import Image
from playwright.async_api import Browser, Page

from bot.sandbox.bank import BankSimulator
from bot.sandbox.clock import SandboxClock
from bot.sandbox.desk import SELLER, Desk
from bot.sandbox.sms import SmsSimulator
from bot.sandbox.telegram import TelegramSimulator
from bot.sandbox.wire import Wire
from tests.serving import serve

CODE = "AbCdEf12Gh4"
CARD = (
    "🕓 Ждём оплату · 12\u00a0500\u00a0₽\n<b>ТЕСТ, денег нет</b>\n№\u00a01042 · Куртка зимняя\n"
    "SMS доставлено 14:32 · +7\u00a0916\u00a0123-45-67\nПокажите QR покупателю. Ссылка живёт до 26.11 14:32\u00a0мск.\n"
    "Прилавок · Аня · 14:32"
)
CANCEL = {"text": "Отменить", "callback_data": "cancel:1", "style": "danger"}


class Shop:
    """A stand-in for the product: a shopper's page, its state, the way to the bank, and what it was asked."""

    def __init__(self) -> None:
        self.pay_at = "/"
        self.state = "waiting"
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.app = web.Application()
        self.app.router.add_get("/p/{code}", self._page)
        self.app.router.add_get("/p/{code}/state", self._state)
        self.app.router.add_get("/p/{code}/pay", self._pay)
        self.app.router.add_route("*", "/{path:.*}", self._echo)

    async def _page(self, request: web.Request) -> web.Response:
        text = (
            '<!doctype html><html lang="ru"><meta name="viewport" content="width=device-width"><title>12 500 ₽</title>'
            f'<main><h1>К оплате 12 500 ₽</h1><a href="{request.path}/pay">Перейти к оплате</a></main></html>'
        )
        answer = web.Response(text=text, content_type="text/html")
        answer.set_cookie("lang", "ru")
        return answer

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response({"status": self.state})

    async def _pay(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": self.pay_at})

    async def _echo(self, request: web.Request) -> web.Response:
        self.asked.append((request.method, request.raw_path, dict(request.headers), await request.read()))
        return web.Response(status=418, text="echo", headers={"X-Shop": "yes"})


class Sandbox:
    """Everything together. `url` is the desk's address, without a slash at the end."""

    def __init__(self) -> None:
        self.clock = SandboxClock()
        self.wire = Wire(self.clock)
        self.bank = BankSimulator(self.clock, self.wire, base_path="/bank")
        self.telegram = TelegramSimulator(self.clock, self.wire)
        self.sms = SmsSimulator(self.clock, self.wire)
        self.shop = Shop()
        self.resets = 0
        self.url = ""
        self._runners: list[web.AppRunner] = []

    async def start(self) -> None:
        self.bank_url = await self._serve(self.bank.app)
        self.telegram_url = await self._serve(self.telegram.app)
        self.sms_url = await self._serve(self.sms.app)
        self.shop_url = await self._serve(self.shop.app)
        self.desk = Desk(
            clock=self.clock, wire=self.wire, bank=self.bank, telegram=self.telegram, sms=self.sms,
            service=self.shop_url, on_reset=self._count_reset,
        )  # fmt: skip
        self.bank.public_url = self.url = await self._serve(self.desk.app)
        await self.desk.start()

    async def stop(self) -> None:
        await self.desk.stop()
        for runner in reversed(self._runners):
            await runner.cleanup()

    async def _serve(self, app: web.Application) -> str:
        runner, address = await serve(app)
        self._runners.append(runner)
        return address

    async def _count_reset(self) -> None:
        self.resets += 1

    # What the product would do

    @property
    def link(self) -> str:
        return f"{self.url}/p/{CODE}"

    async def register(self, number: str = "1042-1", method: str = "register.do") -> str:
        """A bank order of 12 500 ₽; its mdOrder."""
        form = {
            "userName": "sandbox-api", "password": "sandbox", "orderNumber": number, "amount": "1250000",
            "returnUrl": f"{self.link}/return", "jsonParams": json.dumps({"phone": "+79161234567"}),
            "dummy": "true",
        }  # fmt: skip
        async with httpx.AsyncClient(base_url=self.bank_url) as http:
            answer = (await http.post(f"/payment/rest/{method}", data=form)).json()
        self.shop.pay_at = answer["formUrl"]
        return str(answer["orderId"])

    async def bot(self, method: str, **parameters: Any) -> Any:
        async with httpx.AsyncClient(base_url=self.telegram_url) as http:
            answer = (await http.post(f"/bot42:SANDBOX/{method}", json=parameters)).json()
        assert answer["ok"], answer
        return answer["result"]

    async def post_card(self, chat_id: int = SELLER.id) -> int:
        """A card as the bot posts it: picture, caption, keyboard. Its message id."""
        picture = io.BytesIO()
        Image.new("RGB", (96, 124), "white").save(picture, "PNG")
        keyboard = {"inline_keyboard": [
            [{"text": "Показать QR", "url": f"{self.link}/show"}, {"text": "SMS ещё раз", "callback_data": "sms:1"}],
            [{"text": "Открыть", "url": self.link}, {"text": "Копировать", "copy_text": {"text": self.link}}],
            [{"text": "Не тот номер", "callback_data": "wrong:1"}, CANCEL],
        ]}  # fmt: skip
        form = {
            "chat_id": str(chat_id), "caption": CARD, "parse_mode": "HTML", "reply_markup": json.dumps(keyboard),
            "disable_notification": "true",
        }  # fmt: skip
        async with httpx.AsyncClient(base_url=self.telegram_url) as http:
            files = {"photo": ("qr.png", picture.getvalue(), "image/png")}
            answer = (await http.post("/bot42:SANDBOX/sendPhoto", data=form, files=files)).json()
        assert answer["ok"], answer
        return int(answer["result"]["message_id"])

    async def send_sms(self) -> None:
        async with httpx.AsyncClient(base_url=self.sms_url, headers={"Authorization": "Bearer sandbox"}) as http:
            body = {"to": "+79161234567", "text": f"Прилавок: 12 500 ₽ частями {self.link}", "ref": "1042-1"}
            answer = await http.post("/http/send", json=body)
        assert answer.status_code == 200, answer.text


# All tests here share the event loop of Chromium, which starts once.


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox()
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sandbox.url, timeout=20) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, sandbox: Sandbox) -> AsyncIterator[Page]:
    """The desk at 1440 × 900. The test fails where the page has complained on its console."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(sandbox.url + "/")
    yield page
    await context.close()
    assert complaints == []
