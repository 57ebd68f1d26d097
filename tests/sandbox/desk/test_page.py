"""The desk's page in a browser, over the real simulators."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot.sandbox.desk import MANAGER, SELLER, SHOP_CHAT
from tests.browser import IN_CHROMIUM

from .conftest import Sandbox

pytestmark = [*IN_CHROMIUM, pytest.mark.asyncio(loop_scope="session")]


async def test_something_to_send_is_already_typed_and_one_press_sends_it(page: Page, sandbox: Sandbox) -> None:
    """The first message stands in the composer, selected; Enter writes it as Аня."""
    box = page.get_by_label("Сообщение")
    await expect(box).to_have_value("12500 9161234567 Куртка зимняя")
    await expect(box).to_be_focused()

    await page.keyboard.press("Enter")

    await expect(page.locator(".bubble.own")).to_contain_text("12500 9161234567 Куртка зимняя")
    await expect(box).to_have_value("")
    said = list(sandbox.telegram.world.chats[SELLER.id].messages.values())[-1]
    assert said.text == "12500 9161234567 Куртка зимняя"


async def test_a_card_shows_its_picture_beside_the_caption_and_its_keyboard(page: Page, sandbox: Sandbox) -> None:
    """Three rows of two; the danger button is tinted; the picture has loaded."""
    await sandbox.post_card()

    card = page.locator(".card")
    await expect(card.locator("h2")).to_have_text("🕓 Ждём оплату · 12\u00a0500\u00a0₽")
    await expect(card.locator("strong")).to_have_text("ТЕСТ, денег нет")
    await expect(card.locator(".row")).to_have_count(3)
    await expect(card.get_by_role("button", name="Отменить")).to_have_class("button bad tinted")
    picture, caption = await card.locator("img").bounding_box(), await card.locator(".caption").bounding_box()
    assert picture is not None
    assert caption is not None
    assert picture["x"] + picture["width"] <= caption["x"]
    assert await card.locator("img").evaluate("img => img.complete && img.naturalWidth > 0")


async def test_an_edit_changes_the_card_in_place_and_says_when(page: Page, sandbox: Sandbox) -> None:
    """No second bubble; «изменено»; the ping quotes the card's new first line and leads to it."""
    card = await sandbox.post_card()
    await sandbox.bot(
        "editMessageCaption", chat_id=SELLER.id, message_id=card, caption="✅ Оплачено · 12\u00a0500\u00a0₽"
    )
    await sandbox.bot(
        "sendMessage", chat_id=SELLER.id, text="✅ Оплачено 12\u00a0500\u00a0₽", reply_parameters={"message_id": card}
    )

    await expect(page.locator(".card")).to_have_count(1)
    await expect(page.locator(".card .meta")).to_contain_text("изменено")
    await expect(page.locator(".ping.ok > a")).to_have_text("✅ Оплачено · 12\u00a0500\u00a0₽")


async def test_a_press_reaches_the_bot_and_its_answer_is_a_toast(page: Page, sandbox: Sandbox) -> None:
    """The pressed button is busy until the answer."""
    await sandbox.post_card()
    sandbox.telegram.world.updates.clear()
    button = page.get_by_role("button", name="SMS ещё раз")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")

    (update,) = await sandbox.bot("getUpdates", timeout=2, allowed_updates=["callback_query"])
    press = update["callback_query"]
    assert (press["data"], press["from"]["id"]) == ("sms:1", SELLER.id)
    await sandbox.bot("answerCallbackQuery", callback_query_id=press["id"], text="SMS отправлено")

    await expect(page.locator(".toast")).to_have_text("SMS отправлено")
    await expect(button).not_to_have_attribute("aria-busy", "true")


async def test_a_ring_in_another_chat_is_counted_on_its_tab_and_in_the_title(page: Page, sandbox: Sandbox) -> None:
    """Opening the chat reads it."""
    await sandbox.bot("sendMessage", chat_id=SHOP_CHAT, text="✅ Оплачено 12 500 ₽")
    await expect(page).to_have_title("(1) Прилавок")

    await page.get_by_role("tab", name="Чат магазина 1").click()

    await expect(page).to_have_title("Прилавок")
    await expect(page.locator(".bubble")).to_contain_text("✅ Оплачено 12 500 ₽")


async def test_markup_in_a_message_stays_text(page: Page, sandbox: Sandbox) -> None:
    """Only entities make elements, and only harmless addresses make links."""
    entities = [
        {"type": "bold", "offset": 3, "length": 1},
        {"type": "text_link", "offset": 0, "length": 2, "url": "javascript:alert(1)"},
    ]
    await sandbox.bot("sendMessage", chat_id=SELLER.id, text="🙂 b <img src=x onerror=alert(1)>", entities=entities)

    bubble = page.locator(".bubble").first
    await expect(bubble).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(bubble.locator("strong")).to_have_text("b")
    assert await bubble.locator("img, a").count() == 0


