"""What the bank has shown of how it is set up: for the owner's checklist, where a mark must be true."""

from dataclasses import dataclass

from storage import bank_orders, payments
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Signs:
    """`takes_orders`: it has taken one, and has not refused our login since. `calls_back`: it has called us."""

    takes_orders: bool
    calls_back: bool


class Readiness:
    """Reads the signs."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def signs(self) -> Signs:
        async with self._db.read() as tx:
            taken = await bank_orders.was_any_registered(tx)
            refused = taken and await payments.last_fault(tx) == "fail.login"
            called_at = await bank_orders.last_callback_at(tx)
        return Signs(takes_orders=taken and not refused, calls_back=called_at is not None)
