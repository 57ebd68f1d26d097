"""The web till in a real browser: what is typed is never changed nor lost, a sale is sent once, nothing jumps."""

import dataclasses
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from tests.web.browser import IN_A_BROWSER, later
from tests.web.till_stub import CARD, HIDDEN, HOW_MUCH, NBSP, PAID_CARD, ROWS, SHOW, SURE, TILL, TillDesk, sum_of

pytestmark = IN_A_BROWSER
MADE = {"payments": [{"number": 1042, "again": False}]}


@pytest.fixture
def counter() -> TillDesk:
    """Five sales, of which the newest waits."""
    return TillDesk()


@pytest_asyncio.fixture(loop_scope="session")
async def till(page: Page, counter: TillDesk) -> AsyncIterator[Page]:
    """The till, open."""
    async with TestServer(counter.site()) as server:
        await page.goto(str(server.make_url("/till")))
        yield page


async def fill(till: Page, amount: str = "12500", phone: str = "9161234567", what: str = "Куртка") -> None:
    """Types as a person does."""
    for field, text in (("#amount", amount), ("#phone", phone), ("#what", what)):
        await till.locator(field).press_sequentially(text)


async def test_a_sale_is_three_fields_and_enter(till: Page, counter: TillDesk) -> None:
    """The sum is read back in words, Enter goes on, the button says what it does; then the big QR, an empty form."""
    counter.answers = MADE
    submit = till.locator("#submit")
    await expect(till.locator("#amount")).to_be_focused()
    await expect(submit).to_have_text("Показать QR")

    await till.keyboard.type("12500\r9161234567\r")
    await later(till, 0.3)
    await expect(till.locator("#amount")).to_have_value(sum_of("12 500"))
    await expect(till.locator("#amount-note")).to_have_text("двенадцать тысяч пятьсот рублей")
    await expect(till.locator("#phone")).to_have_value(f"+7{NBSP}916{NBSP}123-45-67")
    await expect(submit).to_have_text("Отправить SMS и показать QR")

    await till.keyboard.type("Куртка\r")
    await expect(submit).to_have_text("Создаю ссылку…")
    counter.show = SHOW
    await later(till, 0.5)
    await till.wait_for_url(f"**{SHOW}")
    sale = counter.of("payments")[0]
    typed = {"amount": sum_of("12 500"), "phone": f"+7{NBSP}916{NBSP}123-45-67", "what": "Куртка"}
    assert sale == {"id": sale["id"], "hold": False, "accepted": False, "reading": None, **typed}
    assert len(counter.told) == 1

    await till.goto(till.url.replace(SHOW, "/till"))
    await expect(till.locator("#amount")).to_have_value("")
    await expect(till.locator("#phone")).to_have_value("")


GROUPED = {
    "amount": {
        "12500": "12 500",
        "1250000": "1 250 000",
        "12,5к": "12,5к",
        "12.500": "12.500",
        "12500,50": "12500,50",
        "500 50": "500 50",
    },
    "phone": {
        "89161234567": "8 916 123-45-67",
        "+7 (916) 123-45-67": "+7 916 123-45-67",
        "\u202a+7 916 123-45-67\u202c": "+7 916 123-45-67",
        "9161234567": "+7 916 123-45-67",
        "79161234567": "+7 916 123-45-67",
        "916123": "916 123",
        "+375291234567": "+375291234567",
        "891612345678": "891612345678",
        "4951234567": "4951234567",
        "89161234567 доб. 5": "89161234567 доб. 5",
    },
}
PUT = """([id, text]) => {
    const field = document.getElementById(id);
    field.focus();
    field.select();
    document.execCommand("insertText", false, text);
    return field.value.replaceAll("\\u00a0", " ");
}"""


