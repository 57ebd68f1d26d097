"""A shop's day: whose sales it has, since when, and what was paid."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage import days, operations, payments, schema, staff
from storage.engine import Database

NOON = datetime.fromisoformat("2026-11-25T12:00:00+03:00")
MIDNIGHT = NOON - timedelta(hours=12)
LONG_AGO = NOON - timedelta(days=30)


@pytest.fixture
async def people(db: Database) -> dict[str, int]:
    """Анна, a phone with Лена on it, and somebody in another shop."""
    async with db.write() as tx:
        shops = [await staff.add_shop(tx, name, NOON) for name in ("Куртки", "Шапки")]
        facts = {"role": "assistant", "created_at": NOON}
        anna = await staff.add(tx, name="Анна", shop_id=shops[0], **facts)
        phone = await staff.add(tx, name="Телефон", shop_id=shops[0], is_shared=True, **facts)
        lena = await staff.add(tx, name="Лена", shop_id=shops[0], account_id=phone, **facts)
        other = await staff.add(tx, name="Борис", shop_id=shops[1], **facts)
    return {"shop": shops[0], "anna": anna, "phone": phone, "lena": lena, "other": other, "other_shop": shops[1]}


async def sold(db: Database, seller: int, shop: int, made: datetime = NOON, **facts: Any) -> int:
    row = {"changed_at": made, "created_at": made, "status": "waiting", "handover_code": "47", "amount": 12_500_00}
    async with db.write() as tx:
        key = f"form:{uuid.uuid4()}"
        return await payments.add(tx, key=key, shop_id=shop, seller_id=seller, **row | facts)


async def test_a_day_has_what_was_made_or_changed_in_it(db: Database, people: dict[str, int]) -> None:
    """The newest first; of one seller, or of all who sell by his phone, or of the shop."""
    shop, anna, lena = people["shop"], people["anna"], people["lena"]
    old = await sold(db, anna, shop, MIDNIGHT - timedelta(days=1))
    late = await sold(db, anna, shop, MIDNIGHT - timedelta(days=2), changed_at=NOON)
    mine, hers = await sold(db, anna, shop), await sold(db, lena, shop, MIDNIGHT)
    await sold(db, people["other"], people["other_shop"])
    async with db.read() as tx:
        seen = [
            [row.id for row in await days.touched(tx, MIDNIGHT, shop, who, 10)] for who in (None, anna, people["phone"])
        ]
        newest = await days.touched(tx, MIDNIGHT, shop, None, 1)
    assert seen == [[hers, mine, late], [mine, late], [hers]]
    assert [row.id for row in newest] == [hers]
    assert old not in seen[0]


async def test_the_sum_is_what_is_left_of_what_was_paid(db: Database, people: dict[str, int]) -> None:
    """Of sales of any day, by when they were paid; what went back wholly does not count."""
    shop, anna = people["shop"], people["anna"]
    await sold(db, anna, shop, LONG_AGO, paid_at=NOON, deposited=9_500_00, refunded=3_000_00)
    await sold(db, people["lena"], shop, paid_at=MIDNIGHT, deposited=1_000_00)
    await sold(db, anna, shop, paid_at=NOON, deposited=0, refunded=1_000_00)
    await sold(db, anna, shop, LONG_AGO, paid_at=MIDNIGHT - timedelta(seconds=1), deposited=7_000_00)
    async with db.read() as tx:
        assert await days.taken(tx, MIDNIGHT, shop, None) == (2, 10_500_00)
        assert await days.taken(tx, MIDNIGHT, shop, anna) == (1, 9_500_00)
        assert await days.taken(tx, NOON + timedelta(days=1), shop, None) == (0, 0)


async def test_a_request_is_there_however_old_its_sale_is(db: Database, people: dict[str, int]) -> None:
    """Until somebody has decided."""
    shop, anna = people["shop"], people["anna"]
    number = await sold(db, anna, shop, LONG_AGO)
    async with db.write() as tx:
        asked = {"number": "p1", "state": "registered", "expires_at": NOON, "asked_at": NOON}
        order = schema.bank_orders.insert().values(payment_id=number, **asked).returning(schema.bank_orders.c.id)
        order_id = (await tx.execute(order)).scalar_one()
        request = await operations.add(
            tx, key="ask:1", payment_id=number, bank_order_id=order_id, kind="refund", amount=3_000_00,
            reason="", state="requested", origin="staff", asked_at=NOON,
        )  # fmt: skip
    async with db.read() as tx:
        assert [row.id for row in await days.asked_for(tx, shop, None)] == [number]
        assert await days.asked_for(tx, people["other_shop"], None) == []
        assert await days.asked_for(tx, shop, people["lena"]) == []
    async with db.write() as tx:
        await operations.change(tx, request, state="denied", ended_at=NOON)
    async with db.read() as tx:
        assert await days.asked_for(tx, shop, None) == []
