"""The world around the use cases, written by hand: a bank, SMS providers, a chat, a clock that stands still."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.clock import Now, bank_day
from bot.errors import BankDuplicate, BankOrderUnknown, BankRefused, MessageLost
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
ROUBLE = 100
WRONG_STATE = "Платёж должен быть в корректном состоянии"


class Clock:
    """Stands still."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class FakeBank:
    """Knows orders by their number. `trouble`: what the next calls raise before they do their work, `lost`: after it.

    Operations move an order as the bank does, and are refused where its state does not allow them.
    """

    is_test = False
    can_decline = False
    can_reverse_deposited = False

    def __init__(self, now: Now) -> None:
        self._now = now
        self.ahead = timedelta()  # of its clock
        self.app_url: str | None = None  # of its app, for the orders to come
        self.orders: dict[str, OrderState] = {}
        self.calls: list[tuple[str, str]] = []
        self.reads: list[datetime] = []
        self.register_trouble: list[Exception] = []
        self.lost_answers: list[Exception] = []
        self.status_trouble: list[Exception] = []
        self.operation_trouble: list[Exception] = []  # of deposit, reverse, refund, decline, whichever comes
        self.lost_operations: list[Exception] = []
        self.before_answer: Callable[[], Awaitable[None]] | None = None
        self.before_status: Callable[[], Awaitable[None]] | None = None  # of the next: while its answer travels
        self._two_stage: set[str] = set()
        self._reverse_tried: set[str] = set()

    async def register(self, order: NewOrder) -> Registered:
        self.calls.append(("register", order.number))
        if self.register_trouble:
            raise self.register_trouble.pop(0)
        if order.number in self.orders:
            raise BankDuplicate(1, "Заказ с таким номером уже обработан")
        md_order = f"{len(self.orders):036}"
        self.orders[order.number] = OrderState(order.number, md_order, OrderStatus.REGISTERED, order.amount, "643")
        if order.two_stage:
            self._two_stage.add(order.number)
        if self.before_answer:
            await self.before_answer()
        if self.lost_answers:
            raise self.lost_answers.pop(0)
        return Registered(md_order, f"https://bank.example/pay?mdOrder={md_order}", self.app_url)

    async def status(self, order: OrderRef) -> OrderState:
        self.calls.append(("status", order.number))
        self.reads.append(self._now())
        if self.status_trouble:
            raise self.status_trouble.pop(0)
        if order.number not in self.orders:
            raise BankOrderUnknown(6, "Заказ не найден")
        seen = replace(self.orders[order.number], bank_time=self._now() + self.ahead)
        meanwhile, self.before_status = self.before_status, None
        if meanwhile:
            await meanwhile()
        return seen

    async def decline(self, order: OrderRef) -> None:
        if not self.can_decline:
            raise BankRefused(5, "BANK_SBER_DECLINE is off")
        self._operate("decline", order, _declined)

    async def deposit(self, order: OrderRef, amount: int, *, description: str) -> None:
        self._operate("deposit", order, lambda state: _deposited(state, amount, self._now()))

    async def reverse(self, order: OrderRef) -> None:
        self._operate("reverse", order, self._reversed)

    async def refund(self, order: OrderRef, amount: int, *, description: str) -> None:
        self._operate("refund", order, lambda state: _refunded(state, amount))

    def _operate(self, method: str, order: OrderRef, change: Callable[[OrderState], OrderState]) -> None:
        """`change` gives the order's new state, or raises what the bank would say."""
        self.calls.append((method, order.number))
        if self.operation_trouble:
            raise self.operation_trouble.pop(0)
        if order.number not in self.orders:
            raise BankOrderUnknown(6, "Неверный номер заказа")
        self.orders[order.number] = change(self.orders[order.number])
        if self.lost_operations:
            raise self.lost_operations.pop(0)

    def _reversed(self, state: OrderState) -> OrderState:
        """One try an order, whatever comes of it."""
        spoiled = state.number in self._reverse_tried
        self._reverse_tried.add(state.number)
        if spoiled or not (state.status is OrderStatus.HELD or self._taken_today(state)):
            raise BankRefused(7, "Операция невозможна для текущего состояния платежа")
        return replace(state, status=OrderStatus.REVERSED, deposited=0)

    def _taken_today(self, state: OrderState) -> bool:
        """Whole and on this day of the bank; a completed hold only where the bank allows it."""
        if state.status is not OrderStatus.PAID or state.deposited != state.approved or state.paid_at is None:
            return False
        if state.number in self._two_stage and not self.can_reverse_deposited:
            return False
        return bank_day(state.paid_at) == bank_day(self._now())

    async def close(self) -> None:
        return

    def says(self, order: str, status: OrderStatus, /, **facts: Any) -> None:
        """From now on. What is not told follows from the status."""
        state, is_paid = self.orders[order], status is OrderStatus.PAID
        if status in {OrderStatus.HELD, OrderStatus.PAID}:
            moments = {"held_at": state.held_at or self._now(), "paid_at": self._now() if is_paid else None}
            facts = {"approved": state.amount, "deposited": state.amount * is_paid, **moments} | facts
        self.orders[order] = replace(state, status=status, **facts)

    def count(self, method: str) -> int:
        return sum(called == method for called, _ in self.calls)


def _deposited(state: OrderState, amount: int, now: datetime) -> OrderState:
    if amount < ROUBLE:
        raise ValueError(amount)
    if state.status is not OrderStatus.HELD:
        raise BankRefused(7, WRONG_STATE)
    if amount > state.approved:
        raise BankRefused(5, "Сумма завершения превышает сумму удержания")
    return replace(state, status=OrderStatus.PAID, deposited=amount, paid_at=now)


def _refunded(state: OrderState, amount: int) -> OrderState:
    if amount < 1:
        raise ValueError(amount)
    if state.status not in {OrderStatus.PAID, OrderStatus.REFUNDED}:
        raise BankRefused(7, WRONG_STATE)
    if amount > state.deposited:
        raise BankRefused(7, "Сумма возврата превышает сумму списания")
    if amount < ROUBLE:
        raise BankRefused(7, "Неверная сумма депозита (менее одного рубля)")
    left, back = state.deposited - amount, state.refunded + amount
    return replace(state, status=OrderStatus.REFUNDED, deposited=left, refunded=back)


def _declined(state: OrderState) -> OrderState:
    if state.status is not OrderStatus.REGISTERED:
        raise BankRefused(7, WRONG_STATE)
    return replace(state, status=OrderStatus.DECLINED)


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

    async def pin(self, place: Place, message_id: int) -> None:
        self._act("pin")

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
