"""What follows a sale, from the wish to the bank's amounts: completed, released, cancelled."""

from datetime import timedelta

import pytest

from bot.errors import BankRefused
from bot.payments.confirm import Ask
from bot.payments.operations import HOLD_LASTS
from bot.ports import OrderStatus

from .counter import MANAGER, Counter
from .fakes import NOON, FakeBank, plain
from .till import GROUP, SELLER, SUM, Till

PART = 3_000_00


# Holds


async def test_a_hold_is_completed_in_full(counter: Counter) -> None:
    """«Выдал товар», «Да»: the bank is asked once, and it rings."""
    number = await counter.held()
    assert (await counter.completes(counter.anya, number)).key is None
    assert await counter.asked(number, counter.anya) == (Ask.COMPLETE, SUM)
    assert (await counter.yes(counter.anya)).key == "toast.at_the_bank"
    assert await counter.money(number) == ("paid", SUM, 0)
    assert await counter.operations() == [("deposit", SUM, "done")]
    assert await counter.rings(number) == ["held", "completed"]


async def test_a_hold_is_completed_for_less(counter: Counter) -> None:
    """Never for more than is held, never for less than a rouble; the rest is the shopper's again."""
    number = await counter.held()
    assert (await counter.completes(counter.anya, number, SUM + 1)).key == "r.part_max"
    assert (await counter.completes(counter.anya, number, 99)).key == "r.rouble"
    assert await counter.operations() == []
    await counter.completes(counter.anya, number, SUM - PART)
    await counter.yes(counter.anya)
    assert await counter.money(number) == ("paid", SUM - PART, 0)
    assert await counter.rings(number) == ["held", "completed"]


async def test_a_hold_is_released(counter: Counter) -> None:
    """Whoever cancels a hold frees the shopper's money; there is no second try."""
    number = await counter.held()
    await counter.cancels(counter.anya, number)
    assert await counter.asked(number, counter.anya) == (Ask.RELEASE, SUM)
    await counter.yes(counter.anya)
    assert await counter.money(number) == ("reversed", 0, 0)
    assert await counter.rings(number) == ["held", "hold_released"]
    assert (await counter.cancels(counter.anya, number)).key == "toast.done_already"


async def test_a_hold_warns_and_then_runs_out(counter: Counter, till: Till, bank: FakeBank) -> None:
    """A day before and hours before its seventh day ends; then the bank frees the money, and that is told."""
    number = await counter.held()
    [order] = bank.orders
    till.clock.advance((HOLD_LASTS - timedelta(hours=25)).total_seconds())
    await till.passes(timedelta(hours=2).total_seconds())
    assert await counter.rings(number) == ["held", "warn.hold"]
    till.clock.advance(timedelta(hours=19).total_seconds())
    await till.passes(timedelta(hours=2).total_seconds())
    assert await counter.rings(number) == ["held", "warn.hold", "warn.hold_soon"]
    await till.passes(timedelta(hours=1, minutes=50).total_seconds())
    bank.says(order, OrderStatus.REVERSED)
    await till.passes(timedelta(minutes=20).total_seconds())
    assert await till.status(number) == "reversed"
    assert (await counter.rings(number))[3:] == ["hold_lapsed"]


@pytest.mark.parametrize(("hours_left", "told"), [(2, ["🔒 Удержано", "⌛ Скоро"]), (-1, ["🔒 Удержано"])])
async def test_a_warning_whose_time_has_passed_is_not_told(
    counter: Counter, till: Till, hours_left: int, told: list[str]
) -> None:
    """Nobody worked for days: near its end only the last warning rings, after its end none."""
    await counter.held()
    till.clock.advance((HOLD_LASTS - timedelta(hours=hours_left)).total_seconds())
    await till.work()
    assert [" ".join(line.split()[:2]) for line in till.chat.seen(GROUP)] == told


async def test_a_completed_hold_warns_of_nothing(counter: Counter, till: Till) -> None:
    """The warning was for a hold."""
    number = await counter.held()
    await counter.completes(counter.anya, number)
    await counter.yes(counter.anya)
    before = len(till.chat.seen(GROUP))
    till.clock.advance((HOLD_LASTS - timedelta(hours=1)).total_seconds())
    await till.passes(timedelta(hours=2).total_seconds())
    assert len(till.chat.seen(GROUP)) == before


