"""Edited messages: a sale follows its message, what could not be read is sold once it can be, the rest stays done."""

from bot.sandbox.telegram import Message
from tests.telegram_edge.after_sale import PHONE, Till
from tests.telegram_edge.shop import ANYA, GROUP, OLEG, STRANGER, Shop, labels, words


async def edited(shop: Shop, message: Message, text: str, user: int = ANYA) -> None:
    """And all that follows is done."""
    shop.later(3)
    shop.telegram.edit(user, message.chat.id, message.id, text)
    await shop.settled()


async def test_phone_and_description_follow_the_message(shop: Shop) -> None:
    """In place, without a word: the card shows them."""
    message = shop.say(f"12500 {PHONE}")
    await shop.hears("Ждём оплату")
    await edited(shop, message, "12500 9267654321 куртка")
    card = await shop.hears("· куртка")
    assert "Ждём оплату" in words(card)
    assert await shop.sales() == [(1_250_000, "4321", "куртка", 0)]
    assert len(shop.told()) == 1


async def test_an_edit_waits_behind_the_message_that_it_changes(world: Shop) -> None:
    """Both came while the service was down: one sale, as it reads at last."""
    message = world.say("12500 курка")
    world.telegram.edit(ANYA, ANYA, message.id, "12500 куртка")
    await world.start(telegram_webhook_secret="secret", public_url=world.address)
    await world.hears("· куртка")
    assert await world.sales() == [(1_250_000, None, "куртка", 0)]
    await world.stop()


async def test_another_sum_says_what_to_do(shop: Shop) -> None:
    """The link with the old one is out: nothing but a button changes it."""
    message = shop.say("12500 куртка")
    await shop.hears("Ждём оплату")
    await edited(shop, message, "15200 куртка")
    answer = await shop.hears("Ссылка на 12 500 ₽ уже создана")
    assert labels(answer) == ["Отменить"]
    await shop.press("Отменить", answer)
    await shop.hears("Отменить 12 500 ₽?")
    assert await shop.sales() == [(1_250_000, None, "куртка", 0)]


async def test_what_cannot_be_read_leaves_the_sale_as_it_was(shop: Shop) -> None:
    """The refusal names it; each edit has its own answer."""
    message = shop.say(f"12500 {PHONE}")
    await shop.hears("Ждём оплату")
    for text, answer in (
        ("куртка", "Не понял сумму. Напишите так: 12500 9161234567 куртка"),
        ("12500 916123456", "В номере не хватает цифр: 916123456. Нужно 10 после +7."),
        ("12.500", "Так правку можно понять по-разному."),
        ("отмена", "Правку не выполняю. Напишите это новым сообщением."),
        ("/cancel 1001", "Правку не выполняю. Напишите это новым сообщением."),
    ):
        await edited(shop, message, text)
        assert words(shop.told()[-1]) == f"{answer}\n№ 1001 остаётся как был."
    assert await shop.sales() == [(1_250_000, "4567", "", 0)]


async def test_an_edit_that_changes_nothing_is_answered_by_nothing(shop: Shop) -> None:
    """Written otherwise, or not at all."""
    message = shop.say("12500 куртка")
    await shop.hears("Ждём оплату")
    await edited(shop, message, "12 500 ₽ куртка")
    assert len(shop.told()) == 1


async def test_a_phone_that_was_not_typed_stays_when_a_word_is_added(shop: Shop) -> None:
    """It was asked for before, or is that of the card that was answered."""
    shop.say(PHONE)
    await shop.hears("Какая сумма?")
    shop.later(5)
    first = shop.say("12500")
    card = await shop.hears("Ждём оплату")
    shop.later(60)
    second = shop.say("3000", reply_to=card.id)
    await shop.settled()
    await edited(shop, first, "12500 куртка")
    await edited(shop, second, "3000 шапка")
    assert await shop.sales() == [(1_250_000, "4567", "куртка", 0), (300_000, "4567", "шапка", 0)]


