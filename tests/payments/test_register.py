"""A bank order whose registration goes wrong in every way gives one payable link, and never two."""

import pytest

from bot.errors import BankDuplicate, BankLoginRefused, BankRefused, BankUnavailable, BankUnknown
from bot.ports import OrderStatus

from .fakes import FakeBank
from .till import OWNER, PHONE, SELLER, SUM, Till


async def test_a_lost_answer_gives_one_payable_link(till: Till, bank: FakeBank) -> None:
    """The same number is sent again; "taken" means that nobody has its link, and the next number gets one."""
    bank.lost_answers = [BankUnknown("no whole answer")]
    number = await till.sell(phone=PHONE)
    assert await till.status(number) == "unknown"
    await till.passes(2)
    assert await till.status(number) == "waiting"
    asked = [order for _, order in bank.calls if _ == "register"]
    assert asked == [f"inst42-{number}-1", f"inst42-{number}-1", f"inst42-{number}-2"]
    assert [(order.state, order.form_url is not None) for order in await till.orders(number)] == [
        ("abandoned", False),
        ("registered", True),
    ]
    assert await till.shopper.pay(await till.code(number)) == (await till.orders(number))[1].form_url
    assert len(till.chat.chats[SELLER]) == 1


async def test_the_link_is_there_within_15_s_after_the_bank_answers_again(till: Till, bank: FakeBank) -> None:
    """Repeats after 1, 2, 4, 8 and then each 15 s, with one number; the card says so and becomes the link."""
    bank.register_trouble = [BankUnavailable("no connection")] * 6
    started = till.now()
    number = await till.sell()
    await till.passes(29)
    assert till.chat.seen(SELLER) == ["⚠️ Банк не ответил · 12 500 ₽"]
    assert {order for _, order in bank.calls} == {f"inst42-{number}-1"}
    bank.register_trouble.clear()
    await till.passes(2)
    assert await till.status(number) == "waiting"
    assert (till.now() - started).total_seconds() == 31
    assert till.chat.seen(SELLER) == ["🕓 Ждём оплату · 12 500 ₽"]
    assert bank.count("register") == 6


async def test_two_minutes_of_silence_are_told_and_may_be_gone_on_with(till: Till, bank: FakeBank) -> None:
    """«Повторить» sends the same number: it cannot make two."""
    bank.register_trouble = [BankUnknown("HTTP 502")] * 20
    number = await till.sell(phone=PHONE)
    await till.passes(135)
    assert await till.status(number) == "failed"
    [card] = till.chat.chats[SELLER].values()
    assert card.labels == ["Повторить"]
    bank.register_trouble.clear()
    payment = await till.payment(number)
    assert await till.steps.take("retry", payment, till.seller) == "toast.checking"
    assert await till.steps.take("retry", payment, till.seller) == "toast.changed"
    await till.work()
    assert await till.status(number) == "waiting"
    assert await till.order(number) == f"inst42-{number}-1"
    assert till.chat.seen(SELLER) == ["🕓 Ждём оплату · 12 500 ₽"]
    assert await till.audit(number) == ["create", "register", "register", "try again", "register"]


async def test_a_refusal_is_told_and_the_next_try_has_a_new_number(till: Till, bank: FakeBank) -> None:
    """In the bank's own words; a refused password reaches the owner, once in an hour."""
    bank.register_trouble = [BankRefused(5, "Сумма больше <лимита>"), *[BankLoginRefused(5, "Доступ запрещён")] * 2]
    number = await till.sell()
    assert "Сумма больше &lt;лимита&gt;" in next(iter(till.chat.chats[SELLER].values())).html
    for _ in range(2):
        await till.steps.take("retry", await till.payment(number), till.seller)
        await till.work()
    assert await till.status(number) == "failed"
    assert len(till.chat.seen(OWNER)) == 1
    assert [order.number for order in await till.orders(number)] == [f"inst42-{number}-{n}" for n in (1, 2, 3)]


async def test_a_bank_that_calls_every_number_taken_does_not_make_us_spin(till: Till, bank: FakeBank) -> None:
    """After five numbers a person is told."""
    bank.register_trouble = [BankDuplicate(1, "taken")] * 100
    number = await till.sell()
    assert await till.status(number) == "failed"
    assert bank.count("register") == 5


@pytest.mark.parametrize("link_first", [True, False])
async def test_two_registrations_at_once_hand_out_one_link(till: Till, bank: FakeBank, link_first: bool) -> None:
    """«Проверить» while the first call is on its way: its answer and "taken" may come in any order."""
    number = await till.record()
    first = await till.lease("register")
    assert first
    answered = await till.perform(first)
    await till.steps.check(number)
    second = await till.lease("register")
    assert second
    taken = await till.perform(second)
    if link_first:
        await till.finish(first, answered)
        await till.finish(second, taken)
        await till.work()
    else:
        await till.finish(second, taken)
        await till.work()
        await till.finish(first, answered)
        await till.work()
    orders = await till.orders(number)
    assert [order.state for order in orders].count("registered") == 1
    [link] = [order.form_url for order in orders if order.state == "registered"]
    assert await till.shopper.pay(await till.code(number)) == link
    assert len(till.chat.chats[SELLER]) == 1


async def test_a_link_that_comes_after_failed_is_not_handed_out(till: Till, bank: FakeBank) -> None:
    """The seller was told that there is none, and may have sold in another way: no SMS goes out by itself."""
    bank.register_trouble = [BankUnknown("HTTP 502")]
    number = await till.sell(phone=PHONE)
    till.clock.advance(120)
    bank.register_trouble = [BankUnknown("HTTP 502")]
    last_try = await till.lease("register")
    assert last_try
    gives_up = await till.perform(last_try)
    await till.steps.check(number)
    pressed = await till.lease("register")
    assert pressed
    answered = await till.perform(pressed)
    await till.finish(last_try, gives_up)
    assert await till.status(number) == "failed"
    await till.finish(pressed, answered)
    await till.passes(10)
    assert await till.status(number) == "failed"
    assert till.sms.sent == []
    await till.steps.take("retry", await till.payment(number), till.seller)
    await till.work()
    assert [order.state for order in await till.orders(number)] == ["abandoned", "registered"]


async def test_money_that_is_quicker_than_the_link(till: Till, bank: FakeBank) -> None:
    """The callback comes before register's answer: its order is found by our number, and the card appears, paid."""

    async def pays_at_once() -> None:
        number = next(iter(bank.orders))
        bank.says(number, OrderStatus.PAID)
        await till.hears(number)
        job = await till.lease("settle")
        assert job
        await till.finish(job, await till.perform(job))

    bank.before_answer = pays_at_once
    number = await till.sell(phone=PHONE)
    assert await till.status(number) == "paid"
    [order] = await till.orders(number)
    assert order.state == "registered"
    assert order.form_url is not None
    card, ping = till.chat.seen(SELLER)
    assert card == "✅ Оплачено · 12 500 ₽"
    assert ping.startswith("✅ Оплачено 12 500 ₽")
    await till.passes(60)
    assert till.sms.sent == []
    assert (await till.payment(number)).deposited == SUM
    assert await till.audit(number) == ["create", "settle"]


async def test_money_ends_the_asking_for_a_link(till: Till, bank: FakeBank) -> None:
    """The answer was lost and the shopper has paid: no second order is made."""
    bank.lost_answers = [BankUnknown("no whole answer")]
    number = await till.sell()
    order = await till.order(number)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    await till.passes(30)
    assert await till.status(number) == "paid"
    assert len(await till.orders(number)) == 1
