"""What the till shows somebody: the page, today's list, one payment's card, how an amount reads."""

import re
from collections.abc import Mapping
from typing import Any, Final
from zlib import crc32
from zoneinfo import ZoneInfo

from bot.clock import Now
from bot.money import format_rub
from bot.payments.counter import Sums, Wrong, read_sum
from bot.payments.steps import Steps
from bot.payments.today import Day, Today
from bot.ports import Place
from bot.staff import Act, Sellers, Shops
from bot.text import say
from storage.rows import Person

from . import looks
from .answers import as_json, plain
from .sheets import Row, TillSheets
from .sheets import Till as Sheet
from .words import in_words

NUMBER: Final = re.compile(r"[0-9]{1,15}")


class Shown:
    """Reads and draws."""

    def __init__(
        self, sheets: TillSheets, today: Today, steps: Steps, sellers: Sellers, shops: Shops, zone: ZoneInfo, now: Now,
        *, is_test: bool, sms_is_on: bool,
    ) -> None:  # fmt: skip
        self._sheets = sheets
        self._today = today
        self._steps = steps
        self._sellers = sellers
        self._shops = shops
        self._zone = zone
        self._now = now
        self._is_test = is_test
        self._sms_is_on = sms_is_on

    async def page(self, person: Person, nonce: str) -> str:
        """HTML, with the list as it is now."""
        day, shop = await self._today.of(person), await self._shops.get(person.shop_id)
        seller = await self._sellers.seller(person)
        named = await self._sellers.of(person) if person.is_shared else []
        sheet = Sheet(
            shop=shop.name if shop else "",
            seller=seller.name if seller else "",
            today=_sum_of(day),
            rows=self._rows(day, person),
            sellers=tuple((other.id, other.name) for other in named),
            test=self._is_test,
            has_sms=self._sms_is_on,
            telegram_link=None if person.telegram_id else "/till/telegram",
        )
        return self._sheets.page(sheet, person.lang, nonce)

    def _rows(self, day: Day, person: Person) -> tuple[Row, ...]:
        now = self._now()
        asked = (looks.row(payment, person.lang, self._zone, now, asked=True) for payment in day.asked)
        others = (looks.row(payment, person.lang, self._zone, now, asked=False) for payment in day.others)
        return (*asked, *others)

    async def state(self, person: Person, number: str, version: str) -> Mapping[str, Any]:
        """`number`: of the card that is open; null where it is none of his. With the newest `version` it is alone."""
        day = await self._today.of(person)
        card, show = await self._card(person, number)
        shown = {
            "today": _sum_of(day),
            "list": self._sheets.list(self._rows(day, person), person.lang),
            "card": card,
            "paid": day.paid_now,
            "show": show,
        }
        newest = f"{crc32(as_json(shown).encode()):08x}"
        return {"version": newest} | ({} if version == newest else shown)

    async def _card(self, person: Person, number: str) -> tuple[str | None, str | None]:
        """The card, and the way to its big QR."""
        if not NUMBER.fullmatch(number) or not await self._steps.allowed(person, Act.LOOK, int(number)):
            return None, None
        view = await self._steps.view(int(number), Place.till(person.id).chat_id)
        if view is None:
            return None, None
        return self._sheets.card(looks.card(view), person.lang), looks.show_path(view)

    def reading(self, text: str, lang: str) -> Mapping[str, Any]:
        """An amount as it would be taken."""
        match read_sum(text):
            case Wrong(_, key, values):
                return {"error": plain(say(key, lang, **values))}
            case Sums(readings):
                return {"readings": [format_rub(kopecks) for kopecks in readings]}
            case amount:
                return {"amount": format_rub(amount), "words": in_words(amount, lang)}


def _sum_of(day: Day) -> str:
    """«7 · 84 300 ₽»; empty before the first sale."""
    return f"{day.count} · {format_rub(day.total)}" if day.count else ""
