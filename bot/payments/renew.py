"""What staff want of a sale whose link will not be paid: a new link, or another sum.

    new_link    of a declined or expired sale: the same sale, number and page, with another order at the bank
    other_sum   asks for the sum
    replace     another sum is another sale, for an amount never changes; the old one names the new one

At the bank at most one link of a sale can be paid. So a wish only stands in `payments.renewal`, and a job carries it
out (`renewing.py`) once the bank itself has closed the old link; where it listens, it is told to.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.money import format_rub
from bot.ports import Bank, OrderStatus, Place
from bot.staff import Act
from bot.text import say
from bot.vault import Vault
from storage import bank_orders, cards, jobs, operations, payments, staff
from storage.engine import Database
from storage.rows import BankOrder, Payment, Person

from .announce import queue_card
from .change import CHANGED, Change, Said
from .confirm import KIND, Ask
from .create import Creation, Refused, Sale
from .moves import move
from .operate import record_decline
from .settle import PRESSED, queue_settle
from .states import OPEN, PAYABLE, RENEWABLE

RENEWING = Said("toast.renewing")
CLOSED_AT_BANK = {OrderStatus.DECLINED, OrderStatus.REVERSED}


class Renewals:
    """Takes these wishes."""

    def __init__(self, db: Database, bank: Bank, vault: Vault, change: Change, creation: Creation, now: Now) -> None:
        self._db = db
        self._bank = bank
        self._vault = vault
        self._change = change
        self._creation = creation
        self._now = now

    async def new_link(self, person: Person, number: int, place: Place) -> Said:
        """«Новая ссылка»."""
        async with self._db.write() as tx:
            payment = await self._open(tx, person, number)
            if isinstance(payment, Said):
                return payment
            if not is_renewable(payment):
                return CHANGED
            return await self._within_limits(tx, person, payment, payment.amount) or await self.want(
                tx, person, payment, payment.amount, place, self._now()
            )

    async def other_sum(self, person: Person, number: int, place: Place, *, asked_in: int | None = None) -> Said:
        """«Другая сумма»: it is answered by a message."""
        async with self._db.write() as tx:
            payment = await self._open(tx, person, number)
            if isinstance(payment, Said):
                return payment
            return self._why_not(payment) or await self._change.put(
                tx, person, payment, place, Ask.OTHER_SUM, payment.amount, "", asked_in
            )

    async def replace(
        self, person: Person, number: int, amount: int, place: Place, asked_in: int | None = None
    ) -> Said:
        """`amount` in kopecks. Asks first while the old link can be paid; `asked_in` as in `Change`."""
        async with self._db.write() as tx:
            payment = await self._open(tx, person, number)
            if isinstance(payment, Said):
                return payment
            if refused := self._why_not(payment) or await self._within_limits(tx, person, payment, amount):
                return refused
            if is_renewable(payment):
                return await self.want(tx, person, payment, amount, place, self._now())
            if amount == payment.amount:
                return Said("r.other_same", {"sum": format_rub(amount)})
            return await self._change.put(tx, person, payment, place, Ask.REPLACE, amount, "", asked_in)

    async def newest(self, number: int) -> int:
        """The number of the sale that has taken the place of this one by now, or its own."""
        async with self._db.read() as tx:
            payment = await payments.get(tx, number)
            while payment and payment.replaced_by:
                payment = await payments.get(tx, payment.replaced_by)
        return payment.id if payment else number

    async def want(
        self, tx: AsyncConnection, person: Person, payment: Payment, amount: int, place: Place, now: datetime
    ) -> Said:
        """Of a renewable payment that this transaction has locked. The last wish counts."""
        if payment.renewal != amount:
            payment = await move(
                tx, payment, now, "want renewal", staff_id=person.id, from_chat=place.chat_id, renewal=amount
            )
            await queue_card(tx, payment, now)
        await cards.close_questions(tx, payment.id, KIND, now)  # the sum was asked for
        for order in filter(may_be_payable, await bank_orders.of_payment(tx, payment.id)):
            if self._bank.can_decline and not await operations.open_one(tx, payment.id):
                key = f"renew:{payment.id}:{payment.version}"
                await record_decline(tx, payment, order, key, person.id, place, now)
            else:
                await queue_settle(tx, order, now, priority=PRESSED)
        await queue_renewal(tx, payment, person.id, now)
        return RENEWING

    async def _open(self, tx: AsyncConnection, person: Person, number: int) -> Payment | Said:
        payment = await self._change.open_to_change(tx, person, number)
        if isinstance(payment, Payment) and not await self._change.may(tx, person, Act.SELL, payment):
            return Said("r.no_n", {"n": number}, alert=True)
        return payment

    def _why_not(self, payment: Payment) -> Said | None:
        """Why this sale cannot be replaced."""
        if is_renewable(payment) or (payment.status in PAYABLE and self._bank.can_decline):
            return None
        if payment.status in OPEN:
            return Said("r.edit_amount", {"sum": format_rub(payment.amount)}, alert=True)
        return Said("r.too_late", {"state": partial(say, f"state.{payment.status}")}, alert=True)

    async def _within_limits(self, tx: AsyncConnection, person: Person, payment: Payment, amount: int) -> Said | None:
        """Why not. Those of whoever asks; the sale stays the seller's."""
        sale = await sale_after(tx, person, payment, amount, self._vault)
        freed = payment.amount if payment.status in OPEN else 0
        refused = await self._creation.beyond_limits(tx, sale, self._now(), instead_of=freed)
        return Said(refused.key, refused.values, alert=True) if isinstance(refused, Refused) else None


def is_renewable(payment: Payment) -> bool:
    """Over without money, and nothing has taken its place."""
    return payment.status in RENEWABLE and payment.replaced_by is None


def may_be_payable(order: BankOrder) -> bool:
    """It has had its link, and the bank has not said that it is closed."""
    return order.state == "registered" and order.bank_status not in CLOSED_AT_BANK


async def sale_after(tx: AsyncConnection, person: Person, payment: Payment, amount: int, vault: Vault) -> Sale:
    """The sale that is to take the place of `payment`, once."""
    seller = await staff.get(tx, payment.seller_id)
    assert seller is not None  # noqa: S101 - a foreign key
    return Sale(
        key=f"after:{payment.id}",
        seller=replace(seller, role=person.role, shop_id=payment.shop_id),
        place=Place(payment.chat_id, payment.thread_id) if payment.chat_id else None,
        amount=amount,
        phone=vault.open(payment.phone_sealed) if payment.phone_sealed else None,
        what=payment.what,
        two_stage=payment.two_stage,
        look_alike_accepted=True,
    )


async def queue_renewal(tx: AsyncConnection, payment: Payment, staff_id: int, now: datetime) -> None:
    """In the transaction that writes `payments.renewal`."""
    await jobs.add(
        tx, "renew", now=now, priority=PRESSED, payment_id=payment.id, slot=f"renew:{payment.id}",
        payload={"by": staff_id, "since": now.isoformat()},
    )  # fmt: skip
