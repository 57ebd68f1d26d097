"""The use cases, wired as in app.py, and a worker that does one job after the other."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Select, func, select

from bot.card import ChatWords
from bot.clock import Now
from bot.config import Settings, load
from bot.errors import ChatBusy
from bot.jobs import Outcome, Work
from bot.payments.announce import queue_card
from bot.payments.answering import Answering
from bot.payments.approve import Approvals
from bot.payments.budget import Budget
from bot.payments.change import Change
from bot.payments.confirm import Questioning
from bot.payments.create import Creation, LookAlike, Made, Refused, Sale
from bot.payments.decide import Decisions
from bot.payments.deliver import Delivery
from bot.payments.mend import Mending
from bot.payments.operate import Operating
from bot.payments.owners import Owners
from bot.payments.pressing import Pressing
from bot.payments.questions import Questions
from bot.payments.reconcile import Poller
from bot.payments.register import Registration
from bot.payments.renew import Renewals
from bot.payments.renewing import Renewing
from bot.payments.settle import Settlement, record_callbacks
from bot.payments.shopper import Shopper
from bot.payments.steps import Steps
from bot.payments.tell import Telling
from bot.payments.view import Views
from bot.ports import Bank, Callback, Place
from bot.vault import Vault
from storage import bank_orders, jobs, lanes, payments, schema, sms
from storage.engine import Database
from storage.jobs import Job
from storage.lanes import Turn
from storage.rows import BankOrder, Payment, Person, Sms

from .fakes import Clock, FakeChat, FakeSms, LinkPictures

SUM = 12_500_00
PHONE = "+79161234567"
OWNER, SELLER, GROUP = 500, 100, -900  # chats: two private ones and the shop's group
LEASE = timedelta(seconds=90)
TICK = timedelta(seconds=0.2)


def settings_of(**values: Any) -> Settings:
    facts = {"bot_token": "42:TEST", "public_url": "https://till.example", "shop_name": "Куртки", "receipt_note": ""}
    return load(Settings, _env_file=None, **(facts | values))


class Till:
    """The use cases, wired as in app.py. `seller` is an assistant whose shop rings in GROUP."""

    def __init__(
        self, db: Database, bank: Bank, clock: Clock, seller: Person, chat: FakeChat | None = None, **settings: Any
    ) -> None:
        self.db, self.clock, self.seller = db, clock, seller
        self.now: Now = clock.now
        self.vault = Vault("a key of more than sixteen characters")
        self.sms, self.second_sms, self.chat = FakeSms("smsru"), FakeSms("smsc"), chat or FakeChat()
        self.settings = settings_of(**settings)
        self._wire(bank)
        self._keys = count(1)
        self._turns: dict[int, Turn] = {}  # of chats, by the job that has it

    def _wire(self, bank: Bank) -> None:
        db, now, settings, vault = self.db, self.now, self.settings, self.vault
        owners = Owners(vault)
        self.delivery = Delivery(db, [self.sms, self.second_sms], settings, vault, owners, now)
        self.creation = Creation(db, settings, vault, now)
        self.poller = Poller(db, settings, now)
        self.shopper = Shopper(db, now, is_test=False)
        questioning = Questioning(vault)
        self.change = Change(db, settings, bank, questioning, now)
        self.approvals = Approvals(db, self.change, now)
        self.renewals = Renewals(db, bank, vault, self.change, self.creation, now)
        self.decisions = Decisions(db, settings, bank, self.change, questioning, self.approvals, self.renewals, now)
        self.views = views = Views(settings, vault, bank, questioning, now, sms_is_on=self.delivery.is_on)
        self.steps = Steps(db, views, self.creation, now)
        self.mending = Mending(db, vault, self.change, self.delivery, questioning, now)
        questions = Questions(db, settings, vault, now)
        self.answering = Answering(self.change, self.renewals, self.mending, questions)
        self.pressing = Pressing(self.steps, self.change, self.decisions, self.approvals, self.renewals, self.mending)
        telling = Telling(db, self.chat, ChatWords(), views, LinkPictures(), vault, now)
        registration = Registration(db, bank, settings, self.delivery, owners, now, "inst42")
        budget = Budget(100_000)
        settlement = Settlement(db, bank, budget, owners, questioning, now)
        operating = Operating(db, settings, bank, budget, settlement, owners, questioning, now)
        self.works = {
            "register": Work(registration.perform),
            "settle": Work(settlement.perform),
            "operation": Work(operating.perform),
            "renew": Work(Renewing(db, vault, self.creation, now).perform),
            "sms": Work(self.delivery.perform, resolve=self.delivery.resolve),
            "sms_status": Work(self.delivery.ask),
            "card": Work(telling.card),
            "ping": Work(telling.ping),
            "reply": Work(telling.reply),
        }

    # What people do

    async def create(self, **values: Any) -> Made | LookAlike | Refused:
        return await self.creation.create(self.sale(**values))

    def sale(self, **values: Any) -> Sale:
        """Of SUM without a phone, where `values` say nothing else; its message is a new one."""
        usual: dict[str, Any] = {"seller": self.seller, "place": Place(SELLER), "amount": SUM}
        return Sale(**({"key": f"msg:1:{next(self._keys)}"} | usual | values))

    async def record(self, **values: Any) -> int:
        """The number of a new sale, before anything is done about it."""
        made = await self.create(**values)
        assert isinstance(made, Made)
        return made.payment.id

    async def sell(self, **values: Any) -> int:
        """The number of a new sale, with its link."""
        number = await self.record(**values)
        await self.work()
        return number

    async def hears(self, number: str, operation: str = "deposited", times: int = 1, md_order: str = "") -> None:
        """The bank calls back."""
        await self.records(*[Callback(md_order or "f" * 36, number, operation, succeeded=True)] * times)

    async def records(self, *callbacks: Callback) -> Sequence[bool]:
        """As the callbacks' door does, many in one transaction."""
        async with self.db.write() as tx:
            return await record_callbacks(tx, [(callback, self.now()) for callback in callbacks])

    # The worker

    async def work(self) -> None:
        """Does what is due, one job after the other."""
        while job := await self.lease():
            try:
                outcome = await self.perform(job)
            except (RuntimeError, ChatBusy):  # as in the service, it is put back
                outcome = Outcome(again_at=self.now() + TICK)
            await self.finish(job, outcome)

    async def lease(self, *kinds: str) -> Job | None:
        """The next job, taken as a worker takes it, with its chat's turn. Pace is not looked at here."""
        async with self.db.write() as tx:
            wanted = kinds or list(self.works)
            job = await jobs.lease_next(tx, now=self.now(), lease_for=LEASE, kinds=wanted)
            if job or kinds:
                return job
            turn = await lanes.take_turn(tx, now=self.now(), lease_for=LEASE, capacity=lambda _: (1e6, 1e6))
            if turn is None:
                return None
            self._turns[turn.job.id] = turn
            return turn.job

    async def perform(self, job: Job) -> Outcome:
        work = self.works[job.kind]
        if job.once and job.attempted_at:
            assert work.resolve
            return await work.resolve(job)
        if job.once:
            async with self.db.write() as tx:
                await jobs.attempt(tx, job, now=self.now())
        return await work.perform(job)

    async def finish(self, job: Job, outcome: Outcome) -> None:
        async with self.db.write() as tx:
            if outcome.write:
                await outcome.write(tx)
            if outcome.again_at:
                await jobs.put_back(tx, job, run_at=outcome.again_at, outcome=outcome.note, priority=outcome.priority)
            else:
                await jobs.finish(tx, job, now=self.now(), outcome=outcome.note)
            if turn := self._turns.pop(job.id, None):
                await lanes.end_turn(tx, turn, now=self.now(), spent=0)

    async def passes(self, seconds: float) -> None:
        """Time, from one due moment to the next, with the service's timers."""
        until = self.now() + timedelta(seconds=seconds)
        while self.now() < until:
            self.clock.moment = min(until, max(self.now() + TICK, await self._next_due() or until))
            await self.poller.look()
            await self.delivery.look()
            await self.approvals.lapse()
            await self.work()

    async def _next_due(self) -> datetime | None:
        async with self.db.read() as tx:
            moments = [
                await jobs.next_due(tx),
                await lanes.next_turn_at(tx, now=self.now()),
                await tx.scalar(select(func.min(schema.bank_orders.c.next_read_at))),
                await tx.scalar(select(func.min(schema.sms.c.next_ask_at))),
            ]
        return min((moment for moment in moments if moment), default=None)

    async def refresh(self, number: int) -> None:
        """Asks for the card to be brought up to date."""
        async with self.db.write() as tx:
            await queue_card(tx, await self.payment(number), self.now())

    async def force(self, number: int, status: str) -> None:
        """A state that only later steps of the product reach."""
        async with self.db.write() as tx:
            payment = await payments.lock(tx, number)
            assert payment is not None
            await payments.change(tx, payment, status=status)

    # What is there afterwards

    async def payment(self, number: int) -> Payment:
        async with self.db.read() as tx:
            payment = await payments.get(tx, number)
        assert payment is not None
        return payment

    async def status(self, number: int) -> str:
        return (await self.payment(number)).status

    async def orders(self, number: int) -> list[BankOrder]:
        async with self.db.read() as tx:
            return await bank_orders.of_payment(tx, number)

    async def order(self, number: int) -> str:
        """The number of its only bank order."""
        [order] = await self.orders(number)
        return order.number

    async def code(self, number: int) -> str:
        async with self.db.read() as tx:
            code = await payments.open_link(tx, number)
        assert code is not None
        return code

    async def message(self, number: int) -> Sms:
        """Its SMS."""
        async with self.db.read() as tx:
            message = await sms.last_of_payment(tx, number)
        assert message is not None
        return message

    async def waiting(self, kind: str) -> int:
        """Jobs of a kind that are not done."""
        return len(await self.rows(select(schema.jobs).filter_by(kind=kind, done_at=None)))

    async def audit(self, number: int) -> list[str]:
        """Actions, in order."""
        query = select(schema.audit.c.action).filter_by(payment_id=number).order_by(schema.audit.c.id)
        return [action for (action,) in await self.rows(query)]

    async def everything(self) -> str:
        """All rows of all tables as one text."""
        return repr([await self.rows(select(table)) for table in schema.metadata.tables.values()])

    async def rows(self, query: "Select[Any]") -> list[tuple[Any, ...]]:
        async with self.db.read() as tx:
            return [tuple(row) for row in await tx.execute(query)]
