"""Shoppers' chats go with the link that led them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from storage import payments, shopper_chats
from storage.engine import Database

NOON = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
OLD, NEW = "AbCdEf12Gh4", "ZyXwVu98Ts7"
SALE = (
    "INSERT INTO shops (id, name, created_at) VALUES (1, 'A', '2026-01-01 00:00:00')",
    "INSERT INTO staff (id, name, role, shop_id, created_at) VALUES (1, 'B', 'owner', 1, '2026-01-01 00:00:00')",
    "INSERT INTO payments (id, key, shop_id, seller_id, amount, status, handover_code, changed_at, created_at) "
    "VALUES (1001, 'k', 1, 1, 100, 'waiting', '11', '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
)


async def test_chats_and_the_time_of_the_link_are_those_of_the_open_code(db: Database) -> None:
    """Whoever came by a code that was closed is not found any more; by the new one he begins anew."""
    async with db.write() as tx:
        for row in SALE:
            await tx.execute(text(row))
        await payments.add_link(tx, 1001, OLD, NOON)
        for user in (7, 8):
            await shopper_chats.enter(tx, 1001, user, code=OLD, lang="ru", now=NOON)
        await shopper_chats.note_sent(tx, 1001, 7, NOON)
        assert [chat.chat_id for chat in await shopper_chats.of_open_link(tx, 1001)] == [7, 8]
        assert await shopper_chats.last_sent(tx, 1001) == NOON

        await payments.close_link(tx, 1001, NOON)
        await payments.add_link(tx, 1001, NEW, NOON)
        assert await shopper_chats.of_open_link(tx, 1001) == []
        assert await shopper_chats.last_sent(tx, 1001) is None

        await shopper_chats.enter(tx, 1001, 7, code=NEW, lang="en", now=LATER)
        [chat] = await shopper_chats.of_open_link(tx, 1001)
        assert (chat.chat_id, chat.code, chat.lang, chat.started_at, chat.sent_at) == (7, NEW, "en", LATER, None)
