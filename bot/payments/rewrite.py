"""The message that made a sale was edited: the sale follows as far as nobody has acted on it.

    description   while the sale is open: it is neither at the bank nor in the SMS
    phone         until an SMS has left; one that waits is stopped, and another waits its time from now
    sum           never in place, a link with the old one may be out: another sale may take the place of this one
    hold          never
    unreadable    nothing changes, and the number of the sale is said

The sale is the one that the message's key made, or the newest that took its place.
"""

from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.money import format_rub
from bot.phone import last_four, tail
from bot.ports import Button, Place
from bot.staff import Act, may
from bot.text import say
from bot.vault import Vault
from storage import cards, payments, sms, staff
from storage.engine import Database
from storage.rows import Payment, Person

from .announce import queue_card
from .change import ON_CARD, Said
from .confirm import KIND
from .deliver import Delivery, stop_waiting
from .grammar import Order
from .moves import move
from .renew import Renewals
from .states import OPEN, PAYABLE

LABELS = {"sms": "sms_send"}


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The answer to whoever edited; `verb`: of the button under it (`btn.*`), which names the sale."""

    said: Said = ON_CARD
    number: int = 0
    verb: str | None = None

    def buttons(self, lang: str) -> tuple[tuple[Button, ...], ...]:
        if self.verb is None:
            return ()
        style = "danger" if self.verb == "cancel" else None
        label = say(f"btn.{LABELS.get(self.verb, self.verb)}", lang)
        return ((Button(label, data=f"{self.verb}:{self.number}:0", style=style),),)


class Rewriting:
    """Lets sales follow their messages."""

    def __init__(self, db: Database, vault: Vault, delivery: Delivery, renewals: Renewals, now: Now) -> None:
        self._db = db
        self._vault = vault
        self._delivery = delivery
        self._renewals = renewals
        self._now = now

    async def sale_of(self, key: str) -> Payment | None:
        """The sale that a message stands for now."""
        async with self._db.read() as tx:
            payment = await payments.by_key(tx, key)
            while payment and payment.replaced_by:
                payment = await payments.get(tx, payment.replaced_by)
            return payment

    async def rewrite(self, person: Person, number: int, order: Order, place: Place, *, edited: int) -> Rewritten:
        """The message reads as `order` now. `edited`: the message; only its author can have edited it."""
        async with self._db.write() as tx:
            payment = await payments.lock(tx, number)
            if payment is None or not may(person, Act.CANCEL, payment, await staff.get(tx, payment.seller_id)):
                return Rewritten(Said("r.no_n", {"n": number}))
            is_same = (order.amount, order.hold) == (payment.amount, payment.two_stage)
            if payment.status not in OPEN:
                is_as_before = is_same and not self._news(payment, order)
                told = Said("r.edit_closed", {"n": number, "state": partial(say, f"state.{payment.status}")})
                return Rewritten() if is_as_before else Rewritten(told)
            followed = await self._follow(tx, person, payment, order, place, sends=is_same)
        if is_same or followed.said.key:
            return followed
        if order.hold != payment.two_stage:
            return Rewritten(Said("r.edit_hold", {"n": number}), number, "cancel")
        said = await self._renewals.replace(person, number, order.amount, place, asked_in=edited)
        return Rewritten(said, number, "cancel") if said.key == "r.edit_amount" else Rewritten(said)

    async def _follow(
        self, tx: AsyncConnection, person: Person, payment: Payment, order: Order, place: Place, *, sends: bool
    ) -> Rewritten:
        """Phone and description, each as far as it may. `sends` False: the sum is wrong, so no SMS may leave."""
        now = self._now()
        is_forgotten = await self._is_forgotten(tx, payment, order)
        news = self._news(payment, replace(order, phone=None) if is_forgotten else order)
        has_left = ("phone_digest" in news or not sends) and await stop_waiting(tx, payment, now)
        is_late = has_left and "phone_digest" in news
        if is_late:
            news = {name: value for name, value in news.items() if name == "what"}
        if news:
            payment = await move(tx, payment, now, "edit", staff_id=person.id, from_chat=place.chat_id, **news)
        if news.get("phone_digest"):
            await cards.close_questions(tx, payment.id, KIND, now)  # a card may have asked for the number
            if sends and payment.status in PAYABLE:  # else the SMS comes with the link
                await self._delivery.queue_first_sms(tx, payment, now)
        await queue_card(tx, payment, now)
        if is_late:
            values: dict[str, object] = {"tail": _tail(payment), "sum": "" if sends else format_rub(payment.amount)}
            return Rewritten(Said("r.edit_phone", values), payment.id, "wrong_number")
        if is_forgotten:
            return Rewritten(Said("r.edit_forgotten", {"tail": tail(order.phone or "")}), payment.id, "sms")
        return Rewritten()

    async def _is_forgotten(self, tx: AsyncConnection, payment: Payment, order: Order) -> bool:
        """«Не тот номер»: it stands in the message still, but must not come back by itself."""
        if payment.phone_sealed or order.phone is None:
            return False
        return order.phone in {self._vault.open(one.phone_sealed) for one in await sms.of_payment(tx, payment.id)}

    def _news(self, payment: Payment, order: Order) -> dict[str, object]:
        """The columns that differ from what was typed, the sum aside."""
        phone = self._vault.open(payment.phone_sealed) if payment.phone_sealed else None
        news: dict[str, object] = {}
        if order.phone != phone:
            news = {
                "phone_sealed": self._vault.seal(order.phone) if order.phone else None,
                "phone_digest": self._vault.digest(order.phone) if order.phone else None,
                "phone_tail": last_four(order.phone) if order.phone else None,
            }
        return news | ({"what": order.what} if order.what != payment.what else {})


def _tail(payment: Payment) -> str:
    return (payment.phone_tail or "")[-2:]
