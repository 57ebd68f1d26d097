"""Money given back: partly, repeatedly, once for each «Да», and never more than is left."""

import asyncio

from bot.payments.confirm import Ask

from .counter import Counter
from .fakes import FakeBank
from .till import SUM, Till

PART = 3_000_00


async def test_two_equal_refunds_are_two(counter: Counter, bank: FakeBank) -> None:
    """Each with its own question, each rings, until nothing is left."""
    number = await counter.paid()
    for _ in range(2):
        await counter.refunds(counter.oleg, number, PART)
        await counter.yes(counter.oleg)
    assert await counter.money(number) == ("part_refunded", SUM - 2 * PART, 2 * PART)
    assert bank.count("refund") == 2
    assert (await counter.refunds(counter.oleg, number, SUM)).key == "r.refund_max"
    assert (await counter.refunds(counter.oleg, number, 99)).key == "r.rouble"
    await counter.refunds(counter.oleg, number, None)
    await counter.yes(counter.oleg)
    assert await counter.money(number) == ("refunded", 0, SUM)
    assert await counter.rings(number) == ["paid", "refunded", "refunded", "refunded"]
    assert (await counter.refunds(counter.oleg, number, PART)).key == "toast.done_already"


async def test_one_question_tapped_twice_is_one_refund(counter: Counter, till: Till, bank: FakeBank) -> None:
    """Also in the same moment."""
    number = await counter.paid()
    await counter.refunds(counter.oleg, number, PART)
    question = await counter.question()
    taps = [till.decisions.yes(counter.oleg, question) for _ in range(3)]
    keys = [said.key for said in await asyncio.gather(*taps)]
    await till.passes(3)
    assert sorted(map(str, keys)) == ["toast.at_the_bank", "toast.done_already", "toast.done_already"]
    assert await counter.money(number) == ("part_refunded", SUM - PART, PART)
    assert bank.count("refund") == 1


async def test_a_newer_question_takes_the_place_of_the_old(counter: Counter, till: Till) -> None:
    """What was asked before can no longer be answered, and nobody says that it was done."""
    number = await counter.paid()
    await counter.refunds(counter.oleg, number, PART)
    old = await counter.question()
    await counter.refunds(counter.oleg, number, 2 * PART)
    assert (await till.decisions.yes(counter.oleg, old)).key == "toast.changed"
    await counter.yes(counter.oleg)
    assert await counter.operations() == [("refund", 2 * PART, "done")]


async def test_while_an_operation_is_open_there_is_no_other(counter: Counter, till: Till) -> None:
    """Neither a question, nor an older question's yes."""
    number = await counter.paid()
    await counter.refunds(counter.oleg, number, PART)
    await till.decisions.yes(counter.oleg, await counter.question())
    assert (await counter.cancels(counter.oleg, number)).key == "r.operation_open"
    await till.passes(3)
    assert (await counter.refunds(counter.oleg, number, PART)).key is None


async def test_an_unpaid_sale_has_nothing_to_give_back(counter: Counter, till: Till) -> None:
    """Nor has a hold anything but all of it, which is a release."""
    waiting, held = await till.sell(amount=SUM + PART), await counter.held()
    assert (await counter.refunds(counter.oleg, waiting, PART)).key == "r.refund_unpaid"
    assert (await counter.refunds(counter.oleg, held, PART)).key == "r.refund_unpaid"
    assert (await counter.completes(counter.oleg, waiting)).key == "r.not_held"
    await counter.refunds(counter.oleg, held, None)
    assert await counter.asked(held, counter.oleg) == (Ask.RELEASE, SUM)
