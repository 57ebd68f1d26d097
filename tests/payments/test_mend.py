"""«Не тот номер», «SMS ещё раз»: where the link goes, how often, and what becomes of the code that went astray."""

from typing import Any

import pytest

from bot.payments.answering import Number
from bot.payments.change import CHANGED, ON_CARD, Said
from bot.payments.confirm import Ask
from bot.payments.deliver import MOST_OF_PAYMENT, MOST_TO_NUMBER
from bot.ports import OrderStatus, Place, Unknown

from .counter import Counter
from .fakes import FakeBank
from .till import PHONE, SELLER, Till

RIGHT = "+79167654321"
HERE = Place(SELLER)


async def wrong(till: Till, number: int) -> Said:
    return await till.mending.wrong_number(till.seller, number, HERE)


async def again(till: Till, number: int) -> Said:
    return await till.mending.again(till.seller, number, HERE)


async def types(till: Till, text: str) -> Any:
    return await till.answering.answer(till.seller, HERE, text)


def card(till: Till) -> str:
    return next(iter(till.chat.chats[SELLER].values())).html.replace("\xa0", " ")


async def test_in_time_the_right_number_gets_the_same_link(counter: Counter, till: Till) -> None:
    number = await till.sell(phone=PHONE)
    code = await till.code(number)
    assert await wrong(till, number) == ON_CARD
    assert await wrong(till, number) == ON_CARD  # the second tap of a double one
    assert await counter.asked(number, counter.anya) == (Ask.WRONG_NUMBER_SOON, 0)
    assert await types(till, "916 765-43-21") == ON_CARD
    await till.work()
    assert "SMS уйдёт через 5 секунд · +7 916 765-43-21" in card(till)
    await till.passes(6)
    assert [to for to, _ in till.sms.sent] == [RIGHT]
    assert await till.code(number) == code


async def test_later_the_old_page_is_gone_at_once(counter: Counter, till: Till) -> None:
    """Another code, the card's QR with it, the same order at the bank; the SMS goes to the right number after its
    delay."""
    number = await till.sell(phone=PHONE)
    await till.passes(6)
    old = await till.code(number)
    await till.shopper.opened(old)
    assert await wrong(till, number) == ON_CARD
    new = await till.code(number)
    assert new != old
    assert await till.shopper.view(old) is None
    assert await till.shopper.pay(old) is None
    assert await counter.asked(number, counter.anya) == (Ask.WRONG_NUMBER, 0)
    await till.passes(10)
    assert next(iter(till.chat.chats[SELLER].values())).photo == f"https://till.example/p/{new}"
    assert len(till.sms.sent) == 1
    await types(till, RIGHT)
    await till.passes(4)
    assert len(till.sms.sent) == 1
    await till.passes(2)
    to, text = till.sms.sent[1]
    assert (to, f"/p/{new}" in text) == (RIGHT, True)
    assert len(await till.orders(number)) == 1


async def test_nothing_goes_to_a_number_that_was_called_wrong(counter: Counter, till: Till, bank: FakeBank) -> None:
    """Neither «SMS ещё раз» nor a new link: both want the right number first."""
    number = await till.sell(phone=PHONE)
    await till.passes(6)
    await wrong(till, number)
    assert await again(till, number) == ON_CARD
    assert await counter.asked(number, counter.anya) == (Ask.WHICH_NUMBER, 0)
    await counter.bank_says(number, OrderStatus.DECLINED)
    await till.passes(3)
    await till.renewals.new_link(till.seller, number, HERE)
    await till.passes(10)
    assert await till.status(number) == "waiting"
    assert len(till.sms.sent) == 1


async def test_a_number_called_wrong_before_the_link_gets_no_sms(till: Till) -> None:
    """While the bank makes the link; the right one gets it with the link."""
    number = await till.record(phone=PHONE)
    await wrong(till, number)
    await types(till, RIGHT)
    await till.work()
    await till.passes(6)
    assert [to for to, _ in till.sms.sent] == [RIGHT]


@pytest.mark.parametrize(
    ("text", "key"),
    [("8916765432", "r.phone_short"), ("4951234567", "r.phone_city"), ("+380501234567", "r.phone_foreign"),
     ("нет", "r.number_unread"), ("12500", "r.number_unread"), ("9167654321 9161234567", "r.number_unread")],
)  # fmt: skip
async def test_what_is_no_number_is_refused_and_asked_for_still(till: Till, text: str, key: str) -> None:
    await wrong(till, await till.sell(phone=PHONE))
    assert (await types(till, text)).key == key
    assert await types(till, RIGHT) == ON_CARD


