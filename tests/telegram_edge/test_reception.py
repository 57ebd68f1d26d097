"""What staff are told when they ask: /help, /last, /status; and that asking for money back sells nothing."""

import pytest

from tests.telegram_edge.shop import GROUP, OLEG, Shop, words


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
    for later in ("/find", "/close", "/day", "/till", "/shop"):
        assert later not in manager + assistant
    assert [command for command in ("/staff", "/invite") if command in manager] == ["/staff", "/invite"]
    assert "/staff" not in assistant


async def test_words_ask_for_a_page_and_sell_nothing(shop: Shop) -> None:
    """In private and in reply to the bot; for what is not there yet an example of a sale is shown."""
    shop.say("последние")
    await shop.hears("Платежей ещё нет")
    for typed in ("найти 12500", "день"):
        shop.say(typed)
        await shop.hears("Не понял сумму")
    shop.say("Помощь!")
    answer = await shop.hears("Продать:")
    shop.say("последние 5", reply_to=answer.id)
    await shop.hears("Платежей ещё нет")
    assert await shop.sales() == []


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