async def test_grouping_never_changes_what_a_number_says(till: Page) -> None:
    """Pasted or typed; a wrong digit would be another shopper's phone. The caret stays where a digit was taken out."""
    seen = {
        field: {text: await till.evaluate(PUT, [field, text]) for text in texts} for field, texts in GROUPED.items()
    }
    assert seen == GROUPED

    await till.evaluate(PUT, ["amount", "12500"])
    await till.keyboard.press("ArrowLeft")
    await till.keyboard.press("ArrowLeft")
    await till.keyboard.press("Backspace")
    await till.keyboard.type("34")
    await expect(till.locator("#amount")).to_have_value(sum_of("123 400"))


async def test_without_a_network_a_sale_waits_and_is_sent_once(till: Page, counter: TillDesk) -> None:
    """It says so, keeps what was typed over a reload, and sends the same id however often it is tried."""
    counter.answers = {"payments": [{"status": 503}, {"number": 1042, "again": True}]}
    await fill(till)
    await till.locator("#submit").dblclick()
    band = till.get_by_text("Нет связи. Сохранил, отправлю, когда появится.")
    await band.wait_for()
    assert not await till.locator("#amount").is_editable()

    await till.context.set_offline(True)
    await later(till, 7)
    await expect(band).to_be_visible()
    await till.context.set_offline(False)
    await till.reload()
    await expect(till.locator("#lost")).to_be_hidden()
    await later(till, 4)

    sent = counter.of("payments")
    assert len(sent) >= 2
    assert len({sale["id"] for sale in sent}) == 1
    assert sent[1]["phone"] == f"+7{NBSP}916{NBSP}123-45-67"
    await till.locator("#card-head").wait_for()


async def test_a_sale_that_waits_may_be_changed_or_given_up(till: Page, counter: TillDesk) -> None:
    """«Изменить» unlocks the fields; what had been made under that id meanwhile is told; a day later nothing goes."""
    told = {"status": 409, "error": "Эта форма уже создала № 1042.", "field": "amount", "number": 1042}
    counter.answers = {"payments": [{"status": 503}, told, {"status": 503}]}
    await fill(till)
    await till.locator("#submit").click()
    await till.get_by_role("button", name="Изменить").click()
    await later(till, 7)
    assert len(counter.told) == 1

    await till.locator("#amount").fill("1250")
    await till.locator("#submit").click()
    await till.get_by_text("уже создала").wait_for()
    await till.locator("#submit").click()
    await till.locator("#edit").wait_for()
    first, second, third = (sale["id"] for sale in counter.of("payments"))
    assert first == second != third

    await till.clock.fast_forward("11:00")
    await till.reload()
    await later(till, 4)
    assert len(counter.told) == 3
    await expect(till.locator("#amount")).to_have_value(sum_of("1 250"))


async def test_what_the_server_asks_is_asked_beside_its_field(till: Page, counter: TillDesk) -> None:
    """A wrong phone, two readings, a look-alike, a shared phone: one form, one id, until the sale is made."""
    twin = {"twin": {"text": "№ 1041 ещё ждёт оплату.", "number": 1041, "labels": ["SMS ещё раз", "Это новый"]}}
    counter.answers = {
        "payments": [
            {"error": "В номере не хватает цифр.", "field": "phone"},
            {"readings": [sum_of("12 500 ₽"), sum_of("12,50 ₽")]},
            {"sellers": [{"id": 1, "name": "Аня"}, {"id": 2, "name": "Борис"}]},
            twin,
            {"number": 1042, "again": False},
        ],
        "seller": [{"name": "Борис"}],
    }
    counter.reading = {"readings": [sum_of("12 500 ₽"), sum_of("12,50 ₽")]}
    await fill(till, "12.500", "916123")
    await till.locator("#submit").click()
    await till.get_by_text("В номере не хватает цифр.").wait_for()
    await expect(till.locator("#phone")).to_be_focused()
    await expect(till.locator("#phone")).to_have_attribute("aria-invalid", "true")

    await till.locator("#phone").fill("")
    await expect(till.locator("#phone-note")).to_be_empty()
    await till.locator("#hold").click()
    await till.get_by_role("button", name=sum_of("12 500 ₽"), exact=True).click()
    await till.get_by_role("button", name="Борис").click()
    await till.get_by_role("button", name="Это новый").click()
    await later(till, 2)
    await till.locator("#card-head").wait_for()

    sent = counter.of("payments")
    assert len({sale["id"] for sale in sent}) == 1
    assert [(sale["hold"], sale["reading"], sale["accepted"]) for sale in sent] == [
        (False, None, False), (True, None, False), (True, 0, False), (True, 0, False), (True, 0, True),
    ]  # fmt: skip
    assert counter.of("seller") == [{"id": 2}]
    assert await till.locator("#who").inner_text() == "Борис"


