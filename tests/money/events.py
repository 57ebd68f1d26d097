"""What may happen to a shop: the words of which histories are made. A failing history reads as their list.

`sale` counts the history's sales, round and round, so that any number names one.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Protocol

from bot.payments.create import LookAlike, Made
from bot.ports import Place
from bot.sandbox.bank.order import Order

from .bank import Trouble
from .chat import ChatTrouble
from .world import World


class Event(Protocol):
    """One of them."""

    def happen(self, world: World) -> Awaitable[None]: ...


# People


@dataclass(frozen=True)
class Sells:
    amount: int
    hold: bool
    who: str
    twice: bool
    phone: str | None = None

    async def happen(self, world: World) -> None:
        """The message may come twice. What looks like an earlier sale is accepted."""
        world.messages += 1
        seller = world.scene.people[self.who]
        facts: dict[str, Any] = {
            "key": f"msg:1:{world.messages}", "seller": seller, "place": Place(seller.telegram_id or 0),
            "amount": self.amount, "two_stage": self.hold, "phone": self.phone,
        }  # fmt: skip
        made = await world.till.create(**facts)
        if isinstance(made, LookAlike):
            made = await world.till.create(**facts, look_alike_accepted=True)
        assert isinstance(made, Made)
        if self.twice:
            again = await world.till.create(**facts)
            assert isinstance(again, Made)
            assert again.payment.id == made.payment.id
        world.sales.append(made.payment.id)


@dataclass(frozen=True)
class Presses:
    sale: int
    button: str

    async def happen(self, world: World) -> None:
        payment = await world.till.payment(world.sale(self.sale))
        await world.till.steps.take(self.button, payment, world.scene.people["seller"])


# The shopper


@dataclass(frozen=True)
class OpensPage:
    sale: int

    async def happen(self, world: World) -> None:
        code = await world.till.code(world.sale(self.sale))
        await world.till.shopper.opened(code)
        await world.till.shopper.pay(code)


@dataclass(frozen=True)
class Shopper:
    """At the bank, by the newest link that he has, or by an older one."""

    sale: int
    act: str
    age: int = 0

    async def happen(self, world: World) -> None:
        links = world.orders_of(world.sale(self.sale))[::-1][self.age :]
        if links and links[0].payable:
            self._act(world, links[0])

    def _act(self, world: World, order: Order) -> None:
        ledger = world.bank.ledger
        match self.act:
            case "pays":
                ledger.pay(order)
            case "is refused":
                ledger.refuse(order)
            case "is asked by his bank":
                ledger.enter_acs(order)
            case _:
                ledger.leave(order)


# The bank's callbacks


@dataclass(frozen=True)
class BankCalls:
    """Never, once or more often; in any order."""

    which: int
    times: int

    async def happen(self, world: World) -> None:
        if waiting := world.bank.callbacks:
            fields = waiting.pop(self.which % len(waiting))
            for _ in range(self.times):
                await world.hears(fields)


@dataclass(frozen=True)
class BankLies:
    sale: int
    operation: str
    succeeded: bool

    async def happen(self, world: World) -> None:
        for order in world.orders_of(world.sale(self.sale))[-1:]:
            await world.hears(world.bank.signed(order, self.operation, self.succeeded))


# Trouble


@dataclass(frozen=True)
class BankWill:
    """With the next call of this method."""

    method: str
    what: Trouble

    async def happen(self, world: World) -> None:
        world.bank.troubles.setdefault(self.method, []).append(self.what)


@dataclass(frozen=True)
class TelegramWill:
    what: ChatTrouble

    async def happen(self, world: World) -> None:
        world.chat.troubles.append(self.what)


@dataclass(frozen=True)
class IsKilled:
    async def happen(self, world: World) -> None:
        await world.die()


# Work and time


@dataclass(frozen=True)
class Works:
    """`chat` False: Telegram hears of it later."""

    chat: bool = False

    async def happen(self, world: World) -> None:
        await world.work(chat=self.chat)


@dataclass(frozen=True)
class DoesOneJob:
    which: int

    async def happen(self, world: World) -> None:
        await world.do_one(self.which)


@dataclass(frozen=True)
class SlowCallEnds:
    async def happen(self, world: World) -> None:
        await world.answers()


@dataclass(frozen=True)
class Passes:
    seconds: int

    async def happen(self, world: World) -> None:
        await world.passes(self.seconds)
