"""Selling in the chat: what is typed becomes one sale, one question, or one sentence that says what is wrong."""

import pytest

from tests.telegram_edge.shop import ANYA, GROUP, OLEG, Shop, labels, words

PHONE = "9161234567"


@pytest.mark.parametrize(
    ("typed", "sale"),
    [
        ("12500", (1_250_000, None, "", 0)),
        ("12500 9161234567", (1_250_000, "4567", "", 0)),
        ("12 500,50 ₽ +7 (916) 123-45-67 куртка зимняя", (1_250_050, "4567", "куртка зимняя", 0)),
        ("12,5 тыс 8-916-123-45-67 сумка", (1_250_000, "4567", "сумка", 0)),
        ("/pay 12500 куртка", (1_250_000, None, "куртка", 0)),
        ("/p 12500", (1_250_000, None, "", 0)),
        ("/hold 12500 9161234567", (1_250_000, "4567", "", 1)),
        ("удержать 12500 9161234567 шкаф", (1_250_000, "4567", "шкаф", 1)),
    ],
)
async def test_each_way_of_typing_makes_the_sale_that_was_meant(shop: Shop, typed: str, sale: tuple[object]) -> None:
    """The product's table; the card with the QR comes by itself."""
    shop.say(typed)
    card = await shop.hears("Ждём оплату")
    assert card.media
    assert await shop.sales() == [sale]


async def test_in_a_group_a_command_or_a_reply_sells_and_chatter_does_not(shop: Shop) -> None:
    """A bot sees commands and replies only; the card comes where it was typed, without the shopper's number."""
    shop.say("/pay@PrilavokSandboxBot 12500 9161234567", OLEG, chat_id=GROUP)
    card = await shop.hears("12 500 ₽", GROUP)
    assert PHONE[-4:] not in words(card).replace("-", "")
    shop.say("5000", OLEG, chat_id=GROUP, reply_to=card.id)
    await shop.hears("5 000 ₽", GROUP)
    shop.say("7000", OLEG, chat_id=GROUP)
    await shop.settled()
    assert await shop.sales() == [(1_250_000, "4567", "", 0), (500_000, "4567", "", 0)]


async def test_a_command_for_another_bot_sells_nothing(shop: Shop) -> None:
    """Where the bot is an admin it sees those too."""
    shop.telegram.add_bot(GROUP, "administrator")
    shop.say("/pay@OtherBot 12500", OLEG, chat_id=GROUP)
    shop.say("просто 12500 слов", OLEG, chat_id=GROUP)
    shop.say("/p 9000", OLEG, chat_id=GROUP)
    await shop.hears("9 000 ₽", GROUP)
    assert await shop.sales() == [(900_000, None, "", 0)]


async def test_a_shared_contact_asks_for_the_sum_and_names_whom(shop: Shop) -> None:
    """Its name goes on the card, its phone gets the SMS; it is used once."""
    shop.say(user=ANYA, words="", contact={"phone_number": "+79161234567", "first_name": "Мария & Ко"})
    question = await shop.hears("Сколько?")
    assert words(question) == "Мария & Ко · +7 916 123-45-67\nСколько?"
    shop.say("12500")
    await shop.hears("Мария & Ко")
    shop.say("13500")
    await shop.hears("13 500 ₽")
    assert await shop.sales() == [(1_250_000, "4567", "Мария & Ко", 0), (1_350_000, None, "", 0)]


async def test_a_phone_to_hold_for_is_held_for(shop: Shop) -> None:
    """What was asked in one message is kept when its sum comes in the next."""
    shop.say("/hold 9161234567 шкаф")
    await shop.hears("Какая сумма?")
    shop.say("12500")
    await shop.hears("Ждём оплату")
    assert await shop.sales() == [(1_250_000, "4567", "шкаф", 1)]


async def test_numbers_in_a_contacts_name_are_never_a_sum(shop: Shop) -> None:
    """«Такси 5000» is whom the seller called so."""
    shop.say("", contact={"phone_number": "89161234567", "first_name": "Такси 5000"})
    await shop.hears("Сколько?")
    shop.say("", contact={"phone_number": "5000", "first_name": "Справка"})
    await shop.hears("В номере не хватает цифр: 5000")
    assert await shop.sales() == []


async def test_a_sum_after_a_phone_is_for_it_within_two_minutes(shop: Shop) -> None:
    """«Какая сумма?» is answered by the next amount, with or without words."""
    shop.say(PHONE)
    await shop.hears("Какая сумма?")
    shop.later(110)
    shop.say("12500 куртка")
    await shop.hears("12 500 ₽")
    assert await shop.sales() == [(1_250_000, "4567", "куртка", 0)]


