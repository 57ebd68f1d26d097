"""The staff chat is told: performs the jobs that `announce.py` queued, each in its chat's turn.

    card    brings the message that shows a payment up to date; several changes become one edit
    ping    one short new message, in reply to the card: only a new message rings
    reply   an answer, a question, an alert

All are repeatable: rather told twice than never. What is shown is read from the database when it is sent.
"""

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.errors import MessageLost
from bot.jobs import DONE, Outcome
from bot.ports import Message, Place, Posted, StaffChat
from bot.qr import QrPictures
from bot.vault import Vault
from storage import cards, jobs, lanes, operations, staff
from storage.engine import Database
from storage.jobs import Job
from storage.rows import Card

from .announce import queue_card
from .create import TEXT_AFTER
from .sealed import open_message
from .settle import WARNINGS
from .states import UNREGISTERED, Status
from .view import CardView, OperationView, Views

UNSENT = Outcome(sent=False)
ONE_BY_ONE = 3  # pings that may wait in a group before they go together
POST_ANEW = "anew"  # in place of what a card showed: it goes to the bottom of its chat
MOST_TOGETHER = 10  # in one message, which may have 4096 characters


class Words(Protocol):
    """How a payment is put into words: the chat's own module."""

    def card(self, view: CardView, place: Place) -> Message: ...

    def ping(self, view: CardView, ping: str, operation: OperationView | None, *, refunded: int, bell: bool) -> Message:
        """`operation`: what the message is about, if it is one. `bell`: the shop's group, where the seller is named."""

    def several(self, pings: Sequence[str]) -> Message:
        """One message instead of these."""


