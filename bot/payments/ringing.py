"""Performs `ping` jobs: one short new message each, in reply to the card, since only a new message rings.

Many become one message that names each:

    in a group        more than three that wait for their turn
    late              more than three that have waited since Telegram failed
    missed            all that a chat did not get while it was closed to us

What wants a decision rings alone. What Telegram never takes is given up: the seller hears of it where the group was
closed, and the owners do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.errors import ChatClosed, ChatRefused, MessageLost
from bot.jobs import AWAY, CLOSED, DONE, Outcome
from bot.money import format_rub
from bot.ports import Message, Place, Posted, StaffChat
from bot.text import say
from storage import cards, jobs, lanes, operations, staff
from storage.engine import Database
from storage.jobs import Job

from .announce import TO_DECIDE, ping_elsewhere
from .leaving import has_left
from .owners import Owners
from .settle import WARNINGS
from .states import Status
from .view import CardView, OperationView, Views
from .words import Words

log = structlog.get_logger(__name__)

ONE_BY_ONE = 3  # pings that may wait before they go together
MOST_TOGETHER = 10  # of whole texts in one message, which may have 4096 characters
MOST_LISTED = 100  # of the short ones
LATE = timedelta(minutes=2)  # a ring that Telegram kept waiting as long is news of the past
ALERT_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ring:
    """A ping, ready to be sent."""

    job: Job
    view: CardView
    message: Message
    reply_to: int | None
    operation: OperationView | None

    @property
    def mark(self) -> str:
        """The emoji with which it begins."""
        return self.message.html.partition(" ")[0]


class Ringing:
    """Performs `ping` jobs."""

    def __init__(self, db: Database, chat: StaffChat, words: Words, views: Views, owners: Owners, now: Now) -> None:
        self._db = db
        self._chat = chat
        self._words = words
        self._views = views
        self._owners = owners
        self._now = now

    async def ping(self, job: Job) -> Outcome:
        place = Place(job.payload["chat"], job.payload["thread"])
        async with self._db.read() as tx:
            ring = await self._ring(tx, job)
            others = await self._others(tx, job, place) if ring else []
            rings = [ring, *[await self._ring(tx, other) for other in others]]
        if ring is None:
            return Outcome(sent=False)
        try:
            if self._goes_in_a_list(job, others):
                listed = self._list([ring for ring in rings if ring], missed=job.outcome == CLOSED)
                await self._chat.post(place, listed)
            elif others:
                texts = [ring.message.html for ring in rings if ring]
                await self._chat.post(place, self._words.several(texts))
            else:
                await say_in(self._chat, place, ring.message, ring.reply_to)
        except ChatClosed as closed:
            log.warning("a ring did not arrive: the chat is closed to us", payment_id=job.payment_id, why=str(closed))
            return Outcome(write=partial(self._tell_elsewhere, job, ring.view), note=CLOSED)
        except ChatRefused as refused:
            log.warning("a ring did not arrive: telegram refuses it", payment_id=job.payment_id, why=str(refused))
            return Outcome(write=partial(self._alert_lost, ring.view), note="refused")
        return Outcome(write=partial(self._finish_all, others)) if others else DONE

    async def _ring(self, tx: AsyncConnection, job: Job) -> Ring | None:
        """None: nobody there is to hear of it any more."""
        told = job.payload
        view = await self._views.read(tx, job.payment_id or 0, told["chat"])
        if view is None or await has_left(tx, told["chat"]) or _is_too_late(view, told["ping"]):
            return None
        card = await cards.get(tx, view.payment.id, told["chat"])
        row = await operations.get(tx, told["operation"]) if told.get("operation") else None
        operation = await self._views.operation(tx, row) if row else None
        bell = told["chat"] != view.payment.chat_id and told["chat"] < 0
        message = self._words.ping(view, told["ping"], operation, refunded=told["refunded"], bell=bell)
        return Ring(job, view, message, card.message_id if card else None, operation)

    # Many in one message

    async def _others(self, tx: AsyncConnection, job: Job, place: Place) -> list[Job]:
        """The pings that go with this one."""
        if job.lane is None or job.payload["ping"] in TO_DECIDE:
            return []
        waiting = await lanes.waiting(tx, job.lane, "ping", now=self._now())
        here = [
            other
            for other in waiting
            if other.payload["thread"] == place.thread_id and other.payload["ping"] not in TO_DECIDE
        ]
        if job.outcome == CLOSED:
            return [other for other in here if other.outcome == CLOSED][: MOST_LISTED - 1]
        late = [other for other in here if self._is_late(other)]
        if self._is_late(job) and len(late) >= ONE_BY_ONE:
            return late[: MOST_LISTED - 1]
        return here[: MOST_TOGETHER - 1] if place.is_group and len(here) >= ONE_BY_ONE else []

    def _is_late(self, job: Job) -> bool:
        return job.outcome == AWAY and self._now() - job.run_at > LATE

    def _goes_in_a_list(self, job: Job, others: Sequence[Job]) -> bool:
        is_missed = job.outcome == CLOSED and job.payload["ping"] not in TO_DECIDE
        return is_missed or (bool(others) and all(self._is_late(one) for one in [job, *others]))

    def _list(self, rings: Sequence[Ring], *, missed: bool) -> Message:
        """The newest state of each payment, in the order of their first news."""
        lang = rings[0].view.lang
        newest = {ring.view.payment.id: ring for ring in rings}
        items = ", ".join(_item(ring) for ring in newest.values())
        return Message(say("ping.missed" if missed else "ping.bulk", lang, list=items))

    async def _finish_all(self, told: Sequence[Job], tx: AsyncConnection) -> None:
        for job in told:
            await jobs.finish(tx, job, now=self._now(), outcome="with others")

    # What is not taken

    async def _tell_elsewhere(self, job: Job, view: CardView, tx: AsyncConnection) -> None:
        """A group that threw the bot out: the seller is told in private, unless he was, and the owners hear of it."""
        chat_id, now = job.payload["chat"], self._now()
        shop = await staff.shop_of_chat(tx, chat_id) if chat_id < 0 else None
        if chat_id < 0 and view.payment.chat_id == chat_id:
            await ping_elsewhere(tx, job, await _private_chat(tx, view.payment.seller_id), now)
        if shop:
            await self._owners.tell(tx, "o.chat_closed", now, once_in=ALERT_EVERY, about=str(shop.id), shop=shop.name)
        elif chat_id == view.payment.chat_id and not await _rings_in_a_shop(tx, view):
            await self._alert_lost(view, tx)

    async def _alert_lost(self, view: CardView, tx: AsyncConnection) -> None:
        await self._owners.tell(tx, "o.ring_lost", self._now(), once_in=ALERT_EVERY, n=view.payment.id)


async def say_in(chat: StaffChat, place: Place, message: Message, reply_to: int | None) -> Posted:
    """In answer to a message, or plainly where that is gone."""
    try:
        return await chat.post(place, message, reply_to=reply_to)
    except MessageLost:
        return await chat.post(place, message)


def _item(ring: Ring) -> str:
    """«✅ № 1042 12 500 ₽», «✖️ № 1044» where no money moved."""
    payment = ring.view.payment
    moved = ring.operation.row.amount if ring.operation else payment.deposited + payment.refunded or payment.approved
    key, total = ("ping.bulk.item", format_rub(moved)) if moved else ("ping.bulk.unpaid", "")
    return say(key, ring.view.lang, mark=ring.mark, n=payment.id, sum=total)


async def _private_chat(tx: AsyncConnection, staff_id: int) -> int | None:
    """Of a seller, or of the shared phone that he sells by."""
    seller = await staff.get(tx, staff_id)
    account = await staff.get(tx, seller.account_id) if seller and seller.account_id else seller
    return account.telegram_id if account else None


async def _rings_in_a_shop(tx: AsyncConnection, view: CardView) -> bool:
    shop = await staff.get_shop(tx, view.payment.shop_id)
    return shop is not None and shop.chat_id is not None


def _is_too_late(view: CardView, ping: str) -> bool:
    """A warning is worth something while there is a hold, and its time has not passed (nobody may have worked then)."""
    if ping not in WARNINGS:
        return False
    _, until = WARNINGS[ping]
    return view.status is not Status.HELD or (view.hold_until is not None and view.now >= view.hold_until - until)
