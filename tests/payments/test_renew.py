"""A new link or another sum: only when the bank has closed the old link, once, and never in place of money."""

from datetime import timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import BankRefused
from bot.payments.change import CHANGED, ON_CARD
from bot.payments.confirm import Ask
from bot.payments.operations import State
from bot.payments.polling import AFTER_END
from bot.payments.renew import RENEWING
from bot.payments.renewing import LINK_WITHIN, SUM_WITHIN, Step, next_step
from bot.payments.states import RENEWABLE, Status
from bot.ports import OrderStatus
from storage import schema
from storage.engine import Database
from storage.rows import Person

from .counter import Counter
from .fakes import NOON, Clock, FakeBank
from .till import PHONE, SELLER, SUM, Till

OTHER = 15_200_00


async def ended(counter: Counter, status: OrderStatus = OrderStatus.DECLINED, **sale: Any) -> int:
    """A sale whose link the bank has closed."""
    number = await counter.till.sell(**sale)
    await counter.bank_says(number, status, action_code=116)
    await counter.till.passes(3)
    assert await counter.till.status(number) == "declined"
    return number


async def expired(till: Till) -> int:
    """A sale whose link is over by our clock. The bank says nothing of the kind."""
    number = await till.sell()
    [order] = await till.orders(number)
    till.clock.moment = order.expires_at + AFTER_END
    await till.passes(3)
    assert await till.status(number) == "expired"
    return number


async def new_link(counter: Counter, number: int) -> Any:
    return await counter.till.renewals.new_link(counter.anya, number, counter.at(counter.anya))


async def other_sum(counter: Counter, number: int, amount: int = OTHER) -> Any:
    return await counter.till.renewals.replace(counter.anya, number, amount, counter.at(counter.anya))


async def statuses(till: Till) -> dict[int, tuple[str, int]]:
    """By number: status and kopecks."""
    rows = schema.payments.c
    return {number: (status, amount) for number, status, amount in await till.rows(
        select(rows.id, rows.status, rows.amount).order_by(rows.id)
    )}  # fmt: skip


async def test_a_declined_sale_gets_a_new_link(counter: Counter, till: Till, bank: FakeBank) -> None:
    """The same number and page, another order at the bank, the SMS once more; the refusal of before is forgotten."""
    number = await ended(counter, phone=PHONE)
    code = await till.code(number)
    await till.passes(6)
    sent = len(till.sms.sent)
    assert await new_link(counter, number) == RENEWING
    await till.passes(6)
    payment = await till.payment(number)
    assert (payment.status, payment.action_code, payment.renewal) == ("waiting", None, None)
    assert await till.code(number) == code
    assert [(order.number, order.state) for order in await till.orders(number)] == [
        (f"inst42-{number}-1", "abandoned"),
        (f"inst42-{number}-2", "registered"),
    ]
    assert len(till.sms.sent) == sent + 1
    await till.shopper.pay(code)
    bank.says(f"inst42-{number}-2", OrderStatus.PAID)
    await till.hears(f"inst42-{number}-2")
    await till.passes(3)
    assert await till.status(number) == "paid"
    assert await counter.rings(number) == ["declined", "paid"]


async def test_a_second_end_rings_as_the_first_did(counter: Counter, till: Till, bank: FakeBank) -> None:
    """And the old order, whose callbacks may come late, ends nothing."""
    number = await ended(counter)
    await new_link(counter, number)
    await till.work()
    await till.hears(f"inst42-{number}-1", "declinedByTimeout")
    await till.passes(10)
    assert await till.status(number) == "waiting"
    bank.says(f"inst42-{number}-2", OrderStatus.DECLINED, action_code=116)
    await till.hears(f"inst42-{number}-2")
    await till.passes(6)
    assert await counter.rings(number) == ["declined", "declined"]


async def test_two_presses_make_one_link(counter: Counter, till: Till) -> None:
    number = await ended(counter)
    assert [await new_link(counter, number) for _ in range(2)] == [RENEWING] * 2
    await till.work()
    assert await new_link(counter, number) == CHANGED
    await till.passes(10)
    assert len(await till.orders(number)) == 2


