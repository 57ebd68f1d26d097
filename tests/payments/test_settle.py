"""What the bank says becomes what the ledger says, whatever the callbacks and the network do."""

from datetime import timedelta
from html import escape
from typing import Any

from sqlalchemy import insert

from bot.errors import BankLoginRefused, BankUnknown
from bot.ports import OrderStatus
from storage import schema

from .fakes import FakeBank, plain
from .till import GROUP, OWNER, SELLER, SUM, Till


async def test_a_thousand_callbacks_are_one_read_and_one_ping(till: Till, bank: FakeBank) -> None:
    """Equal callbacks are all kept, and lead to one waiting read."""
    number = await till.sell()
    order = await till.order(number)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order, times=1000)
    assert await till.waiting("settle") == 1
    await till.work()
    await till.hears(order, times=5)
    await till.passes(5)
    assert bank.count("status") == 2
    assert len(till.chat.seen(GROUP)) == 1
    assert len(till.chat.seen(SELLER)) == 2


async def test_a_callback_that_lies_moves_nothing(till: Till, bank: FakeBank) -> None:
    """It is a hint: the bank's own answer decides. One about a stranger's order is kept and asks nothing."""
    number = await till.sell()
    await till.hears(await till.order(number))
    await till.hears("S1-000001")
    await till.work()
    assert await till.status(number) == "waiting"
    assert bank.count("status") == 1


async def test_a_refused_attempt_is_not_an_end(till: Till, bank: FakeBank) -> None:
    """The first one rings, the link lives on, and the sale is paid after all."""
    number = await till.sell()
    order = await till.order(number)
    for code in (116, 116, 5):
        bank.says(order, OrderStatus.REGISTERED, action_code=code)
        await till.hears(order)
        await till.passes(3)
    assert await till.status(number) == "waiting"
    assert till.chat.seen(SELLER)[0].startswith("↩️ Банк отказал")
    assert len(till.chat.seen(SELLER)) == 2
    bank.says(order, OrderStatus.PAID, action_code=0)
    await till.hears(order)
    await till.passes(3)
    assert await till.status(number) == "paid"


async def test_only_a_second_look_at_6_ends_a_sale(till: Till, bank: FakeBank) -> None:
    """Two reads at least 2 s apart, both within 5 s; a 6 that goes away again was none."""
    number = await till.sell()
    order = await till.order(number)
    bank.says(order, OrderStatus.DECLINED, action_code=-2013)
    await till.hears(order)
    await till.work()
    first = till.now()
    await till.passes(1)
    await till.steps.check(number)
    await till.work()
    assert await till.status(number) == "waiting"
    bank.says(order, OrderStatus.REGISTERED)
    await till.passes(2)
    assert await till.status(number) == "waiting"
    bank.says(order, OrderStatus.DECLINED)
    await till.hears(order)
    await till.passes(2)
    assert await till.status(number) == "waiting"
    started = till.now()
    while await till.status(number) == "waiting":
        await till.passes(0.5)
    assert await till.status(number) == "declined"
    assert till.now() - started <= timedelta(seconds=3)
    assert bank.reads[-1] - first > timedelta(seconds=2)


async def test_a_lost_callback_is_made_good_within_15_s(till: Till, bank: FakeBank) -> None:
    """At any moment of the link's first ten minutes, and again when an old link is used at last."""
    for age in (0, 307, 580, 5000):
        number = await till.sell(look_alike_accepted=True)
        till.clock.advance(age)
        await till.passes(1)
        if age > 600:
            await till.shopper.pay(await till.code(number))
        bank.says(await till.order(number), OrderStatus.PAID)
        await till.passes(14)
        assert await till.status(number) == "paid"


async def test_an_unpaid_link_expires_and_late_money_rings(till: Till, bank: FakeBank) -> None:
    """A bank that does not close it is waited for half an hour; money that comes even later rings as such."""
    number = await till.sell()
    till.clock.advance(7200)
    await till.passes(20)
    assert await till.status(number) == "waiting"
    assert await till.shopper.pay(await till.code(number)) is None
    till.clock.advance(1780)
    await till.passes(30)
    assert await till.status(number) == "expired"
    order = await till.order(number)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    await till.work()
    payment = await till.payment(number)
    assert (payment.status, payment.late) == ("paid", True)
    assert till.chat.seen(SELLER)[0].startswith("❗ Оплачено после отмены")
    assert till.chat.seen(SELLER)[-1].startswith("❗ Оплачено после отмены")


