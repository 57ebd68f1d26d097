"""States, the verdict on the bank's answers, and the times of polling: pure, so every case can be tried."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from bot.payments.operations import HOLD_LASTS
from bot.payments.polling import AFTER_END, first_read, is_over, next_read
from bot.payments.states import (
    CLOSED_UNPAID,
    FINAL,
    LINK_EXPIRED,
    MOVES,
    OPEN,
    Status,
    card_text,
    is_refused_attempt,
    may_become,
    page_state,
    ping_text,
    seen_as,
)
from bot.payments.verdict import concerns, judge, news, ping_of
from bot.ports import OrderState, OrderStatus
from bot.text import LANGUAGES, has
from storage.rows import BankOrder, Payment

from .fakes import NOON
from .till import SUM

LIFE = timedelta(hours=2)
ORDER = BankOrder(
    id=1, payment_id=1001, number="A-1", md_order="m", form_url="f", app_url=None, state="registered",
    bank_status=None, deposited=0, expires_at=NOON + LIFE, declined_seen_at=None, read_at=None,
    next_read_at=None, read_first=False, asked_at=NOON,
)  # fmt: skip
PAYMENT = Payment(
    id=1001, key="k", shop_id=1, seller_id=1, chat_id=1, thread_id=None, amount=SUM, what="", phone_sealed=None,
    phone_tail=None, two_stage=False, status=Status.WAITING, version=1, handover_code="47", approved=0, deposited=0,
    refunded=0, late=False, action_code=None, fault=None, bank_says=None, cancelled_by=None, renewal=None,
    replaced_by=None, link_until=None,
    opened_at=None, held_at=None, paid_at=None, changed_at=NOON, created_at=NOON,
)  # fmt: skip

kopecks = st.sampled_from([0, 100_00, SUM - 100_00, SUM, SUM + 1])
answers = st.builds(
    OrderState,
    number=st.sampled_from(["A-1", "", "B-9"]),
    md_order=st.just("m"),
    status=st.sampled_from([*OrderStatus, None]),
    amount=st.sampled_from([SUM, 0, SUM + 1]),
    currency=st.sampled_from(["643", "", "840"]),
    approved=kopecks,
    deposited=kopecks,
    refunded=kopecks,
    action_code=st.sampled_from([None, 0, 116, LINK_EXPIRED]),
)
moments = st.timedeltas(timedelta(), LIFE + AFTER_END + timedelta(hours=1))


@given(st.sampled_from(Status), st.booleans(), st.lists(st.tuples(answers, moments), max_size=12))
def test_any_answers_of_the_bank_make_allowed_moves_only(
    start: Status, two_stage: bool, seen: list[tuple[OrderState, timedelta]]
) -> None:
    """Whatever it says, in whatever order: each move is in the table, and money is never written over by none."""
    payment, order = replace(PAYMENT, status=start, two_stage=two_stage), ORDER
    for state, age in seen:
        before = payment
        assert concerns(order, [], state)
        verdict = judge(payment, order, [], state, NOON + age)
        payment = replace(payment, **news(payment, verdict, state, NOON + age))
        assert may_become(Status(before.status), Status(payment.status))
        ping = ping_of(before, payment, verdict)
        assert (ping is not None) or payment.status == before.status or payment.status not in FINAL - {Status.CANCELLED}
        if state.status in {OrderStatus.REGISTERED, OrderStatus.AUTHORISING, OrderStatus.DECLINED, None}:
            assert (payment.approved, payment.deposited, payment.refunded) == (
                before.approved,
                before.deposited,
                before.refunded,
            )
        if payment.status == Status.PAID != before.status and not two_stage:
            assert payment.deposited == SUM
        order = replace(order, bank_status=state.status)


def test_the_tables_know_every_state() -> None:
    """`seen_as` and `may_become` answer for each pair, and every state has its words in every language."""
    for status, seen in product(Status, [*OrderStatus, None]):
        assert seen_as(status, OrderState("A-1", None, seen, SUM, "643")) in Status
    assert set(MOVES) == set(Status)
    flags = (False, True)
    for status, late, refused, two_stage in product(Status, flags, flags, flags):
        keys = [card_text(status, late=late, refused=refused, two_stage=two_stage)]
        if status in FINAL - {Status.FAILED}:
            keys.append(ping_text(status, late=late, two_stage=two_stage))
        assert all(has(key, lang) for key in keys for lang in LANGUAGES), keys
        assert page_state(status, refused=refused)


@given(st.sampled_from(Status), answers)
def test_money_of_another_order_is_not_undone_by_an_empty_one(status: Status, seen: OrderState) -> None:
    """Of an abandoned order, and beside one that was paid, only money that is there counts; twice paid is a dispute."""
    is_left = seen.status is OrderStatus.REFUNDED and seen.deposited > 0
    has_money = is_left or seen.status in {OrderStatus.HELD, OrderStatus.PAID}
    paid = replace(ORDER, id=2, number="A-2", bank_status=OrderStatus.PAID)
    assert concerns(replace(ORDER, state="abandoned"), [], seen) == has_money
    assert concerns(ORDER, [paid], seen) == has_money
    if has_money:
        assert judge(replace(PAYMENT, status=status), ORDER, [paid], seen, NOON).status is Status.DISPUTED


@given(st.sampled_from(sorted(OPEN | CLOSED_UNPAID)), moments, moments)
def test_the_next_read_is_never_later_than_promised(status: Status, age: timedelta, quiet: timedelta) -> None:
    """10 s in the first ten minutes after any change, 5 s after the link's end, and on until half an hour later."""
    now = NOON + age
    later = next_read(ORDER, replace(PAYMENT, status=status, changed_at=now - min(quiet, age)), now)
    if is_over(ORDER, now):
        assert later is None
        return
    assert later is not None
    assert now < later <= ORDER.expires_at + AFTER_END
    assert later - now <= timedelta(minutes=5)
    if quiet < timedelta(minutes=10):
        assert later - now <= timedelta(seconds=30 if now >= ORDER.expires_at else 10)
    if now < ORDER.expires_at:
        assert later <= ORDER.expires_at + timedelta(seconds=5)


