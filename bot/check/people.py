"""Shops and people: with REFUND_TWO_PERSON a refund needs somebody else who may agree to it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import utc_now
from bot.config import Settings
from storage import staff

from . import database
from .finding import Finding, Words

NOBODY = 0  # no member of staff: everybody who may approve is counted
ENOUGH = 2  # who asks, and who agrees


async def probe(settings: Settings, words: Words) -> list[Finding]:
    """A shop where nobody could get a refund approved is a fault."""
    if not settings.refund_two_person:
        return []
    return [
        words.fault("check.two_person", shop=shop)
        for shop in await database.ask(settings.database_url, _too_few_people)
    ]


async def shops(settings: Settings) -> list[str]:
    """The names of those that sell; before the first start, of the one that will."""
    return await database.ask(settings.database_url, _names) or [settings.shop_name]


async def _too_few_people(tx: AsyncConnection) -> list[str]:
    """The shops that they work in."""
    return [
        shop.name
        for shop in await staff.all_shops(tx)
        if len(await staff.approvers(tx, shop.id, NOBODY, utc_now())) < ENOUGH
    ]


async def _names(tx: AsyncConnection) -> list[str]:
    return [shop.name for shop in await staff.all_shops(tx)]
