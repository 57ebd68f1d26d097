"""A long day at the till in a moment: the real worker and the simulated Telegram, by one clock that stands still.

The worker does all that is due, then the clock goes on to the next moment at which something is. Calls take no time.
Telegram's limits are on; the calls go to the simulator without a network between.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile

from bot.jobs import Nursery, Worker
from bot.payments.moving import Moving
from bot.payments.replies import Replies
from bot.ports import Message as Question
from bot.ports import OrderStatus, Place
from bot.qr import picture
from bot.sandbox.clock import SandboxClock
from bot.sandbox.telegram import Message, TelegramSimulator
from bot.sandbox.telegram.call import ApiError, Call, Upload, bad_request
from bot.sandbox.telegram.limits import too_many
from bot.sandbox.telegram.methods import METHODS
from bot.telegram.chat import TelegramChat
from storage.engine import Database
from storage.rows import Person

from .fakes import Clock, FakeBank, FakeChat
from .till import GROUP, SELLER, Till

PICTURE = picture("https://till.example", amount=100, shop="", lang="ru", test=False)
MOMENT = timedelta(milliseconds=20)


class StillClock(SandboxClock):
    """The simulator's, moved by the test alone."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.moment


class NoNetwork(BaseSession):
    """Calls of the Bot API as function calls. `tried`: the chat of each; `refusals`: how many answers of each code.

    `stuck`: chats that hang. `busy`: retry_after of the next call to a chat. `refuse_all`: what a chat says to all,
    `refuse_html`, `refuse_photos`: what is said to these.
    """

    def __init__(self, telegram: TelegramSimulator) -> None:
        super().__init__()
        self._telegram = telegram
        self.stuck: set[int] = set()
        self.busy: dict[int, int] = {}
        self.refuse_all: dict[int, str] = {}
        self.refuse_html: str | None = None
        self.refuse_photos: str | None = None
        self.tried: list[int] = []
        self.refusals: Counter[int] = Counter()
        self.uploads = 0

    async def close(self) -> None:
        return

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - the signature is aiogram's
    ) -> TelegramType:
        call = self._call(bot, method)
        chat = call.integer("chat_id")
        self.tried.append(chat)
        if self._telegram.away or chat in self.stuck:
            raise TelegramNetworkError(method=method, message="no answer")
        try:
            self._refuse(chat, call)
            code, answer = 200, {"ok": True, "result": METHODS[method.__api_method__](self._telegram.world, call)}
        except ApiError as error:
            code, answer = error.code, error.as_json()
            self.refusals[code] += 1
        return cast(TelegramType, self.check_response(bot, method, code, self.json_dumps(answer)).result)

    def _refuse(self, chat: int, call: Call) -> None:
        if chat in self.busy:
            raise too_many(self.busy.pop(chat))
        if chat in self.refuse_all:
            raise bad_request(self.refuse_all[chat])
        if self.refuse_html and call.text("parse_mode") == "HTML":
            raise bad_request(self.refuse_html)
        if self.refuse_photos and call.has("photo"):
            raise bad_request(self.refuse_photos)

    def _call(self, bot: Bot, method: TelegramMethod[TelegramType]) -> Call:
        files: dict[str, InputFile] = {}
        values = {
            name: ready
            for name, value in method.model_dump(warnings=False).items()
            if (ready := self.prepare_value(value, bot=bot, files=files))
        }
        self.uploads += len(files)
        return Call(values, dict.fromkeys(files, Upload("qr.png", PICTURE)))

    def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError


class Watched(Nursery):
    """One that can be waited for."""

    async def idle(self) -> bool:
        """Waits for what is under way; False: nothing was."""
        tasks = list(self._tasks)
        await asyncio.gather(*tasks)
        return bool(tasks)


@dataclass
class Sale:
    """One that was sold on the street."""

    number: int
    paid_at: datetime | None = None


class Street:
    """`till` and its worker; `telegram` is what people see."""

    def __init__(self, db: Database, bank: FakeBank, clock: Clock, seller: Person) -> None:
        self.clock, self.bank = clock, bank
        self.telegram = TelegramSimulator(StillClock(clock))
        self.telegram.add_user(SELLER, "Аня")
        self.telegram.start(SELLER)
        self.telegram.add_group(GROUP, "Чат магазина", [SELLER])
        self.telegram.world.limits.on = True
        self.network = NoNetwork(self.telegram)
        bot = Bot("42:SANDBOX", session=self.network, default=DefaultBotProperties(parse_mode="HTML"))
        self.till = Till(db, bank, clock, seller, cast(FakeChat, TelegramChat(bot)))
        self.moving = Moving(db, clock.now)
        self._nursery = Watched()
        self._worker = Worker(db, self._nursery, self.till.works, clock.now, moved=self.moving.move)

    # Time

    async def passes(self, seconds: float) -> None:
        """All that is due until then is done at its moment."""
        end = self.clock.moment + timedelta(seconds=seconds)
        while True:
            due = await self._work()
            if self.clock.moment >= end:
                return
            self.clock.moment = min(end, max(due or end, self.clock.moment + MOMENT))

    async def _work(self) -> datetime | None:
        while True:
            due = await self._worker.look()
            if not await self._nursery.idle():
                return due

    async def follow(self, script: list[tuple[float, Callable[[], Awaitable[object]]]]) -> None:
        """What happens when, in seconds from now."""
        began = self.clock.moment
        for at, act in sorted(script, key=lambda step: step[0]):
            await self.passes((began + timedelta(seconds=at) - self.clock.moment).total_seconds())
            await act()

    # People

    async def sells(self, chat: int = GROUP) -> Sale:
        """Typed there: the card lives there."""
        return Sale(await self.till.record(place=Place(chat), look_alike_accepted=True))

    async def opens(self, sale: Sale) -> None:
        await self.till.shopper.opened(await self.till.code(sale.number))

    async def goes_to_the_bank(self, sale: Sale) -> None:
        await self.till.shopper.pay(await self.till.code(sale.number))

    async def pays(self, sale: Sale, status: OrderStatus = OrderStatus.PAID) -> None:
        """And the bank calls back."""
        order = await self.till.order(sale.number)
        self.bank.says(order, status)
        await self.till.hears(order)
        sale.paid_at = self.clock.moment

    async def asks(self, chat: int, html: str = "?") -> None:
        """A question or an alert to somebody, of no sale."""
        replies = Replies(self.till.db, self.till.vault, self.clock.now)
        await replies.post(Place(chat), Question(html), key=f"ask:{chat}:{self.clock.moment}")

    # What is seen

    def messages(self, chat: int) -> list[Message]:
        world = self.telegram.world
        return [found for found in world.chats[chat].messages.values() if found.sender is world.bot]

    def cards(self, chat: int) -> list[Message]:
        return [found for found in self.messages(chat) if found.media is not None]

    def rings(self, chat: int) -> list[Message]:
        """All but cards."""
        return [found for found in self.messages(chat) if found.media is None]

    async def hand_over(self, sale: Sale) -> str:
        """Its code."""
        return (await self.till.payment(sale.number)).handover_code

    def told_after(self, sale: Sale, chat: int = GROUP) -> float:
        """Seconds from the payment to the message that rings of it."""
        [ring] = [ring for ring in self.rings(chat) if f"№\u00a0{sale.number}" in (ring.text or "")]
        assert sale.paid_at
        return (ring.date - sale.paid_at).total_seconds()
