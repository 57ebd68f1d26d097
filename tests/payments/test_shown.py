"""What the cards show by themselves as time passes, and to whom: questions, requests, «Проверить», the end of a day."""

from datetime import timedelta

from bot.card import EMPTY
from bot.ports import OrderStatus
from storage import staff

from .counter import MANAGER, Counter
from .fakes import NOON, Shown
from .till import GROUP, OWNER, SELLER, SUM, Till

PART = 3_000_00
WAITING = ["Показать QR", "Отправить SMS", "Поделиться", "Копировать", "Отменить"]


def card(till: Till, chat: int = SELLER) -> Shown:
    """The newest message with buttons or a picture in a chat."""
    shown = till.chat.chats[chat].values()
    return next(message for message in reversed(shown) if message.reply_to is None and "№" in message.html)


async def test_a_question_takes_the_place_of_the_buttons_for_a_minute(counter: Counter, till: Till) -> None:
    """Its «Да» comes a second later, under no thumb that is on its way; then the card is as it was."""
    number = await till.sell()
    await till.change.cancel(counter.anya, number, counter.at(counter.anya))
    await till.work()
    assert card(till).labels == ["Нет, оставить", EMPTY.label]
    assert "Отменить 12 500 ₽?" in card(till).html.replace("\xa0", " ")
    await till.passes(1)
    assert card(till).labels == ["Нет, оставить", "Да, отменить"]
    await till.passes(60)
    assert card(till).labels == WAITING
    assert "?" not in card(till).html


async def test_a_question_right_after_the_money_gets_its_yes_too(counter: Counter, till: Till) -> None:
    """The card changes by itself at two moments of one second: neither is lost to the other."""
    number = await till.sell()
    till.clock.moment = till.now().replace(microsecond=600_000)
    order = await till.order(number)
    counter.bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    await till.work()
    till.clock.moment += timedelta(seconds=0.3)
    await till.change.cancel(counter.anya, number, counter.at(counter.anya))
    await till.passes(1.1)
    assert [label[:2] for label in card(till).labels] == ["Не", "Да"]


async def test_a_request_has_buttons_where_it_can_be_decided(counter: Counter, till: Till) -> None:
    """In the chats of managers and owners and in the shop's group, not in that of who asked."""
    number = await counter.paid()
    await counter.refunds(counter.anya, number, PART)
    await counter.yes(counter.anya)
    for chat in (MANAGER, OWNER, GROUP):
        assert card(till, chat).labels == ["Вернуть 3\xa0000\xa0₽", "Отказать"]
    assert card(till).labels == []
    assert "Ждёт решения" in card(till).html
    await till.approvals.deny(counter.oleg, await counter.request(), counter.at(counter.oleg))
    await till.work()
    for chat in (SELLER, MANAGER, OWNER, GROUP):
        assert card(till, chat).labels == ["Отменить оплату"]


async def test_a_card_speaks_the_language_of_whose_chat_it_is(counter: Counter, till: Till) -> None:
    """Олег reads English, Аня Russian: her request is his in English, and so is what rings."""
    async with till.db.write() as tx:
        await staff.change(tx, counter.oleg.id, lang="en")
    number = await counter.paid()
    await counter.refunds(counter.anya, number, PART)
    await counter.yes(counter.anya)
    assert card(till, MANAGER).labels == ["Refund 3\xa0000\xa0₽", "Refuse"]
    assert all("Refund" in message.html for message in till.chat.chats[MANAGER].values())
    for chat in (SELLER, OWNER, GROUP):
        assert "Ждёт решения" in card(till, chat).html


async def test_after_two_quiet_minutes_the_bank_can_be_asked(counter: Counter, till: Till) -> None:
    """The card offers it by itself, and takes it back as soon as there is news."""
    number = await till.sell()
    await till.passes(119)
    assert card(till).labels == WAITING
    await till.passes(1)
    assert card(till).labels == ["Проверить", *WAITING]
    await till.shopper.opened(await till.code(number))
    await till.work()
    assert card(till).labels == WAITING


async def test_at_the_end_of_the_day_a_cancellation_becomes_a_refund(counter: Counter, till: Till) -> None:
    """Two minutes before midnight in Moscow, without anybody's doing."""
    await counter.paid()
    assert "до 00:00" in card(till).html
    assert card(till).labels == ["Отменить оплату"]
    till.clock.moment = NOON + timedelta(hours=11, minutes=57)
    await till.passes(61)
    assert "до 00:00" not in card(till).html
    assert card(till).labels == ["Вернуть деньги"]


async def test_a_cancelled_card_keeps_the_time_of_the_cancellation(counter: Counter, till: Till) -> None:
    """Though the bank closes the link much later."""
    number = await till.sell()
    await counter.cancels(counter.anya, number)
    await counter.yes(counter.anya)
    assert await till.status(number) == "cancelling"
    await till.passes(120)
    await counter.bank_says(number, OrderStatus.DECLINED)
    assert await till.status(number) == "cancelled"
    assert "Отменено: Аня, 12:00" in card(till).html


async def test_what_was_done_at_the_bank_is_seen_on_the_card(counter: Counter, till: Till) -> None:
    """Until something else is done."""
    number = await counter.paid()
    await counter.bank_says(number, OrderStatus.REFUNDED, deposited=SUM - PART, refunded=PART)
    assert "Сделано в кабинете банка: возврат 3 000 ₽" in card(till).html.replace("\xa0", " ")
    await counter.refunds(counter.olga, number, PART)
    await counter.yes(counter.olga)
    assert "кабинете" not in card(till).html
