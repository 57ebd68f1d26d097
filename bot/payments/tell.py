"""The staff chat is told: performs the jobs that `announce.py` queued, each in its chat's turn.

    card    brings the message that shows a payment up to date (`showing.py`)
    ping    one short new message, in reply to the card: only a new message rings (`ringing.py`)
    reply   an answer, a question, an alert
    pin     keeps such a message in sight

All are repeatable: rather told twice than never. What is shown is read from the database when it is sent.
"""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.errors import ChatClosed, ChatRefused
from bot.jobs import DONE, Outcome
from bot.ports import Place, StaffChat
from bot.qr import QrPictures
from bot.vault import Vault
from storage.engine import Database
from storage.jobs import Job

from .announce import queue_pin
from .owners import Owners
from .ringing import Ringing, say_in
from .sealed import open_message
from .showing import POST_ANEW, Showing
from .view import Views
from .words import Words

__all__ = ["POST_ANEW", "Telling", "Words"]


class Telling:
    """Performs `card`, `ping`, `reply` and `pin` jobs."""

    def __init__(
        self, db: Database, chat: StaffChat, words: Words, views: Views, pictures: QrPictures, vault: Vault, now: Now
    ) -> None:
        self.card = Showing(db, chat, words, views, pictures, now).card
        self.ping = Ringing(db, chat, words, views, Owners(vault), now).ping
        self._chat = chat
        self._pictures = pictures
        self._vault = vault
        self._now = now

    async def reply(self, job: Job) -> Outcome:
        told = job.payload
        place = Place(told["chat"], told["thread"])
        message = open_message(self._vault, told["sealed"])
        if message.qr:
            posted = await self._chat.post_photo(place, await self._pictures.plain(message.qr), message)
        else:
            posted = await say_in(self._chat, place, message, told["reply_to"])
        if pin_or := told.get("pin_or"):
            return Outcome(write=partial(self._queue_pin, place, posted.message_id, pin_or))
        return DONE

    async def _queue_pin(self, place: Place, message_id: int, pin_or: str, tx: AsyncConnection) -> None:
        await queue_pin(tx, place, message_id, pin_or, self._now())

    async def pin(self, job: Job) -> Outcome:
        """Where we may not, a person is asked to."""
        told = job.payload
        place = Place(told["chat"], told["thread"])
        try:
            await self._chat.pin(place, told["message"])
        except (ChatClosed, ChatRefused):
            await say_in(self._chat, place, open_message(self._vault, told["pin_or"]), told["message"])
        return DONE