def test_some_orders_are_read_no_more() -> None:
    """Those that are settled, those that nobody can pay; but a payer at his own bank's page is waited for."""
    assert first_read(NOON) - NOON <= timedelta(seconds=10)
    for status in set(Status) - OPEN - CLOSED_UNPAID:
        assert next_read(ORDER, replace(PAYMENT, status=status), NOON) is None
    assert next_read(replace(ORDER, state="abandoned"), PAYMENT, NOON) is None
    paying = replace(ORDER, bank_status=OrderStatus.AUTHORISING)
    assert next_read(paying, replace(PAYMENT, status=Status.PAYING), NOON + LIFE + AFTER_END) is not None


@given(
    st.sampled_from([Status.HELD, Status.PAID, Status.PART_REFUNDED]), st.timedeltas(timedelta(), timedelta(days=170))
)
def test_money_is_looked_after_for_half_a_year(status: Status, age: timedelta) -> None:
    """The older, the more rarely, at least once a day; a hold at least hourly, and at its very end."""
    paid = replace(ORDER, bank_status=OrderStatus.HELD if status is Status.HELD else OrderStatus.PAID)
    payment = replace(PAYMENT, status=status, held_at=NOON)
    later = next_read(paid, payment, NOON + age)
    assert later is not None
    assert NOON + age < later <= NOON + age + (timedelta(hours=1) if status is Status.HELD else timedelta(days=1))
    if status is Status.HELD and age < HOLD_LASTS:
        assert later <= NOON + HOLD_LASTS + timedelta(seconds=5)


def test_money_at_rest_is_read_no_more() -> None:
    paid = replace(ORDER, bank_status=OrderStatus.PAID)
    assert next_read(paid, replace(PAYMENT, status=Status.PAID), NOON + timedelta(days=181)) is None
    assert next_read(paid, replace(PAYMENT, status=Status.REFUNDED), NOON) is None


def test_a_link_that_ran_out_is_no_refusal() -> None:
    """Nor is a link that nobody has tried."""
    tried = OrderState("A-1", None, OrderStatus.REGISTERED, SUM, "643", action_code=116)
    assert is_refused_attempt(tried)
    for code in (None, 0, -100, LINK_EXPIRED):
        assert not is_refused_attempt(replace(tried, action_code=code))
