"""The world around the use cases, written by hand: a bank, SMS providers, a chat, a clock that stands still."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.clock import Now
from bot.errors import BankDuplicate, BankOrderUnknown, MessageLost
from bot.ports import (
    Accepted,
    Message,
    NewOrder,
    OrderRef,
    OrderState,
    OrderStatus,
    Place,
    Posted,
    Registered,
    SmsOutcome,
    SmsReport,
)
from bot.qr import QrPictures

NOON = datetime.fromisoformat("2026-11-25T12:00:00+03:00")


class Clock:
    """Stands still."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class FakeBank:
    """Knows orders by their number. `trouble`: what the next calls raise, after doing or not doing their work."""

    is_test = False

    def __init__(self, now: Now) -> None:
        self._now = now
        self.orders: dict[str, OrderState] = {}
        self.calls: list[tuple[str, str]] = []
        self.reads: list[datetime] = []
        self.register_trouble: list[Exception] = []
        self.lost_answers: list[Exception] = []
        self.status_trouble: list[Exception] = []
        self.before_answer: Callable[[], Awaitable[None]] | None = None
        self.before_status: Callable[[], Awaitable[None]] | None = None  # of the next: while its answer travels

    async def register(self, order: NewOrder) -> Registered:
        self.calls.append(("register", order.number))
        if self.register_trouble:
            raise self.register_trouble.pop(0)
        if order.number in self.orders:
            raise BankDuplicate(1, "Заказ с таким номером уже обработан")
        md_order = f"{len(self.orders):036}"
        self.orders[order.number] = OrderState(order.number, md_order, OrderStatus.REGISTERED, order.amount, "643")
        if self.before_answer:
            await self.before_answer()
        if self.lost_answers:
            raise self.lost_answers.pop(0)
        return Registered(md_order, f"https://bank.example/pay?mdOrder={md_order}")

    async def status(self, order: OrderRef) -> OrderState:
        self.calls.append(("status", order.number))
        self.reads.append(self._now())
        if self.status_trouble:
            raise self.status_trouble.pop(0)
        if order.number not in self.orders:
            raise BankOrderUnknown(6, "Заказ не найден")
        seen = self.orders[order.number]
        meanwhile, self.before_status = self.before_status, None
        if meanwhile:
            await meanwhile()
        return seen

    async def decline(self, order: OrderRef) -> None:
        raise AssertionError("nothing here declines")

    async def close(self) -> None:
        return

    def says(self, order: str, status: OrderStatus, /, **facts: Any) -> None:
        """From now on. What is not told follows from the status."""
        state = self.orders[order]
        if status in {OrderStatus.HELD, OrderStatus.PAID}:
            facts = {"approved": state.amount, "deposited": state.amount * (status is OrderStatus.PAID)} | facts
        self.orders[order] = replace(state, status=status, **facts)

    def count(self, method: str) -> int:
        return sum(called == method for called, _ in self.calls)


class FakeSms:
    """A provider. `outcomes`: of the next messages, then Accepted."""

    report_secret = None

    def __init__(self, name: str) -> None:
        self.name = name
        self.outcomes: list[SmsOutcome | Exception] = []
        self.sent: list[tuple[str, str]] = []
        self.state: SmsReport | None = None
        self.asked = 0

    async def send(self, to: str, text: str, ref: int) -> SmsOutcome:
        self.sent.append((to, text))
        outcome = self.outcomes.pop(0) if self.outcomes else Accepted(f"{self.name}-{len(self.sent)}")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def status(self, message_id: str, to: str) -> SmsReport | None:
        self.asked += 1
        return self.state

    def read_reports(self, form: Mapping[str, list[str]], body: Any) -> tuple[list[SmsReport], str]:
        raise AssertionError("reports come over HTTP")

    async def close(self) -> None:
        return


@dataclass
class Shown:
    """A message in a chat."""

    html: str
    photo: str | None = None  # the link in its picture
    reply_to: int | None = None
    labels: list[str] = field(default_factory=list)


class FakeChat:
    """What is to be seen in each chat, by message id; `acts` in order. `trouble`: what the next acts raise."""

    def __init__(self) -> None:
        self.chats: dict[int, dict[int, Shown]] = {}
        self.acts: list[str] = []
        self.trouble: dict[str, list[Exception]] = {}
        self._ids = count(1)

    def _act(self, name: str) -> None:
        if self.trouble.get(name):
            raise self.trouble[name].pop(0)
        self.acts.append(name)

    def _put(self, place: Place, shown: Shown) -> Posted:
        message_id = next(self._ids)
        self.chats.setdefault(place.chat_id, {})[message_id] = shown
        return Posted(message_id)

    def _there(self, place: Place, message_id: int) -> Shown:
        shown = self.chats.get(place.chat_id, {}).get(message_id)
        if shown is None:
            raise MessageLost("message to edit not found")
        return shown

    async def post(self, place: Place, message: Message, *, reply_to: int | None = None) -> Posted:
        self._act("post")
        return self._put(place, Shown(message.html, None, reply_to, labels(message)))

    async def post_photo(self, place: Place, picture: bytes | str, message: Message) -> Posted:
        self._act("photo")
        assert isinstance(picture, bytes)
        return self._put(place, Shown(message.html, picture.decode(), None, labels(message)))

    async def edit(self, place: Place, message_id: int, message: Message, *, photo: bool) -> None:
        self._act("edit")
        shown = self._there(place, message_id)
        assert photo == (shown.photo is not None)
        shown.html, shown.labels = message.html, labels(message)

    async def replace_photo(self, place: Place, message_id: int, picture: bytes, message: Message) -> Posted:
        self._act("replace")
        shown = self._there(place, message_id)
        shown.html, shown.photo = message.html, picture.decode()
        return Posted(message_id)

    async def delete(self, place: Place, message_id: int) -> None:
        self._act("delete")
        self.chats.get(place.chat_id, {}).pop(message_id, None)

    def seen(self, chat: int) -> list[str]:
        """The first line of each message, oldest first."""
        return [plain(shown.html).splitlines()[0] for shown in self.chats.get(chat, {}).values()]


def plain(html: str) -> str:
    return html.replace("<b>", "").replace("</b>", "").replace("\xa0", " ")


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


class LinkPictures(QrPictures):
    """A picture that is its link: drawing takes too long here."""

    async def picture(self, link: str, *, amount: int, shop: str, lang: str, test: bool) -> bytes:
        return link.encode()
