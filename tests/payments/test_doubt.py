"""When the bank does not say what became of an operation: it is never sent twice, and its amounts end it."""

from datetime import timedelta

import pytest

from bot.errors import BankLoginRefused, BankRefused, BankUnavailable, BankUnknown
from bot.payments.confirm import Ask
from bot.payments.operations import HOLD_LASTS
from bot.ports import OrderStatus

from .counter import Counter
from .fakes import FakeBank
from .till import GROUP, OWNER, SUM, Till

PART = 3_000_00


async def test_an_answer_that_was_lost_is_found_in_the_banks_amounts(counter: Counter, bank: FakeBank) -> None:
    """Done there: told as soon as it is read, sent once."""
    number = await counter.paid()
    bank.lost_operations.append(BankUnknown("time-out"))
    await counter.refunds(counter.oleg, number, PART)
    await counter.yes(counter.oleg)
    assert await counter.operations() == [("refund", PART, "done")]
    assert await counter.money(number) == ("part_refunded", SUM - PART, PART)
    assert bank.count("refund") == 1
    assert await counter.rings(number) == ["paid", "unknown_op", "refunded"]


async def test_what_was_never_done_is_given_up_after_a_quarter_of_an_hour(
    counter: Counter, till: Till, bank: FakeBank
) -> None:
    """Not before, nor is it sent again; then it is told, and a person may ask anew."""
    number = await counter.paid()
    bank.operation_trouble.append(BankUnknown("time-out"))
    await counter.refunds(counter.oleg, number, PART)
    await counter.yes(counter.oleg)
    await till.passes(14 * 60)
    assert await counter.operations() == [("refund", PART, "unknown")]
    assert (await counter.refunds(counter.oleg, number, PART)).key == "r.operation_open"
    await till.passes(90)
    assert await counter.operations() == [("refund", PART, "refused")]
    assert bank.count("refund") == 1
    assert await counter.rings(number) == ["paid", "unknown_op", "unknown_resolved"]
    await counter.refunds(counter.oleg, number, PART)
    await counter.yes(counter.oleg)
    assert await counter.money(number) == ("part_refunded", SUM - PART, PART)


async def test_a_refusal_is_told_at_once(counter: Counter, bank: FakeBank) -> None:
    """With the bank's words kept; nothing else is offered in place of a refund."""
    number = await counter.paid()
    bank.operation_trouble.append(BankRefused(7, "Возврат запрещён"))
    await counter.refunds(counter.oleg, number, PART)
    await counter.yes(counter.oleg)
    assert await counter.operations() == [("refund", PART, "refused")]
    assert await counter.money(number) == ("paid", SUM, 0)
    assert await counter.rings(number) == ["paid", "op_refused"]
    assert await counter.asked(number, counter.oleg) is None


@pytest.mark.parametrize("trouble", [BankUnavailable("no connection"), BankUnknown("time-out")])
async def test_a_bank_that_cannot_be_read_is_asked_again_before_anything_is_sent(
    counter: Counter, till: Till, bank: FakeBank, trouble: Exception
) -> None:
    """Twice within seconds; if it stays silent, nothing was sent and that is told."""
    number = await counter.paid()
    bank.status_trouble += [trouble] * 2
    await counter.refunds(counter.oleg, number, PART)
    await counter.yes(counter.oleg)
    await till.passes(3)
    assert await counter.money(number) == ("part_refunded", SUM - PART, PART)
    bank.status_trouble += [trouble] * 3
    await counter.refunds(counter.oleg, number, PART)
    await counter.yes(counter.oleg)
    await till.passes(5)
    assert (await counter.operations())[1:] == [("refund", PART, "refused")]
    assert bank.count("refund") == 1
    assert await counter.rings(number) == ["paid", "refunded", "op_refused"]


async def test_a_login_that_the_bank_refuses_is_the_owners_business(
    counter: Counter, till: Till, bank: FakeBank
) -> None:
    """Nothing is sent; the owner is told in his own chat."""
    number = await counter.paid()
    bank.status_trouble.append(BankLoginRefused(5, "Доступ запрещён"))
    await counter.refunds(counter.oleg, number, PART)
    await counter.yes(counter.oleg)
    assert bank.count("refund") == 0
    assert await counter.operations() == [("refund", PART, "refused")]
    assert len(till.chat.seen(OWNER)) == 1


