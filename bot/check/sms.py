"""SMS: the account of each provider, and whether a message fits one part. Nothing is sent."""

import asyncio
from typing import Any

import httpx

from bot.config import Settings
from bot.money import format_rub
from bot.ports import Rejected, SmsFault, Unknown
from bot.segments import count, fit, units
from bot.sms import Prepaid

from .finding import PATIENCE, Finding, Words
from .settings import Adapter

CODE = "x" * 11  # as long as that of a payment's page
SHORTEST_DOMAIN = 4  # t.me: below it the address is not to blame


async def probe(adapter: Adapter, words: Words) -> list[Finding]:
    sender: Any = adapter.create()
    try:
        async with asyncio.timeout(PATIENCE):
            left = await sender.balance() if isinstance(sender, Prepaid) else None
    except TimeoutError as error:
        left = Unknown(words.why(error))
    finally:
        await sender.close()
    return [_account(adapter, sender.name, left, words)]


def _account(adapter: Adapter, provider: str, left: int | Rejected | Unknown | None, words: Words) -> Finding:
    match left:
        case None:
            return words.fine("check.sms.untried", provider=provider)
        case Rejected(fault=SmsFault.LOGIN):
            fields = adapter.settings.__class__.model_fields.items()
            names = ", ".join(adapter.name_of(name) for name, field in fields if field.is_required())
            return words.fault("check.sms.login", provider=provider, names=names)
        case Rejected(fault=SmsFault.MONEY):
            return words.fault("check.sms.money", provider=provider)
        case Rejected(code=why) | Unknown(why=why):
            return words.fault("check.sms.away", provider=provider, why=why, name=adapter.name_of("url"))
    if left <= 0:
        return words.fault("check.sms.money", provider=provider)
    return words.fine("check.sms", provider=provider, x=format_rub(left))


def message(settings: Settings, words: Words) -> list[Finding]:
    """The longest that a sale of this shop makes."""
    if not settings.sms or not settings.public_url:
        return [words.note("check.sms.none")] if not settings.sms else []

    def text(link: str, shop: str = settings.shop_name) -> str:
        return fit(settings.sms_text, shop=shop, amount=format_rub(settings.amount_max), link=link)

    link = f"{settings.public_url}/p/{CODE}"
    whole = text(link)
    used, room = units(whole)
    if count(whole) == 1:
        return [words.fine("check.sms.length", used=used, room=room, text=whole)]
    over = units(text(link, settings.shop_name[:1] + "…"))[0] - room
    fitting = len(httpx.URL(settings.public_url).netloc) - over
    if fitting < SHORTEST_DOMAIN:
        return [words.fault("check.sms.template")]
    return [words.faults("check.domain", fitting, shop=settings.shop_name)]
