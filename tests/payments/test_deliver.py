"""The link goes out by SMS once: after its delay, never twice by itself, and what came of it is told."""

import asyncio

import pytest
from sqlalchemy import select

from bot.payments.change import ON_CARD
from bot.ports import Accepted, OrderStatus, Place, Rejected, SmsFault, SmsOutcome, SmsReport, SmsState, Unknown
from storage import schema

from .fakes import FakeBank
from .till import OWNER, PHONE, SELLER, Till

MONEY = Rejected(SmsFault.MONEY, permanent=False)


async def test_an_sms_waits_and_can_be_stopped(till: Till) -> None:
    """«Не тот номер» within the delay: nothing goes there."""
    number = await till.sell(phone=PHONE)
    await till.passes(4)
    assert till.sms.sent == []
    assert await till.mending.wrong_number(till.seller, number, Place(SELLER)) == ON_CARD
    await till.passes(10)
    assert till.sms.sent == []
    assert "SMS остановлено" in next(iter(till.chat.chats[SELLER].values())).html


async def test_a_shopper_who_has_paid_by_the_qr_gets_no_sms(till: Till, bank: FakeBank) -> None:
    """Within the delay."""
    number = await till.sell(phone=PHONE)
    order = await till.order(number)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    await till.passes(10)
    assert till.sms.sent == []
    assert (await till.message(number)).state == "stopped"


async def test_only_a_definite_refusal_goes_on_to_the_next_provider(till: Till) -> None:
    """One hop; without an answer nobody else is asked. The owner hears of what he can mend, once a provider."""
    cases: list[tuple[list[SmsOutcome | Exception], list[SmsOutcome | Exception], str, int]] = [
        ([Accepted("1")], [], "sent", 1),
        ([MONEY], [Accepted("2")], "sent", 2),
        ([MONEY], [MONEY], "refused", 2),
        ([Rejected(SmsFault.RECIPIENT, permanent=True)], [], "refused", 1),
        ([Unknown("no answer")], [], "unknown", 1),
        ([MONEY], [Unknown("no answer")], "unknown", 2),
        ([RuntimeError("a bug")], [], "unknown", 1),
    ]
    for first, second, state, sent in cases:
        till.sms.outcomes, till.second_sms.outcomes = first, second
        before = len(till.sms.sent + till.second_sms.sent)
        number = await till.sell(phone=PHONE, look_alike_accepted=True)
        await till.passes(6)
        assert (await till.message(number)).state == state
        assert len(till.sms.sent + till.second_sms.sent) - before == sent
    assert till.chat.seen(OWNER) == [
        "SMS через smsru не идут: деньги на счёте кончились. Отправляет следующий провайдер.",
        "SMS не отправляются (smsru): деньги на счёте кончились. Продавцы показывают QR.",
        "SMS не отправляются (smsc): деньги на счёте кончились. Продавцы показывают QR.",
    ]


async def test_what_nobody_could_take_is_tried_again_twice(till: Till) -> None:
    """A passing refusal is a definite "not sent": after 5 s, after 15 s more, then the card says to show the QR."""
    busy = Rejected(SmsFault.TEMPORARY, permanent=False)
    till.sms.outcomes, till.second_sms.outcomes = [busy, Accepted("1")], [busy]
    number = await till.sell(phone=PHONE)
    await till.passes(6)
    assert (await till.message(number)).state == "waiting"
    await till.passes(5)
    assert (await till.message(number)).state == "sent"

    till.sms.outcomes, till.second_sms.outcomes = [busy] * 3, [busy] * 3
    number = await till.sell(phone=PHONE, look_alike_accepted=True)
    await till.passes(60)
    assert (await till.message(number)).state == "refused"
    assert (till.sms.outcomes, till.second_sms.outcomes) == ([], [])


async def test_a_crash_after_the_attempt_is_unknown(till: Till) -> None:
    """Whoever takes the job over does not send again."""
    number = await till.sell(phone=PHONE)
    till.clock.advance(5)
    job = await till.lease("sms")
    assert job
    await till.perform(job)  # and its outcome is never written
    till.clock.advance(91)
    await till.work()
    assert len(till.sms.sent) == 1
    assert (await till.message(number)).state == "unknown"
    assert "второе не отправляю" in next(iter(till.chat.chats[SELLER].values())).html


async def test_reports_come_early_late_twice_and_out_of_order(till: Till) -> None:
    """The first final one counts; one that comes before its message is stored waits for it."""
    number = await till.sell(phone=PHONE)
    till.clock.advance(5)
    job = await till.lease("sms")
    assert job
    outcome = await till.perform(job)
    await till.delivery.note_reports("smsru", [SmsReport("smsru-1", SmsState.DELIVERED), SmsReport("other", None)])
    await till.finish(job, outcome)
    assert (await till.message(number)).state == "delivered"
    assert await till.rows(select(schema.sms_reports)) == []
    late = [SmsReport("smsru-1", state) for state in (SmsState.FAILED, SmsState.SENT, SmsState.DELIVERED)]
    await till.delivery.note_reports("smsru", late)
    await till.work()
    assert (await till.message(number)).state == "delivered"
    assert "SMS доставлено" in next(iter(till.chat.chats[SELLER].values())).html


@pytest.mark.parametrize("dialect", ["postgresql"])
async def test_a_report_in_the_very_moment_of_its_outcome(till: Till) -> None:
    """Two transactions that do not see each other: one waits for the other, and the report finds its message."""
    number = await till.sell(phone=PHONE)
    till.clock.advance(5)
    job = await till.lease("sms")
    assert job
    outcome = await till.perform(job)
    assert outcome.write
    async with asyncio.TaskGroup() as group, till.db.write() as tx:
        await outcome.write(tx)
        report = [SmsReport("smsru-1", SmsState.DELIVERED)]
        reporting = group.create_task(till.delivery.note_reports("smsru", report))
        await asyncio.sleep(0.1)
        assert not reporting.done()
    assert (await till.message(number)).state == "delivered"


async def test_a_provider_that_does_not_report_is_asked(till: Till) -> None:
    """After 20 s, then ever more rarely, and no more once it is known."""
    number = await till.sell(phone=PHONE)
    await till.passes(5 + 19)
    assert till.sms.asked == 0
    await till.passes(150)
    assert till.sms.asked == 4
    till.sms.state = SmsReport("smsru-1", SmsState.FAILED)
    await till.passes(200)
    asked = till.sms.asked
    assert (await till.message(number)).state == "failed"
    assert "SMS не дошло" in next(iter(till.chat.chats[SELLER].values())).html
    await till.passes(100)
    assert till.sms.asked == asked
