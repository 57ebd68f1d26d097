"""Queues what a chat is to be told. Nothing is sent here: jobs do that (`tell.py`), in the chat's own lane.

Order inside a lane, by priority: a payment's own card before its ping, pings that want a decision before the others,
pings before other cards.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Place
from storage import cards, jobs, staff
from storage.jobs import Job
from storage.rows import Operation, Payment

FIRST_CARD, OWN_CARD, DECISION, PING, REPLY, OTHER_CARD = 10, 15, 18, 20, 25, 30
TO_DECIDE = {
    "ping.after_cancel", "ping.paid_twice", "ping.conflict", "ping.request", "ping.op_refused", "ping.unknown_op",
    "warn.hold", "warn.hold_soon",
}  # fmt: skip
"""Pings after which somebody must do something: they are never one of many in a message."""


def lane(chat_id: int) -> str:
    """The lane of a chat."""
    return f"chat:{chat_id}"


async def queue_card(
    tx: AsyncConnection,
    payment: Payment,
    now: datetime,
    *,
    run_at: datetime | None = None,
    priority: int = OTHER_CARD,
    chat_id: int | None = None,
) -> None:
    """Brings the card in each of the payment's chats up to date; several changes become one edit.

    `chat_id`: only there, and at `run_at` for sure: other changes do not make it earlier.
    """
    for card in await cards.of_payment(tx, payment.id):
        if chat_id not in {None, card.chat_id}:
            continue
        slot = f"card:{payment.id}:{card.chat_id}"
        await jobs.add(
            tx,
            "card",
            now=now,
            run_at=run_at,
            priority=priority if card.message_id else FIRST_CARD,
            payment_id=payment.id,
            lane=lane(card.chat_id),
            slot=f"{slot}:{run_at.timestamp()}" if chat_id and run_at else slot,
            payload={"chat": card.chat_id},
        )


async def announce(
    tx: AsyncConnection,
    payment: Payment,
    ping: str,
    now: datetime,
    *,
    operation: Operation | None = None,
    run_at: datetime | None = None,
    also: Iterable[Place] = (),
    but: int | None = None,
    about: str = "",
) -> None:
    """The card, and one short message that rings: in the payment's own chat, and in the shop's if that is another.

    The key makes it once: (payment, kind, deposited, refunded), so that the second of two equal refunds rings too;
    while nobody has paid, once a link. `operation`: what the message is about; then it is once for this one, or for
    `about`. `also`: where else it rings. `but`: a chat that knows.
    """
    await queue_card(tx, payment, now, priority=OWN_CARD)
    about = about or (f"op{operation.id}" if operation else _amounts(payment))
    shop = await staff.get_shop(tx, payment.shop_id)
    places = {payment.chat_id: payment.thread_id}
    if shop and shop.chat_id:
        places.setdefault(shop.chat_id, shop.thread_id)
    for place in also:
        places.setdefault(place.chat_id, place.thread_id)
    for chat_id, thread_id in places.items():
        if chat_id in {None, but}:
            continue
        await jobs.add(
            tx,
            "ping",
            now=now,
            priority=DECISION if ping in TO_DECIDE else PING,
            payment_id=payment.id,
            lane=lane(chat_id),
            key=f"ping:{payment.id}:{ping}:{about}:{chat_id}",
            run_at=run_at,
            payload={
                "chat": chat_id,
                "thread": thread_id,
                "ping": ping,
                "deposited": payment.deposited,
                "refunded": payment.refunded,
                "operation": operation.id if operation else None,
            },
        )


def _amounts(payment: Payment) -> str:
    amounts = f"{payment.deposited}:{payment.refunded}"
    is_unpaid = payment.paid_at is None and payment.held_at is None
    return f"{amounts}:{payment.link_until.timestamp():.0f}" if is_unpaid and payment.link_until else amounts


async def ping_elsewhere(tx: AsyncConnection, job: Job, chat_id: int | None, now: datetime) -> None:
    """The same ring in another chat, unless it has rung there."""
    if job.key is None or chat_id is None:
        return
    await jobs.add(
        tx, "ping", now=now, priority=job.priority, payment_id=job.payment_id, lane=lane(chat_id),
        key=f"{job.key.rpartition(':')[0]}:{chat_id}", payload=job.payload | {"chat": chat_id, "thread": None},
    )  # fmt: skip


async def queue_reply(
    tx: AsyncConnection,
    place: Place,
    sealed: str,
    now: datetime,
    *,
    reply_to: int | None = None,
    key: str | None = None,
    pin_or: str | None = None,
) -> None:
    """A message that belongs to no payment: an answer, a question, an alert. `sealed`: it may name people.

    `pin_or`: it is to be pinned; what is said, sealed too, where we may not.
    """
    await jobs.add(
        tx,
        "reply",
        now=now,
        priority=REPLY,
        lane=lane(place.chat_id),
        key=key,
        payload={
            "chat": place.chat_id, "thread": place.thread_id, "reply_to": reply_to, "sealed": sealed, "pin_or": pin_or,
        },
    )  # fmt: skip


async def queue_pin(tx: AsyncConnection, place: Place, message_id: int, pin_or: str, now: datetime) -> None:
    """Of a message that has just been posted."""
    await jobs.add(
        tx, "pin", now=now, priority=REPLY, lane=lane(place.chat_id), key=f"pin:{place.chat_id}:{message_id}",
        payload={"chat": place.chat_id, "thread": place.thread_id, "message": message_id, "pin_or": pin_or},
    )  # fmt: skip
