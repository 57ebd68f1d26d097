"""What becomes of a payment is queued for the shoppers who asked to be told in Telegram; `shopper_chat.py` tells them.

`moves.move` calls it, so that no change can forget it. It is news when their page says something else than before:

    link      the link is there, or is there again
    result    held, paid, refunded, cancelled ...: once a state and its amounts
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import PageState
from storage import jobs, shopper_chats
from storage.rows import Payment

from .announce import REPLY, lane
from .states import PAYABLE, UNREGISTERED, Status, page_state

LINK = "link"
RESULTS = {
    PageState.HELD, PageState.PAID, PageState.PART, PageState.REFUNDED, PageState.CANCELLED, PageState.DECLINED,
    PageState.EXPIRED,
}  # fmt: skip


async def tell_shoppers(tx: AsyncConnection, before: Payment, after: Payment, now: datetime) -> None:
    """In the transaction that changes the payment."""
    if before.status in UNREGISTERED and after.status in PAYABLE:
        about = LINK
    elif (state := page_state(Status(after.status), refused=False)) in RESULTS and _facts(after) != _facts(before):
        about = state.value
    else:
        return
    for chat in await shopper_chats.of_open_link(tx, after.id):
        await queue_news(tx, after, chat.chat_id, about, now, key=f"{about}:{_facts(after)}")


async def queue_news(
    tx: AsyncConnection, payment: Payment, chat_id: int, about: str, now: datetime, *, key: str
) -> None:
    """One message. `about`: LINK, or the state of which it tells."""
    await jobs.add(
        tx, "shopper", now=now, priority=REPLY, payment_id=payment.id, lane=lane(chat_id),
        key=f"shopper:{payment.id}:{chat_id}:{key}", payload={"chat": chat_id, "about": about}, once=True,
    )  # fmt: skip


def _facts(payment: Payment) -> str:
    """While there is no money, each link has an end of its own."""
    state = page_state(Status(payment.status), refused=False)
    facts = f"{state}:{payment.deposited}:{payment.refunded}"
    is_unpaid = payment.paid_at is None and payment.held_at is None
    return f"{facts}:{payment.link_until.timestamp():.0f}" if is_unpaid and payment.link_until else facts