async def test_two_jobs_at_once_carry_a_wish_out_once(counter: Counter, till: Till) -> None:
    """A press while the first is under way: the second finds it done."""
    number = await ended(counter)
    under_way = []
    for _ in range(2):
        await new_link(counter, number)
        job = await till.lease("renew")
        assert job
        under_way.append((job, await till.perform(job)))
    for job, outcome in under_way:
        await till.finish(job, outcome)
    await till.work()
    assert await till.status(number) == "waiting"
    assert [action for action in await till.audit(number) if action in {"new link", "drop renewal"}] == ["new link"]


async def test_an_expired_sale_waits_until_the_bank_has_closed_its_link(
    counter: Counter, till: Till, bank: FakeBank
) -> None:
    """The card says so; the new order comes within seconds after the bank's word."""
    number = await expired(till)
    assert await new_link(counter, number) == RENEWING
    await till.passes(20)
    assert len(await till.orders(number)) == 1
    assert "как только банк закроет старую" in next(iter(till.chat.chats[SELLER].values())).html
    bank.says(f"inst42-{number}-1", OrderStatus.DECLINED, action_code=-2007)
    await till.passes(10)
    assert await till.status(number) == "waiting"
    assert len(await till.orders(number)) == 2


async def test_a_bank_that_holds_the_old_link_is_told(counter: Counter, till: Till) -> None:
    """After two minutes, by a ring each time; the button is there again, and nothing was registered."""
    number = await expired(till)
    for times in (1, 2):
        await new_link(counter, number)
        await till.passes(3)
        till.clock.advance(117)
        await till.passes(3)
        assert (await till.payment(number)).renewal is None
        assert (await counter.rings(number)).count("not_renewed") == times
    assert len(await till.orders(number)) == 1
    assert next(iter(till.chat.chats[SELLER].values())).labels == ["Новая ссылка", "Другая сумма"]


async def test_a_bank_that_listens_is_told_to_close_the_old_link(counter: Counter, till: Till, bank: FakeBank) -> None:
    bank.can_decline = True
    number = await expired(till)
    await new_link(counter, number)
    await till.passes(6)
    assert bank.count("decline") == 1
    assert await till.status(number) == "waiting"


@pytest.mark.parametrize("paid", [f"inst42-{{}}-{which}" for which in (1, 2)])
async def test_money_on_either_order_is_found_and_on_both_disputed(
    counter: Counter, till: Till, bank: FakeBank, paid: str
) -> None:
    """A bank that breaks its word on the old link: nothing is lost, and both facts are told."""
    number = await ended(counter)
    await new_link(counter, number)
    await till.work()
    bank.says(paid.format(number), OrderStatus.PAID)
    await till.hears(paid.format(number))
    await till.passes(3)
    assert await till.status(number) == "paid"
    for which in (1, 2):
        bank.says(f"inst42-{number}-{which}", OrderStatus.PAID)
        await till.hears(f"inst42-{number}-{which}")
    await till.passes(3)
    assert await till.status(number) == "disputed"
    assert "paid_twice" in await counter.rings(number)


async def test_money_that_comes_while_a_new_link_is_wanted(counter: Counter, till: Till, bank: FakeBank) -> None:
    """Late money rings as such, and no new order is made."""
    number = await expired(till)
    await new_link(counter, number)
    await till.work()
    bank.says(f"inst42-{number}-1", OrderStatus.PAID)
    await till.hears(f"inst42-{number}-1")
    await till.passes(10)
    payment = await till.payment(number)
    assert (payment.status, payment.late, payment.renewal) == ("paid", True, None)
    assert len(await till.orders(number)) == 1


# Another sum


