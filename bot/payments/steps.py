"""What a person may do with a payment by a button or a command, beside moving its money."""

from bot.clock import Now
from bot.staff import Act, may
from storage import bank_orders, cards, payments, staff
from storage.engine import Database
from storage.rows import Payment, Person

from .announce import queue_card
from .create import Creation, queue_registration
from .settle import PRESSED, queue_settle
from .states import UNREGISTERED
from .view import CardView, Views


class Steps:
    """Each method is one verb; `take` finds it by its name and returns the key of the toast."""

    def __init__(self, db: Database, views: Views, creation: Creation, now: Now) -> None:
        self._db = db
        self._views = views
        self._creation = creation
        self._now = now

    async def allowed(self, person: Person, act: Act, payment_id: int) -> Payment | None:
        """The payment, if there is one with which the person may do this."""
        async with self._db.read() as tx:
            payment = await payments.get(tx, payment_id)
            seller = await staff.get(tx, payment.seller_id) if payment else None
        return payment if payment and may(person, act, payment, seller) else None

    async def of_card(self, chat_id: int, message_id: int) -> int | None:
        """The number of the payment that a message shows."""
        async with self._db.read() as tx:
            card = await cards.of_message(tx, chat_id, message_id)
        return card.payment_id if card else None

    async def view(self, payment_id: int, chat_id: int | None = None) -> CardView | None:
        """All that its card may show, in this chat."""
        async with self._db.read() as tx:
            return await self._views.read(tx, payment_id, chat_id)

    async def last(self, person: Person, limit: int = 10) -> list[Payment]:
        """The person's newest sales first."""
        async with self._db.read() as tx:
            return await payments.last_of_seller(tx, person.id, limit)

    async def take(self, verb: str, payment: Payment, person: Person) -> str:
        match verb:
            case "retry":
                return "toast.checking" if await self._creation.try_again(payment.id, person.id) else "toast.changed"
            case _:
                await self.check(payment.id)
                return "toast.checking"

    async def check(self, payment_id: int) -> None:
        """«Проверить»: the bank is asked now; a registration without an answer is repeated now."""
        now = self._now()
        async with self._db.write() as tx:
            payment = await payments.get(tx, payment_id)
            if payment is None:
                return
            if payment.status in UNREGISTERED:
                await queue_registration(tx, payment, now)
            for order in await bank_orders.of_payment(tx, payment_id):
                if order.md_order:
                    await queue_settle(tx, order, now, priority=PRESSED)

    async def show_again(self, payment_id: int) -> None:
        """Posts the card anew, where a look-alike asks for it: the old one may be far up."""
        async with self._db.write() as tx:
            payment = await payments.get(tx, payment_id)
            if payment:
                for card in await cards.of_payment(tx, payment_id):
                    await cards.change(tx, payment_id, card.chat_id, message_id=None, shown=None)
                await queue_card(tx, payment, self._now())