async def test_what_is_closed_without_money_is_polled_on(till: Till, bank: FakeBank) -> None:
    """Until the bank says 6: money that comes before is found without a callback."""
    for closed in ("cancelled", "cancelling", "expired"):
        number = await till.sell(look_alike_accepted=True)
        await till.force(number, closed)
        bank.says(await till.order(number), OrderStatus.PAID)
        await till.passes(14)
        assert await till.status(number) == "paid"
        assert till.chat.seen(GROUP)[-1].startswith("❗ Оплачено после отмены")


async def test_two_equal_refunds_ring_twice_and_none_a_third_time(till: Till, bank: FakeBank) -> None:
    """Both were done by hand at the bank; each is an operation of its own and has its audit rows."""
    number = await till.sell()
    order = await till.order(number)
    for deposited, refunded in ((SUM, 0), (SUM - 100_00, 100_00), (SUM - 200_00, 200_00)):
        status = OrderStatus.REFUNDED if refunded else OrderStatus.PAID
        bank.says(order, status, approved=SUM, deposited=deposited, refunded=refunded)
        for _ in range(3):
            await till.hears(order, "refunded")
            await till.passes(3)
    assert await till.status(number) == "part_refunded"
    told = till.chat.seen(GROUP)
    assert [line[:12] for line in told] == ["✅ Оплачено 1", *["ℹ️ Сделано в"] * 2]
    assert all("возврат 100 ₽" in line for line in told[1:])
    assert await till.audit(number) == ["create", "register", "settle", *["seen refund", "settle"] * 2]


async def test_what_differs_from_the_bank_is_disputed_and_the_owner_told_once(till: Till, bank: FakeBank) -> None:
    """Number, amount, currency or the sum paid: nothing is corrected; it rings, with what the bank says."""
    differences: list[dict[str, Any]] = [
        {"number": "S1-<9>"},
        {"amount": SUM + 1},
        {"currency": "840"},
        {"deposited": SUM - 1},
        {"approved": SUM + 1},
    ]
    for told, difference in enumerate(differences):
        number = await till.sell(look_alike_accepted=True)
        order = await till.order(number)
        bank.says(order, OrderStatus.PAID, **difference)
        for _ in range(2):
            await till.hears(order)
            await till.passes(3)
        payment = await till.payment(number)
        assert (payment.status, payment.deposited) == ("disputed", 0)
        assert till.chat.seen(SELLER)[-1].startswith("❗ Не сходится с банком")
        assert len(till.chat.seen(OWNER)) == told + 1
        bank_says = escape(plain(payment.bank_says or "?"))
        assert till.chat.seen(OWNER)[-1].endswith(f"№ {number}, «Куртки». У нас: Ждём оплату. В банке: {bank_says}.")


async def test_a_move_that_cannot_be_is_disputed(till: Till, bank: FakeBank) -> None:
    """Paid, and then declined."""
    number = await till.sell()
    order = await till.order(number)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    await till.passes(3)
    bank.says(order, OrderStatus.DECLINED)
    await till.hears(order)
    await till.passes(6)
    assert await till.status(number) == "disputed"
    assert (await till.payment(number)).deposited == SUM
    assert await till.waiting("settle") == 0


async def test_of_two_reads_at_once_the_old_one_changes_nothing(till: Till, bank: FakeBank) -> None:
    """A slow answer from before the payment must not take the money back; the bank is asked again instead."""
    number = await till.sell()
    order = await till.order(number)

    async def pays_meanwhile() -> None:
        till.clock.advance(1)
        bank.says(order, OrderStatus.PAID)
        await till.hears(order)
        await till.work()

    bank.before_status = pays_meanwhile
    await till.hears(order)
    slow = await till.lease("settle")
    assert slow
    await till.finish(slow, await till.perform(slow))
    payment = await till.payment(number)
    assert (payment.status, payment.deposited) == ("paid", SUM)
    assert await till.waiting("settle") == 1
    await till.passes(3)
    assert bank.count("status") == 3
    assert (await till.payment(number)).deposited == SUM
    assert len(till.chat.seen(GROUP)) == 1


