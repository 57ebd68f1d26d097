"""After a sale: what is typed or answered becomes one question on the card."""

from tests.telegram_edge.after_sale import PHONE, Till
from tests.telegram_edge.shop import GROUP, OLEG, STRANGER, Shop, labels, words

# What is typed


async def test_each_way_of_typing_asks_what_was_meant(paid: Till) -> None:
    """A command or words, with the number or in reply to the card. Nothing moves before «Да»."""
    for typed, in_reply, question in (
        ("возврат 3000 брак", True, "T-REFUND 3000 брак"),
        ("/refund {n} 4000 брак", False, "T-REFUND 4000 брак"),
        ("/refund {n} all", False, "T-REFUND 12500"),
        ("/refund {n}", False, "T-REFUND-ASK 12500"),
        ("/refund 5000 брак", True, "T-REFUND 5000 брак"),
        ("возврат {n} 6000 брак", True, "T-REFUND 6000 брак"),
        ("возврат {n} 7000 брак", False, "T-REFUND 7000 брак"),
        ("refund all", True, "T-REFUND 12500"),
        ("/cancel {n}", False, "T-REVERSE 12500"),
        ("отмена", True, "T-REVERSE 12500"),
    ):
        card = next(message for message in paid.shop.told() if "№ " in words(message) and message.reply_to is None)
        await paid.says(typed, reply_to=card.id if in_reply else None)
        assert (await paid.asked())[1] == question
    assert await paid.operations() == []
    assert len(await paid.shop.sales()) == 1


async def test_a_hold_is_completed_by_a_word(held: Till) -> None:
    """«выдал» in reply to the card; the sum beside it is what to charge."""
    await held.says("выдал", reply_to=held.card.id)
    assert (await held.asked())[1] == "T-COMPLETE 12500"
    await held.says(f"/complete {held.number} 8000")
    draft, question = await held.asked()
    assert question == "T-COMPLETE 8000"
    await held.press(f"yes:{draft}")
    await held.shop.reaches("SELECT status, deposited FROM payments", ("paid", 800_000))


async def test_no_number_or_two_of_them_is_asked_about(paid: Till) -> None:
    """What a wish is about is never guessed; neither is it a sale."""
    for typed, reply_to, answer in (
        ("/refund", None, "Какой платёж?"),
        ("отмена", None, "/cancel 1042"),
        (f"возврат {paid.number + 7} 3000 брак", paid.card.id, f"Это карточка № {paid.number}"),
        ("/cancel 999999", None, "Не нашёл № 999999"),
        ("/cancel 99999999999999999999", None, "Телефон здесь не нужен"),
        (f"возврат 3000 {PHONE}", paid.card.id, "Телефон здесь не нужен"),
        ("возврат 3000 + 500", paid.card.id, "Не понял, сколько вернуть"),
    ):
        await paid.says(typed, reply_to=reply_to)
        assert answer in paid.shop.texts()[-1]
    assert await paid.shop.rows("SELECT id FROM drafts WHERE kind = 'confirm'") == []
    assert len(await paid.shop.sales()) == 1


async def test_pay_before_a_wish_sells_nothing(shop: Shop) -> None:
    """Whatever begins as a wish is none of a sale."""
    shop.say("/pay возврат 3000 брак")
    await shop.hears("Не понял сумму")
    assert await shop.sales() == []


async def test_two_readings_come_back_as_buttons(paid: Till) -> None:
    """The press asks on the card; somebody else's press does nothing."""
    paid.shop.say("возврат 3.000 брак", reply_to=paid.card.id)
    question = await paid.shop.hears("это 3 000 ₽?")
    assert labels(question) == [f"3 000 ₽ · № {paid.number} · брак", "Другое"]
    label = (question.markup or {})["inline_keyboard"][0][0]["callback_data"]
    toast = await paid.press(label, user=OLEG)
    assert toast["text"].startswith("Время вышло")
    await paid.press(label)
    assert (await paid.asked())[1] == "T-REFUND 3000 брак"
    assert (await paid.press("wish:other:refund"))["text"].startswith("Не понял, сколько вернуть")


async def test_a_status_is_asked_for_in_words(paid: Till) -> None:
    """As by /status."""
    paid.shop.say("статус", reply_to=paid.card.id)
    answer = await paid.shop.hears("12 500 ₽ · № ")
    assert not labels(answer)


async def test_nothing_to_refund_offers_to_cancel(waiting: Till) -> None:
    """One button, that asks on the card."""
    waiting.shop.say(f"/refund {waiting.number} 3000")
    answer = await waiting.shop.hears("Возвращать нечего")
    assert labels(answer) == ["Отменить"]
    await waiting.shop.press("Отменить", answer)
    assert (await waiting.asked())[1] == "T-CANCEL-OPEN 12500"


# Who may


async def test_who_hides_himself_moves_nothing(paid: Till) -> None:
    """Neither the group's name nor a forwarded text has rights."""
    paid.shop.telegram.say(OLEG, f"/cancel {paid.number}", GROUP, anonymous=True)
    await paid.shop.hears("Отключите анонимность", GROUP)
    paid.shop.telegram.say(OLEG, f"/cancel {paid.number}", forwarded=True)
    await paid.shop.hears("Пересланное не выполняю", OLEG)
    assert await paid.shop.rows("SELECT id FROM drafts WHERE kind = 'confirm'") == []