SOUND = """
window.notes = [];
window.AudioContext = class {
    currentTime = 0; state = "running"; destination = {};
    createGain() { return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: x => x }; }
    createOscillator() {
        return { frequency: { set value(hz) { notes.push(hz); } }, connect: x => x, start() {}, stop() {} };
    }
};
"""


async def test_what_becomes_paid_rings_and_nothing_else_moves(till: Page, counter: TillDesk) -> None:
    """Two notes and the title, once, after the first touch; typed text, focus and scroll stay where they are."""
    await till.add_init_script(SOUND)
    await till.set_viewport_size({"width": 390, "height": 500})
    await till.reload()
    await till.locator("#what").click()
    await till.keyboard.type("Shar")
    await till.evaluate("scrollTo(0, 300)")
    at = await till.locator("#row-1040").bounding_box()

    counter.rows = (dataclasses.replace(ROWS[0], state="Оплачено", tone="ok", icon="tick"), *ROWS[1:])
    counter.paid = [1042]
    counter.till = dataclasses.replace(TILL, today=sum_of("8 · 96 800 ₽"))
    await later(till, 3.1)
    await till.get_by_text(sum_of("8 · 96 800 ₽")).wait_for()
    await later(till, 3.1)

    assert await till.evaluate("notes") == [880, 1319]
    assert await till.title() == "(1) Касса"
    assert await till.locator("#row-1040").bounding_box() == at
    await till.keyboard.type("f")
    await expect(till.locator("#what")).to_have_value("Sharf")
    assert await till.title() == "Касса"

    await till.locator("#seller").click()
    await till.get_by_label("Звук при оплате").uncheck()
    await till.get_by_role("button", name="Закрыть").click()
    counter.paid = [1042, 1041]
    await later(till, 3.1)
    await expect(till).to_have_title("(1) Касса")
    assert await till.evaluate("notes") == [880, 1319]


async def test_a_card_has_the_chats_buttons_and_takes_typed_answers(till: Page, counter: TillDesk) -> None:
    """A press is told, its question shown; what is typed survives each look at the server; «back» leads to the list."""
    await till.locator("#row-1042 button").click()
    await expect(till.locator("#card-head")).to_be_focused()
    await expect(till.locator("#sale")).to_be_hidden()
    assert await till.locator("#card .button").all_inner_texts() == [
        "Показать QR", "SMS ещё раз", "Поделиться", "Копировать", "Не тот номер", "Отменить",
    ]  # fmt: skip

    counter.card = dataclasses.replace(CARD, face=SURE)
    counter.answers["press"] = [{"toast": "", "alert": False}, {"toast": "Отменено", "alert": False}]
    await till.get_by_role("button", name="Отменить").click()
    await till.get_by_text("Ссылка перестанет работать").wait_for()
    counter.card = dataclasses.replace(CARD, face=HIDDEN)
    await till.get_by_role("button", name="Да, отменить").click()
    await till.get_by_text("Отменено", exact=True).wait_for()
    assert counter.of("press") == [{"data": "cancel:1042:3"}, {"data": "yes:7"}]
    assert await till.locator("#card .gap").count() == 1

    counter.card = dataclasses.replace(PAID_CARD, face=HOW_MUCH, typed="text")
    await later(till, 0.5)
    await till.locator("#answer-text").fill("3000 бр")
    counter.card = dataclasses.replace(counter.card, face=dataclasses.replace(HOW_MUCH, delivery="SMS доставлено"))
    await later(till, 3.1)
    await till.locator("#card").get_by_text("SMS доставлено", exact=True).wait_for()
    counter.answers["answer"] = [{"error": "Больше вернуть нельзя."}, {"readings": ["3 000 ₽", "3 ₽"]}, {"toast": ""}]
    await till.keyboard.type("ак\r")
    await till.get_by_text("Больше вернуть нельзя.").wait_for()
    await till.keyboard.press("Enter")
    await till.get_by_role("button", name="3 000 ₽").click()
    await expect(till.locator("#answer-note")).to_be_empty()
    assert [(said["text"], said["reading"]) for said in counter.of("answer")] == [("3000 брак", None)] * 2 + [
        ("3000 брак", 0)
    ]

    await till.go_back()
    await expect(till.locator("#row-1042 button")).to_be_focused()
    await expect(till.locator("#sale")).to_be_visible()


