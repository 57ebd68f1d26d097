"""A day at the web till in a real browser, with the whole service behind it, while Telegram is away."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect

from bot.sms.console import Console
from tests.telegram_edge.shop import Shop
from tests.web.browser import IN_A_BROWSER, later
from tests.web.till_stub import NBSP

pytestmark = IN_A_BROWSER


@pytest_asyncio.fixture(loop_scope="session")
async def world(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop that can send an SMS, and no Telegram."""
    shutil.copyfile(sqlite_template, tmp_path / "shop.db")
    world = Shop(tmp_path / "shop.db")
    world.senders = [Console()]
    await world.open()
    world.telegram.away = True
    await world.start(sms_delay="0s", public_url=world.address)
    yield world
    await world.stop()
    await world.close()


async def test_a_shop_sells_by_the_web_till_alone(page: Page, world: Shop) -> None:
    """The owner link lets in; the QR comes and turns green; the card gives the money back after two presses."""
    await page.goto(f"{world.address}/i/{await world.service.invitations.owner_token()}")
    await page.get_by_label("Ваше имя").fill("Катя")
    await page.get_by_role("button", name="Войти в кассу здесь").click()
    await page.get_by_text("Сегодня ещё ничего.").wait_for()

    await page.keyboard.type("12,5к\r89161234567\rjacket\r")
    await later(page, 1)
    await page.get_by_text("Наведите камеру телефона").wait_for()
    world.pay()
    await world.reaches("SELECT status FROM payments", ("paid",))
    await later(page, 3)
    await page.get_by_role("heading", name="Оплачено").wait_for()

    await page.get_by_role("link", name="Закрыть").click()
    row = page.locator(".row")
    await expect(row).to_contain_text("Оплачено")
    await expect(row).to_contain_text("…67 · jacket")
    await expect(page.locator("#today")).to_have_text(f"1 · 12{NBSP}500{NBSP}₽")

    await row.click()
    await page.get_by_text("Отдавайте товар").wait_for()
    await page.locator("#press-cancel").click()
    await page.locator("#question").wait_for()
    await later(page, 2)
    await page.get_by_role("button", name="Да, ").click()
    await world.reaches("SELECT status FROM payments", ("reversed",))
    await later(page, 3)
    await expect(page.locator("#card-head")).to_contain_text("Оплата отменена")
    await page.go_back()
    await expect(row).to_contain_text("Возвращено")
    await expect(row).to_be_focused()
