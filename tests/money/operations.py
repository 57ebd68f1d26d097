"""What is true of operations: each is sent once, by those who may; together they are what the bank has moved."""

from collections import Counter

from bot.payments.states import Status
from bot.sandbox.bank.order import Order, OrderStatus

from .world import SETTINGS, World

OPERATIONS = (
    "SELECT o.*, p.status AS now, p.seller_id, b.number FROM operations o JOIN payments p ON p.id = o.payment_id "
    "JOIN bank_orders b ON b.id = o.bank_order_id ORDER BY o.id"
)
GIVING_BACK = {"reverse", "refund"}
PAID = {OrderStatus.DEPOSITED, OrderStatus.REFUNDED}


def are_sent_once(world: World) -> None:
    """Each call that left for the bank has a row of its own."""
    sent = Counter((f"{row['kind']}.do", row["number"]) for row in world.rows(OPERATIONS) if row["sent_at"])
    called = Counter[tuple[str, str]]()
    for method, name in world.bank.calls:
        order = world.bank.orders.get(name)
        if order and method in {"deposit.do", "reverse.do", "refund.do", "decline.do"}:
            called[method, order.order_number] += 1
    assert called <= sent, f"called {called - sent} more often than there are operations"


def add_up(world: World) -> None:
    """Of each sale that is not disputed: what is done is what the bank has moved, and no operation is left hanging."""
    done = Counter[tuple[str, str, int]]()
    for row in world.rows(OPERATIONS):
        assert row["state"] in {"requested", "done", "refused", "denied", "lapsed", "disputed"}, dict(row)
        if row["state"] == "done" and row["kind"] != "decline":
            done[row["number"], row["kind"], row["amount"]] += 1
            assert row["origin"] == "staff" or row["payment_id"] in world.meddled | world.lapsed(), dict(row)
    disputed = {row["id"] for row in world.rows("SELECT id FROM payments WHERE status = :it", it=Status.DISPUTED)}
    for order in world.bank.orders.values():
        number = int(order.order_number.split("-")[1])
        if number not in disputed:
            _adds_up(order, done, is_exact=number not in world.meddled)
    ours = Counter(
        (number, method.removesuffix(".do"), amount)
        for method, number, amount in world.bank.carried_out
        if int(number.split("-")[1]) not in world.meddled | disputed
    )
    assert ours <= done, f"carried out, but not written down: {ours - done}"


def _adds_up(order: Order, done: Counter[tuple[str, str, int]], *, is_exact: bool) -> None:
    sums = Counter[str]()
    for (number, kind, amount), count in done.items():
        if number == order.order_number:
            sums[kind] += amount * count
    assert sums["refund"] == order.refunded, f"{order}: {sums}"
    assert bool(sums["reverse"]) == (order.status is OrderStatus.REVERSED), f"{order}: {sums}"
    if order.two_stage and order.status is not OrderStatus.REVERSED:
        assert sums["deposit"] == order.deposited + order.refunded, f"{order}: {sums}"
    if order.two_stage and is_exact:
        assert bool(sums["deposit"]) == (order.deposited_at is not None), f"{order}: {sums}"


def are_allowed(world: World) -> None:
    """Money that was paid goes back by whoever may: an assistant never alone, a manager up to a limit.

    What went back in the bank's cabinet, unseen when he said yes, does not count against the manager.
    """
    roles = {person.id: person.role for person in world.scene.people.values()}
    for row in world.rows(OPERATIONS):
        if row["origin"] != "staff" or not row["sent_at"]:
            continue
        asked, decided = row["asked_by"], row["decided_by"]
        assert roles[asked] != "assistant" or asked == row["seller_id"], f"somebody else's sale: {dict(row)}"
        assert decided is None or (decided != asked and roles[decided] in {"manager", "owner"}), dict(row)
        if row["kind"] in GIVING_BACK and row["before_status"] in PAID:
            before = 0 if row["payment_id"] in world.meddled else row["before_refunded"]
            is_much = before + row["amount"] > SETTINGS["limit_refund"]
            alone = roles[asked] == "owner" or (roles[asked] == "manager" and not is_much)
            assert alone or decided, f"nobody has approved it: {dict(row)}"