async def test_the_qr_of_a_card_and_its_link_are_at_hand(till: Page, counter: TillDesk) -> None:
    """Copied, or said where copying is forbidden; a slow bank shows the card until the link is there."""
    counter.answers = MADE
    await fill(till, phone="")
    await till.locator("#submit").click()
    await expect(till.locator("#submit")).to_have_text("Создаю ссылку…")
    await later(till, 2)
    await till.locator("#card-head").wait_for()
    await till.get_by_role("button", name="Копировать").click()
    await till.locator("#toast").filter(has_text="pay.shop.ru/p/x").or_(till.get_by_text("Скопировано")).wait_for()

    counter.show = SHOW
    await later(till, 0.5)
    await till.wait_for_url(f"**{SHOW}")
    await till.go_back()
    await till.get_by_role("link", name="Показать QR").click()
    await till.wait_for_url(f"**{SHOW}")


async def test_telegram_opens_the_till_with_its_word(page: Page, counter: TillDesk) -> None:
    """As a Mini App: from the address, in each request, for as long as it holds; then it says how to go on."""
    counter.logged_in = False
    async with TestServer(counter.site()) as server:
        await page.goto(str(server.make_url("/till")))
        await page.get_by_text("Откройте кассу по ссылке").wait_for()
        await page.goto(f"{page.url}#tgWebAppData=user%3D1%26hash%3Dab&tgWebAppVersion=8.0")
        await page.reload()
        await page.locator("#form").wait_for()
        assert "#" not in page.url
        counter.answers = MADE
        await fill(page)
        await page.locator("#submit").click()
        await later(page, 2)
        await page.locator("#card-head").wait_for()

        counter.knows_telegram = False
        await later(page, 4)
        await page.get_by_text("Закройте кассу и откройте её снова").wait_for()


async def test_whoever_is_logged_out_comes_to_the_door(till: Page, counter: TillDesk) -> None:
    """At the next look at the server, by «Выйти», or because the access was closed."""
    counter.logged_in = False
    await later(till, 3.1)
    await till.get_by_role("heading", name="Касса").wait_for()

    counter.logged_in = True
    await till.reload()
    await fill(till)
    await till.locator("#seller").click()
    await till.get_by_role("button", name="Выйти").click()
    await till.locator("#form").wait_for()
    await expect(till.locator("#amount")).to_have_value("")
    assert counter.of("leave") == [{}]


async def test_a_till_left_alone_asks_rarely(till: Page, counter: TillDesk) -> None:
    """Each 3 s at first, each 15 s after five minutes; a touch wakes it."""

    async def asked(seconds: int) -> int:
        counter.asked.clear()
        for _ in range(seconds // 3):
            await later(till, 3)
            await till.evaluate("fetch('/till/reading')")  # what was asked before is answered by now
        return len(counter.asked)

    assert await asked(12) >= 3
    await till.clock.fast_forward("05:00")
    await asked(3)
    assert await asked(30) == 2
    await till.keyboard.press("Shift")
    assert await asked(9) >= 2