async def test_another_sum_is_another_sale(counter: Counter, till: Till) -> None:
    """The same phone and words; the old card names it, and is over."""
    number = await ended(counter, phone=PHONE, what="куртка")
    assert await other_sum(counter, number) == RENEWING
    await till.work()
    newer = await till.renewals.newest(number)
    assert await statuses(till) == {number: ("declined", SUM), newer: ("waiting", OTHER)}
    made = await till.payment(newer)
    assert (made.key, made.what, made.phone_tail, made.seller_id) == (
        f"after:{number}",
        "куртка",
        "4567",
        till.seller.id,
    )
    card = next(iter(till.chat.chats[SELLER].values()))
    assert card.html.replace("\xa0", " ").count(f"Вместо него — № {newer}") == 1
    assert card.labels == []
    assert (await other_sum(counter, number)).key == "r.too_late"
    assert await new_link(counter, number) == CHANGED


async def test_the_sum_is_typed_under_the_card(counter: Counter, till: Till) -> None:
    """«Какая сумма вместо 12 500 ₽?» A sum that is no sum is refused, and asked for still."""
    number = await ended(counter)
    here = counter.at(counter.anya)
    assert await till.pressing.press(counter.anya, here, f"other_amount:{number}:1") == ON_CARD
    assert await counter.asked(number, counter.anya) == (Ask.OTHER_SUM, SUM)
    refused: Any = await till.answering.answer(counter.anya, here, "много")
    assert refused.key == "r.other_unread"
    choice: Any = await till.answering.answer(counter.anya, here, "15.200")
    assert [wish.amount for wish in choice.readings] == [OTHER]
    assert await till.answering.read(counter.anya, here, "15200 9161234567") is None  # a sale
    assert await till.answering.answer(counter.anya, here, "15.200", chosen=0) == ON_CARD
    await till.work()
    assert await counter.asked(number, counter.anya) is None
    assert (await till.payment(await till.renewals.newest(number))).amount == OTHER


async def test_a_link_that_can_be_paid_is_replaced_after_a_yes(counter: Counter, till: Till, bank: FakeBank) -> None:
    """Our page closes at once; the new sale is made when the bank has closed the old order, and not before."""
    bank.can_decline = True
    number = await till.sell()
    assert await other_sum(counter, number) == ON_CARD
    assert await counter.asked(number, counter.anya) == (Ask.REPLACE, OTHER)
    said = await till.decisions.yes(counter.anya, await counter.question())
    assert said == RENEWING
    assert await till.status(number) == "cancelling"
    assert await till.shopper.pay(await till.code(number)) is None
    assert len(await statuses(till)) == 1
    await till.passes(6)
    newer = await till.renewals.newest(number)
    assert await statuses(till) == {number: ("cancelled", SUM), newer: ("waiting", OTHER)}
    assert await till.decisions.yes(counter.anya, await counter.question()) == (
        await till.decisions.yes(counter.anya, await counter.question())
    )
    await till.passes(6)
    assert len(await statuses(till)) == 2


async def test_without_decline_a_link_that_can_be_paid_stays(counter: Counter, till: Till) -> None:
    number = await till.sell()
    assert (await other_sum(counter, number)).key == "r.edit_amount"


async def test_a_bank_that_will_not_close_the_link_leaves_no_new_sale(
    counter: Counter, till: Till, bank: FakeBank
) -> None:
    """It rings; a payer who was on the bank's page may still pay, late."""
    bank.can_decline = True
    bank.operation_trouble = [BankRefused(7, "Операция невозможна")]
    number = await till.sell()
    await other_sum(counter, number)
    await counter.yes(counter.anya)
    await till.passes(20)
    assert await statuses(till) == {number: ("cancelling", SUM)}
    assert (await till.payment(number)).renewal is None
    assert await counter.rings(number) == ["cancelled", "not_replaced"]
    await counter.bank_says(number, OrderStatus.PAID)
    assert (await till.payment(number)).late