async def test_the_story_runs_from_sms_to_the_bank_and_back(page: Page, sandbox: Sandbox) -> None:
    """Banner, messages, shopper's page, training bank; the address bar tells the truth; the coach keeps step."""
    await expect(page.get_by_label("Сообщение")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble.own")).to_have_count(1)
    order = await sandbox.register()
    await sandbox.post_card()
    await expect(page.locator("[aria-current=step]")).to_have_text("2Откройте SMS")
    await sandbox.send_sms()

    await page.locator("#banner").click()
    await page.locator("#texts a").click()
    host = sandbox.url.removeprefix("http://")
    await expect(page.locator("#where")).to_have_text(f"{host}/p/AbCdEf12Gh4")
    await expect(page.locator("[aria-current=step]")).to_have_text("3Оплатите, код 1111")
    frame = page.frame_locator("#frame")
    await frame.get_by_role("link", name="Перейти к оплате").click()
    await expect(page.locator("#where")).to_have_text(f"{host}/bank/payment/merchants/sandbox/payment_ru.html")
    for _ in range(3):
        await frame.locator("button").first.click()
    await expect(frame.locator(".result")).to_be_visible()
    assert sandbox.bank.orders[order].deposited == 12_500_00
    await expect(page.locator("[aria-current=step]")).to_have_text("4«Оплачено» прозвенело")

    await sandbox.bot("sendMessage", chat_id=SELLER.id, text="✅ Оплачено 12 500 ₽ · код 47")
    await expect(page.locator("#done")).to_contain_text("Готово: от сообщения до оплаты за")


async def test_the_camera_reads_the_newest_qr_and_back_leads_home(page: Page, sandbox: Sandbox) -> None:
    """Without a QR it says so."""
    camera = page.get_by_role("button", name="Навести камеру на QR")
    await camera.click()
    await expect(page.locator(".toast")).to_have_text("QR в этом чате ещё нет")
    await sandbox.post_card()
    await expect(page.locator(".card")).to_be_visible()

    await camera.click()
    await expect(page.frame_locator("#frame").locator("h1")).to_have_text("К оплате 12 500 ₽")
    await page.get_by_role("button", name="Назад").click()
    await expect(camera).to_be_visible()


async def test_a_switch_is_a_chip_in_the_header_until_it_is_off(page: Page, sandbox: Sandbox) -> None:
    """The chip's cross switches it off."""
    await page.get_by_role("switch", name="Telegram недоступен").check()
    chip = page.get_by_role("button", name="Выключить: Telegram недоступен")
    await expect(chip).to_be_visible()
    assert sandbox.telegram.away

    await chip.click()
    await expect(chip).to_have_count(0)
    assert not sandbox.telegram.away


async def test_the_wire_filters_opens_and_pauses(page: Page, sandbox: Sandbox) -> None:
    """Newest on top; a row opens to request and response, without the password."""
    await sandbox.register()
    await sandbox.send_sms()
    rows = page.locator("#rows > li:visible")
    await expect(rows.first).to_contain_text("POST /http/send")
    await page.get_by_role("button", name="Банк", exact=True).click()
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("POST register.do")

    await rows.locator("summary").click()
    await expect(rows).to_contain_text("password=•••")
    await expect(rows).to_contain_text("formUrl")

    await page.get_by_role("button", name="Пауза").click()
    await sandbox.register("1043-1")
    await expect(page.locator("#pause")).to_contain_text("1")
    await expect(rows).to_have_count(1)


async def test_everything_is_there_again_after_a_reload(page: Page, sandbox: Sandbox) -> None:
    """Chats, phone's page, switches, wire."""
    await sandbox.post_card()
    await page.get_by_role("link", name="Открыть").click()
    await expect(page.frame_locator("#frame").locator("h1")).to_be_visible()
    await page.get_by_role("switch", name="SMS не доходит").check()

    await page.reload()

    await expect(page.locator(".card h2")).to_contain_text("Ждём оплату")
    await expect(page.frame_locator("#frame").locator("h1")).to_be_visible()
    await expect(page.get_by_role("switch", name="SMS не доходит")).to_be_checked()
    await expect(page.locator("#rows")).to_contain_text("sendPhoto")


async def test_starting_over_asks_once_and_empties_all(page: Page, sandbox: Sandbox) -> None:
    """The product restarts, the cast is seated again, the first message is typed again."""
    await sandbox.post_card()
    await expect(page.locator(".card")).to_be_visible()
    await page.get_by_role("button", name="Сначала", exact=True).click()
    await page.keyboard.press("Escape")
    assert sandbox.resets == 0

    await page.get_by_role("button", name="Сначала", exact=True).click()
    await page.get_by_role("button", name="Да, сначала").click()

    await expect(page.locator(".card")).to_have_count(0)
    await expect(page.get_by_label("Сообщение")).to_have_value("12500 9161234567 Куртка зимняя")
    assert sandbox.resets == 1
    assert MANAGER.id in sandbox.telegram.world.chats


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), pytest.param(390, "dark", marks=pytest.mark.faults)])
async def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    page: Page, sandbox: Sandbox, theme: str, width: int
) -> None:
    """With a card, a ping, a switched-on trouble and an open SMS; each pane where one is seen at a time."""
    await page.set_viewport_size({"width": width, "height": 844})
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    card = await sandbox.post_card()
    await sandbox.bot("sendMessage", chat_id=SELLER.id, text="↩️ Отказ", reply_parameters={"message_id": card})
    await sandbox.send_sms()
    await expect(page.locator(".ping")).to_be_attached()
    await expect(page.locator("#banner b")).to_have_text("Прилавок")
    for pane in ("phone", "wire", "scene", "chat") if width < 760 else ("chat",):
        if width < 760:
            await page.locator(f"[data-go={pane}]").click()
        found = await Axe().run(page, options={"iframes": False})
        assert found.violations_count == 0, f"{pane}: {found.generate_report()}"
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), pane


