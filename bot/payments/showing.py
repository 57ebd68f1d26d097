"""Performs `card` jobs: the message that shows a payment is posted, edited, or posted anew where it is gone.

Several changes become one edit, an edit that would change nothing is not sent, and an edit gives way to another sale's
ring that waits: edits and rings of a chat share its limit. A picture is uploaded once; then its file_id is sent.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.errors import ChatClosed, ChatRefused, MessageLost, PictureLost
from bot.jobs import Outcome
from bot.ports import Message, Place, Posted, StaffChat
from bot.qr import QrPictures
from storage import cards, lanes
from storage.engine import Database
from storage.jobs import Job
from storage.rows import Card

from .announce import OTHER_CARD, OWN_CARD, queue_card
from .create import TEXT_AFTER
from .leaving import has_left
from .states import UNREGISTERED
from .view import CardView, Views
from .words import Words

UNSENT = Outcome(sent=False)
POST_ANEW = "anew"  # in place of what a card showed: it goes to the bottom of its chat
GIVES_WAY = timedelta(seconds=5)  # an edit, to another sale's ring that has waited as long


@dataclass(frozen=True, slots=True)
class Put:
    """A message that is there now. A picture that Telegram refuses leaves its words."""

    posted: Posted
    is_photo: bool


class Showing:
    """Performs `card` jobs."""

    def __init__(
        self, db: Database, chat: StaffChat, words: Words, views: Views, pictures: QrPictures, now: Now
    ) -> None:
        self._db = db
        self._chat = chat
        self._words = words
        self._views = views
        self._pictures = pictures
        self._now = now

    async def card(self, job: Job) -> Outcome:
        chat_id: int = job.payload["chat"]
        async with self._db.read() as tx:
            card = await cards.get(tx, job.payment_id or 0, chat_id)
            view = await self._views.read(tx, job.payment_id or 0, chat_id)
            is_closed = await has_left(tx, chat_id)
            file_id = await self._file_id(tx, view) if view else None
            gives_way = card is not None and await self._gives_way(tx, job, card)
        if card is None or view is None or is_closed:
            return UNSENT
        text_at = view.payment.created_at + TEXT_AFTER
        if card.message_id is None and view.status in UNREGISTERED and view.now < text_at:
            return Outcome(again_at=text_at, sent=False)  # most often the link is there by then
        if gives_way:
            return Outcome(again_at=self._now(), sent=False, priority=OTHER_CARD)
        place = Place(chat_id, card.thread_id)
        message = self._words.card(view, place)
        shown = hashlib.sha256(repr((message, view.picture if view.has_qr else None)).encode()).hexdigest()
        if shown == card.shown and card.message_id is not None:
            return UNSENT
        try:
            put = await self._bring_up_to_date(card, view, place, message, file_id)
        except MessageLost:
            put = await self._post(view, place, message, file_id)
        return Outcome(write=partial(self._note_card, card, view, put, shown))

    async def _gives_way(self, tx: AsyncConnection, job: Job, card: Card) -> bool:
        """Not what somebody waits to see: a card that was never posted, or is to be there anew, or a question."""
        if card.message_id is None or card.shown == POST_ANEW or job.lane is None or job.priority != OWN_CARD:
            return False
        rings = await lanes.waiting(tx, job.lane, "ping", now=self._now() - GIVES_WAY)
        return any(ring.payment_id != card.payment_id for ring in rings)

    async def _file_id(self, tx: AsyncConnection, view: CardView) -> str | None:
        return await cards.file_of(tx, view.payment.id, view.picture) if view.picture else None

    async def _bring_up_to_date(
        self, card: Card, view: CardView, place: Place, message: Message, file_id: str | None
    ) -> Put | None:
        """None: the message that is there was edited."""
        if card.message_id is None:
            return await self._post(view, place, message, file_id)
        if card.shown == POST_ANEW or (not card.is_photo and view.has_qr):
            await self._chat.delete(place, card.message_id)  # first: if it fails, nothing is posted twice
            return await self._post(view, place, message, file_id)
        if card.is_photo and view.has_qr and card.code != view.picture:
            posted = await self._chat.replace_photo(place, card.message_id, await self._picture(view), message)
            return Put(posted, is_photo=True)
        await self._chat.edit(place, card.message_id, message, photo=card.is_photo)
        return None

    async def _post(self, view: CardView, place: Place, message: Message, file_id: str | None) -> Put:
        if not view.has_qr:
            return Put(await self._chat.post(place, message), is_photo=False)
        if file_id:
            with suppress(PictureLost):
                return Put(await self._chat.post_photo(place, file_id, message), is_photo=True)
        try:
            return Put(await self._chat.post_photo(place, await self._picture(view), message), is_photo=True)
        except (ChatRefused, ChatClosed):  # to pictures, it may be: there is «Показать QR» under the words
            return Put(await self._chat.post(place, message), is_photo=False)

    async def _picture(self, view: CardView) -> bytes:
        return await self._pictures.picture(
            view.link or "", amount=view.payment.amount, shop=view.shop, lang=view.lang, test=view.is_test
        )

    async def _note_card(self, card: Card, view: CardView, put: Put | None, shown: str, tx: AsyncConnection) -> None:
        new: dict[str, object] = {"shown": shown, "edited_at": self._now()}
        current = await cards.get(tx, card.payment_id, card.chat_id)
        if current and current.shown == POST_ANEW != card.shown:
            del new["shown"]  # wanted while this edit was on its way
        if put:
            new |= {
                "message_id": put.posted.message_id,
                "is_photo": put.is_photo,
                "file_id": put.posted.file_id,
                "code": view.picture if put.is_photo else None,
            }
        await cards.change(tx, card.payment_id, card.chat_id, **new)
        if view.stale_at:
            await queue_card(tx, view.payment, self._now(), run_at=view.stale_at, chat_id=card.chat_id)