async def test_a_sum_that_comes_later_is_for_nobody(shop: Shop) -> None:
    """After two minutes it may be another shopper's."""
    shop.say(PHONE)
    await shop.hears("Какая сумма?")
    shop.later(121)
    shop.say("12500")
    await shop.hears("12 500 ₽")
    assert await shop.sales() == [(1_250_000, None, "", 0)]


async def test_a_sale_with_its_own_phone_ends_the_question(shop: Shop) -> None:
    """The amount after it must not go to the first phone: a wrong phone is the worst there is."""
    shop.say(PHONE)
    await shop.hears("Какая сумма?")
    shop.say("12500 9267654321")
    await shop.hears("12 500 ₽")
    shop.say("5000")
    await shop.hears("5 000 ₽")
    assert [tail for _, tail, _, _ in await shop.sales()] == ["4321", None]


async def test_a_sum_that_was_refused_leaves_the_question_open(shop: Shop) -> None:
    """The seller corrects the sum, not the shopper."""
    shop.say(PHONE)
    await shop.hears("Какая сумма?")
    shop.say("500")
    await shop.hears("от 1 000 ₽")
    shop.say("5000")
    await shop.hears("5 000 ₽")
    assert await shop.sales() == [(500_000, "4567", "", 0)]


async def test_a_phone_given_in_a_group_is_not_repeated_there(shop: Shop) -> None:
    """Numbers stay out of groups, as far as it is up to us."""
    shop.say(f"/pay {PHONE}", OLEG, chat_id=GROUP)
    assert words(await shop.hears("Какая сумма?", GROUP)) == "…67. Какая сумма?"


async def test_a_sum_in_reply_to_a_card_is_for_the_same_shopper(shop: Shop) -> None:
    """However old the card is."""
    shop.say(f"12500 {PHONE}")
    card = await shop.hears("Ждём оплату")
    shop.later(3000)
    shop.say("3000", reply_to=card.id)
    await shop.hears("3 000 ₽")
    assert [tail for _, tail, _, _ in await shop.sales()] == ["4567", "4567"]