# Cancelling


async def test_an_unpaid_sale_is_closed_here_and_watched_at_the_bank(
    counter: Counter, till: Till, bank: FakeBank
) -> None:
    """Where the bank cannot be told, its order is read until it says 6. It rings once."""
    number = await till.sell()
    await counter.cancels(counter.anya, number)
    assert await counter.asked(number, counter.anya) == (Ask.CANCEL, SUM)
    assert (await counter.yes(counter.anya)).key == "toast.cancelled"
    assert await till.status(number) == "cancelling"
    bank.says(await till.order(number), OrderStatus.DECLINED)
    await till.passes(60)
    assert await till.status(number) == "cancelled"
    assert await counter.operations() == []
    assert await counter.rings(number) == ["cancelled"]


async def test_where_the_bank_may_be_told_it_closes_the_link(counter: Counter, till: Till, bank: FakeBank) -> None:
    """decline.do, once."""
    bank.can_decline = True
    number = await till.sell()
    await counter.cancels(counter.anya, number)
    await counter.yes(counter.anya)
    await till.passes(30)
    assert await till.status(number) == "cancelled"
    assert await counter.operations() == [("decline", SUM, "done")]
    assert bank.count("decline") == 1
    assert await counter.rings(number) == ["cancelled"]


async def test_money_that_comes_after_a_cancellation_is_kept_or_given_back(counter: Counter, till: Till) -> None:
    """It rings as such; «Оставить продажу» makes it a sale, «Вернуть деньги» cancels it as any other of today."""
    kept, returned = await till.sell(), await till.sell(amount=SUM + PART)
    for number in (kept, returned):
        await counter.cancels(counter.oleg, number)
        await counter.yes(counter.oleg)
        await counter.bank_says(number, OrderStatus.PAID)
        assert (await till.payment(number)).late
        assert await counter.rings(number) == ["cancelled", "after_cancel"]
    keep = till.change.keep
    assert (await keep(counter.oleg, kept, counter.at(counter.oleg))).key == "toast.kept"
    assert (await keep(counter.oleg, kept, counter.at(counter.oleg))).key == "toast.changed"
    assert not (await till.payment(kept)).late
    await till.passes(3)
    assert await counter.rings(kept) == ["cancelled", "after_cancel", "paid"]
    await counter.cancels(counter.oleg, returned)
    await counter.yes(counter.oleg)
    assert await counter.money(returned) == ("reversed", 0, 0)


async def test_a_sale_of_today_is_cancelled_without_a_refund(counter: Counter, bank: FakeBank) -> None:
    """By Moscow's day, whole."""
    number = await counter.paid()
    await counter.cancels(counter.oleg, number)
    assert await counter.asked(number, counter.oleg) == (Ask.REVERSE, SUM)
    await counter.yes(counter.oleg)
    assert await counter.money(number) == ("reversed", 0, 0)
    assert await counter.operations() == [("reverse", SUM, "done")]
    assert bank.count("refund") == 0
    assert await counter.rings(number) == ["paid", "reversed"]


@pytest.mark.parametrize("clock_says", ["23:58:30", "00:00:01"])
async def test_too_late_to_cancel_is_a_refund(counter: Counter, till: Till, clock_says: str) -> None:
    """From two minutes before midnight in Moscow the question is another one, in the same place."""
    number = await counter.paid()
    hours, minutes, seconds = map(int, clock_says.split(":"))
    midnight = NOON.replace(hour=0) + timedelta(days=hours == 0)
    till.clock.moment = midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    await counter.cancels(counter.oleg, number)
    assert await counter.asked(number, counter.oleg) == (Ask.REFUND_LATE, SUM)
    await counter.yes(counter.oleg)
    assert await counter.money(number) == ("refunded", 0, SUM)
    assert await counter.operations() == [("refund", SUM, "done")]
    assert await counter.rings(number) == ["paid", "refunded"]


