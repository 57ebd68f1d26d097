"""A shop in one process: the real service, the simulated bank and the simulated Telegram, over real HTTP.

Anya sells, Oleg manages, the group is their shop's. `shop.later` moves everybody's clock.
"""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import text

from bot.adapters import Adapters
from bot.app import Service
from bot.banks import sber
from bot.config import Settings, load
from bot.demo import free_port
from bot.ports import SmsSender
from bot.sandbox.bank import BankSimulator
from bot.sandbox.telegram import Message, TelegramSimulator
from storage import staff
from tests.serving import serve
from tests.until import eventually

ANYA, OLEG, STRANGER = 1001, 1002, 1003
GROUP = -1_001_000_000_001
PUBLIC_URL = "https://shop.example"
PATIENCE = 20  # s; the machine may be loaded


until = partial(eventually, within=PATIENCE)


class Shop:
    """The service and the world around it."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.telegram = TelegramSimulator()
        self.clock = self.telegram.clock
        self.bank = BankSimulator(self.clock)
        self.address = f"http://127.0.0.1:{free_port()}"
        self.service: Service
        self.settings: dict[str, Any] = {}
        self.senders: list[SmsSender] = []
        self._runners: list[web.AppRunner] = []

    async def open(self) -> None:
        """The world, without the service."""
        for user, name in ((ANYA, "Аня"), (OLEG, "Олег"), (STRANGER, "Чужой")):
            self.telegram.add_user(user, name)
            self.telegram.start(user)
        self.telegram.add_group(GROUP, "Чат магазина", [OLEG, ANYA])
        self.telegram.world.updates.clear()
        self.telegram_address = await self._serve(self.telegram.app)
        self.bank_address = await self._serve(self.bank.app)
        self.bank.callback_url = f"{self.address}/bank/callback"

    async def _serve(self, app: web.Application) -> str:
        runner, address = await serve(app)
        self._runners.append(runner)
        return address

    async def start(self, **settings: Any) -> None:
        """The service; its staff are entered at its first start."""
        self.settings |= settings
        known = {
            "bot_token": "42:SANDBOX", "telegram_api_url": self.telegram_address, "public_url": PUBLIC_URL,
            "listen": self.address.removeprefix("http://"), "database_url": f"sqlite:///{self.database}",
        }  # fmt: skip
        gateway = sber.create(
            load(
                sber.Settings, _env_file=None, url=f"{self.bank_address}/payment/rest/", user="sandbox-api",
                password="sandbox", callback_key="sandbox-callback-key",
            )
        )  # fmt: skip
        self.service = Service(
            load(Settings, _env_file=None, **(known | self.settings)), Adapters(gateway, gateway, self.senders),
            now=self.clock.now,
        )  # fmt: skip
        await self.service.start()
        await self._seat_staff()

    async def stop(self) -> None:
        session: Any = self.service.bot.session
        inner, session._session = session._session, None  # its own close() sleeps a quarter of a second, for TLS
        await self.service.stop()
        await inner.close()

    async def close(self) -> None:
        for runner in reversed(self._runners):
            await runner.cleanup()

    async def _seat_staff(self) -> None:
        async with self.service.db.write() as tx:
            first = await staff.first_shop(tx)
            assert first
            if await staff.count(tx):
                return
            await staff.change_shop(tx, first.id, chat_id=GROUP)
            for user, name, role in ((ANYA, "Аня", "assistant"), (OLEG, "Олег", "manager")):
                await staff.add(
                    tx, telegram_id=user, name=name, role=role, shop_id=first.id, created_at=self.clock.now()
                )  # fmt: skip

    # What people do

    def say(self, words: str, user: int = ANYA, **where: Any) -> Message:
        return self.telegram.say(user, words, **where)

    def later(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.service.db._wake()  # the worker looks once a second by itself

    def pay(self) -> None:
        """The shopper pays the newest order."""
        self.bank.ledger.pay(list(self.bank.orders.values())[-1])

    async def press(self, label: str, message: Message, user: int = ANYA) -> dict[str, Any]:
        """The toast, once there is one."""
        press = self.telegram.press_label(user, message.chat.id, message.id, label)
        return await self.answered(press)

    async def answered(self, press: str) -> dict[str, Any]:
        answer: dict[str, Any] = await until(lambda: self.telegram.world.presses[press].answer)
        return answer

    # What people see

    def told(self, chat: int = ANYA) -> list[Message]:
        """The bot's messages that are there now, oldest first."""
        world = self.telegram.world
        return [m for m in world.chats[chat].messages.values() if m.sender is world.bot]

    def texts(self, chat: int = ANYA) -> list[str]:
        return [words(message) for message in self.told(chat)]

    async def hears(self, part: str, chat: int = ANYA) -> Message:
        """The newest message of the bot with these words in it."""
        found: Message = await until(lambda: next((m for m in reversed(self.told(chat)) if part in words(m)), None))
        return found

    async def settled(self) -> None:
        """Nothing recorded and nothing due is left to do."""
        async with asyncio.timeout(PATIENCE):
            while await self._left():  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.005)

    async def _left(self) -> int:
        now = self.clock.now()
        if not self.telegram.away and self.telegram.world.updates.pending():
            return 1
        jobs = "SELECT count(*) FROM jobs WHERE done_at IS NULL AND run_at <= :now AND kind <> 'settle'"
        inbox = "SELECT count(*) FROM inbox WHERE handled_at IS NULL"
        return int((await self.rows(f"SELECT ({jobs}) + ({inbox})", now=now.strftime("%Y-%m-%d %H:%M:%S.%f")))[0][0])

    async def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.service.db.read() as tx:
            return [tuple(row) for row in await tx.execute(text(query), values)]

    async def reaches(self, query: str, *expected: tuple[Any, ...]) -> None:
        """The rows of `query`, sooner or later."""
        async with asyncio.timeout(PATIENCE):
            while await self.rows(query) != list(expected):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)

    async def sales(self) -> list[tuple[Any, ...]]:
        """(amount in kopecks, last digits of the phone, what, two-stage), oldest first."""
        return await self.rows("SELECT amount, phone_tail, what, two_stage FROM payments ORDER BY id")


def words(message: Message) -> str:
    """As people read it, with plain spaces."""
    return (message.text or message.caption or "").replace("\N{NO-BREAK SPACE}", " ")


def labels(message: Message) -> list[str]:
    rows = (message.markup or {}).get("inline_keyboard", [])
    return [button["text"].replace("\N{NO-BREAK SPACE}", " ") for row in rows for button in row]