async def test_a_sum_in_reply_to_a_ring_is_for_the_same_shopper(shop: Shop) -> None:
    """What rang names its sale as well as the card does; in a group too, where another one's sale rings."""
    shop.say(f"12500 {PHONE} куртка")
    await shop.hears("Ждём оплату")
    shop.pay()
    ring, bell = await shop.hears("Оплачено 12 500 ₽ · "), await shop.hears("Оплачено 12 500 ₽ · ", GROUP)
    shop.later(5)
    shop.say("3000", reply_to=ring.id)
    await shop.hears("3 000 ₽")
    shop.say("4000", OLEG, chat_id=GROUP, reply_to=bell.id)
    card = await shop.hears("4 000 ₽", GROUP)
    assert "Олег" in words(card)
    assert "916" not in words(card)
    assert [(amount // 100, tail, what) for amount, tail, what, _ in await shop.sales()] == [
        (12_500, "4567", "куртка"), (3_000, "4567", ""), (4_000, "4567", ""),
    ]  # fmt: skip


async def test_a_sum_in_reply_to_a_card_without_a_phone_is_for_nobody(shop: Shop) -> None:
    """A QR, whatever phone waits for its amount: that one waits no more."""
    shop.say("12500")
    card = await shop.hears("Ждём оплату")
    shop.later(5)
    shop.say(PHONE)
    await shop.hears("Какая сумма?")
    shop.say("3000", reply_to=card.id)
    await shop.hears("3 000 ₽")
    shop.later(5)
    shop.say("4000")
    await shop.hears("4 000 ₽")
    assert [tail for _, tail, _, _ in await shop.sales()] == [None, None, None]


@pytest.mark.parametrize(
    ("phone", "answer"),
    [
        ("79161234567", "+7 916 123-45-67\nСколько?"),
        ("+375291234567", "SMS — только на номера +7 9"),
        ("+74951234567", "городской, SMS не дойдёт"),
    ],
)
async def test_a_contacts_phone_is_read_as_a_typed_one(shop: Shop, phone: str, answer: str) -> None:
    """Telegram shares it with a plus or without; of another country it gets no SMS."""
    shop.say("", contact={"phone_number": phone, "first_name": "Мария"})
    assert answer in words(await shop.hears(answer.partition("\n")[0]))
    assert await shop.sales() == []


async def test_a_contact_in_a_group_counts_as_a_reply_to_us(shop: Shop) -> None:
    """Its phone is not repeated there, and chatter is left alone."""
    shop.telegram.add_bot(GROUP, "administrator")
    contact = {"phone_number": "+79161234567", "first_name": "Мария"}
    shop.say("", OLEG, chat_id=GROUP, contact=contact)
    shop.say("/last", OLEG, chat_id=GROUP)
    ours = await shop.hears("Платежей ещё нет", GROUP)
    assert len(shop.told(GROUP)) == 1
    shop.later(5)
    shop.say("", OLEG, chat_id=GROUP, contact=contact, reply_to=ours.id)
    question = await shop.hears("Сколько?", GROUP)
    assert words(question) == "Мария · …67\nСколько?"
    shop.later(5)
    shop.say("12500", OLEG, chat_id=GROUP, reply_to=question.id)
    assert "916" not in words(await shop.hears("12 500 ₽", GROUP))
    assert await shop.sales() == [(1_250_000, "4567", "Мария", 0)]


async def test_two_readings_come_back_as_buttons_and_one_press_makes_one_sale(shop: Shop) -> None:
    """With the key of the message, so that pressing twice makes no second."""
    message = shop.say("12.500 куртка")
    question = await shop.hears("это")
    first = labels(question)[0]
    assert first.startswith("12 500 ₽")
    label = (question.markup or {})["inline_keyboard"][0][0]["text"]
    await shop.press(label, question)
    await shop.press(label, question)
    await shop.hears("Ждём оплату")
    assert await shop.sales() == [(1_250_000, None, "куртка", 0)]
    assert await shop.rows("SELECT key FROM payments") == [(f"msg:{ANYA}:{message.id}",)]


async def test_a_choice_is_its_authors(shop: Shop) -> None:
    """In a group everybody can press."""
    shop.say("/pay 12.500", OLEG, chat_id=GROUP)
    question = await shop.hears("это", GROUP)
    label = (question.markup or {})["inline_keyboard"][0][0]["text"]
    await shop.press(label, question, user=ANYA)
    assert await shop.sales() == []
    await shop.press(label, question, user=OLEG)
    assert len(await shop.sales()) == 1


async def test_a_choice_after_a_phone_keeps_the_phone(shop: Shop) -> None:
    """«12.500» answers «Какая сумма?» too."""
    shop.say(PHONE)
    await shop.hears("Какая сумма?")
    shop.say("12.500")
    question = await shop.hears("это 12 500")
    assert labels(question)[0] == "12 500 ₽ · …67"
    await shop.press((question.markup or {})["inline_keyboard"][0][0]["text"], question)
    assert [tail for _, tail, _, _ in await shop.sales()] == ["4567"]


async def test_a_look_alike_is_asked_about_and_may_be_new(shop: Shop) -> None:
    """A person decides; «Это новый» makes the second sale, once."""
    shop.say(f"12500 {PHONE}")
    await shop.hears("Ждём оплату")
    shop.say(f"12500 {PHONE}")
    question = await shop.hears("ещё ждёт оплату")
    assert len(await shop.sales()) == 1
    await shop.press("Это новый", question)
    await shop.press("Это новый", question)
    assert len(await shop.sales()) == 2


async def test_refusals_say_what_is_wrong(shop: Shop) -> None:
    """One sentence, nothing created."""
    for typed, answer in (
        ("500", "от 1 000 ₽"),
        ("999000", "до 150 000 ₽"),
        ("12500 916123456", "не хватает цифр"),
        ("<b>куртка", "Не понял сумму"),
        ("12500 " + "я" * 201, "Описание до 200 знаков"),
    ):
        shop.say(typed)
        await shop.hears(answer)
    assert await shop.sales() == []


async def test_an_unknown_command_sells_nothing(shop: Shop) -> None:
    """The number of a payment is not a sum."""
    shop.say("/whatever 1042")
    await shop.hears("Не понял сумму")
    shop.say("/status")
    await shop.hears("Какой платёж?")
    shop.say("/status 99999999999999999999")
    await shop.hears("Какой платёж?")
    shop.say("/help")
    await shop.hears("/last")
    assert await shop.sales() == []


@pytest.mark.parametrize("what", ['<b>x</b> & "y" <script>', "👨‍👩‍👧 куртка 🧥", "מעיל \u202eкуртка", "я" * 200])
async def test_what_people_type_is_shown_as_typed(shop: Shop, what: str) -> None:
    """Escaped in the card and in the ping; what cannot be seen is gone."""
    shop.say(f"12500 {what}")
    card = await shop.hears("Ждём оплату")
    shown = what.replace("\u202e", "")
    if "👨" not in what:  # its joiners are invisible characters
        assert shown in words(card)
    shop.pay()
    ping = await shop.hears("Оплачено 12 500 ₽ · ")
    if "👨" not in what:
        assert shown[:60] in words(ping)  # a lock screen shows no more
    await shop.hears("Продавец: Аня", GROUP)
