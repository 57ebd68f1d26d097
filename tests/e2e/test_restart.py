"""kill -9 in the middle of four sales, and a restart: what was promised is done, once.

At the crash: 2 000 is paid and Telegram away; for 3 000 an SMS goes out without an answer; 4 000 is paid and the bank
is just being asked; 5 000 is being registered.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.process import OWNER, Product, product, until

pytestmark = pytest.mark.asyncio(loop_scope="module")
STILL_TO_TELL = """
    SELECT 1 FROM jobs WHERE done_at IS NULL AND lane IS NOT NULL AND run_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')
"""
PRIVATE = ("9161234567", "916 123-45-67", "SANDBOX", "sandbox-callback-key", "sandbox-api-id", "checksum")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """After the restart, when every chat has been told what there is to tell."""
    async with product(Path(tmp_path_factory.mktemp("restart"))) as shop:
        await shop.start()
        await _work_until_the_crash(shop)
        await shop.killed()
        shop.telegram.away = False
        await shop.start()
        told = ("Оплачено 2 000 ₽", "Оплачено 4 000 ₽", "Ждём оплату · 5 000 ₽")
        await until(lambda: all(shop.lines(part) for part in told))
        await until(lambda: not shop.rows(STILL_TO_TELL))
        await asyncio.sleep(0.1)  # one message too many would come now
        yield shop


async def _work_until_the_crash(shop: Product) -> None:
    shop.telegram.say(OWNER, "2000")
    await until(lambda: shop.lines("2 000 ₽"))
    shop.telegram.say(OWNER, "4000")
    await until(lambda: shop.lines("4 000 ₽"))
    first, second = shop.bank.orders.values()
    shop.sms.faults.arm("sms/send", "hang")
    shop.telegram.say(OWNER, "3000 9161234567")
    await until(lambda: shop.sms.messages)
    shop.bank.faults.arm("register.do", "hang")
    shop.telegram.say(OWNER, "5000")
    await until(lambda: len(shop.bank.orders) == 4)
    shop.telegram.away = True
    shop.bank.ledger.pay(first)
    await until(lambda: shop.rows("SELECT 1 FROM payments WHERE amount = 200000 AND status = 'paid'"))
    shop.bank.faults.arm("getOrderStatusExtended.do", "hang")
    shop.bank.ledger.pay(second)
    await until(lambda: shop.rows("SELECT 1 FROM callbacks WHERE operation = 'deposited' LIMIT 1 OFFSET 1"))


async def test_what_was_paid_before_a_crash_is_told_after_it_once(shop: Product) -> None:
    """Telegram was away when the money came; then the power went."""
    assert len(shop.lines("Оплачено 2 000 ₽")) == 1
    assert len(shop.lines("Оплачено · 2 000 ₽")) == 1


async def test_a_crash_while_the_bank_reads_loses_no_payment(shop: Product) -> None:
    """The callback was answered 200, its status read was under way."""
    assert len(shop.lines("Оплачено 4 000 ₽")) == 1


async def test_a_crash_between_message_and_card_makes_one_sale(shop: Product) -> None:
    """The bank had the order, we had not its answer."""
    assert shop.rows("SELECT count(*) FROM payments") == [(4,)]
    assert len(shop.lines("5 000 ₽")) == 1


async def test_a_crash_while_an_sms_goes_out_sends_no_second_one(shop: Product) -> None:
    """Nobody knows whether it went: the card says to show the QR."""
    assert shop.rows("SELECT state FROM sms") == [("unknown",)]
    assert len(shop.sms.messages) == 1


async def test_sigterm_ends_it_and_its_logs_hold_no_secret(shop: Product) -> None:
    """Within five seconds, exit code 0; no token, key, whole phone or callback was written in either life."""
    assert await shop.stop() == 0
    written = shop.said("stderr") + shop.said("stdout")
    assert "prilavok runs" in written
    assert [secret for secret in PRIVATE if secret in written] == []
