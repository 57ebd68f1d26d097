"""A payment that differs from the bank: an owner takes the bank's word, and nothing less than that repairs it."""

from bot.errors import BankUnknown
from bot.ports import OrderStatus

from .counter import Counter
from .fakes import FakeBank
from .till import SUM, Till

PART = 3_000_00


async def test_an_owner_takes_the_banks_word(counter: Counter, till: Till, bank: FakeBank) -> None:
    """Nobody else can; pressed twice it is read as true once."""
    number = await counter.paid()
    await counter.bank_says(number, OrderStatus.HELD)
    assert await till.status(number) == "disputed"
    await counter.bank_says(number, OrderStatus.PAID)
    assert await till.status(number) == "disputed"
    assert (await till.change.accept(counter.oleg, number)).key == "toast.only_owner"
    for _ in range(2):
        assert (await till.change.accept(counter.olga, number)).key == "toast.checking"
    await till.work()
    assert await counter.money(number) == ("paid", SUM, 0)
    assert (await till.audit(number)).count("accept") == 1


async def test_a_word_taken_while_another_read_ends_is_not_lost(counter: Counter, till: Till, bank: FakeBank) -> None:
    """The owner pressed once: the answer is dropped as too old, his word is not."""
    number = await counter.paid()
    await counter.bank_says(number, OrderStatus.HELD)
    await counter.bank_says(number, OrderStatus.PAID)

    async def read_meanwhile() -> None:
        till.clock.advance(1)
        await till.steps.check(number)
        await till.work()

    await till.change.accept(counter.olga, number)
    bank.before_status = read_meanwhile
    job = await till.lease("settle")
    assert job
    await till.finish(job, await till.perform(job))
    await till.passes(3)
    assert await till.status(number) == "paid"


async def test_a_declined_order_is_accepted_by_one_press(counter: Counter, till: Till) -> None:
    """Its two looks are both his."""
    number = await till.sell()
    await counter.bank_says(number, OrderStatus.REGISTERED, amount=SUM + 1)
    assert await till.status(number) == "disputed"
    await counter.bank_says(number, OrderStatus.REGISTERED, amount=SUM)
    counter.bank.says(await till.order(number), OrderStatus.DECLINED)
    await till.change.accept(counter.olga, number)
    await till.passes(3)
    assert await till.status(number) == "declined"


async def test_paid_twice_is_over_when_one_was_given_back(counter: Counter, till: Till, bank: FakeBank) -> None:
    """By hand at the bank, whichever of the two; before that nobody can accept it."""
    for given_back in (0, 1):
        bank.lost_answers = [BankUnknown("no whole answer")]
        number = await till.sell(look_alike_accepted=True)
        await till.passes(2)
        orders = [order.number for order in await till.orders(number)]
        for order in orders:
            bank.says(order, OrderStatus.PAID)
            await till.hears(order)
            await till.passes(3)
        await till.change.accept(counter.olga, number)
        await till.passes(6)
        assert await till.status(number) == "disputed"
        bank.says(orders[given_back], OrderStatus.REFUNDED, deposited=0, refunded=SUM)
        await till.change.accept(counter.olga, number)
        await till.passes(6)
        payment = await till.payment(number)
        assert (payment.status, payment.deposited, payment.refunded) == ("paid", SUM, 0)
        await till.hears(orders[given_back])
        await till.passes(6)
        assert await till.status(number) == "paid"


async def test_our_own_refund_is_not_found_again_after_a_dispute(counter: Counter, till: Till, bank: FakeBank) -> None:
    """It ended while the payment was disputed; the ledger's operations still add up to the bank's amounts."""
    number = await counter.paid()
    [order] = bank.orders
    bank.lost_operations.append(BankUnknown("time-out"))
    await counter.refunds(counter.oleg, number, PART)
    await till.decisions.yes(counter.oleg, await counter.question())
    await till.work()
    bank.says(order, OrderStatus.REFUNDED, amount=SUM + 1)
    await till.passes(3)
    assert await till.status(number) == "disputed"
    bank.says(order, OrderStatus.REFUNDED, amount=SUM)
    await till.change.accept(counter.olga, number)
    await till.passes(6)
    assert await counter.money(number) == ("part_refunded", SUM - PART, PART)
    assert await counter.operations() == [("refund", PART, "done")]
    assert "by_hand" not in await counter.rings(number)