async def test_an_abandoned_order_that_runs_out_ends_nothing(till: Till, bank: FakeBank) -> None:
    """Nobody ever had its link; money on it counts all the same, and a second paid order rings as such."""
    bank.lost_answers = [BankUnknown("no whole answer")]
    number = await till.sell()
    await till.passes(2)
    abandoned, living = [order.number for order in await till.orders(number)]
    bank.says(abandoned, OrderStatus.DECLINED, action_code=-2007)
    await till.hears(abandoned, "declinedByTimeout")
    await till.passes(6)
    assert await till.status(number) == "waiting"
    bank.says(living, OrderStatus.PAID)
    await till.hears(living)
    await till.hears(abandoned)
    await till.passes(6)
    assert await till.status(number) == "paid"
    bank.says(abandoned, OrderStatus.PAID)
    await till.hears(abandoned)
    await till.passes(3)
    assert await till.status(number) == "disputed"
    assert till.chat.seen(SELLER)[0].startswith("❗ Оплачено дважды")
    assert till.chat.seen(SELLER)[-1].startswith("❗ Оплачено дважды")
    await till.hears(living)
    await till.passes(3)
    assert await till.status(number) == "disputed"


async def test_a_silent_bank_is_asked_until_it_answers(till: Till, bank: FakeBank) -> None:
    """Within 15 s after it answers again; a refused password is not hammered, and nothing is forgotten."""
    number = await till.sell()
    order = await till.order(number)
    bank.says(order, OrderStatus.PAID)
    bank.status_trouble = [BankUnknown("HTTP 502")] * 1000
    await till.hears(order)
    await till.passes(120)
    bank.status_trouble.clear()
    await till.passes(15)
    assert await till.status(number) == "paid"
    bank.says(order, OrderStatus.REFUNDED, approved=SUM, deposited=0, refunded=SUM)
    bank.status_trouble = [BankLoginRefused(5, "Доступ запрещён")]
    await till.hears(order, "refunded")
    reads = len(bank.reads)
    await till.passes(30)
    assert len(till.chat.seen(OWNER)) == 1
    assert len(bank.reads) == reads + 1
    await till.passes(35)
    assert await till.status(number) == "refunded"


async def test_a_hold_is_its_own_state(till: Till, bank: FakeBank) -> None:
    """Held money rings, and charging a part of it by hand is no dispute."""
    number = await till.sell(two_stage=True)
    order = await till.order(number)
    bank.says(order, OrderStatus.HELD)
    await till.hears(order, "approved")
    await till.passes(3)
    assert await till.status(number) == "held"
    bank.says(order, OrderStatus.PAID, approved=SUM, deposited=SUM - 500_00)
    await till.hears(order)
    await till.passes(3)
    assert await till.status(number) == "paid"
    assert [plain(line)[:3] for line in till.chat.seen(GROUP)] == ["🔒 У", "ℹ️ "]


async def test_a_clock_that_was_set_back_hides_nothing(till: Till, bank: FakeBank) -> None:
    """Reads of an hour ahead of us are no reason to wait an hour for the next one."""
    number = await till.sell()
    order = await till.order(number)
    await till.hears(order)
    await till.work()
    till.clock.advance(-3600)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    await till.passes(3)
    assert await till.status(number) == "paid"


async def test_old_sales_that_are_overdue_do_not_make_a_young_one_wait(till: Till, bank: FakeBank) -> None:
    """After a day without us all that was ever paid is due at once: a new sale is read before the rest of it."""
    old = till.now() - timedelta(days=2)
    facts = {"shop_id": till.seller.shop_id, "seller_id": till.seller.id, "amount": SUM, "handover_code": "11"}
    sales = [
        {"id": 5000 + n, "key": f"old:{n}", "status": "paid", "changed_at": old, "created_at": old} | facts
        for n in range(100)
    ]
    orders = [
        {"payment_id": sale["id"], "number": sale["key"], "state": "registered", "bank_status": OrderStatus.PAID,
         "expires_at": old, "next_read_at": old, "asked_at": old}
        for sale in sales
    ]  # fmt: skip
    number = await till.sell()
    async with till.db.write() as tx:
        await tx.execute(insert(schema.payments), sales)
        await tx.execute(insert(schema.bank_orders), orders)
    for _ in range(3):
        await till.poller.look()
    bank.says(await till.order(number), OrderStatus.PAID)
    till.clock.advance(10)
    await till.poller.look()
    job = await till.lease("settle")
    assert job
    await till.finish(job, await till.perform(job))
    assert await till.status(number) == "paid"
    assert await till.waiting("settle") > till.settings.bank_calls_per_second