class Telling:
    """Performs `card`, `ping` and `reply` jobs."""

    def __init__(
        self, db: Database, chat: StaffChat, words: Words, views: Views, pictures: QrPictures, vault: Vault, now: Now
    ) -> None:
        self._db = db
        self._chat = chat
        self._words = words
        self._views = views
        self._pictures = pictures
        self._vault = vault
        self._now = now

    # The card

    async def card(self, job: Job) -> Outcome:
        chat_id: int = job.payload["chat"]
        async with self._db.read() as tx:
            card = await cards.get(tx, job.payment_id or 0, chat_id)
            view = await self._views.read(tx, job.payment_id or 0, chat_id)
            is_closed = await _is_closed(tx, chat_id)
        if card is None or view is None or is_closed:
            return UNSENT
        text_at = view.payment.created_at + TEXT_AFTER
        if card.message_id is None and view.status in UNREGISTERED and view.now < text_at:
            return Outcome(again_at=text_at, sent=False)  # most often the link is there by then
        place = Place(chat_id, card.thread_id)
        message = self._words.card(view, place)
        shown = hashlib.sha256(repr((message, view.code if view.has_qr else None)).encode()).hexdigest()
        if shown == card.shown and card.message_id is not None:
            return UNSENT
        try:
            posted = await self._bring_up_to_date(card, view, place, message)
        except MessageLost:
            posted = await self._post(view, place, message)
        return Outcome(write=partial(self._note_card, card, view, posted, shown))

    async def _bring_up_to_date(self, card: Card, view: CardView, place: Place, message: Message) -> Posted | None:
        """None: the message that is there was edited."""
        if card.message_id is None:
            return await self._post(view, place, message)
        if card.shown == POST_ANEW or (not card.is_photo and view.has_qr):
            await self._chat.delete(place, card.message_id)  # first: if it fails, nothing is posted twice
            return await self._post(view, place, message)
        if card.is_photo and view.has_qr and card.code != view.code:
            return await self._chat.replace_photo(place, card.message_id, await self._picture(view), message)
        await self._chat.edit(place, card.message_id, message, photo=card.is_photo)
        return None

    async def _post(self, view: CardView, place: Place, message: Message) -> Posted:
        if not view.has_qr:
            return await self._chat.post(place, message)
        return await self._chat.post_photo(place, await self._picture(view), message)

    async def _picture(self, view: CardView) -> bytes:
        return await self._pictures.picture(
            view.link or "", amount=view.payment.amount, shop=view.shop, lang=view.lang, test=view.is_test
        )

    async def _note_card(
        self, card: Card, view: CardView, posted: Posted | None, shown: str, tx: AsyncConnection
    ) -> None:
        new: dict[str, object] = {"shown": shown, "edited_at": self._now()}
        current = await cards.get(tx, card.payment_id, card.chat_id)
        if current and current.shown == POST_ANEW != card.shown:
            del new["shown"]  # wanted while this edit was on its way
        if posted:
            is_photo = view.has_qr
            new |= {
                "message_id": posted.message_id,
                "is_photo": is_photo,
                "file_id": posted.file_id,
                "code": view.code if is_photo else None,
            }
        await cards.change(tx, card.payment_id, card.chat_id, **new)
        if view.stale_at:
            await queue_card(tx, view.payment, self._now(), run_at=view.stale_at, chat_id=card.chat_id)

    # The ping and the reply

    async def ping(self, job: Job) -> Outcome:
        place = Place(job.payload["chat"], job.payload["thread"])
        first = await self._ringing(job)
        if first is None:
            return DONE
        message, card = first
        if others := await self._others(job, place):
            return await self._together(place, message, others)
        await self._say(place, message, card.message_id if card else None)
        return DONE

    async def _ringing(self, job: Job) -> tuple[Message, Card | None] | None:
        """What a ping says, and the card that it answers in its chat."""
        told = job.payload
        async with self._db.read() as tx:
            view = await self._views.read(tx, job.payment_id or 0, told["chat"])
            card = await cards.get(tx, job.payment_id or 0, told["chat"])
            row = await operations.get(tx, told["operation"]) if told.get("operation") else None
            operation = await self._views.operation(tx, row) if row else None
            is_closed = await _is_closed(tx, told["chat"])
        if view is None or is_closed or _is_too_late(view, told["ping"]):
            return None
        bell = told["chat"] != view.payment.chat_id and told["chat"] < 0
        return self._words.ping(view, told["ping"], operation, refunded=told["refunded"], bell=bell), card

    async def _others(self, job: Job, place: Place) -> list[Job]:
        """The pings that wait behind this one in a group, where more than three wait in all."""
        if not place.is_group or job.lane is None:
            return []
        async with self._db.read() as tx:
            others = await lanes.waiting(tx, job.lane, "ping", now=self._now())
        here = [other for other in others if other.payload["thread"] == place.thread_id]
        return here[: MOST_TOGETHER - 1] if len(here) >= ONE_BY_ONE else []

    async def _together(self, place: Place, first: Message, others: list[Job]) -> Outcome:
        """One message that names each: a group's limit would make them wait a long time."""
        found = [await self._ringing(other) for other in others]
        lines = [first.html, *(ringing[0].html for ringing in found if ringing)]
        await self._say(place, self._words.several(lines), None)
        return Outcome(write=partial(self._finish_all, others))

    async def _finish_all(self, told: list[Job], tx: AsyncConnection) -> None:
        for job in told:
            await jobs.finish(tx, job, now=self._now(), outcome="with others")

    async def reply(self, job: Job) -> Outcome:
        told = job.payload
        message = open_message(self._vault, told["sealed"])
        if message.qr:
            await self._chat.post_photo(
                Place(told["chat"], told["thread"]), await self._pictures.plain(message.qr), message
            )
            return DONE
        await self._say(Place(told["chat"], told["thread"]), message, told["reply_to"])
        return DONE

    async def _say(self, place: Place, message: Message, reply_to: int | None) -> None:
        try:
            await self._chat.post(place, message, reply_to=reply_to)
        except MessageLost:
            await self._chat.post(place, message)


async def _is_closed(tx: AsyncConnection, chat_id: int) -> bool:
    """Whoever has left is told no more: neither of what he sold nor of what he was to decide."""
    person = None if Place(chat_id).is_group else await staff.by_telegram_id(tx, chat_id)
    return person is not None and person.closed_at is not None


def _is_too_late(view: CardView, ping: str) -> bool:
    """A warning is worth something while there is a hold, and its time has not passed (nobody may have worked then)."""
    if ping not in WARNINGS:
        return False
    _, until = WARNINGS[ping]
    return view.status is not Status.HELD or (view.hold_until is not None and view.now >= view.hold_until - until)