async def test_a_call_that_was_not_made_is_not_in_doubt(counter: Counter, till: Till, bank: FakeBank) -> None:
    """No connection: certainly not done, so it is over at once."""
    number = await counter.paid()
    bank.operation_trouble.append(BankUnavailable("no connection"))
    await counter.cancels(counter.oleg, number)
    await counter.yes(counter.oleg)
    assert await counter.operations() == [("reverse", SUM, "refused")]
    assert await counter.asked(number, counter.oleg) is None
    await counter.cancels(counter.oleg, number)  # nor does it spoil the one try that the bank allows
    assert await counter.asked(number, counter.oleg) == (Ask.REVERSE, SUM)
    await counter.yes(counter.oleg)
    assert await till.status(number) == "reversed"


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_process_killed_in_the_middle_sends_nothing_twice(
    counter: Counter, till: Till, bank: FakeBank, arrived: bool
) -> None:
    """`sent` was committed, nobody wrote what came of it: whoever takes the job over asks for the amounts only."""
    number = await counter.paid()
    if not arrived:
        bank.operation_trouble.append(BankUnknown("killed"))
    await counter.refunds(counter.oleg, number, PART)
    await till.decisions.yes(counter.oleg, await counter.question())
    job = await till.lease("operation")
    assert job
    await till.perform(job)  # and its outcome is never written
    assert await counter.operations() == [("refund", PART, "sent")]
    await till.passes(120)  # the lease ends
    assert await counter.operations() == [("refund", PART, "done" if arrived else "unknown")]
    await till.passes(16 * 60)
    assert await counter.operations() == [("refund", PART, "done" if arrived else "refused")]
    assert bank.count("refund") == 1


async def test_more_than_was_asked_for_is_a_dispute(counter: Counter, till: Till, bank: FakeBank) -> None:
    """While an answer is lost somebody refunds by hand too: a person decides, the owner hears of it."""
    number = await counter.paid()
    [order] = bank.orders
    bank.operation_trouble.append(BankUnknown("time-out"))
    await counter.refunds(counter.oleg, number, PART)
    await till.decisions.yes(counter.oleg, await counter.question())
    await till.work()
    bank.says(order, OrderStatus.REFUNDED, deposited=SUM - 3 * PART, refunded=3 * PART)
    await till.passes(10)
    assert await till.status(number) == "disputed"
    assert await counter.operations() == [("refund", PART, "disputed")]
    assert (await counter.rings(number))[-1] == "conflict"
    assert len(till.chat.seen(OWNER)) == 1
    assert (await counter.refunds(counter.oleg, number, PART)).key == "r.disputed"


# By hand, at the bank


async def test_what_was_done_in_the_banks_cabinet_is_found_and_told(
    counter: Counter, till: Till, bank: FakeBank
) -> None:
    """A refund, then the rest of it: no callback comes, a poll finds both."""
    number = await counter.paid()
    [order] = bank.orders
    for left, back in ((SUM - PART, PART), (0, SUM)):
        bank.says(order, OrderStatus.REFUNDED, deposited=left, refunded=back)
        await till.passes(timedelta(hours=12).total_seconds())
    assert await counter.money(number) == ("refunded", 0, SUM)
    assert await counter.operations() == [("refund", PART, "done"), ("refund", SUM - PART, "done")]
    assert await counter.rings(number) == ["paid", "by_hand", "by_hand"]
    assert len(till.chat.seen(GROUP)) == 3


async def test_a_hold_completed_or_released_by_hand_is_told_as_such(
    counter: Counter, till: Till, bank: FakeBank
) -> None:
    """Within the hour that lies at most between two looks at a hold."""
    completed = await counter.held()
    released = await till.sell(two_stage=True, amount=SUM + PART)
    await counter.bank_says(released, OrderStatus.HELD)
    bank.says(await till.order(completed), OrderStatus.PAID, deposited=SUM - PART)
    bank.says(await till.order(released), OrderStatus.REVERSED)
    await till.passes(timedelta(hours=1).total_seconds())
    assert await counter.money(completed) == ("paid", SUM - PART, 0)
    assert await till.status(released) == "reversed"
    assert [kind for kind, _, _ in await counter.operations()] == ["deposit", "reverse"]
    assert await counter.rings(completed) == await counter.rings(released) == ["held", "by_hand"]


async def test_by_hand_and_by_us_at_once_add_up(counter: Counter, till: Till, bank: FakeBank) -> None:
    """A refund by hand just before ours: ours is checked against what is left then."""
    number = await counter.paid()
    [order] = bank.orders
    await counter.refunds(counter.oleg, number, SUM)
    bank.says(order, OrderStatus.REFUNDED, deposited=SUM - PART, refunded=PART)
    await counter.yes(counter.oleg)
    assert await counter.money(number) == ("part_refunded", SUM - PART, PART)
    assert bank.count("refund") == 0
    assert sorted(await counter.operations()) == [("refund", PART, "done"), ("refund", SUM, "refused")]


async def test_a_hold_that_ran_out_meanwhile_is_not_completed(counter: Counter, till: Till, bank: FakeBank) -> None:
    """The bank is read first: the deposit is not sent, and both are told."""
    number = await counter.held()
    [order] = bank.orders
    till.clock.advance((HOLD_LASTS - timedelta(hours=1)).total_seconds())
    await till.passes(timedelta(minutes=55).total_seconds())
    bank.says(order, OrderStatus.REVERSED)
    await counter.completes(counter.anya, number)
    assert await counter.asked(number, counter.anya) == (Ask.COMPLETE, SUM)
    await counter.yes(counter.anya)
    assert bank.count("deposit") == 0
    assert await till.status(number) == "reversed"
    assert (await counter.rings(number))[-2:] == ["hold_lapsed", "op_refused"]
