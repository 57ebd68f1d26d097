"""What the desk does at the bank behind the product's back: late money, the bank's cabinet, the clock."""

from datetime import timedelta
from functools import partial

import httpx
import pytest

from bot.sandbox.bank.order import MOSCOW, OrderStatus
from bot.sandbox.desk import MANAGER, SELLER, scene
from tests.until import eventually

from .conftest import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")

SUM = 12_500_00
CANCELLED = "⛔ Отменено · 12\u00a0500\u00a0₽\n№\u00a01042 · Куртка зимняя"

until = partial(eventually, within=4)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The late shopper does not wait his two seconds."""
    monkeypatch.setattr(scene, "LATE_AFTER", 0.0)


async def turn(http: httpx.AsyncClient, name: str) -> None:
    assert (await http.post("/desk/scene", json={"name": name, "on": True})).status_code == 200


async def by_hand(http: httpx.AsyncClient, operation: str) -> bool:
    answer = await http.post("/desk/cabinet", json={"operation": operation})
    assert answer.status_code == 200
    return bool(answer.json()["acted"])


async def card_with_link(sandbox: Sandbox, chat_id: int = SELLER.id) -> int:
    card = await sandbox.post_card(chat_id)
    await until(lambda: sandbox.desk._links.of(chat_id, card) is not None)
    return card


async def cancel(sandbox: Sandbox, card: int, chat_id: int = SELLER.id) -> None:
    await sandbox.bot("editMessageCaption", chat_id=chat_id, message_id=card, caption=CANCELLED)


# Money after a cancellation


@pytest.mark.usefixtures("at_once")
async def test_a_late_shopper_pays_when_the_card_says_cancelled(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Our page refuses by then; he is at the bank's already, so the bank takes his money."""
    order = await sandbox.register("1042-1")
    card = await card_with_link(sandbox)
    await turn(http, "late_money")
    await cancel(sandbox, card)
    await until(lambda: sandbox.bank.orders[order].deposited == SUM)


async def test_switched_on_after_the_cancelling_he_pays_at_once(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """The newest cancelled order that the bank still takes money for."""
    order = await sandbox.register("1042-1")
    await cancel(sandbox, await card_with_link(sandbox))
    await turn(http, "late_money")
    await until(lambda: sandbox.bank.orders[order].deposited == SUM)


@pytest.mark.usefixtures("at_once")
async def test_a_card_posted_anew_without_buttons_is_known_by_its_number(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """As after a typed /cancel: the manager's own card has never had the link."""
    order = await sandbox.register("1042-1")
    await card_with_link(sandbox)
    await turn(http, "late_money")
    asked = await sandbox.bot("sendPhoto", chat_id=MANAGER.id, photo=picture(sandbox), caption=CANCELLED)
    assert asked["photo"]
    await until(lambda: sandbox.bank.orders[order].deposited == SUM)


@pytest.mark.usefixtures("at_once")
async def test_nothing_is_paid_that_was_not_cancelled_or_while_the_switch_is_off(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """A paid sale's card is edited with the switch on; a cancelled one's with the switch off."""
    order = await sandbox.register("1042-1")
    card = await card_with_link(sandbox)
    await cancel(sandbox, card)
    await sandbox.bot("editMessageCaption", chat_id=SELLER.id, message_id=card, caption="🕓 Ждём оплату\n№\u00a01042")
    await turn(http, "late_money")
    await sandbox.bot("editMessageCaption", chat_id=SELLER.id, message_id=card, caption="✅ Оплачено\n№\u00a01042")
    await sandbox.bot("sendMessage", chat_id=SELLER.id, text="⛔ Отменено · №\u00a01042")
    await by_hand(http, "refund")  # the followers have run by now
    assert sandbox.bank.orders[order].status is OrderStatus.CREATED


# The bank's cabinet


async def test_the_cabinet_refunds_a_thousand_roubles_of_the_newest_paid_order(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """Again and again, until less is left; an unpaid newer order is passed over."""
    paid = sandbox.bank.orders[await sandbox.register("1042-1")]
    sandbox.bank.pay(paid.md_order)
    await sandbox.register("1043-1")
    assert await by_hand(http, "refund")
    assert (paid.refunded, paid.deposited) == (1_000_00, 11_500_00)
    for _ in range(11):
        assert await by_hand(http, "refund")
    assert not await by_hand(http, "refund")
    assert paid.deposited == 500_00


async def test_the_cabinet_charges_and_cancels_a_hold(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """The whole of it; what is charged today can still be cancelled there."""
    hold = sandbox.bank.orders[await sandbox.register("1042-1", "registerPreAuth.do")]
    sandbox.bank.pay(hold.md_order)
    assert await by_hand(http, "deposit")
    assert (hold.status, hold.deposited) == (OrderStatus.DEPOSITED, SUM)
    assert await by_hand(http, "reverse")
    assert (hold.status, hold.deposited) == (OrderStatus.REVERSED, 0)


async def test_the_cabinet_says_when_there_is_no_such_payment(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Also where the bank refuses; an operation that is none is 400."""
    paid = sandbox.bank.orders[await sandbox.register("1042-1")]
    assert [await by_hand(http, operation) for operation in ("refund", "deposit", "reverse")] == [False] * 3
    sandbox.bank.pay(paid.md_order)
    await http.post("/desk/clock", json={"jump": "morrow"})
    assert not await by_hand(http, "reverse")
    assert paid.deposited == SUM
    assert (await http.post("/desk/cabinet", json={"operation": "steal"})).status_code == 400


# Time


async def test_the_clock_jumps_to_the_last_minute_of_the_moscow_day(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """And past its end; an unknown jump is 400."""
    await http.post("/desk/clock", json={"jump": "midnight"})
    assert sandbox.clock.now().astimezone(MOSCOW).strftime("%H:%M") == "23:59"
    await http.post("/desk/clock", json={"jump": "morrow"})
    assert sandbox.clock.now().astimezone(MOSCOW).strftime("%H:%M") == "00:01"
    assert (await http.post("/desk/clock", json={"jump": "back"})).status_code == 400


async def test_on_the_seventh_day_a_hold_lives_and_an_hour_later_it_has_lapsed(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """However long ago it was paid."""
    hold = sandbox.bank.orders[await sandbox.register("1042-1", "registerPreAuth.do")]
    sandbox.bank.pay(hold.md_order)
    sandbox.clock.advance(timedelta(hours=5))
    seen = []
    for jump in ("seventh", "hour"):
        await http.post("/desk/clock", json={"jump": jump})
        seen.append(hold.status)
    assert seen == [OrderStatus.APPROVED, OrderStatus.REVERSED]


def picture(sandbox: Sandbox) -> str:
    """The file of the first card's picture."""
    shown = (message.shown() for message in sandbox.telegram.world.chats[SELLER.id].messages.values())
    return str(next(message["photo"] for message in shown if message["photo"]))