async def test_a_sale_is_no_answer_to_a_question_about_a_number(till: Till) -> None:
    """In a chat a message may be about something else."""
    await wrong(till, await till.sell(phone=PHONE))
    for text in ("12500", "12500 9167654321", "отмена", "найти 4567"):
        assert await till.answering.read(till.seller, HERE, text) is None
    answer = await till.answering.read(till.seller, HERE, "вот 9167654321")
    assert isinstance(answer, Number)
    assert answer.phone == RIGHT


async def test_an_answer_is_taken_once(till: Till) -> None:
    """A message that is handled again sends nothing more, and brings no older number back."""
    await wrong(till, await till.sell(phone=PHONE))
    first = await till.answering.read(till.seller, HERE, PHONE)
    second = await till.answering.read(till.seller, HERE, RIGHT)
    assert isinstance(first, Number)
    assert isinstance(second, Number)
    assert await till.answering.given(till.seller, second) == ON_CARD
    assert (await till.answering.given(till.seller, first)).key == "toast.timed_out"
    await till.passes(6)
    assert [to for to, _ in till.sms.sent] == [RIGHT]


async def test_an_answer_that_comes_too_late_changes_nothing(till: Till) -> None:
    number = await till.sell(phone=PHONE)
    await wrong(till, number)
    till.clock.advance(120)
    assert (await types(till, RIGHT)).key == "toast.timed_out"
    await till.passes(10)
    assert till.sms.sent == []


async def test_a_paid_sale_has_no_wrong_number(counter: Counter, till: Till) -> None:
    number = await counter.paid()
    assert await wrong(till, number) == CHANGED
    assert await again(till, number) == CHANGED


async def test_one_more_sms_is_a_persons_command(till: Till) -> None:
    """At once; not while one waits; also where nobody knows what became of the last one."""
    till.sms.outcomes = [Unknown("no answer")]
    number = await till.sell(phone=PHONE)
    assert (await again(till, number)).key == "toast.sms_soon"
    await till.passes(6)
    assert (await till.message(number)).state == "unknown"
    assert (await again(till, number)).key == "toast.sms_sent"
    assert (await again(till, number)).key == "toast.sms_soon"
    await till.work()
    assert len(till.sms.sent) == 2
    assert "sms again" in await till.audit(number)


async def test_three_of_a_sale_and_five_to_a_number_in_a_day(till: Till) -> None:
    """A first one beyond that is not sent, and the card says so; the next day begins anew."""
    numbers = [await till.sell(phone=PHONE, look_alike_accepted=True) for _ in range(2)]
    await till.passes(6)
    for _ in range(MOST_OF_PAYMENT - 1):
        assert (await again(till, numbers[0])).key == "toast.sms_sent"
        await till.work()
    assert await again(till, numbers[0]) == Said("sms.cap", alert=True)
    assert (await again(till, numbers[1])).key == "toast.sms_sent"
    await till.work()
    assert len(till.sms.sent) == MOST_TO_NUMBER
    assert await again(till, numbers[1]) == Said("sms.cap", alert=True)
    third = await till.sell(phone=PHONE, look_alike_accepted=True)
    await till.passes(6)
    assert (await till.message(third)).fault == "cap"
    assert "Больше SMS на этот номер сегодня нельзя" in list(till.chat.chats[SELLER].values())[2].html
    other = await till.sell(phone=RIGHT)
    till.clock.advance(25 * 3600)
    await till.sell(phone=PHONE, look_alike_accepted=True)
    await till.passes(6)
    assert [to for to, _ in till.sms.sent].count(PHONE) == MOST_TO_NUMBER + 1
    assert other


async def test_what_was_stopped_or_refused_does_not_count(till: Till) -> None:
    number = await till.sell(phone=PHONE)
    for _ in range(MOST_OF_PAYMENT + 1):
        await wrong(till, number)
        await types(till, PHONE)
    await till.passes(6)
    assert (await till.message(number)).state == "sent"


async def test_the_return_from_the_bank_finds_the_right_shopper(till: Till) -> None:
    """The bank knows the old code. Whoever came by the new one is led there; whoever holds the old one nowhere."""
    number = await till.sell(phone=PHONE)
    other = await till.code(await till.sell(phone=RIGHT))
    await till.passes(6)
    old = await till.code(number)
    assert await till.shopper.returned(old, None) == old
    await wrong(till, number)
    new = await till.code(number)
    assert await till.shopper.returned(old, new) == new
    for came_by in (None, old, other):
        assert await till.shopper.returned(old, came_by) is None
    assert await till.shopper.returned(new, other) == new
    before = await till.waiting("settle")
    await till.passes(3)
    assert before == 1