async def test_money_before_the_new_sum(counter: Counter, till: Till, bank: FakeBank) -> None:
    """He was quicker: no second sale, and both are told."""
    bank.can_decline = True
    number = await till.sell()
    await other_sum(counter, number)
    bank.says(await till.order(number), OrderStatus.PAID)
    await counter.yes(counter.anya)
    await till.passes(6)
    assert await statuses(till) == {number: ("paid", SUM)}
    assert sorted(await counter.rings(number)) == ["after_cancel", "cancelled", "renewal_paid"]


async def test_limits_hold_for_another_sum(db: Database, bank: FakeBank, clock: Clock, seller: Person) -> None:
    """Of whoever asks: what is above an assistant's is the manager's to do, and stays the assistant's sale."""
    till = Till(db, bank, clock, seller, limit_assistant_payment=SUM, limit_assistant_day=2 * SUM)
    counter = await Counter.open(db, till, bank)
    number = await ended(counter)
    assert (await other_sum(counter, number)).key == "r.role"
    await till.sell()
    await till.sell(look_alike_accepted=True)
    assert (await other_sum(counter, number, SUM - 100)).key == "r.day"
    assert (await new_link(counter, number)).key == "r.day"
    assert await till.renewals.replace(counter.oleg, number, OTHER, counter.at(counter.oleg)) == RENEWING
    await till.work()
    made = await till.payment(await till.renewals.newest(number))
    assert (made.amount, made.seller_id) == (OTHER, till.seller.id)


async def test_the_old_sum_does_not_count_against_the_new_one(
    db: Database, bank: FakeBank, clock: Clock, seller: Person
) -> None:
    """Of a seller's day: one takes the place of the other."""
    bank.can_decline = True
    till = Till(db, bank, clock, seller, limit_assistant_day=OTHER)
    counter = await Counter.open(db, till, bank)
    number = await till.sell()
    assert await other_sum(counter, number) == ON_CARD
    assert (await other_sum(counter, number, OTHER + 100)).key == "r.day"


# The step, for every state


def payment(status: Status, renewal: int) -> Any:
    return SimpleNamespace(status=status, renewal=renewal, amount=SUM)


def order(status: OrderStatus | None, state: str = "registered") -> Any:
    return SimpleNamespace(state=state, bank_status=status, read_at=NOON)


def test_nothing_is_made_while_the_bank_may_take_money_for_the_old_link() -> None:
    """Whatever the payment's state, the bank's last word and the time that has passed."""
    bank_words = [None, *OrderStatus]
    for status, word, other, renewal, age in product(
        Status, bank_words, bank_words, (SUM, OTHER), (timedelta(), LINK_WITHIN, SUM_WITHIN)
    ):
        step = next_step(payment(status, renewal), [order(other), order(word)], None, NOON, NOON + age)
        closed = {word, other} <= {OrderStatus.DECLINED, OrderStatus.REVERSED}
        if step is Step.GO_ON:
            assert closed
            assert status in RENEWABLE | {Status.CANCELLED}
        if status not in RENEWABLE | {Status.CANCELLED, Status.CANCELLING}:
            assert step is Step.PAID
        elif not closed:
            assert step is (Step.GIVE_UP if age >= (LINK_WITHIN if renewal == SUM else SUM_WITHIN) else Step.WAIT)


def test_a_refused_decline_ends_the_waiting_once_the_link_is_seen_to_live_on() -> None:
    decline: Any = SimpleNamespace(state=State.REFUSED, ended_at=NOON - timedelta(seconds=1))
    wish = payment(Status.CANCELLING, OTHER), [order(OrderStatus.REGISTERED)]
    assert next_step(*wish, decline, NOON, NOON) is Step.GIVE_UP
    decline.ended_at = NOON
    assert next_step(*wish, decline, NOON, NOON) is Step.WAIT


def test_orders_that_nobody_has_a_link_of_hold_nothing_up() -> None:
    old = [order(OrderStatus.REGISTERED, "abandoned"), order(None, "refused"), order(OrderStatus.DECLINED)]
    assert next_step(payment(Status.DECLINED, SUM), old, None, NOON, NOON) is Step.GO_ON
