"""`python -m bot run` as an operator starts it: a process of its own, settings by environment, simulators beside it."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from aiohttp import web

from bot.demo import free_port
from bot.sandbox.bank import BankSimulator
from bot.sandbox.sms import SmsSimulator
from bot.sandbox.telegram import Message, TelegramSimulator
from tests.serving import serve
from tests.until import eventually

OWNER = 1001
ROOT = Path(__file__).parents[2]
PATIENCE = 40  # s; a process starts in one or two on an idle machine


class Product:
    """The process, and the world that it lives in. Its logs are gathered over all its lives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.telegram, self.bank, self.sms = TelegramSimulator(), BankSimulator(), SmsSimulator()
        self.telegram.add_user(OWNER, "Аня")
        self.address = f"http://127.0.0.1:{free_port()}"
        self.environment: dict[str, str] = {}
        self.process: asyncio.subprocess.Process
        self._runners: list[web.AppRunner] = []

    async def open(self) -> None:
        """The simulators."""
        telegram, bank, sms = [await self._serve(one.app) for one in (self.telegram, self.bank, self.sms)]
        self.bank.callback_url = f"{self.address}/bank/callback"
        self.environment = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
            "BOT_TOKEN": "42:SANDBOX", "TELEGRAM_API_URL": telegram, "OWNER_IDS": str(OWNER),
            "PUBLIC_URL": "https://shop.example", "LISTEN": self.address.removeprefix("http://"),
            "DATABASE_URL": f"sqlite:///{self.folder / 'shop.db'}", "BANK_SBER_URL": f"{bank}/payment/rest/",
            "BANK_SBER_USER": "sandbox-api", "BANK_SBER_PASSWORD": "sandbox",
            "BANK_SBER_CALLBACK_KEY": "sandbox-callback-key", "SMS": "smsru", "SMS_SMSRU_API_ID": "sandbox-api-id",
            "SMS_SMSRU_URL": sms, "SMS_DELAY": "0s",
        }  # fmt: skip

    async def _serve(self, app: web.Application) -> str:
        runner, address = await serve(app)
        self._runners.append(runner)
        return address

    async def close(self) -> None:
        if self.process.returncode is None:
            self.kill()
            await self.process.wait()
        for runner in reversed(self._runners):
            await runner.cleanup()

    # The process

    async def run(self) -> asyncio.subprocess.Process:
        with (self.folder / "stdout").open("ab") as out, (self.folder / "stderr").open("ab") as err:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=self.folder, env=self.environment, stdout=out, stderr=err
            )

    async def start(self) -> None:
        """Returns once it is ready."""
        self.process = await self.run()
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(verify=False) as http:  # noqa: S501 - no TLS here
            while not await _is_ready(http, self.address):
                assert self.process.returncode is None, self.said("stderr")
                await asyncio.sleep(0.05)

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)

    async def killed(self) -> None:
        self.kill()
        await self.process.wait()

    async def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 10)

    def said(self, stream: str) -> str:
        return (self.folder / stream).read_text()

    # What is to be seen

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.folder / 'shop.db'}?mode=ro", uri=True) as database:
            rows = database.execute(query).fetchall()
        database.close()
        return rows

    def told(self) -> list[Message]:
        """The bot's messages in the owner's chat."""
        messages = self.telegram.world.chats[OWNER].messages.values()
        return [message for message in messages if message.sender is self.telegram.world.bot]

    def lines(self, part: str) -> list[str]:
        """Those with these words."""
        texts = ((message.text or message.caption or "").replace("\N{NO-BREAK SPACE}", " ") for message in self.told())
        return [text for text in texts if part in text]


until = partial(eventually, within=PATIENCE)


async def _is_ready(http: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await http.get(f"{address}/health/ready")).status_code == 200
    except httpx.HTTPError:
        return False


@asynccontextmanager
async def product(folder: Path) -> AsyncIterator[Product]:
    """Not started yet."""
    made = Product(folder)
    await made.open()
    try:
        yield made
    finally:  # a process left over would fail the tests after it
        await made.close()
