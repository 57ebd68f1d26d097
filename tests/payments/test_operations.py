"""Movements of money: what can be sent, and what the bank says of one that was. Pure, so every case is tried."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.payments.operations import (
    DOUBT_LASTS,
    HOLD_LASTS,
    Answer,
    Kind,
    State,
    ending_of,
    fault_of,
    is_done,
    is_reversible,
    is_unchanged,
    movements,
)
from bot.payments.states import Status
from bot.ports import OrderState, OrderStatus
from storage.rows import Operation, Payment

from .fakes import NOON
from .till import SUM

PAID = Payment(
    **dict.fromkeys(Payment.__dataclass_fields__)  # type: ignore[arg-type]  # what is not named does not matter here
    | {"id": 1001, "amount": SUM, "two_stage": False, "status": Status.PAID, "approved": SUM, "deposited": SUM,
       "refunded": 0, "paid_at": NOON}
)  # fmt: skip
SENT = Operation(
    **dict.fromkeys(Operation.__dataclass_fields__)  # type: ignore[arg-type]  # as above
    | {"id": 1, "payment_id": 1001, "kind": Kind.REFUND, "amount": 3_000_00, "state": State.SENT, "sent_at": NOON,
       "before_status": OrderStatus.PAID, "before_deposited": SUM, "before_refunded": 0}
)  # fmt: skip
SEEN = OrderState("A-1", "m", OrderStatus.PAID, SUM, "643", approved=SUM, deposited=SUM)

kopecks = st.sampled_from([0, 1_000_00, 3_000_00, SUM - 3_000_00, SUM, SUM + 1])
operations = st.builds(
    lambda kind, amount, answer, status: replace(SENT, kind=kind, amount=amount, answer=answer, before_status=status),
    st.sampled_from(Kind),
    st.sampled_from([1_000_00, 3_000_00, SUM]),
    st.sampled_from([*Answer, None]),
    st.sampled_from([OrderStatus.REGISTERED, OrderStatus.HELD, OrderStatus.PAID]),
)
answers = st.builds(
    lambda status, deposited, refunded: replace(SEEN, status=status, deposited=deposited, refunded=refunded),
    st.sampled_from(OrderStatus),
    kopecks,
    kopecks,
)
ages = st.timedeltas(timedelta(), timedelta(hours=1))


@given(operations, answers, ages)
def test_only_the_banks_amounts_end_an_operation_as_done(sent: Operation, seen: OrderState, age: timedelta) -> None:
    """Whatever the call answered: exactly what was asked for is there, or it is not done."""
    ending = ending_of(sent, seen, NOON + age)
    assert (ending is State.DONE) == is_done(sent, seen)
    if sent.kind == Kind.REFUND and ending is State.DONE:
        assert (seen.deposited, seen.refunded) == (SUM - sent.amount, sent.amount)


@given(operations, answers, ages)
def test_an_unchanged_bank_leaves_a_quarter_of_an_hour_of_doubt(
    sent: Operation, seen: OrderState, age: timedelta
) -> None:
    """Unless it said no. After that it was not done; where it had said yes, a person looks."""
    if is_unchanged(sent, seen) and not is_done(sent, seen) and sent.kind != Kind.DECLINE:
        expected = None if age < DOUBT_LASTS else State.REFUSED
        if sent.answer == Answer.REFUSED:
            expected = State.REFUSED
        elif sent.answer == Answer.ACCEPTED and age >= DOUBT_LASTS:
            expected = State.DISPUTED
        assert ending_of(sent, seen, NOON + age) is expected


@given(st.sampled_from([Kind.REFUND, Kind.REVERSE]), answers)
def test_money_that_went_back_otherwise_than_asked_is_a_dispute(kind: Kind, seen: OrderState) -> None:
    """More or less than was asked for, and the bank did not say no: nobody knows whose doing it was."""
    sent = replace(SENT, kind=kind, answer=Answer.LOST)
    if not is_done(sent, seen) and not is_unchanged(sent, seen):
        assert ending_of(sent, seen, NOON) is State.DISPUTED


@pytest.mark.parametrize(
    ("moscow", "reversible"),
    [("2026-11-25T12:00:01", True), ("2026-11-25T23:57:59", True), ("2026-11-25T23:58:00", False),
     ("2026-11-26T00:00:00", False), ("2026-11-26T12:00:00", False)],
)  # fmt: skip
def test_a_payment_is_cancelled_on_its_moscow_day(moscow: str, reversible: bool) -> None:
    """Two minutes before midnight it is too late: the request may arrive on the next day."""
    now = datetime.fromisoformat(f"{moscow}+03:00")
    assert is_reversible(PAID, now, reverse_deposited=False, tried=False) is reversible


def test_what_cannot_be_cancelled_without_a_refund() -> None:
    """Tried before, refunded in part, not paid; a completed hold only where the merchant may, and only the whole."""
    rules = {"reverse_deposited": False, "tried": False}
    assert is_reversible(PAID, NOON, **rules)
    assert not is_reversible(PAID, NOON, reverse_deposited=True, tried=True)
    assert not is_reversible(replace(PAID, refunded=1_000_00), NOON, **rules)
    assert not is_reversible(replace(PAID, status=Status.HELD), NOON, **rules)
    completed = replace(PAID, two_stage=True)
    assert not is_reversible(completed, NOON, **rules)
    assert is_reversible(completed, NOON, reverse_deposited=True, tried=False)
    assert not is_reversible(replace(completed, deposited=SUM - 1_000_00), NOON, reverse_deposited=True, tried=False)


@pytest.mark.parametrize(
    ("kind", "amount", "status", "deposited", "fault"),
    [
        (Kind.DEPOSIT, SUM, OrderStatus.HELD, 0, None),
        (Kind.DEPOSIT, SUM + 1, OrderStatus.HELD, 0, "op_fault.above_hold"),
        (Kind.DEPOSIT, SUM, OrderStatus.REVERSED, 0, "op_fault.state"),
        (Kind.REVERSE, SUM, OrderStatus.HELD, 0, None),
        (Kind.REVERSE, SUM, OrderStatus.PAID, SUM, None),
        (Kind.REVERSE, SUM, OrderStatus.REFUNDED, 1_000_00, "op_fault.state"),
        (Kind.REFUND, 3_000_00, OrderStatus.PAID, SUM, None),
        (Kind.REFUND, 3_000_00, OrderStatus.REFUNDED, 2_000_00, "op_fault.above_left"),
        (Kind.REFUND, 3_000_00, OrderStatus.HELD, 0, "op_fault.state"),
        (Kind.DECLINE, SUM, OrderStatus.REGISTERED, 0, None),
        (Kind.DECLINE, SUM, OrderStatus.PAID, SUM, "op_fault.state"),
    ],
)  # fmt: skip
def test_what_the_bank_would_refuse_is_not_sent(
    kind: Kind, amount: int, status: OrderStatus, deposited: int, fault: str | None
) -> None:
    """By what it said just before."""
    seen = replace(SEEN, status=status, deposited=deposited)
    sent = replace(SENT, kind=kind, amount=amount)
    assert fault_of(sent, seen, PAID, NOON, reverse_deposited=False, tried=False) == fault


def test_a_release_takes_back_no_money_that_was_charged_meanwhile() -> None:
    """Nobody has agreed to that: the hold was completed by hand between the question and the call."""
    release = replace(SENT, kind=Kind.REVERSE, amount=SUM, before_status=OrderStatus.HELD)
    charged = replace(PAID, two_stage=True)
    assert fault_of(release, SEEN, charged, NOON, reverse_deposited=True, tried=False) == "op_fault.state"
    held = replace(SEEN, status=OrderStatus.HELD, deposited=0)
    assert fault_of(release, held, charged, NOON, reverse_deposited=True, tried=False) is None


def test_nothing_more_moves_while_bank_and_ledger_disagree() -> None:
    disputed = replace(PAID, status=Status.DISPUTED)
    assert fault_of(SENT, SEEN, disputed, NOON, reverse_deposited=False, tried=False) == "op_fault.disputed"


def test_what_happened_at_the_bank_is_read_from_its_amounts() -> None:
    """A completion and a refund between two reads are two movements; an unchanged order is none."""
    assert movements(PAID, SEEN, []) == []
    held = replace(PAID, two_stage=True, status=Status.HELD, deposited=0, held_at=NOON - HOLD_LASTS)
    both = replace(SEEN, status=OrderStatus.REFUNDED, deposited=5_000_00, refunded=3_000_00)
    assert movements(held, both, []) == [(Kind.DEPOSIT, 8_000_00), (Kind.REFUND, 3_000_00)]
    gone = replace(SEEN, status=OrderStatus.REVERSED, deposited=0)
    assert movements(held, gone, []) == [(Kind.REVERSE, SUM)]
