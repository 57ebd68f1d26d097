"""«Да» or «Нет» before money moves: a question on the card of one chat, for the person who asked, for a minute.

A question is a row of `drafts`; while it lives the card shows it instead of its own buttons. The newest one counts: it
takes the place of the others about the same payment. Its id is the idempotency key of what «Да» does.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Place
from bot.vault import Vault
from storage import cards
from storage.rows import Draft, Payment

from .announce import FIRST_CARD, queue_card

KIND = "confirm"  # of the row
CONFIRM_LIVES = timedelta(seconds=60)
ANSWER_LIVES = timedelta(minutes=2)  # a sum and a reason must be typed


class Ask(StrEnum):
    """What is asked; the value is the key of the texts."""

    CANCEL = "T-CANCEL-OPEN"
    REVERSE = "T-REVERSE"
    REFUND_INSTEAD = "T-REVERSE-NO"
    REFUND_LATE = "T-REFUND-LATE"
    RELEASE = "T-RELEASE"
    COMPLETE = "T-COMPLETE"
    REFUND = "T-REFUND"
    REPLACE = "T-REPLACE"
    HOW_MUCH_TO_CHARGE = "T-PART"  # these are answered by a message: a sum
    HOW_MUCH_TO_REFUND = "T-REFUND-ASK"
    OTHER_SUM = "T-OTHER"
    WRONG_NUMBER_SOON = "T-WRONG-SOON"  # and these by a phone: the SMS was stopped
    WRONG_NUMBER = "T-WRONG"  # it was not, so the link is another one by now
    WHICH_NUMBER = "T-NUMBER"


NUMBERS = frozenset({Ask.WRONG_NUMBER_SOON, Ask.WRONG_NUMBER, Ask.WHICH_NUMBER})
TYPED = NUMBERS | {Ask.HOW_MUCH_TO_CHARGE, Ask.HOW_MUCH_TO_REFUND, Ask.OTHER_SUM}


def _lives(ask: Ask) -> timedelta:
    return ANSWER_LIVES if ask in TYPED else CONFIRM_LIVES


@dataclass(frozen=True, slots=True)
class Question:
    """`amount` in kopecks: what «Да» would move. `asks_another`: «Да» makes a request that another person decides."""

    id: int
    payment_id: int
    author_id: int
    place: Place
    ask: Ask
    amount: int
    reason: str
    asks_another: bool
    expires_at: datetime

    @property
    def key(self) -> str:
        """Of idempotency, of the operation that «Да» makes."""
        return f"ask:{self.id}"

    @property
    def asked_at(self) -> datetime:
        return self.expires_at - _lives(self.ask)


class Questioning:
    """Asks, and takes what was answered."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def put(
        self,
        tx: AsyncConnection,
        payment: Payment,
        author_id: int,
        place: Place,
        ask: Ask,
        now: datetime,
        *,
        amount: int = 0,
        reason: str = "",
        asks_another: bool = False,
    ) -> None:
        """On the card in this chat, which gets one if it has none; a web till shows it by itself."""
        await cards.close_questions(tx, payment.id, KIND, now)
        expires_at = now + _lives(ask)
        content = {
            "ask": ask, "amount": amount, "reason": reason, "another": asks_another, "thread": place.thread_id,
        }  # fmt: skip
        await cards.add_draft(
            tx,
            kind=KIND,
            chat_id=place.chat_id,
            author_id=author_id,
            payment_id=payment.id,
            key=f"payment:{payment.id}",
            sealed=self._vault.seal(json.dumps(content, ensure_ascii=False)),
            expires_at=expires_at,
        )
        if place.till_of is None:
            await cards.ensure(tx, payment.id, place.chat_id, place.thread_id)
        await queue_card(tx, payment, now, priority=FIRST_CARD)
        await queue_card(tx, payment, now, run_at=expires_at, chat_id=place.chat_id)

    async def on_card(self, tx: AsyncConnection, payment_id: int, chat_id: int, now: datetime) -> Question | None:
        """What the card in this chat asks now."""
        draft = await cards.open_question(tx, payment_id, chat_id, KIND, now)
        return self._read(draft) if draft else None

    async def awaited(self, tx: AsyncConnection, author_id: int, chat_id: int, now: datetime) -> Question | None:
        """The question that this person's next message in this chat may answer."""
        draft = await cards.open_draft(tx, chat_id, author_id, KIND, now)
        question = self._read(draft) if draft else None
        return question if question and question.ask in TYPED else None

    async def get(self, tx: AsyncConnection, draft_id: int) -> Question | None:
        """Also one that is over."""
        draft = await cards.get_draft(tx, draft_id)
        return self._read(draft) if draft and draft.kind == KIND else None

    async def close(self, tx: AsyncConnection, question: Question, now: datetime) -> bool:
        """True for the first who answers it in time."""
        return now < question.expires_at and await cards.use_draft(tx, question.id, now)

    def _read(self, draft: Draft) -> Question:
        content = json.loads(self._vault.open(draft.sealed))
        return Question(
            id=draft.id,
            payment_id=draft.payment_id or 0,
            author_id=draft.author_id,
            place=Place(draft.chat_id, content["thread"]),
            ask=Ask(content["ask"]),
            amount=content["amount"],
            reason=content["reason"],
            asks_another=content["another"],
            expires_at=draft.expires_at,
        )
