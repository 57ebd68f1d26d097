"""SMS: the account of each provider, and whether a message fits one part. Nothing is sent."""

import asyncio
import operator
from collections.abc import Sequence
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


def message(settings: Settings, shops: Sequence[str], words: Words) -> list[Finding]:
    """The longest that a sale of these shops makes: the fullest of those that fit, or each that does not."""
    if not settings.sms or not settings.public_url:
        return [words.note("check.sms.none")] if not settings.sms else []
    whole = {shop: _text(settings, shop) for shop in shops}
    too_long = [_too_long(settings, shop, words) for shop, text in whole.items() if count(text) > 1]
    fullest = max(whole.values(), key=lambda text: operator.sub(*units(text)))
    used, room = units(fullest)
    return list(dict.fromkeys(too_long)) or [words.fine("check.sms.length", used=used, room=room, text=fullest)]


def _text(settings: Settings, shop: str) -> str:
    """With the longest sum: kopecks make a smaller one longer."""
    sums = (settings.amount_max, max(settings.amount_min, settings.amount_max - 1))
    amount = max(map(format_rub, sums), key=len)
    return fit(settings.sms_text, shop=shop, amount=amount, link=f"{settings.public_url}/p/{CODE}")


def _too_long(settings: Settings, shop: str, words: Words) -> Finding:
    used, room = units(_text(settings, shop[:1] + "…"))
    fitting = len(httpx.URL(settings.public_url or "").netloc) - (used - room)
    if fitting < SHORTEST_DOMAIN:
        return words.fault("check.sms.template")
    return words.faults("check.domain", fitting, shop=shop)