async def test_a_yes_that_comes_too_late_is_told(counter: Counter, till: Till, bank: FakeBank) -> None:
    """Asked in time, pressed two minutes before midnight: nothing is sent, and the next question is of a refund."""
    number = await counter.paid()
    till.clock.moment = NOON.replace(hour=23, minute=57, second=45)
    await counter.cancels(counter.oleg, number)
    assert await counter.asked(number, counter.oleg) == (Ask.REVERSE, SUM)
    till.clock.advance(30)
    said = await counter.yes(counter.oleg)
    assert (said.key, said.alert) == ("toast.changed", True)
    assert bank.count("reverse") == 0
    await counter.cancels(counter.oleg, number)
    assert await counter.asked(number, counter.oleg) == (Ask.REFUND_LATE, SUM)


async def test_the_banks_own_clock_decides(counter: Counter, till: Till, bank: FakeBank) -> None:
    """Ours is slow: by the bank's it is too late, so the cancellation is not sent and a refund is offered."""
    number = await counter.paid()
    till.clock.moment = NOON.replace(hour=23, minute=57)
    bank.ahead = timedelta(minutes=1, seconds=30)
    await counter.cancels(counter.oleg, number)
    await counter.yes(counter.oleg)
    assert bank.count("reverse") == 0
    assert await counter.asked(number, counter.oleg) == (Ask.REFUND_LATE, SUM)
    await counter.yes(counter.oleg)
    assert await counter.money(number) == ("refunded", 0, SUM)


async def test_a_cancellation_that_the_bank_refuses_becomes_a_refund(counter: Counter, bank: FakeBank) -> None:
    """Offered in the same place, once; a second cancellation is never tried."""
    number = await counter.paid()
    bank.operation_trouble.append(BankRefused(7, "Операция невозможна"))
    await counter.cancels(counter.oleg, number)
    await counter.yes(counter.oleg)
    assert await counter.money(number) == ("paid", SUM, 0)
    assert await counter.asked(number, counter.oleg) == (Ask.REFUND_INSTEAD, SUM)
    assert await counter.asked(number, counter.anya) is None
    await counter.yes(counter.oleg)
    assert await counter.money(number) == ("refunded", 0, SUM)
    assert bank.count("reverse") == 1
    assert await counter.operations() == [("reverse", SUM, "refused"), ("refund", SUM, "done")]


async def test_a_completed_hold_is_cancelled_only_where_the_bank_allows_it(counter: Counter, bank: FakeBank) -> None:
    """BANK_SBER_REVERSE_DEPOSITED, and only if all that was held was charged."""
    for allowed, amount, ask in (
        (False, SUM, Ask.REFUND_LATE),
        (True, SUM, Ask.REVERSE),
        (True, PART, Ask.REFUND_LATE),
    ):
        bank.can_reverse_deposited = allowed
        number = await counter.till.sell(two_stage=True, look_alike_accepted=True)
        await counter.bank_says(number, OrderStatus.HELD)
        await counter.completes(counter.oleg, number, amount)
        await counter.yes(counter.oleg)
        await counter.cancels(counter.oleg, number)
        assert await counter.asked(number, counter.oleg) == (ask, amount)


# Where it is asked


async def test_a_command_brings_the_card_to_the_bottom_of_its_chat(counter: Counter, till: Till) -> None:
    """Also while an edit of it is on its way: the question must be seen by who typed."""
    number = await counter.paid()
    await counter.refunds(counter.anya, number, 2 * PART)
    await till.work()
    await till.decisions.no(counter.anya, await counter.question())
    edit = await till.lease()
    assert edit
    outcome = await till.perform(edit)
    await counter.refunds(counter.anya, number, PART)
    await till.finish(edit, outcome)
    await till.work()
    assert till.chat.acts.count("delete") == 2
    assert sum("Оплачено ·" in line for line in till.chat.seen(SELLER)) == 1
    assert any("Вернуть 3 000 ₽ из 12 500 ₽?" in plain(shown.html) for shown in till.chat.chats[SELLER].values())


async def test_a_manager_gets_a_card_of_his_own(counter: Counter, till: Till) -> None:
    """Where he typed; the seller's card asks nothing."""
    number = await counter.paid()
    await counter.refunds(counter.oleg, number, PART)
    await till.work()
    assert len(till.chat.seen(MANAGER)) == 1
    assert "Вернуть 3 000 ₽" in plain(list(till.chat.chats[MANAGER].values())[-1].html)
    assert not any("Вернуть 3 000 ₽" in plain(shown.html) for shown in till.chat.chats[SELLER].values())
