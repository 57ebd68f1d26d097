"""A payment's change, the audit row that tells it and what its shoppers hear: always together, in one transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import audit, payments
from storage.rows import Payment

from .shopper_news import tell_shoppers

TOLD = (
    "approved",
    "deposited",
    "refunded",
    "action_code",
    "fault",
    "renewal",
    "replaced_by",
)  # numbers and keys: never what people typed


async def move(
    tx: AsyncConnection,
    payment: Payment,
    now: datetime,
    action: str,
    *,
    staff_id: int | None = None,
    from_chat: int | None = None,
    **news: Any,
) -> Payment:
    """Writes `news` on a payment that this transaction has locked; a new status is dated. Returns it as it is then."""
    if "status" in news:
        news["changed_at"] = now
    changed = await payments.change(tx, payment, **news)
    if changed is None:
        raise RuntimeError("a payment changed that should have been locked")
    detail = {"from": payment.status, "to": changed.status} | {name: news[name] for name in TOLD if name in news}
    await audit.record(
        tx, now=now, action=action, staff_id=staff_id, payment_id=payment.id, chat_id=from_chat, detail=detail
    )
    await tell_shoppers(tx, payment, changed, now)
    return changed
