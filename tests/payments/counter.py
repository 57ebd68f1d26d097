"""A counter after the sale: Аня sells, Олег manages, Ольга owns. What they want, and what came of it."""

import json
from typing import Any

from sqlalchemy import select

from bot.payments.change import Said
from bot.payments.confirm import Ask
from bot.ports import OrderStatus, Place
from storage import schema, staff
from storage.engine import Database
from storage.rows import Person

from .fakes import NOON, FakeBank
from .till import OWNER, SELLER, Till

MANAGER = 101  # a chat
FAR_BELOW = 1_000_000  # a message with which every card is out of sight


class Counter:
    """`anya`, `oleg`, `olga`: who they are; each in his own chat."""

    def __init__(self, till: Till, bank: FakeBank, oleg: Person, olga: Person) -> None:
        self.till, self.bank = till, bank
        self.anya, self.oleg, self.olga = till.seller, oleg, olga

    @classmethod
    async def open(cls, db: Database, till: Till, bank: FakeBank) -> "Counter":
        async with db.write() as tx:
            oleg = await staff.add(
                tx, telegram_id=MANAGER, name="Олег", role="manager", shop_id=till.seller.shop_id, created_at=NOON
            )
            people = [await staff.get(tx, oleg), await staff.by_telegram_id(tx, OWNER)]
        manager, owner = people
        assert manager
        assert owner
        return cls(till, bank, manager, owner)

    # Sales

    async def held(self) -> int:
        number = await self.till.sell(two_stage=True)
        await self.bank_says(number, OrderStatus.HELD)
        return number

    async def paid(self) -> int:
        number = await self.till.sell()
        await self.bank_says(number, OrderStatus.PAID)
        return number

    async def bank_says(self, number: int, status: OrderStatus, **facts: Any) -> None:
        """And calls back."""
        order = await self.till.order(number)
        self.bank.says(order, status, **facts)
        await self.till.hears(order)
        await self.till.passes(3)

    # What people do

    async def cancels(self, who: Person, number: int) -> Said:
        return await self.till.change.cancel(who, number, self.at(who), asked_in=FAR_BELOW)

    async def completes(self, who: Person, number: int, amount: int | None = None) -> Said:
        return await self.till.change.complete(who, number, self.at(who), amount, asked_in=FAR_BELOW)

    async def refunds(self, who: Person, number: int, amount: int | None, reason: str = "брак") -> Said:
        return await self.till.change.refund(who, number, self.at(who), amount, reason, asked_in=FAR_BELOW)

    async def yes(self, who: Person) -> Said:
        """To the newest question, and the bank is asked if it must be."""
        said = await self.till.decisions.yes(who, await self.question())
        await self.till.passes(3)
        return said

    def at(self, who: Person) -> Place:
        return Place(who.telegram_id or SELLER)

    async def question(self) -> int:
        """The newest one."""
        query = select(schema.drafts.c.id).filter_by(kind="confirm").order_by(schema.drafts.c.id.desc())
        return int((await self.till.rows(query))[0][0])

    async def asked(self, number: int, who: Person) -> tuple[Ask, int] | None:
        """What the card in this person's chat asks, and about how many kopecks."""
        async with self.till.db.read() as tx:
            view = await self.till.views.read(tx, number, self.at(who).chat_id)
        question = view.question if view else None
        return (question.ask, question.amount) if question else None

    async def request(self) -> int:
        """The newest operation."""
        return int((await self.till.rows(select(schema.operations.c.id).order_by(schema.operations.c.id.desc())))[0][0])

    # What came of it

    async def operations(self) -> list[tuple[Any, ...]]:
        """(kind, kopecks, state) each, oldest first."""
        rows = schema.operations.c
        return await self.till.rows(select(rows.kind, rows.amount, rows.state).order_by(rows.id))

    async def money(self, number: int) -> tuple[str, int, int]:
        """(status, what is charged, what went back), which is what the bank says too."""
        payment = await self.till.payment(number)
        seen = self.bank.orders[await self.till.order(number)]
        assert (payment.deposited, payment.refunded) == (seen.deposited, seen.refunded)
        return payment.status, payment.deposited, payment.refunded

    async def rings(self, number: int, chat: int = SELLER) -> list[str]:
        """Which messages about the sale have rung in a chat, in order."""
        jobs = schema.jobs.c
        query = select(jobs.payload).where(jobs.kind == "ping", jobs.payment_id == number, jobs.done_at.is_not(None))
        told = [json.loads(payload) for (payload,) in await self.till.rows(query.order_by(jobs.done_at, jobs.id))]
        return [told_here["ping"].removeprefix("ping.") for told_here in told if told_here["chat"] == chat]
