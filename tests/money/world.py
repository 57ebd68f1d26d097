"""One history: what people, the bank, Telegram and death do to a shop, on a clock that stands still until it is moved.

Jobs are the product's own, done one at a time in any order. A slow one stands at the bank while others go on
(`in_flight`). A kill drops what is under way; another process begins on what the database holds.
"""

import asyncio
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any

from bot.errors import ChatAway, ChatBusy
from bot.jobs import Outcome
from bot.sandbox.bank.order import Order
from storage import jobs, lanes, leases
from storage.jobs import Job
from storage.lanes import Turn
from tests.payments.fakes import Clock
from tests.payments.till import LEASE, Till

from .bank import LocalBank
from .chat import TroubledChat
from .killed import Killed
from .scene import Scene

SETTINGS: dict[str, Any] = {"limit_refund": 5_000_00}
BACKOFF = timedelta(seconds=2)
LONGEST_CALL = 15  # s; what stands at the bank longer than this has its answer
MOST_JOBS = 500  # in one go
QUIET = (0, 3, 20, 3, 16 * 60, 3)
"""s: at once, a poll, the end of a doubt, each with the second look at a declined order."""
A_DAY = (25 * 3600, 3)  # within which the bank is asked again about every sale that was paid
WAITING = (
    "SELECT kind, lane IS NOT NULL AS laned FROM jobs WHERE done_at IS NULL AND run_at <= :now "
    "AND (lease IS NULL OR lease_until <= :now) GROUP BY 1, 2 ORDER BY 2, 1"
)
TO_BE_READ = "SELECT id FROM bank_orders WHERE next_read_at <= :now LIMIT 1"
REQUESTED = "SELECT id FROM operations WHERE state = 'requested' LIMIT 1"
LINKS = "SELECT md_order, payment_id FROM bank_orders WHERE state = 'registered'"
REPLACED = "SELECT id, replaced_by FROM payments WHERE replaced_by IS NOT NULL"


@dataclass(slots=True)
class InFlight:
    """A job that stands at the bank."""

    job: Job
    turn: Turn | None
    task: asyncio.Task[Outcome]
    goes_on: asyncio.Future[None]


