"""What the shopper's page shows and does. The shopper's return from the bank decides nothing."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import datetime

from bot.clock import Now
from bot.ports import PageState, PageView
from storage import bank_orders, payments, staff
from storage.engine import Database
from storage.rows import BankOrder, Payment

from .announce import queue_card
from .moves import move
from .orders import linked
from .polling import first_read
from .settle import CALLED, queue_settle
from .states import PAYABLE, Status, page_state

WITH_CODE = {PageState.PAID, PageState.HELD}
START = "p_"
"""What /start is given before the code of a link: the shopper wants it in his Telegram too (`shopper_chat.py`)."""

OpenBot = Callable[[str], Awaitable[str | None]]
"""The address that opens the bot with these words; None: nobody knows its name yet."""


class Shopper:
    """Implements ports.ShopperDesk. `open_bot` None: the shopper's Telegram is not offered."""

    def __init__(self, db: Database, now: Now, *, is_test: bool, open_bot: OpenBot | None = None) -> None:
        self._db = db
        self._now = now
        self._is_test = is_test
        self._open_bot = open_bot

    async def view(self, code: str) -> PageView | None:
        async with self._db.read() as tx:
            payment = await payments.by_code(tx, code)
            if payment is None or payment.status == Status.FAILED:
                return None
            shop = await staff.get_shop(tx, payment.shop_id)
            orders = await bank_orders.of_payment(tx, payment.id)
        order = linked(orders)
        state = shown_state(payment, self._now())
        view = PageView(
            code=code,
            state=state,
            shop=shop.name if shop else "",
            amount=payment.deposited if state is PageState.PAID and payment.deposited else payment.amount,
            number=payment.id,
            what=payment.what,
            at=payment.changed_at,
            refunded=payment.refunded,
            handover_code=payment.handover_code if state in WITH_CODE else None,
            has_app_link=order is not None and order.app_url is not None,
            stripe="test" if self._is_test else None,
        )
        if self._open_bot and view.payable:
            return replace(view, telegram_url=await self._open_bot(f"{START}{code}"))
        return view

    async def opened(self, code: str) -> None:
        async with self._db.read() as tx:
            payment = await payments.by_code(tx, code)
        if payment and payment.status == Status.WAITING:
            await self._step(payment.id, {Status.WAITING}, Status.OPENED)

    async def pay(self, code: str, *, in_app: bool = False) -> str | None:
        async with self._db.read() as tx:
            payment = await payments.by_code(tx, code)
            orders = await bank_orders.of_payment(tx, payment.id) if payment else []
        order = linked(orders)
        if payment is None or order is None or payment.status not in PAYABLE or is_over(payment, self._now()):
            return None
        if not await self._step(payment.id, PAYABLE, Status.PAYING, at_bank=order):
            return None
        return (order.app_url if in_app else None) or order.form_url

    async def returned(self, code: str, came_by: str | None = None) -> str | None:
        """The shopper is back from the bank: a good moment to ask it."""
        async with self._db.read() as tx:
            payment = await payments.by_any_code(tx, code)
            is_open = await payments.open_link(tx, payment.id) if payment else None
        if payment is None or payment.status == Status.FAILED:
            return None
        if payment.status in PAYABLE:
            async with self._db.write() as tx:
                for order in await bank_orders.of_payment(tx, payment.id):
                    if order.state == "registered":
                        await queue_settle(tx, order, self._now(), priority=CALLED)
        return next((found for found in (came_by, code) if found == is_open), None)

    async def _step(
        self, payment_id: int, before: Collection[Status], after: Status, at_bank: BankOrder | None = None
    ) -> bool:
        """False where the payment is no longer in `before`. `at_bank`: the order that is soon to be read."""
        now = self._now()
        async with self._db.write() as tx:
            payment = await payments.lock(tx, payment_id)
            if payment is None or payment.status not in before:
                return False
            if payment.status != after:
                payment = await move(tx, payment, now, after, status=after, opened_at=payment.opened_at or now)
                await queue_card(tx, payment, now)
                if at_bank:
                    await bank_orders.change(tx, at_bank.id, next_read_at=first_read(now), read_first=True)
            return True


def shown_state(payment: Payment, now: datetime) -> PageState:
    """What the shopper is to know. A link that is over by the clock is over for him, whatever the bank still says."""
    if payment.status in PAYABLE and is_over(payment, now):
        return PageState.EXPIRED
    return page_state(Status(payment.status), refused=payment.action_code is not None)


def is_over(payment: Payment, now: datetime) -> bool:
    return payment.link_until is not None and now >= payment.link_until
