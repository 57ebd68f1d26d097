"""Money goes back by two people where one alone may not: who asks, who agrees, what becomes of a request."""

from datetime import timedelta

import pytest

from bot.payments.confirm import Ask
from bot.ports import OrderStatus
from storage import staff
from storage.engine import Database
from storage.rows import Person

from .counter import MANAGER, Counter
from .fakes import NOON, Clock, FakeBank
from .till import GROUP, OWNER, SUM, Till

PART = 3_000_00


async def requested(counter: Counter, number: int, amount: int | None = PART) -> int:
    """Anya's wish to give money back; the number of the request."""
    await counter.refunds(counter.anya, number, amount)
    assert (await counter.yes(counter.anya)).key == "T-REFUND-SENT"
    return await counter.request()


async def test_an_assistants_refund_waits_for_somebody_who_may(counter: Counter, till: Till, bank: FakeBank) -> None:
    """Nothing goes to the bank before; the card comes to each approver and to the shop, and rings there alone."""
    number = await counter.paid()
    request = await requested(counter, number)
    await till.passes(600)
    assert await counter.operations() == [("refund", PART, "requested")]
    assert bank.count("refund") == 0
    for chat in (MANAGER, OWNER, GROUP):
        assert "request" in await counter.rings(number, chat)
        assert till.chat.seen(chat)
    assert "request" not in await counter.rings(number)
    assert (await till.approvals.approve(counter.oleg, request, counter.at(counter.oleg))).key == "toast.at_the_bank"
    await till.passes(3)
    assert await counter.money(number) == ("part_refunded", SUM - PART, PART)
    assert (await counter.rings(number))[-2:] == ["request_ok", "refunded"]


async def test_who_asked_cannot_agree_and_neither_can_another_assistant(counter: Counter, till: Till) -> None:
    """Nor a manager of another shop, nor a shared phone: by rights, not by what the menu shows."""
    number = await counter.paid()
    request = await requested(counter, number)
    async with till.db.write() as tx:
        facts = {"shop_id": counter.anya.shop_id, "created_at": NOON}
        other_shop = await staff.add_shop(tx, "Другой", NOON)
        ids = [
            await staff.add(tx, telegram_id=201, name="Ира", role="assistant", **facts),
            await staff.add(tx, telegram_id=202, name="Чужой", role="manager", **facts | {"shop_id": other_shop}),
            await staff.add(tx, telegram_id=203, name="Телефон", role="manager", is_shared=True, **facts),
        ]
        others = [person for person in [await staff.get(tx, one) for one in ids] if person]
    for person in (counter.anya, *others):
        for decide in (till.approvals.approve, till.approvals.deny):
            said = await decide(person, request, counter.at(person))
            assert said.alert
            assert said.key == ("toast.other_person" if person is counter.anya else "toast.only_manager")
    assert await counter.operations() == [("refund", PART, "requested")]


async def test_a_request_is_decided_once(counter: Counter, till: Till, bank: FakeBank) -> None:
    """Whoever is second is told so; a denied one moves nothing and may be asked for again."""
    number = await counter.paid()
    request = await requested(counter, number)
    assert (await till.approvals.deny(counter.olga, request, counter.at(counter.olga))).key == "toast.denied"
    assert (await till.approvals.approve(counter.oleg, request, counter.at(counter.oleg))).key == "toast.done_already"
    await till.passes(3)
    assert bank.count("refund") == 0
    assert (await counter.rings(number))[-1] == "request_no"
    again = await requested(counter, number)
    await till.approvals.approve(counter.oleg, again, counter.at(counter.oleg))
    await till.approvals.approve(counter.olga, again, counter.at(counter.olga))
    await till.passes(3)
    assert await counter.operations() == [("refund", PART, "denied"), ("refund", PART, "done")]
    assert bank.count("refund") == 1


async def test_a_request_lapses_after_a_day(counter: Counter, till: Till) -> None:
    """It is told, its button does nothing, and another may be made."""
    number = await counter.paid()
    request = await requested(counter, number)
    await till.passes(timedelta(hours=23, minutes=59).total_seconds())
    assert await counter.operations() == [("refund", PART, "requested")]
    await till.passes(120)
    assert await counter.operations() == [("refund", PART, "lapsed")]
    assert (await counter.rings(number))[-1] == "request_lapsed"
    assert (await till.approvals.approve(counter.oleg, request, counter.at(counter.oleg))).key == "toast.done_already"
    assert (await counter.refunds(counter.anya, number, PART)).key is None


async def test_a_cancellation_that_is_approved_too_late_becomes_a_refund(
    counter: Counter, till: Till, clock: Clock, bank: FakeBank
) -> None:
    """Asked for in the evening, agreed to on the next day."""
    number = await counter.paid()
    clock.moment = NOON.replace(hour=21)
    await counter.cancels(counter.anya, number)
    assert await counter.asked(number, counter.anya) == (Ask.REVERSE, SUM)
    await counter.yes(counter.anya)
    request = await counter.request()
    await till.passes(timedelta(hours=12).total_seconds())
    await till.approvals.approve(counter.oleg, request, counter.at(counter.oleg))
    await till.passes(3)
    assert await counter.operations() == [("refund", SUM, "done")]
    assert bank.count("reverse") == 0
    assert await counter.money(number) == ("refunded", 0, SUM)


