"""`demo`: the product on simulators, in one process, with a desk to play on; `sandbox`: one simulator alone.

browser -> desk -> (reverse proxy) -> the product's pages
the product -> simulated bank, Telegram and SMS providers, over real HTTP
"""

import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from storage import staff

from .adapters import Adapters
from .app import Service
from .banks import sber
from .config import Settings, load_given
from .sandbox.bank import BankSimulator
from .sandbox.clock import SandboxClock
from .sandbox.desk import MANAGER, OWNER, SELLER, SHOP_CHAT, Desk
from .sandbox.sms import SmsSimulator
from .sandbox.telegram import TelegramSimulator
from .sandbox.wire import Wire
from .sms import smsc, smsru

HOST = "127.0.0.1"
SECRET = "sandbox-report-secret"  # noqa: S105 - of the sandbox, which guards nothing
ROLES = ((SELLER, "assistant"), (MANAGER, "manager"), (OWNER, "owner"))


class Demo:
    """Everything that `make demo` starts. `port` 0: any free one."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self._folder = folder
        self.clock = SandboxClock()
        self.wire = Wire(self.clock)
        self.bank = BankSimulator(self.clock, self.wire, base_path="/bank")
        self.telegram = TelegramSimulator(self.clock, self.wire)
        self.sms = SmsSimulator(self.clock, self.wire)
        self._runners: list[web.AppRunner] = []
        self.address = f"http://{HOST}:{port or free_port()}"
        self.service_address = f"http://{HOST}:{free_port()}"
        self.desk = Desk(
            clock=self.clock, wire=self.wire, bank=self.bank, telegram=self.telegram, sms=self.sms,
            service=self.service_address, on_reset=self._restart,
            on_language=self._speak, open_till=self._till_door,
        )  # fmt: skip
        self.service: Service | None = None
        self._round = 0  # each start over has a database of its own

    async def start(self) -> None:
        """Simulators, product, desk."""
        self.bank.public_url = self.address
        self.bank.callback_url = f"{self.service_address}/bank/callback"
        self.sms.smsc_report_secret = SECRET
        for name in ("smsru", "smsc"):
            self.sms.report_urls[name] = f"{self.service_address}/sms/{name}/report/{SECRET}"
        self._bank_address = await self._serve(self.bank.app)
        self._telegram_address = await self._serve(self.telegram.app)
        self._sms_address = await self._serve(self.sms.app)
        await self._start_service()
        await self._serve(self.desk.app, int(self.address.rpartition(":")[2]))
        await self.desk.start()

    async def stop(self) -> None:
        await self.desk.stop()
        if self.service:
            await self.service.stop()
        for runner in reversed(self._runners):
            await runner.cleanup()

    async def _serve(self, app: web.Application, port: int = 0) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        self._runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        return f"http://{HOST}:{runner.addresses[0][1]}"

    async def _restart(self) -> None:
        if self.service:
            await self.service.stop()
        await self._start_service()

    async def _start_service(self) -> None:
        self._round += 1
        settings = load_given(
            Settings,
            bot_token="42:SANDBOX",  # noqa: S106 - of the simulated Telegram
            telegram_api_url=self._telegram_address,
            public_url=self.address,
            owner_ids=(OWNER.id,),
            listen=self.service_address.removeprefix("http://"),
            database_url=f"sqlite:///{self._folder / f'demo{self._round}.db'}",
            sms="smsru,smsc",
            sms_delay=timedelta(seconds=5),
        )
        self.service = Service(settings, self._adapters(), now=self.clock.now, framed=True)
        await self.service.start()
        await self._seat_staff(self.service)

    def _adapters(self) -> Adapters:
        gateway = sber.create(
            load_given(
                sber.Settings,
                url=f"{self._bank_address}/payment/rest/",
                user="sandbox-api",
                password="sandbox",  # noqa: S106 - of the simulated bank
                callback_key="sandbox-callback-key",
                decline=False,
            )
        )
        first = load_given(smsru.Settings, api_id="sandbox-api-id", url=self._sms_address, report_secret=SECRET)
        second = load_given(
            smsc.Settings,
            login="sandbox",
            password="sandbox",  # noqa: S106 - of the simulated provider
            url=self._sms_address,
            report_secret=SECRET,
        )
        return Adapters(gateway, gateway, [smsru.create(first), smsc.create(second)])

    async def _till_door(self) -> str:
        """The path of a one-use link to the seller's web till."""
        seller = await self.service.staff.by_telegram_id(SELLER.id) if self.service else None
        return f"/i/{await self.service.logins.door(seller)}" if self.service and seller else "/"

    async def _speak(self, language: str) -> None:
        """The staff's chats are in it from now on."""
        if self.service is None:
            return
        async with self.service.db.write() as tx:
            for person, _ in ROLES:
                if known := await staff.by_telegram_id(tx, person.id):
                    await staff.change(tx, known.id, lang=language, name=person.called(language))

    async def _seat_staff(self, service: Service) -> None:
        """The same people as at the desk; their group is the shop's."""
        now = self.clock.now()
        async with service.db.write() as tx:
            shop = await staff.first_shop(tx)
            if shop is None or await staff.count(tx):
                return
            await staff.change_shop(tx, shop.id, chat_id=SHOP_CHAT)
            for person, role in ROLES:
                await staff.add(
                    tx, telegram_id=person.id, name=person.called(self.desk.language), username=person.username,
                    role=role, shop_id=shop.id, lang=self.desk.language, created_at=now,
                )  # fmt: skip


async def serve_demo(port: int, until: Callable[[], Awaitable[None]]) -> None:
    """Until `until` returns; nothing is kept."""
    with tempfile.TemporaryDirectory(prefix="prilavok-") as folder:
        demo = Demo(Path(folder), port if is_free(port) else 0)
        await demo.start()
        sys.stdout.write(f"Prilavok demo: {demo.address}/\n")
        sys.stdout.flush()
        try:
            await until()
        finally:
            await demo.stop()


async def serve_simulator(name: str, port: int, callback_url: str | None, until: Callable[[], Awaitable[None]]) -> None:
    """One simulator alone, on 127.0.0.1."""
    simulators: dict[str, Callable[[], BankSimulator | TelegramSimulator | SmsSimulator]] = {
        "bank": lambda: BankSimulator(callback_url=callback_url),
        "telegram": TelegramSimulator,
        "sms": SmsSimulator,
    }
    runner = web.AppRunner(simulators[name]().app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    sys.stdout.write(f"Prilavok sandbox {name}: http://{HOST}:{runner.addresses[0][1]}/\n")
    sys.stdout.flush()
    try:
        await until()
    finally:
        await runner.cleanup()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """A demo that was left running must not stop the next one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return port == 0 or probe.connect_ex((HOST, port)) != 0
