"""The people: with REFUND_TWO_PERSON a refund needs somebody else who may agree to it."""

from bot.clock import utc_now
from bot.config import Settings
from storage import staff
from storage.engine import Database
from storage.errors import StorageError
from storage.migrate import revisions

from .finding import Finding, Words

NOBODY = 0  # no member of staff: everybody who may approve is counted
ENOUGH = 2  # who asks, and who agrees


async def probe(settings: Settings, words: Words) -> list[Finding]:
    """A shop where nobody could get a refund approved is a fault. Of a database of this version only."""
    if not settings.refund_two_person:
        return []
    db = Database(settings.database_url)
    try:
        async with db.read() as tx:
            here, newest, _ = await revisions(tx)
            if here != newest:
                return []
            return [
                words.fault("check.two_person", shop=shop.name)
                for shop in await staff.all_shops(tx)
                if len(await staff.approvers(tx, shop.id, NOBODY, utc_now())) < ENOUGH
            ]
    except StorageError:
        return []  # the database has its own line
    finally:
        await db.close()
