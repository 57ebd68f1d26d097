"""One message makes one sale, within the limits, and asks when it looks like another one."""

import asyncio

from sqlalchemy import select

from bot.payments.create import LookAlike, Made, Refused
from bot.payments.questions import Questions
from bot.payments.replies import Replies
from bot.ports import Message, OrderStatus, Place
from storage import schema
from storage.engine import Database
from storage.rows import Person

from .fakes import Clock, FakeBank
from .till import PHONE, SELLER, SUM, Till


async def test_twenty_equal_creations_at_once_make_one_payment(
    database_url: str, db: Database, seller: Person, bank: FakeBank, clock: Clock
) -> None:
    """On two replicas, where the database takes more than one: one makes it, the others find it."""
    other = Database(database_url) if db.dialect == "postgresql" else db
    tills = [Till(db, bank, clock, seller), Till(other, bank, clock, seller)]
    sale = tills[0].sale(key="msg:7:7")
    made = await asyncio.gather(*(tills[n % 2].creation.create(sale) for n in range(20)))
    assert {type(one) for one in made} == {Made}
    assert sorted(one.again for one in made if isinstance(one, Made)) == [False] + [True] * 19
    assert len(await tills[0].rows(select(schema.payments))) == 1
    assert await tills[0].waiting("register") == 1
    if other is not db:
        await other.close()


async def test_a_double_sent_message_asks_first(
    database_url: str, db: Database, seller: Person, bank: FakeBank, clock: Clock
) -> None:
    """Twenty messages of one sale, at once and on two replicas: one is made, the others are questions about it."""
    other = Database(database_url) if db.dialect == "postgresql" else db
    tills = [Till(db, bank, clock, seller), Till(other, bank, clock, seller)]
    sales = [tills[0].sale(phone=PHONE) for _ in range(20)]
    results = await asyncio.gather(*(tills[n % 2].creation.create(sale) for n, sale in enumerate(sales)))
    [made] = [one for one in results if isinstance(one, Made)]
    assert {one.payment.id for one in results if isinstance(one, LookAlike)} == {made.payment.id}
    if other is not db:
        await other.close()


async def test_hand_over_codes_of_a_shop_do_not_repeat_soon(
    database_url: str, db: Database, seller: Person, bank: FakeBank, clock: Clock
) -> None:
    """Any 51 sales in a row have 51 codes of two digits, made at once and on two replicas too."""
    other = Database(database_url) if db.dialect == "postgresql" else db
    tills = [Till(db, bank, clock, seller), Till(other, bank, clock, seller)]
    sales = [tills[0].sale(look_alike_accepted=True) for _ in range(52)]
    await asyncio.gather(*(tills[n % 2].creation.create(sale) for n, sale in enumerate(sales)))
    if other is not db:
        await other.close()
    column = schema.payments.c.handover_code
    codes = [code for (code,) in await tills[0].rows(select(column).order_by(schema.payments.c.id))]
    assert len(set(codes[:51])) == len(set(codes[1:])) == 51
    assert all(len(code) == 2 and code.isdecimal() for code in codes)


async def test_what_looks_alike(till: Till, bank: FakeBank, seller: Person) -> None:
    """Same shop and amount and phone; without a phone the same seller; while open, or paid five minutes ago."""
    number = await till.sell(phone=PHONE)
    twin = await till.create(phone=PHONE)
    assert isinstance(twin, LookAlike)
    assert twin.payment.id == number
    for other in ({"phone": "+79161234568"}, {"amount": SUM + 100_00, "phone": PHONE}, {}):
        assert isinstance(await till.create(**other), Made)
    assert isinstance(await till.create(), LookAlike)
    assert isinstance(await till.create(look_alike_accepted=True), Made)
    order = await till.order(number)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    await till.work()
    till.clock.advance(299)
    assert isinstance(await till.create(phone=PHONE), LookAlike)
    till.clock.advance(2)
    assert isinstance(await till.create(phone=PHONE), Made)


async def test_limits_are_told(db: Database, bank: FakeBank, clock: Clock, seller: Person) -> None:
    """The smallest and the largest sum; an assistant's own and his day's, which a payment that failed gives back."""
    till = Till(
        db, bank, clock, seller, limit_assistant_payment="20000", limit_assistant_day="30000", amount_max="100000"
    )
    refused = {
        999_99: "r.min",
        100_000_01: "r.max",
        20_000_01: "r.role",
    }
    for amount, key in refused.items():
        result = await till.create(amount=amount)
        assert isinstance(result, Refused)
        assert result.key == key
    first = await till.sell(amount=20_000_00)
    over = await till.create(amount=10_000_01)
    assert isinstance(over, Refused)
    assert over.key == "r.day"
    await till.force(first, "expired")
    assert isinstance(await till.create(amount=10_000_01), Made)
    till.clock.advance(13 * 3600)  # past midnight in Moscow
    assert isinstance(await till.create(amount=20_000_00), Made)


async def test_no_table_holds_a_phone_or_the_typed_text(till: Till, bank: FakeBank, seller: Person) -> None:
    """Sealed, hashed, or its last four digits; jobs carry ids. Everything that a sale leaves behind is searched."""
    number = await till.sell(phone=PHONE, what="куртка")
    place, typed = Place(SELLER), "12500 9161234567 куртка"
    await Questions(till.db, till.settings, till.vault, till.now).ask_amount(place, seller, "msg:1:9", PHONE, typed)
    await Replies(till.db, till.vault, till.now).post(place, Message(f"{typed} +7 916 123-45-67"), key="msg:1:8")
    await till.passes(30)
    order = await till.order(number)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    await till.passes(5)
    dump = await till.everything()
    for clear in ("9161234567", "916 123", "916123", "123-45-67", typed):
        assert clear not in dump
    payloads = " ".join(payload for (payload,) in await till.rows(select(schema.jobs.c.payload)))
    assert "куртка" not in payloads
    assert "4567" not in payloads
    assert "куртка" not in repr(await till.rows(select(schema.audit)))
