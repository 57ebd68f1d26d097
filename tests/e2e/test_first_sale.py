"""The promise of `make demo`: from one typed message to «Оплачено» ringing in the chat."""

import pytest
from playwright.async_api import Browser, FrameLocator, Page, expect

from bot.demo import Demo
from tests.browser import IN_CHROMIUM

pytestmark = [*IN_CHROMIUM, pytest.mark.asyncio(loop_scope="session")]

STEP = 15_000  # ms, for what the product does by itself; the SMS alone waits 5 s for a wrong number to be stopped


async def test_a_typed_message_becomes_a_paid_order_that_rings(demo: Demo, browser: Browser) -> None:
    """Type, open the SMS, pay on the bank's pages by their first buttons; card, ping and the shopper's page say so."""
    page = await browser.new_page(viewport={"width": 1440, "height": 900}, locale="ru-RU")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(demo.address)

    await page.get_by_role("button", name="Отправить").click()
    card = page.locator(".card")
    await expect(card).to_contain_text("Ждём оплату · 12 500 ₽", timeout=STEP)
    await expect(card.locator("img")).to_be_visible()

    await page.locator("#banner").click(timeout=STEP)
    await page.locator("#texts a").click()
    phone = page.frame_locator("#frame")
    await expect(phone.get_by_role("heading", name="К оплате")).to_be_visible(timeout=STEP)
    await press_through_the_bank(phone)

    await expect(card).to_contain_text("✅ Оплачено · 12 500 ₽", timeout=STEP)
    ping = page.locator(".ping")
    await expect(ping).to_contain_text("Куртка зимняя", timeout=STEP)
    await expect(phone.get_by_role("heading", name="Оплачено")).to_be_visible(timeout=STEP)
    assert await shown_code(card.page) in (await ping.inner_text())
    assert complaints == []


async def press_through_the_bank(phone: FrameLocator) -> None:
    """«Перейти к оплате», then the first button of each of the bank's pages, then back to the shop."""
    await phone.get_by_role("link", name="Перейти к оплате").click()
    for heading in ("Вход", "Код из SMS", "График и карта"):
        await expect(phone.get_by_role("heading", name=heading)).to_be_visible(timeout=STEP)
        await phone.get_by_role("button").first.click()
    await phone.get_by_role("link", name="Вернуться в магазин").click()


async def shown_code(page: Page) -> str:
    """The hand-over code on the shopper's page."""
    return (await page.frame_locator("#frame").locator(".code b").inner_text()).strip()
