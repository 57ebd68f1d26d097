"""The desk's page as each of its people: who writes, who presses, what is new in whose chat."""

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.desk import MANAGER, OWNER, SELLER, SHOP_CHAT
from tests.browser import IN_CHROMIUM

from .conftest import Sandbox

pytestmark = [*IN_CHROMIUM, pytest.mark.asyncio(loop_scope="session")]

REQUEST = "✋ Возврат 3\u00a0000\u00a0₽ из 12\u00a0500\u00a0₽: брак. Просит: Аня · №\u00a01042"


async def ask_for_approval(sandbox: Sandbox, chat_id: int = MANAGER.id) -> None:
    keys = [[{"text": "Вернуть 3\u00a0000\u00a0₽", "callback_data": "approve:1", "style": "danger"}]]
    await sandbox.bot("sendMessage", chat_id=chat_id, text="Привет, Олег!")  # what a Start is answered is no news
    await sandbox.bot(
        "sendMessage", chat_id=chat_id, text=REQUEST, disable_notification=True, reply_markup={"inline_keyboard": keys}
    )


async def test_a_chip_says_it_to_the_newest_card(page: Page, sandbox: Sandbox) -> None:
    """Offered once there is a card; the card is quoted before it is sent."""
    chip = page.get_by_role("button", name="возврат 3000 брак")
    await expect(chip).to_be_hidden()
    await sandbox.post_card()
    card = await sandbox.post_card()

    await chip.click()
    await expect(page.locator("#quote")).to_contain_text("Ждём оплату")
    await page.keyboard.press("Enter")

    await expect(page.locator(".bubble.own")).to_contain_text("возврат 3000 брак")
    await expect(page.locator(".own .answered")).to_have_text("🕓 Ждём оплату · 12\u00a0500\u00a0₽")
    said = list(sandbox.telegram.world.chats[SELLER.id].messages.values())[-1]
    assert said.reply_to is not None
    assert (said.text, said.reply_to.id) == ("возврат 3000 брак", card)


async def test_a_chosen_card_is_answered_and_not_the_newest(page: Page, sandbox: Sandbox) -> None:
    """«Ответить» on a card; a chip then keeps that choice. A card that is deleted is quoted no more."""
    older = await sandbox.post_card()
    await sandbox.post_card()
    await expect(page.locator(".card")).to_have_count(2)
    await page.locator(f'.card[data-id="{older}"] .reply').click()
    await page.get_by_role("button", name="отмена").click()
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble.own")).to_contain_text("отмена")
    said = list(sandbox.telegram.world.chats[SELLER.id].messages.values())[-1]
    assert said.reply_to is not None
    assert said.reply_to.id == older

    await page.locator(f'.card[data-id="{older}"] .reply').click()
    await sandbox.bot("deleteMessage", chat_id=SELLER.id, message_id=older)
    await expect(page.locator("#quote")).to_be_hidden()


async def test_a_silent_request_is_new_on_the_managers_tab_and_pressed_by_him(page: Page, sandbox: Sandbox) -> None:
    """Аня looks at her chat meanwhile; the press comes from Олег."""
    await expect(page.get_by_role("tab")).to_have_count(4)
    await ask_for_approval(sandbox)
    await expect(page).to_have_title("(1) Прилавок")
    await page.get_by_role("tab", name="Олег · менеджер 1").click()
    await expect(page).to_have_title("Прилавок")
    sandbox.telegram.world.updates.clear()

    await page.get_by_role("button", name="Вернуть 3 000 ₽").first.click()

    (update,) = await sandbox.bot("getUpdates", timeout=2, allowed_updates=["callback_query"])
    assert (update["callback_query"]["data"], update["callback_query"]["from"]["id"]) == ("approve:1", MANAGER.id)


async def test_in_the_shops_chat_writes_whoever_was_looked_at_last(page: Page, sandbox: Sandbox) -> None:
    """Аня at first; the field says who it is."""
    box = page.get_by_label("Сообщение")
    for tab, person in ((None, SELLER), ("Ольга · владелец", OWNER)):
        if tab:
            await page.get_by_role("tab", name=tab).click()
        await page.get_by_role("tab", name="Чат магазина").click()
        await expect(box).to_have_attribute("placeholder", f"{person.name} · {'владелец' if tab else 'продавец'}")
        await box.fill("/help")
        await page.keyboard.press("Enter")
        await expect(page.locator(".bubble.own").first).to_contain_text(person.name)
        said = list(sandbox.telegram.world.chats[SHOP_CHAT].messages.values())[-1]
        assert said.sender.id == person.id


async def test_what_was_typed_stays_in_its_chat(page: Page) -> None:
    """A draft is of one chat, as in Telegram."""
    box = page.get_by_label("Сообщение")
    await box.fill("возврат 3000 брак")
    await page.get_by_role("tab", name="Олег").click()
    await expect(box).to_have_value("")
    await page.get_by_role("tab", name="Аня").click()
    await expect(box).to_have_value("возврат 3000 брак")


async def test_the_cabinet_tells_when_it_has_nothing_to_do(page: Page, sandbox: Sandbox) -> None:
    """Politely; with a paid order it refunds."""
    order = sandbox.bank.orders[await sandbox.register()]
    refund = page.get_by_role("button", name="Вернуть 1 000 ₽")
    await refund.click()
    await expect(page.locator(".toast")).to_have_text("Такого платежа в банке нет")
    sandbox.bank.pay(order.md_order)
    async with page.expect_response("**/desk/cabinet"):
        await refund.click()
    assert order.refunded == 1_000_00


async def test_on_a_phone_all_staff_tabs_are_seen_at_once_and_switches_do_not_overlap(
    page: Page, sandbox: Sandbox
) -> None:
    """Two lines a tab, with a badge; each switch is as high as its words."""
    await page.set_viewport_size({"width": 390, "height": 844})
    await ask_for_approval(sandbox)
    await expect(page.locator("#tabs .badge")).to_have_text("1")
    assert await page.locator("#tabs").evaluate("tabs => tabs.scrollWidth <= tabs.clientWidth")
    await page.locator("[data-go=scene]").click()
    fits = "all => all.every(each => each.scrollHeight <= each.clientHeight)"
    assert await page.locator(".switch").evaluate_all(fits)