async def test_a_refused_message_sells_once_it_is_mended(shop: Shop) -> None:
    """By its own key, so that it sells once; what is edited then is the sale."""
    message = shop.say("12500 916123456")
    await shop.hears("не хватает цифр")
    await edited(shop, message, "12500 9161234567")
    await shop.hears("Ждём оплату")
    await edited(shop, message, "12500 9161234567 куртка")
    assert await shop.sales() == [(1_250_000, "4567", "куртка", 0)]
    assert await shop.rows("SELECT key FROM payments") == [(f"msg:{ANYA}:{message.id}",)]


async def test_an_edit_that_comes_twice_is_answered_once(shop: Shop) -> None:
    """Telegram repeats an update, or a process died after its handler."""
    message = shop.say("12500")
    await shop.hears("Ждём оплату")
    await edited(shop, message, "куртка")
    told = len(shop.told())
    shop.telegram.world.updates.put("edited_message", message.as_json(), ("message", ANYA))
    await shop.settled()
    assert len(shop.told()) == told


async def test_a_question_is_answered_by_an_edit_and_its_buttons_make_no_second_sale(shop: Shop) -> None:
    """«12.500» becomes «12500»."""
    message = shop.say("12.500")
    question = await shop.hears("это 12 500")
    await edited(shop, message, "12500")
    await shop.hears("Ждём оплату")
    label = (question.markup or {})["inline_keyboard"][0][0]["text"]
    assert (await shop.press(label, question))["text"] == "Уже сделано"
    assert await shop.sales() == [(1_250_000, None, "", 0)]


async def test_after_ten_minutes_a_refused_message_is_forgotten(shop: Shop) -> None:
    """Its shopper is gone."""
    message = shop.say("12500 916123456")
    await shop.hears("не хватает цифр")
    shop.later(601)
    await edited(shop, message, "12500 9161234567")
    assert await shop.sales() == []


async def test_what_was_something_else_never_becomes_a_sale(paid: Till) -> None:
    """An answer to «Сколько вернуть?», a wish, a command, a name: what was done is done."""
    shop = paid.shop
    await paid.press(f"refund:{paid.number}:1")
    said = []
    for text in ("3000 брак", f"возврат {paid.number} 3000 брак", "/last"):
        shop.later(5)
        said.append(shop.say(text))
        await shop.settled()
    [_, wish, _] = said
    for message in said:
        await edited(shop, message, "4000 брак")
    assert len(await shop.sales()) == 1
    await edited(shop, wish, f"возврат {paid.number} 4000 брак")
    assert words(await shop.hears("Правку не")) == "Правку не выполняю. Напишите это новым сообщением."
    assert await paid.operations() == []
    assert (await paid.asked())[1] == "T-REFUND 3000 брак"


async def test_in_a_group_an_edit_counts_as_its_message_does(shop: Shop) -> None:
    """A command that was forgotten may be put before; chatter is left alone."""
    shop.telegram.add_bot(GROUP, "administrator")
    message = shop.say("12500 куртка", OLEG, chat_id=GROUP)
    await edited(shop, message, "/pay 12500 куртка", OLEG)
    await shop.hears("Ждём оплату", GROUP)
    await edited(shop, message, "/pay@PrilavokSandboxBot 12500 шапка", OLEG)
    for text in ("13000 слов", "/pay@OtherBot 13000", "возврат 500"):
        await edited(shop, shop.say("слова", OLEG, chat_id=GROUP), text, OLEG)
    assert await shop.sales() == [(1_250_000, None, "шапка", 0)]
    assert len(shop.told(GROUP)) == 1


async def test_edits_pass_the_gates_of_messages(shop: Shop) -> None:
    """Strangers hear nothing, whoever hides himself changes nothing, nobody comes in by an edit."""
    stranger = shop.say("12500", STRANGER)
    await shop.hears("Это касса магазина", STRANGER)
    told = len(shop.told(STRANGER))
    for text in ("13000", "/start AbCdEfGh", "/pay 13000"):
        await edited(shop, stranger, text, STRANGER)
    assert len(shop.told(STRANGER)) == told
    message = shop.say("/pay 12500", OLEG, chat_id=GROUP)
    await shop.hears("Ждём оплату", GROUP)
    message.sender_chat = message.chat
    await edited(shop, message, "/pay 12500 чужое", OLEG)
    await shop.hears("Отключите анонимность", GROUP)
    assert await shop.sales() == [(1_250_000, None, "", 0)]
