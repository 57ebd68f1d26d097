"""Who did what. Triggers forbid to change or delete a row.

Details are ids and amounts, never a phone, a name or a text.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .schema import audit


async def record(
    tx: AsyncConnection,
    *,
    now: datetime,
    action: str,
    staff_id: int | None = None,
    payment_id: int | None = None,
    chat_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Adds a row in the transaction of what it tells. `staff_id` None: the service itself."""
    row = insert(audit).values(
        at=now,
        action=action,
        staff_id=staff_id,
        payment_id=payment_id,
        chat_id=chat_id,
        detail=json.dumps(detail or {}, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
    )
    await tx.execute(row)


async def last_at(tx: AsyncConnection, payment_id: int, action: str) -> datetime | None:
    """When this was last done with a payment."""
    query = select(func.max(audit.c.at)).where(audit.c.payment_id == payment_id, audit.c.action == action)
    moment: datetime | None = await tx.scalar(query)
    return moment