async def test_strangers_and_other_peoples_sales(paid: Till) -> None:
    """A stranger is turned away, also with a button; to an assistant the sales of others do not exist."""
    toast = await paid.press(f"cancel:{paid.number}:1", user=STRANGER)
    assert toast["alert"]
    paid.shop.say(f"/cancel {paid.number}", STRANGER)
    await paid.shop.hears("Это касса магазина", STRANGER)
    paid.shop.say("9000", OLEG)
    await paid.shop.hears("9 000 ₽", OLEG)
    number = (await paid.shop.rows("SELECT max(id) FROM payments"))[0][0]
    for verb in ("cancel", "complete", "part", "refund", "keep"):
        assert (await paid.press(f"{verb}:{number}:1"))["text"].startswith("Не нашёл")
    paid.shop.say(f"/cancel {number}")
    await paid.shop.hears(f"Не нашёл № {number}")
    assert await paid.shop.rows("SELECT id FROM drafts WHERE kind = 'confirm'") == []


async def test_in_a_group_words_count_as_a_reply_to_us_only(paid: Till) -> None:
    """The manager cancels Anya's sale there; chatter is left alone, and the card asks where it was typed."""
    paid.shop.telegram.add_bot(GROUP, "administrator")
    ring = await paid.shop.hears("Оплачено", GROUP)
    await paid.says(f"отмена {paid.number}", OLEG, chat_id=GROUP)
    assert await paid.shop.rows("SELECT id FROM drafts WHERE kind = 'confirm'") == []
    await paid.says(f"отмена {paid.number}", OLEG, chat_id=GROUP, reply_to=ring.id)
    assert await paid.shop.rows("SELECT chat_id FROM drafts WHERE kind = 'confirm'") == [(GROUP,)]


# The answers to «Сколько?»


async def test_a_sum_answers_the_question(paid: Till) -> None:
    """The next message of the one who was asked; the reason stands behind the sum."""
    await paid.press(f"refund:{paid.number}:1")
    await paid.says("сколько?")
    await paid.shop.hears("Не понял, сколько вернуть")
    await paid.says("99000")
    await paid.shop.hears("Больше 12 500 ₽ вернуть нельзя")
    assert (await paid.asked())[1] == "T-REFUND-ASK 12500"
    await paid.says("3000 брак")
    assert (await paid.asked())[1] == "T-REFUND 3000 брак"
    assert len(await paid.shop.sales()) == 1


async def test_a_reason_without_a_sum_is_not_forgotten(paid: Till) -> None:
    """The card asks for the sum alone, and its answer may still say something else."""
    for asked in ("/refund {n} брак", "возврат {n} брак"):
        for answer, question in (("3000", "T-REFUND 3000 брак"), ("4000 передумал", "T-REFUND 4000 передумал")):
            await paid.says(asked)
            assert (await paid.asked())[1] == "T-REFUND-ASK 12500 брак"
            await paid.shop.hears("Сколько вернуть? Причина: брак.\nОтветьте суммой.")
            await paid.says(answer)
            assert (await paid.asked())[1] == question
    await paid.press(f"refund:{paid.number}:1")
    await paid.says("5000")
    assert (await paid.asked())[1] == "T-REFUND 5000"


async def test_a_part_of_a_hold_is_answered(held: Till) -> None:
    """«Часть суммы» wants a sum and no words."""
    for typed, question in (
        ("3000", "T-COMPLETE 3000"),
        ("выдал 4000", "T-COMPLETE 4000"),
        ("часть 5", "T-PART 12500"),
    ):
        await held.press(f"part:{held.number}:1")
        await held.says(typed)
        assert (await held.asked())[1] == question


async def test_what_is_something_else_answers_nothing(paid: Till) -> None:
    """A command, another wish, a sale with its phone."""
    for typed, question in (
        ("/status {n}", "T-REFUND-ASK 12500"),
        ("статус {n}", "T-REFUND-ASK 12500"),
        (f"12500 {PHONE} куртка", "T-REFUND-ASK 12500"),
        ("отмена {n}", "T-REVERSE 12500"),
    ):
        await paid.press(f"refund:{paid.number}:1")
        await paid.says(typed)
        assert (await paid.asked())[1] == question
    assert len(await paid.shop.sales()) == 2


async def test_the_newer_of_two_questions_is_answered(paid: Till) -> None:
    """A phone typed after «Сколько вернуть?» asks for a sum too, and that one is a sale."""
    await paid.press(f"refund:{paid.number}:1")
    paid.shop.say(PHONE)
    await paid.shop.hears("Какая сумма?")
    paid.shop.say("5000")
    await paid.shop.hears("5 000 ₽")
    assert [tail for _, tail, _, _ in await paid.shop.sales()] == [None, "4567"]
    assert (await paid.asked())[1] == "T-REFUND-ASK 12500"


async def test_a_reply_to_another_card_is_about_that_one(paid: Till) -> None:
    """There a sum is a sale to the same shopper."""
    paid.shop.say(f"9000 {PHONE}")
    other = await paid.shop.hears("9 000 ₽")
    await paid.shop.settled()
    await paid.press(f"refund:{paid.number}:1")
    paid.shop.say("3000", reply_to=other.id)
    await paid.shop.hears("3 000 ₽")
    assert len(await paid.shop.sales()) == 3


async def test_a_sum_after_two_minutes_is_a_sale(paid: Till) -> None:
    """The question is over by then."""
    await paid.press(f"refund:{paid.number}:1")
    paid.shop.later(121)
    paid.shop.say("3000")
    await paid.shop.hears("3 000 ₽")
    assert len(await paid.shop.sales()) == 2


async def test_the_message_that_rang_may_be_answered_as_well(paid: Till) -> None:
    """It names its payment; a sum in reply to it is never taken for the number."""
    ping = next(message for message in paid.shop.told() if "· код" in words(message))
    await paid.says("возврат 3000 брак", reply_to=ping.id)
    assert (await paid.asked())[1] == "T-REFUND 3000 брак"