async def test_axe_finds_nothing_where_more_is_open(page: Page, sandbox: Sandbox) -> None:
    """A trouble switched on, a row of the wire opened, the browser with its menu, a quoted answer, the question."""
    await page.emulate_media(color_scheme="dark")
    await sandbox.post_card()
    await page.get_by_role("switch", name="Браузер не доверяет").check()
    await page.locator("#rows summary").first.click()
    await page.locator(".card .reply").click()
    await page.get_by_role("button", name="Навести камеру на QR").click()
    await page.locator("#more").click()
    for again in (False, True):
        if again:
            await page.locator("#again").click()
        found = await Axe().run(page, options={"iframes": False})
        assert found.violations_count == 0, found.generate_report()


async def test_english_is_one_press_away(page: Page) -> None:
    """And stays for the next visit."""
    await page.get_by_label("EN, English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_role("tab").first).to_have_text("Anya · assistant")
    await page.goto(page.url.partition("?")[0])
    await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_the_order_of_the_keyboard_is_composer_newest_card_phone(page: Page, sandbox: Sandbox) -> None:
    """Tab goes from the field to the newest card's buttons before any older message."""
    await sandbox.bot("sendMessage", chat_id=SELLER.id, text="старое", reply_markup={
        "inline_keyboard": [[{"text": "Старая", "callback_data": "old"}]],
    })  # fmt: skip
    await sandbox.post_card()
    await expect(page.locator(".card")).to_be_visible()
    buttons = (
        "[...document.querySelectorAll('#message, .keys .button, #camera')].map(each => each.textContent || each.id)"
    )
    order = [str(label).strip() for label in await page.evaluate(buttons)]
    assert order[1] == "Показать QR"
    assert order.index("Старая") > order.index("Отменить")
    assert order[-1] == "Навести камеру на QR"


async def test_the_wire_folds_to_its_bar(page: Page) -> None:
    """By its name; at 1024 it starts folded."""
    name = page.get_by_role("button", name="Провода", exact=True)
    await expect(name).to_have_attribute("aria-expanded", "true")
    await name.click()
    await expect(name).to_have_attribute("aria-expanded", "false")
    await page.reload()
    await page.set_viewport_size({"width": 1024, "height": 768})
    await expect(name).to_have_attribute("aria-expanded", "false")
    await name.click()
    await expect(name).to_have_attribute("aria-expanded", "true")


async def test_a_lost_stream_is_said_and_found_again(page: Page, sandbox: Sandbox) -> None:
    """What happened meanwhile is there when it is back."""
    await expect(page.get_by_label("Сообщение")).to_be_focused()
    await page.context.set_offline(True)
    sandbox.desk._stream.close()
    await expect(page.locator("#lost")).to_have_text("Связь потеряна, пробую снова…")
    await sandbox.bot("sendMessage", chat_id=SELLER.id, text="meanwhile")
    await page.context.set_offline(False)
    await expect(page.locator(".bubble")).to_contain_text("meanwhile")
    await expect(page.locator("#lost")).to_be_hidden()