async def test_a_request_is_checked_at_the_bank_when_it_is_approved(
    counter: Counter, till: Till, bank: FakeBank
) -> None:
    """What went back by hand meanwhile cannot go back again."""
    number = await counter.paid()
    request = await requested(counter, number, SUM)
    bank.says(await till.order(number), OrderStatus.REFUNDED, deposited=SUM - PART, refunded=PART)
    await till.approvals.approve(counter.oleg, request, counter.at(counter.oleg))
    await till.passes(3)
    assert bank.count("refund") == 0
    assert await counter.money(number) == ("part_refunded", SUM - PART, PART)
    assert (await counter.rings(number))[-1] == "op_refused"


async def test_an_assistant_cancels_unpaid_sales_and_completes_holds_alone(counter: Counter, till: Till) -> None:
    """Only money that goes back needs two."""
    number = await till.sell(amount=SUM + PART)
    await counter.cancels(counter.anya, number)
    await counter.yes(counter.anya)
    assert await till.status(number) == "cancelling"
    held = await counter.held()
    await counter.completes(counter.anya, held)
    await counter.yes(counter.anya)
    assert await till.status(held) == "paid"


async def test_a_managers_refund_above_the_limit_waits_too(
    db: Database, bank: FakeBank, clock: Clock, seller: Person
) -> None:
    """LIMIT_REFUND counts all that goes back of one payment, so parts do not pass by it; an owner has none."""
    till = Till(db, bank, clock, seller, limit_refund="5000")
    counter = await Counter.open(db, till, bank)
    number = await counter.paid()
    for part, key in ((PART, "toast.at_the_bank"), (PART, "T-REFUND-SENT")):
        await counter.refunds(counter.oleg, number, part)
        assert (await counter.yes(counter.oleg)).key == key
    assert await counter.money(number) == ("part_refunded", SUM - PART, PART)
    request = await counter.request()
    assert (await till.approvals.approve(counter.oleg, request, counter.at(counter.oleg))).key == "toast.other_person"
    await till.approvals.approve(counter.olga, request, counter.at(counter.olga))
    await till.passes(3)
    await counter.refunds(counter.olga, number, None)
    assert (await counter.yes(counter.olga)).key == "toast.at_the_bank"
    assert await counter.money(number) == ("refunded", 0, SUM)


async def test_with_two_persons_required_even_an_owner_needs_another(
    db: Database, bank: FakeBank, clock: Clock, seller: Person
) -> None:
    """REFUND_TWO_PERSON. Where nobody else may agree, the refusal says so before anything is asked."""
    till = Till(db, bank, clock, seller, refund_two_person=True)
    counter = await Counter.open(db, till, bank)
    number = await counter.paid()
    await counter.refunds(counter.olga, number, PART)
    assert (await counter.yes(counter.olga)).key == "T-REFUND-SENT"
    request = await counter.request()
    assert (await till.approvals.approve(counter.olga, request, counter.at(counter.olga))).key == "toast.other_person"
    await till.approvals.approve(counter.oleg, request, counter.at(counter.oleg))
    await till.passes(3)
    assert await counter.money(number) == ("part_refunded", SUM - PART, PART)
    async with till.db.write() as tx:
        await staff.change(tx, counter.oleg.id, closed_at=till.now())
    said = await counter.refunds(counter.olga, number, PART)
    assert (said.key, said.alert) == ("r.no_approver", True)
    assert await counter.asked(number, counter.olga) is None


@pytest.mark.parametrize("gone", ["closed_at", "access_until"])
async def test_where_the_last_approver_leaves_before_the_yes_it_is_said(
    counter: Counter, till: Till, bank: FakeBank, gone: str
) -> None:
    """Between the question and «Да»: no request that nobody can decide."""
    number = await counter.paid()
    await counter.refunds(counter.anya, number, PART)
    async with till.db.write() as tx:
        for person in (counter.oleg, counter.olga):
            await staff.change(tx, person.id, **{gone: till.now()})
    assert (await counter.yes(counter.anya)).key == "r.no_approver"
    assert await counter.operations() == []
    assert bank.count("refund") == 0


async def test_what_went_back_by_hand_meanwhile_counts_towards_the_limit(
    db: Database, bank: FakeBank, clock: Clock, seller: Person
) -> None:
    """The limit is asked again just before the call, with the bank's own amounts."""
    till = Till(db, bank, clock, seller, limit_refund="5000")
    counter = await Counter.open(db, till, bank)
    number = await counter.paid()
    await counter.refunds(counter.oleg, number, PART)
    bank.says(await till.order(number), OrderStatus.REFUNDED, deposited=SUM - PART, refunded=PART)
    assert (await counter.yes(counter.oleg)).key == "toast.at_the_bank"
    await till.passes(3)
    assert bank.count("refund") == 0
    assert ("refund", PART, "refused") in await counter.operations()
