"""What staff want of a sale that exists: cancel it, complete its hold, give money back, keep it.

Nothing moves here: each wish becomes a question on the card («Да, вернуть 3 000 ₽»), or one sentence that says why not.
The same words pick what fits the state and the Moscow clock:

    unpaid      cancel: our page refuses at once, the bank is told or watched
    held        cancel: the hold is released; complete: it is charged, in full or for less
    paid        cancel: today and once, without a refund; else a refund is offered
    late money  keep the sale, or give it back as above

`decide.py` does what «Да» stands for.
"""

from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from bot.money import format_rub
from bot.ports import Bank, Place
from bot.staff import Act, may, needs_another
from bot.text import say
from storage import bank_orders, cards, operations, payments, staff
from storage.engine import Database
from storage.rows import Payment, Person

from .announce import announce
from .confirm import NUMBERS, Ask, Question, Questioning
from .moves import move
from .operations import ROUBLE, is_reversible, was_tried
from .orders import has_money, linked
from .settle import APART, PRESSED, queue_acceptance, queue_settle
from .states import PAID_FOR, PAYABLE, REFUNDABLE, UNREGISTERED, Status, ping_text
from .tell import POST_ANEW

ACT_OF = {
    Ask.CANCEL: Act.CANCEL,
    Ask.RELEASE: Act.RELEASE,
    Ask.COMPLETE: Act.COMPLETE,
    Ask.HOW_MUCH_TO_CHARGE: Act.COMPLETE,
    Ask.OTHER_SUM: Act.SELL,
    Ask.REPLACE: Act.SELL,
} | dict.fromkeys(NUMBERS, Act.LOOK)
"""Which right a question needs; the others give money back."""

CLOSED = frozenset({Status.CANCELLING, Status.CANCELLED, Status.REVERSED, Status.REFUNDED})


@dataclass(frozen=True, slots=True)
class Said:
    """The answer to a person. `key` of the texts; None: the card itself asks or shows.

    A value that is a function is asked for its words in the person's language.
    """

    key: str | None = None
    values: dict[str, object] = field(default_factory=dict)
    alert: bool = False

    def words(self, lang: str) -> str:
        """Empty: the card itself asks or shows."""
        values = {name: value(lang) if callable(value) else value for name, value in self.values.items()}
        return say(self.key, lang, **values) if self.key else ""


ON_CARD = Said()
IN_SIGHT = 6  # messages that a phone shows above the newest: a card further up would ask unseen
CHANGED = Said("toast.changed", alert=True)


