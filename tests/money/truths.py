"""What must be true of every history: some of it at any time, all of it once things have calmed down."""

import json
import re
from collections import Counter
from typing import Any

from bot.payments.states import FINAL, Status, may_become, seen_as
from bot.ports import OrderState, OrderStatus
from bot.sandbox.bank.order import Order
from tests.payments.till import GROUP, OWNER

from . import operations
from .world import REPLACED, World

MONEY = {OrderStatus.HELD, OrderStatus.PAID, OrderStatus.REVERSED, OrderStatus.REFUNDED}
UNPAID = {
    Status.REGISTERING, Status.UNKNOWN, Status.FAILED, Status.WAITING, Status.OPENED, Status.PAYING,
    Status.DECLINED, Status.EXPIRED, Status.CANCELLING, Status.CANCELLED,
}  # fmt: skip
SILENT = {Status.FAILED}  # told by the card alone
RANG_AS_CANCELLED = Status.CANCELLING, Status.CANCELLED
PAYMENTS = "SELECT * FROM payments ORDER BY id"
TOGETHER = "SELECT payment_id, key, payload FROM jobs WHERE kind = 'ping' AND outcome = 'with others'"
MOVES = "SELECT payment_id, staff_id, action, detail FROM audit WHERE payment_id IS NOT NULL ORDER BY id"


def at_any_time(world: World) -> None:
    """Of a sale's orders whose link was handed out, one can be paid, and one is; also of one with another sum now."""
    payable, paid = Counter[int](), Counter[int]()
    older = {row["replaced_by"]: row["id"] for row in world.rows(REPLACED)}
    for md_order, payment in world.handed.items():
        order, sale = world.bank.orders[md_order], payment
        while sale in older:
            sale = older[sale]
        payable[sale] += order.payable
        paid[sale] += order.approved > 0
    assert all(count <= 1 for count in payable.values()), f"payable at once: {payable}"
    assert all(count <= 1 for count in paid.values()), f"paid: {paid}"


def in_the_end(world: World) -> None:
    at_any_time(world)
    told = moves_are_allowed(world)
    for payment in world.rows(PAYMENTS):
        is_what_the_bank_says(world, dict(payment))
    each_end_is_told(world, told)
    operations.add_up(world)
    operations.are_sent_once(world)
    operations.are_allowed(world)


def moves_are_allowed(world: World) -> dict[int, list[dict[str, Any]]]:
    """By payment what the audit tells, in order; each begins where the one before ended."""
    told: dict[int, list[dict[str, Any]]] = {}
    now: dict[int, str] = {}
    owners = {person.id for person in world.scene.people.values() if person.role == "owner"}
    for row in world.rows(MOVES):
        detail, number = json.loads(row["detail"]), row["payment_id"]
        if "to" not in detail:
            continue
        before, after = Status(detail["from"]), Status(detail["to"])
        assert now.get(number, Status.REGISTERING) == before, f"{number}: {now.get(number)} became {before} unseen"
        by_owner = row["action"] == "accept" and row["staff_id"] in owners
        assert may_become(before, after) or by_owner, f"{number}: {before} -> {after}"
        now[number] = after
        told.setdefault(number, []).append(detail)
    for payment in world.rows(PAYMENTS):
        assert payment["status"] == now.get(payment["id"], Status.REGISTERING)
    return told


def is_what_the_bank_says(world: World, payment: dict[str, Any]) -> None:
    """To the kopeck."""
    number, status = payment["id"], Status(payment["status"])
    orders = [order for order in world.bank.orders.values() if order.order_number.split("-")[1] == str(number)]
    with_money = [order for order in orders if order.approved]
    ours = payment["approved"], payment["deposited"], payment["refunded"]
    if status is Status.DISPUTED:
        assert number in world.meddled, f"{number} is disputed, but nobody has touched it at the bank"
        assert any(f"№ {number}" in text for text in world.chat.texts(OWNER)), f"no owner knows of the dispute {number}"
    elif with_money:
        [order] = with_money
        assert seen_as(status, state_of(order)) == status, f"{number} is {status}, at the bank {order.status!r}"
        assert ours == (order.approved, order.deposited, order.refunded), f"{number}: {ours}, at the bank {order}"
    else:
        assert status in UNPAID, f"{number} is {status}, and nobody has paid"
        assert ours == (0, 0, 0), f"{number}: {ours}, and nobody has paid"
        for order in world.orders_of(number)[-1:]:
            assert seen_as(status, state_of(order)) == status, f"{number} is {status}, at the bank {order.status!r}"


def state_of(order: Order) -> OrderState:
    return OrderState(
        order.order_number, order.md_order, OrderStatus(int(order.status)), order.amount, order.currency,
        order.approved, order.deposited, order.refunded, order.action_code,
    )  # fmt: skip


def each_end_is_told(world: World, moves: dict[int, list[dict[str, Any]]]) -> None:
    """In the payment's chat and in the shop's: at least once; once, unless the chat was silent when it was sent.

    A new link may end as the one before did, and that is told again.
    """
    pings, doubtful = pings_told(world)
    twice = {what for what, count in pings.items() if count > 1 and what[:2] not in doubtful}
    assert not twice, f"told twice: {twice}"
    chats = {row["id"]: {row["chat_id"], GROUP} for row in world.rows(PAYMENTS)}
    for number, details in moves.items():
        amounts = {"deposited": 0, "refunded": 0}
        ends = Counter[tuple[int, int]]()
        for move in details:
            amounts |= {name: move[name] for name in amounts if name in move}
            rang_before = move["from"] == move["to"] or (move["from"], move["to"]) == RANG_AS_CANCELLED
            if move["to"] in FINAL - SILENT and not rang_before:
                ends[amounts["deposited"], amounts["refunded"]] += 1
        for (deposited, refunded), count in ends.items():
            for chat in chats[number]:
                found = [what for what in pings if what[:4] == (number, chat, deposited, refunded)]
                assert len(found) >= count, f"{number} ended {count} times, and chat {chat} was told {found}"


def pings_told(world: World) -> tuple[Counter[tuple[Any, ...]], set[tuple[int, int]]]:
    """(payment, chat, deposited, refunded, key) with how often it was told; (payment, chat) of doubts."""
    pings, doubtful = Counter[tuple[Any, ...]](), set()
    for told in world.chat.told:
        if told.about and told.about.kind == "ping":
            assert f"№ {told.about.payment_id}" in told.text
            pings[_what(told.about.payment_id, told.about.key, told.about.payload)] += 1
            if told.doubtful:
                doubtful |= {(int(number), told.chat) for number in re.findall(r"№ (\d+)", told.text)}
    for row in world.rows(TOGETHER):
        pings[_what(row["payment_id"], row["key"], json.loads(row["payload"]))] += 1
    return pings, doubtful


def _what(payment_id: int | None, key: str | None, told: dict[str, Any]) -> tuple[Any, ...]:
    return payment_id, told["chat"], told["deposited"], told["refunded"], key
