"""The number that the link goes to: mended, given later, or sent to once more.

    wrong_number   nothing has left: the SMS is stopped. Else the old page is gone at once, and a new code leads to it;
                   the order at the bank stays the same
    send_to        the number that was typed in answer; the SMS waits its time again
    again          one more message, because a person says so: also where nobody knows what became of the last one

A wrong number is forgotten as soon as it is called wrong, so that nothing can go there by itself.
"""

from typing import Any

from bot.clock import Now
from bot.phone import last_four
from bot.ports import Place
from bot.staff import Act
from bot.vault import Vault
from storage import audit, payments, sms
from storage.engine import Database
from storage.rows import Person

from .announce import FIRST_CARD, queue_card
from .change import CHANGED, ON_CARD, Change, Said
from .confirm import NUMBERS, Ask, Question, Questioning
from .create import new_code
from .decide import TIMED_OUT
from .deliver import SENDING, WAITING, Delivery, stop_waiting
from .moves import move
from .states import PAYABLE, RENEWABLE, UNREGISTERED

FORGOTTEN: dict[str, Any] = {"phone_sealed": None, "phone_digest": None, "phone_tail": None}


class Mending:
    """Takes these wishes."""

    def __init__(
        self, db: Database, vault: Vault, change: Change, delivery: Delivery, questioning: Questioning, now: Now
    ) -> None:
        self._db = db
        self._vault = vault
        self._change = change
        self._delivery = delivery
        self._questioning = questioning
        self._now = now

    async def wrong_number(self, person: Person, number: int, place: Place, *, asked_in: int | None = None) -> Said:
        """«Не тот номер»."""
        now = self._now()
        async with self._db.write() as tx:
            payment = await self._change.open_to_change(tx, person, number)
            if isinstance(payment, Said):
                return payment
            if payment.status not in UNREGISTERED | PAYABLE:
                return CHANGED
            asked = await self._questioning.on_card(tx, number, place.chat_id, now)
            if asked and asked.ask in NUMBERS:  # the second tap of a double one
                return ON_CARD
            if payment.phone_sealed is None:
                return await self._change.put(tx, person, payment, place, Ask.WHICH_NUMBER, 0, "", asked_in)
            has_left = await stop_waiting(tx, payment, now)
            if has_left:
                await payments.close_link(tx, number, now)
                await payments.add_link(tx, number, new_code(), now)
            payment = await move(
                tx, payment, now, "wrong number", staff_id=person.id, from_chat=place.chat_id, **FORGOTTEN
            )
            ask = Ask.WRONG_NUMBER if has_left else Ask.WRONG_NUMBER_SOON
            return await self._change.put(tx, person, payment, place, ask, 0, "", asked_in)

    async def send_to(self, person: Person, question: Question, phone: str) -> Said:
        """The answer to one of NUMBERS. `phone` in E.164."""
        now = self._now()
        async with self._db.write() as tx:
            payment = await payments.lock(tx, question.payment_id)
            if payment is None or not await self._change.may(tx, person, Act.LOOK, payment):
                return Said("r.no_n", {"n": question.payment_id}, alert=True)
            if not await self._questioning.close(tx, question, now):
                return TIMED_OUT
            await queue_card(tx, payment, now, priority=FIRST_CARD)
            if payment.status not in UNREGISTERED | PAYABLE | RENEWABLE:
                return CHANGED
            await stop_waiting(tx, payment, now)
            payment = await move(
                tx, payment, now, "number", staff_id=person.id, from_chat=question.place.chat_id,
                phone_sealed=self._vault.seal(phone), phone_digest=self._vault.digest(phone),
                phone_tail=last_four(phone),
            )  # fmt: skip
            if payment.status in PAYABLE:  # else the SMS comes with the link
                await self._delivery.queue_first_sms(tx, payment, now)
            return ON_CARD

    async def again(self, person: Person, number: int, place: Place, *, asked_in: int | None = None) -> Said:
        """«SMS ещё раз», «Отправить SMS»."""
        now = self._now()
        async with self._db.write() as tx:
            payment = await self._change.open_to_change(tx, person, number)
            if isinstance(payment, Said):
                return payment
            if not self._delivery.is_on:
                return Said("sms.none", alert=True)
            if payment.status not in PAYABLE:
                return CHANGED
            if payment.phone_sealed is None:
                return await self._change.put(tx, person, payment, place, Ask.WHICH_NUMBER, 0, "", asked_in)
            last = await sms.last_of_payment(tx, number)
            if last and last.state in {WAITING, SENDING}:
                return Said("toast.sms_soon")
            if not await self._delivery.queue_at_once(tx, payment, now):
                return Said("sms.cap", alert=True)
            await audit.record(
                tx, now=now, action="sms again", staff_id=person.id, payment_id=number, chat_id=place.chat_id
            )
            return Said("toast.sms_sent")
