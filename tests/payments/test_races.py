"""Everything at once, on as many connections as there are: nothing is lost, doubled or locked for good."""

import asyncio
import re

from bot.ports import Callback, OrderStatus
from storage.engine import Database
from storage.rows import Person

from .fakes import Clock, FakeBank
from .till import GROUP, PHONE, SUM, Till

SALES = 6


async def test_many_hands_settle_many_sales(
    database_url: str, db: Database, seller: Person, bank: FakeBank, clock: Clock
) -> None:
    """Two replicas with three workers each; callbacks in opposite orders, presses, polls and shoppers meanwhile."""
    other = Database(database_url) if db.dialect == "postgresql" else db
    here = Till(db, bank, clock, seller)
    there = Till(other, bank, clock, seller, chat=here.chat)
    numbers = [await here.record(phone=PHONE, look_alike_accepted=True) for _ in range(SALES)]
    await asyncio.gather(*(till.work() for till in (here, there) for _ in range(3)))
    codes = [await here.code(number) for number in numbers]
    orders = [await here.order(number) for number in numbers]
    for order in orders:
        bank.says(order, OrderStatus.PAID)
    told = [Callback(None, order, "deposited", succeeded=True) for order in orders * 3]
    for _ in range(3):
        async with asyncio.TaskGroup() as group:
            for till, callbacks in ((here, told), (there, told[::-1])):
                group.create_task(till.records(*callbacks))
                group.create_task(till.poller.look())
                for _ in range(3):
                    group.create_task(till.work())
                for number, code in zip(numbers, codes, strict=True):
                    group.create_task(till.steps.check(number))
                    group.create_task(till.shopper.pay(code))
        clock.advance(3)
    await here.work()
    await here.work()
    payments = [await here.payment(number) for number in numbers]
    assert {(payment.status, payment.deposited) for payment in payments} == {("paid", SUM)}
    rung = " ".join(shown.html for shown in here.chat.chats[GROUP].values())
    assert sorted(map(int, re.findall(r"№\s(\d+)", rung))) == numbers
    assert await here.waiting("settle") == 0
    if other is not db:
        await other.close()