class Change:
    """Turns wishes into questions."""

    def __init__(self, db: Database, settings: Settings, bank: Bank, questioning: Questioning, now: Now) -> None:
        self._db = db
        self._settings = settings
        self._bank = bank
        self._questioning = questioning
        self._now = now

    async def cancel(self, person: Person, number: int, place: Place, *, asked_in: int | None = None) -> Said:
        """Whatever ends this sale. `asked_in`: the message that asks; a card far above it comes to the bottom."""
        async with self._db.write() as tx:
            payment = await self.open_to_change(tx, person, number)
            if isinstance(payment, Said):
                return payment
            ask, amount = await self.ending_of(tx, payment)
            if ask is None:
                key = "toast.done_already" if payment.status in CLOSED else "r.too_late"
                return Said(key, {"state": partial(say, f"state.{payment.status}")})
            return await self.put(tx, person, payment, place, ask, amount, "", asked_in)

    async def complete(
        self, person: Person, number: int, place: Place, amount: int | None = None, *, asked_in: int | None = None
    ) -> Said:
        """The goods are handed over. `amount`: less than what is held, in kopecks."""
        async with self._db.write() as tx:
            payment = await self.open_to_change(tx, person, number)
            if isinstance(payment, Said):
                return payment
            if payment.status != Status.HELD:
                return Said("r.not_held", {"n": number})
            charged = payment.approved if amount is None else amount
            if charged > payment.approved:
                return Said("r.part_max", {"held": format_rub(payment.approved)})
            if charged < ROUBLE:
                return Said("r.rouble")
            return await self.put(tx, person, payment, place, Ask.COMPLETE, charged, "", asked_in)

    async def refund(
        self,
        person: Person,
        number: int,
        place: Place,
        amount: int | None,
        reason: str = "",
        *,
        asked_in: int | None = None,
    ) -> Said:
        """A part or the rest. `amount` in kopecks; None: all that is left."""
        async with self._db.write() as tx:
            payment = await self.open_to_change(tx, person, number)
            if isinstance(payment, Said):
                return payment
            if payment.status == Status.HELD and amount in {None, payment.approved}:
                return await self.put(tx, person, payment, place, Ask.RELEASE, payment.approved, reason, asked_in)
            if payment.status not in REFUNDABLE:
                key = "toast.done_already" if payment.status in CLOSED else "r.refund_unpaid"
                return Said(key, {"n": number})
            back = payment.deposited if amount is None else amount
            if back > payment.deposited:
                return Said("r.refund_max", {"left": format_rub(payment.deposited)})
            if back < ROUBLE:
                return Said("r.rouble")
            why = reason or await self._reason_told(tx, person, payment, place)
            return await self.put(tx, person, payment, place, Ask.REFUND, back, why, asked_in)

    async def how_much(
        self, person: Person, number: int, place: Place, ask: Ask, reason: str = "", *, asked_in: int | None = None
    ) -> Said:
        """«Часть суммы», «Вернуть деньги»: the sum is answered by a message. `reason`: said already."""
        async with self._db.write() as tx:
            payment = await self.open_to_change(tx, person, number)
            if isinstance(payment, Said):
                return payment
            if ask is Ask.HOW_MUCH_TO_CHARGE and payment.status != Status.HELD:
                return CHANGED
            if ask is Ask.HOW_MUCH_TO_REFUND and payment.status not in REFUNDABLE:
                return Said("r.refund_unpaid", {"n": number}, alert=True)
            available = payment.approved if ask is Ask.HOW_MUCH_TO_CHARGE else payment.deposited
            return await self.put(tx, person, payment, place, ask, available, reason, asked_in)

    async def awaited(self, person: Person, place: Place) -> Question | None:
        """The question that this person's next message in this chat may answer."""
        async with self._db.read() as tx:
            return await self._questioning.awaited(tx, person.id, place.chat_id, self._now())

    async def keep(self, person: Person, number: int, place: Place) -> Said:
        """«Оставить продажу»: money that came after the cancellation is taken as paid, and rings as that."""
        async with self._db.write() as tx:
            payment = await payments.lock(tx, number)
            if payment is None or not await self.may(tx, person, Act.KEEP, payment):
                return Said("r.no_n", {"n": number}, alert=True)
            if not payment.late or payment.status not in PAID_FOR:
                return CHANGED
            now = self._now()
            kept = await move(tx, payment, now, "keep", staff_id=person.id, from_chat=place.chat_id, late=False)
            rings = ping_text(Status(kept.status), late=False, two_stage=kept.two_stage)
            await announce(tx, kept, rings, now)
            return Said("toast.kept")

    async def accept(self, person: Person, number: int) -> Said:
        """An owner takes what the bank says of a disputed payment for true, if it can be so at all."""
        async with self._db.write() as tx:
            payment = await payments.lock(tx, number)
            if payment is None or not await self.may(tx, person, Act.SETTLE, payment):
                return Said("toast.only_owner", alert=True)
            orders = await bank_orders.of_payment(tx, number)
            told = list(filter(has_money, orders)) or list(filter(None, [linked(orders)]))
            if payment.status != Status.DISPUTED or not told:
                return CHANGED
            now = self._now()
            for order in told if len(told) > 1 else ():  # paid twice: has one been given back since?
                await queue_settle(tx, order, now, priority=PRESSED)
            for order in told:
                await queue_acceptance(tx, order, person.id, now, now + APART if len(told) > 1 else now)
            return Said("toast.checking")

    # What the questions share

    async def may(self, tx: AsyncConnection, person: Person, act: Act, payment: Payment) -> bool:
        return may(person, act, payment, await staff.get(tx, payment.seller_id))

    async def ending_of(self, tx: AsyncConnection, payment: Payment) -> tuple[Ask | None, int]:
        """How this sale can be ended now, and the kopecks that it moves; (None, 0): it cannot, or has been."""
        status = Status(payment.status)
        if status in UNREGISTERED | PAYABLE:
            return Ask.CANCEL, payment.amount
        if status is Status.HELD:
            return Ask.RELEASE, payment.approved
        if status in REFUNDABLE:
            reversible = is_reversible(
                payment, self._now(), reverse_deposited=self._bank.can_reverse_deposited,
                tried=was_tried(await operations.of_payment(tx, payment.id)),
            )  # fmt: skip
            return (Ask.REVERSE if reversible else Ask.REFUND_LATE), payment.deposited
        return None, 0

    async def _reason_told(self, tx: AsyncConnection, person: Person, payment: Payment, place: Place) -> str:
        """«/refund 1042 брак» asked for the sum: its answer need not say why again."""
        asked = await self._questioning.on_card(tx, payment.id, place.chat_id, self._now())
        is_answered = asked and asked.author_id == person.id and asked.ask is Ask.HOW_MUCH_TO_REFUND
        return asked.reason if asked and is_answered else ""

    async def open_to_change(self, tx: AsyncConnection, person: Person, number: int) -> Payment | Said:
        """The payment, locked, unless the bank is busy with it or only an owner may say how it goes on."""
        payment = await payments.lock(tx, number)
        if payment is None or not await self.may(tx, person, Act.LOOK, payment):
            return Said("r.no_n", {"n": number}, alert=True)
        if operation := await operations.open_one(tx, number):
            return Said("r.operation_open", {"n": number, "op": partial(say, f"op.{operation.kind}")}, alert=True)
        if payment.status == Status.DISPUTED:
            return Said("r.disputed", {"n": number}, alert=True)
        return payment

    async def put(
        self, tx: AsyncConnection, person: Person, payment: Payment, place: Place, ask: Ask, amount: int, reason: str,
        asked_in: int | None,
    ) -> Said:  # fmt: skip
        """The question stands on the card then."""
        act = ACT_OF.get(ask, Act.GIVE_BACK)
        if not await self.may(tx, person, act, payment):
            return Said("r.no_n", {"n": payment.id}, alert=True)
        another = act is Act.GIVE_BACK and needs_another(person, payment.refunded + amount, self._settings)
        now = self._now()
        if another and not await staff.approvers(tx, payment.shop_id, person.id, now):
            return Said("r.no_approver", alert=True)
        card = await cards.get(tx, payment.id, place.chat_id)
        if card and card.message_id and asked_in and asked_in - card.message_id > IN_SIGHT:
            await cards.change(tx, payment.id, place.chat_id, shown=POST_ANEW)
        await self._questioning.put(
            tx, payment, person.id, place, ask, now, amount=amount, reason=reason, asks_another=another
        )
        return ON_CARD