@dataclass(slots=True)
class World:
    """`handed`: of each link that ever left us, by its mdOrder the payment; `meddled`: payments that somebody touched
    at the bank, where we cannot see it."""

    scene: Scene
    clock: Clock = field(default_factory=Clock)
    chat: TroubledChat = field(default_factory=TroubledChat)
    handed: dict[str, int] = field(default_factory=dict)
    meddled: set[int] = field(default_factory=set)
    in_flight: list[InFlight] = field(default_factory=list)
    sales: list[int] = field(default_factory=list)
    messages: int = 0  # that people have written
    bank: LocalBank = field(init=False)
    till: Till = field(init=False)

    def __post_init__(self) -> None:
        self.scene.empty()
        self.bank = self.scene.line.bank = LocalBank(self.clock)
        self._start()

    def _start(self) -> None:
        seller = self.scene.people["seller"]
        self.till = Till(self.scene.db, self.scene.client, self.clock, seller, self.chat, **SETTINGS)

    def rows(self, query: str, **values: Any) -> list[sqlite3.Row]:
        """Of the database; `:now` is there."""
        now = self.clock.now().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return self.scene.rows(query, **values | {"now": now})

    def sale(self, which: int) -> int:
        """A payment's number; one that took another's place counts as the other."""
        number = self.sales[which % len(self.sales)]
        newer = {row["id"]: row["replaced_by"] for row in self.rows(REPLACED)}
        while number in newer:
            number = newer[number]
        return number

    def lapsed(self) -> set[int]:
        """Payments whose hold the bank let go when its time was over."""
        return {
            payment
            for md_order, payment in self.handed.items()
            if (order := self.bank.orders[md_order]).hold_ends_at
            and order.reversed_at
            and order.reversed_at >= order.hold_ends_at
        }

    # Jobs

    async def work(self, *, chat: bool = True) -> None:
        """Does what is due, the jobs of no chat first; `chat` False: Telegram hears of it later."""
        for _ in range(MOST_JOBS):
            due = self.rows(WAITING)
            if not due or (due[0]["laned"] and not chat):
                return
            await self._do(due[0])
        raise AssertionError(f"the work never ends: {[tuple(kind) for kind in self.rows(WAITING)]}")

    async def do_one(self, which: int) -> None:
        """One job of a kind that is due: replicas and retries keep no order."""
        if due := self.rows(WAITING):
            await self._do(due[which % len(due)])

    async def _do(self, kind: sqlite3.Row) -> None:
        job, turn = await self._lease(kind)
        if job is None:
            return
        self.chat.job = job
        try:
            outcome = await self._perform(job, turn)
        except Killed:
            await self.die()
            return
        if outcome:
            await self._finish(job, turn, outcome)

    async def _lease(self, kind: sqlite3.Row) -> tuple[Job | None, Turn | None]:
        now = self.clock.now()
        async with self.scene.db.write() as tx:
            if not kind["laned"]:
                return await jobs.lease_next(tx, now=now, lease_for=LEASE, kinds=[kind["kind"]]), None
            turn = await lanes.take_turn(tx, now=now, lease_for=LEASE, capacity=lambda _: (1e6, 1e6))
            return (turn.job, turn) if turn else (None, None)

    async def _perform(self, job: Job, turn: Turn | None) -> Outcome | None:
        """None: it stands at the bank now."""
        if not self.bank.may_be_slow():
            return await self._outcome(job)
        loop = asyncio.get_running_loop()
        self.bank.on_its_way.clear()
        task, stands = loop.create_task(self._outcome(job)), loop.create_task(self.bank.on_its_way.wait())
        await asyncio.wait({task, stands}, return_when=asyncio.FIRST_COMPLETED)
        stands.cancel()
        if task.done():
            return task.result()
        self.in_flight.append(InFlight(job, turn, task, self.bank.standing.pop()))
        return None

    async def _outcome(self, job: Job) -> Outcome:
        try:
            return await self.till.perform(job)
        except (ChatAway, ChatBusy) as silent:  # as in the service, it is put back
            return Outcome(again_at=self.till.now() + BACKOFF, note=type(silent).__name__)

    async def _finish(self, job: Job, turn: Turn | None, outcome: Outcome) -> None:
        async with self.scene.db.write() as tx:
            if outcome.write:
                await outcome.write(tx)
            if outcome.again_at:
                await jobs.put_back(tx, job, run_at=outcome.again_at, outcome=outcome.note, priority=outcome.priority)
            else:
                await jobs.finish(tx, job, now=self.clock.now(), outcome=outcome.note)
            if turn:
                await lanes.end_turn(tx, turn, now=self.clock.now(), spent=0)
        self.handed |= {row["md_order"]: row["payment_id"] for row in self.rows(LINKS)}

    async def answers(self) -> None:
        """What has stood at the bank longest goes on."""
        if self.in_flight:
            standing = self.in_flight.pop(0)
            standing.goes_on.set_result(None)
            await self._finish(standing.job, standing.turn, await standing.task)
        else:
            await self.bank.late_calls_arrive()

    async def die(self) -> None:
        await self.ends()
        async with self.scene.db.write() as tx:
            await leases.end_all(tx, self.clock.now())
        self._start()

    async def ends(self) -> None:
        """Nothing goes on, and nothing more is written."""
        for standing in self.in_flight:
            standing.task.cancel()
        await asyncio.gather(*(standing.task for standing in self.in_flight), return_exceptions=True)
        self.in_flight.clear()

    # Time

    async def passes(self, seconds: float) -> None:
        """A leap, after which the service looks round, as its timers do each second."""
        while self.in_flight and seconds >= LONGEST_CALL:
            await self.answers()
        if seconds:
            await self.bank.late_calls_arrive()
        self.clock.advance(seconds)
        if self.rows(TO_BE_READ):
            await self.till.poller.look()
        if self.rows(REQUESTED):
            await self.till.approvals.lapse()

    async def calms_down(self) -> None:
        """No more faults, and time enough for everything to be found."""
        self.bank.troubles.clear()
        self.chat.troubles.clear()
        while self.in_flight:
            await self.answers()
        for seconds in QUIET + (A_DAY if self.meddled else ()):
            await self.passes(seconds)
            await self.work(chat=False)
        await self.work()

    # The bank

    async def hears(self, fields: dict[str, str]) -> None:
        """A callback comes, through the reader that checks it."""
        await self.till.records(self.scene.client.read_callback(list(fields.items())))

    def orders_of(self, number: int) -> list[Order]:
        """Those whose link somebody has, oldest first."""
        return [self.bank.orders[md_order] for md_order, payment in self.handed.items() if payment == number]
