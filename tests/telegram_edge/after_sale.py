"""One sale of Anya's in the chat, and what may be done to it."""

from datetime import datetime, timedelta
from typing import Any

from bot.clock import MOSCOW
from bot.sandbox.telegram import Message
from tests.telegram_edge.shop import ANYA, Shop

PHONE = "9161234567"


class Till:
    """One sale of Anya's, and what her chat holds."""

    def __init__(self, shop: Shop, number: int, card: Message) -> None:
        self.shop = shop
        self.number = number
        self.card = card

    async def says(self, typed: str, user: int = ANYA, **where: Any) -> None:
        """And all that follows is done. A while later, so that no message waits for its turn."""
        self.shop.later(5)
        self.shop.say(typed.format(n=self.number), user, **where)
        await self.shop.settled()

    async def press(self, data: str, user: int = ANYA, chat: int = ANYA) -> dict[str, Any]:
        """Any data: an old button, or one of a modified client. Returns the toast."""
        self.shop.later(2)
        message = self.shop.told(chat)[-1]
        return await self.shop.answered(self.shop.telegram.press(user, chat, message.id, data))

    async def asked(self) -> tuple[int, str]:
        """The question that waits on a card, and what it asks."""
        [(draft, sealed)] = await self.shop.rows(
            "SELECT id, sealed FROM drafts WHERE kind = 'confirm' AND used_at IS NULL AND expires_at > :now",
            now=self.shop.clock.now().strftime("%Y-%m-%d %H:%M:%S.%f"),
        )
        assert sealed
        return draft, await self._ask_of(draft)

    async def _ask_of(self, draft: int) -> str:
        change = self.shop.service._change
        async with self.shop.service.db.read() as tx:
            question = await change._questioning.get(tx, draft)
        assert question
        return f"{question.ask} {question.amount // 100} {question.reason}".strip()

    async def operations(self) -> list[tuple[Any, ...]]:
        return await self.shop.rows("SELECT kind, amount / 100, state FROM operations ORDER BY id")

    async def status(self) -> str:
        [[status]] = await self.shop.rows("SELECT status FROM payments WHERE id = :n", n=self.number)
        return str(status)


async def sold(shop: Shop, typed: str) -> Till:
    """At noon: no day ends within a test."""
    shop.clock.set(datetime.now(MOSCOW).replace(hour=12) + timedelta(days=1))
    shop.say(typed)
    card = await shop.hears("Ждём оплату")
    [[number]] = await shop.rows("SELECT id FROM payments")
    return Till(shop, number, card)
