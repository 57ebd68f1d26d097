"""What staff are told when they ask: /start, /help, /last, /status; and that asking for money back sells nothing."""

from math import ceil

import pytest

from bot.text import LANGUAGES
from tests.telegram_edge.shop import GROUP, OLEG, STRANGER, Shop, labels, words

LINE = 32  # letters of a bubble of 270 px


async def test_status_tells_state_money_and_delivery(shop: Shop) -> None:
    """The first line of the card with the number; money only once it has moved."""
    shop.say("12500 9161234567 куртка")
    await shop.hears("Ждём оплату")
    shop.say("/status 1001")
    assert words(await shop.hears("12 500 ₽ · № 1001")) == (
        "🕓 Ждём оплату · 12 500 ₽ · № 1001\nSMS не подключены. Покажите QR"
    )
    shop.pay()
    await shop.hears("✅ Оплачено 12 500 ₽ · ")
    shop.say("/status 1001")
    assert "\nОплачено 12 500 ₽\n" in words(await shop.hears("✅ Оплачено · 12 500 ₽ · № 1001"))


async def test_the_last_sales_are_listed_with_their_states(shop: Shop) -> None:
    """State first, then what tells one sale from another; typed words are escaped."""
    shop.say("12500 9161234567 <b>куртка</b>")
    await shop.hears("Ждём оплату")
    shop.say("/last")
    [_, row] = words(await shop.hears("Последние")).split("\n")
    assert row.startswith("🕓 Ждём оплату · 12 500 ₽ · № 1001 · …67 · <b>куртка</b> · ")


async def test_help_names_only_what_works(shop: Shop) -> None:
    """By role, and what is not there yet is not promised."""
    shop.say("/help", user=OLEG)
    shop.say("/help")
    manager, assistant = words(await shop.hears("Продать:", OLEG)), words(await shop.hears("Продать:"))
    for later in ("/find", "/close", "/day", "/shop"):
        assert later not in manager + assistant
    assert [command for command in ("/staff", "/invite") if command in manager] == ["/staff", "/invite"]
    assert "/staff" not in assistant


async def test_words_ask_for_a_page_and_sell_nothing(shop: Shop) -> None:
    """In private and in reply to the bot, not in a group's chatter."""
    shop.say("последние")
    await shop.hears("Платежей ещё нет")
    shop.say("Помощь!")
    answer = await shop.hears("Продать:")
    shop.say("последние 5", reply_to=answer.id)
    await shop.hears("Платежей ещё нет")
    assert await shop.sales() == []


@pytest.mark.parametrize("typed", ["найти 12500", "день", "итоги за день", "/find 12500", "/day", "/close", "/lang en"])
async def test_what_is_not_there_yet_is_said_in_one_sentence(shop: Shop, typed: str) -> None:
    """And its number is no sum."""
    shop.say(typed)
    assert words(await shop.hears("пока не умею")) == "Этого я пока не умею. Есть /last и /status 1042."
    assert await shop.sales() == []


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_help_fits_one_screen_of_a_phone(world: Shop, lang: str) -> None:
    """Twelve lines for whoever reads the most."""
    await world.start(owner_ids=[STRANGER])
    world.telegram.add_user(STRANGER, "Ольга", language_code=lang)
    world.say("/help", STRANGER)
    text = words(await world.hears("/hold", STRANGER))
    assert "/shop" in text
    assert ("браузере" if lang == "ru" else "the browser") in text
    assert sum(ceil(len(line) / LINE) for line in text.split("\n")) <= 12
    await world.stop()


async def test_start_again_is_short(shop: Shop) -> None:
    """The shop and how to sell; nothing is asked once more."""
    shop.say("/start")
    answer = await shop.hears("Магазин «Прилавок»")
    assert words(answer).split("\n") == [
        "Магазин «Прилавок»", "Напишите сумму и телефон: 12500 9161234567. Всё остальное: /help",
    ]  # fmt: skip
    assert not labels(answer)


async def test_an_owners_checklist_marks_what_was_seen(world: Shop) -> None:
    """The bank by its first link and its first call; the shop by its group. What is left says how."""
    await world.start(owner_ids=[OLEG])
    async with world.service.db.write() as tx:
        await tx.exec_driver_sql("UPDATE shops SET chat_id = NULL")
    world.say("/start", OLEG)
    first = await world.hears("Вы владелец", OLEG)
    assert [line[:3] for line in words(first).split("\n")[1:6]] == ["• Б", "• М", "✓ А", "• У", "• S"]
    world.later(2)
    await world.press("Дальше", first, OLEG)
    assert "https://shop.example/bank/callback" in words(await world.hears("Callback-уведомления", OLEG))
    world.later(2)
    world.say("12500", OLEG)
    await world.hears("Ждём оплату", OLEG)
    world.pay()
    await world.hears("Оплачено", OLEG)
    world.say("/shop Куртки", OLEG, chat_id=GROUP)
    await world.hears("готов", GROUP)
    world.later(5)
    world.say("/start", OLEG)
    second = await world.hears("✓ Банк\n", OLEG)
    assert [line[:3] for line in words(second).split("\n")[1:6]] == ["✓ Б", "✓ М", "✓ А", "✓ У", "• S"]
    assert not labels(second)
    await world.stop()


@pytest.mark.parametrize("typed", ["возврат 3000 брак", "Верни 3000", "отмена 1001", "refund 3000 defect"])
async def test_asking_for_money_back_sells_nothing(shop: Shop, typed: str) -> None:
    """Its sum or number would make a new payment."""
    shop.say(typed)
    await shop.hears("№")
    assert await shop.sales() == []


async def test_a_name_that_only_begins_alike_is_sold(shop: Shop) -> None:
    """Only whole words ask for money back."""
    shop.say("Вернисаж 5000")
    await shop.hears("Ждём оплату · 5 000 ₽")


async def test_a_question_about_two_sums_names_both(shop: Shop) -> None:
    """Not the number that they are together."""
    shop.say("500 700")
    await shop.hears("Вижу две суммы: 500 ₽ и 700 ₽.")


async def test_a_status_in_the_group_hides_the_phone(shop: Shop) -> None:
    """Numbers of shoppers stay out of groups."""
    shop.say("12500 9161234567")
    await shop.hears("Ждём оплату")
    shop.say("/status 1001", user=OLEG, chat_id=GROUP)
    assert "916" not in words(await shop.hears("№ 1001", chat=GROUP))
