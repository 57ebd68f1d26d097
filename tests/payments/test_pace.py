"""What a busy chat gets under Telegram's limits, minutes of it: rings in time, no refusal, nothing lost or hidden."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from bot.ports import OrderStatus
from bot.sandbox.telegram.files import Files
from storage.engine import Database
from storage.rows import Person

from .fakes import Clock, FakeBank, plain
from .street import Sale, Street
from .till import GROUP, OWNER, SELLER

Script = list[tuple[float, Callable[[], Awaitable[object]]]]


@pytest.fixture
def street(db: Database, bank: FakeBank, clock: Clock, seller: Person) -> Street:
    return Street(db, bank, clock, seller)


async def sell(street: Street, sales: list[Sale], chat: int = GROUP) -> None:
    sales.append(await street.sells(chat))


def sale_script(street: Street, sales: list[Sale], place: int, at: float, chat: int = GROUP) -> Script:
    """Typed, opened, on the bank's page, paid: the shopper takes half a minute."""
    acts: Script = [(at, partial(sell, street, sales, chat))]
    acts += [(at + 9, lambda: street.opens(sales[place])), (at + 15, lambda: street.goes_to_the_bank(sales[place]))]
    return [*acts, (at + 31, lambda: street.pays(sales[place]))]


def in_the_group(street: Street) -> list[str]:
    return [plain(ring.text or "") for ring in street.rings(GROUP)]


@pytest.mark.parametrize("minutes", [2, pytest.param(10, marks=pytest.mark.faults)])
async def test_six_sales_a_minute_ring_each_for_itself_within_half_a_minute(street: Street, minutes: int) -> None:
    """All typed in one group, for as long as it takes, and Telegram has nothing to refuse."""
    sales: list[Sale] = []
    script = [step for place in range(6 * minutes) for step in sale_script(street, sales, place, place * 10)]
    await street.follow(script)
    await street.passes(30)
    assert max(street.told_after(sale) for sale in sales) <= 30
    assert len(street.rings(GROUP)) == len(sales)
    assert street.network.refusals == {}


async def test_a_burst_of_twenty_is_told_within_half_a_minute(street: Street) -> None:
    """Paid in one minute: edits give way, and those that wait go as one message that names each."""
    sales = [await street.sells() for _ in range(20)]
    await street.passes(120)
    await street.follow([(place * 3, partial(street.pays, sale)) for place, sale in enumerate(sales)])
    await street.passes(120)
    assert max(street.told_after(sale) for sale in sales) <= 30
    assert len(street.rings(GROUP)) < 20
    assert street.network.refusals == {}
    await street.passes(120)
    assert all(plain(card.caption or "").startswith("✅ Оплачено") for card in street.cards(GROUP))


async def test_what_was_paid_while_telegram_was_away_is_told_in_one_list(street: Street) -> None:
    """In the group and in the seller's chat; what wants a decision is a message of its own, and comes first."""
    sales = [await street.sells(SELLER) for _ in range(8)]
    cancelled = await street.sells(SELLER)
    await street.passes(60)
    await street.till.force(cancelled.number, "cancelled")
    street.telegram.away = True
    for sale in [*sales[:7], cancelled]:
        await street.pays(sale)
        await street.passes(20)
    await street.pays(sales[7], OrderStatus.DECLINED)
    await street.passes(300)
    street.telegram.away = False
    await street.passes(65)
    for chat in (GROUP, SELLER):
        decision, listed = [plain(ring.text or "") for ring in street.rings(chat)]
        assert decision.startswith("❗ Оплачено после отмены")
        paid = ", ".join(f"✅ № {sale.number} 12 500 ₽" for sale in sales[:7])
        assert listed == f"Пока Telegram не работал: {paid}, ✖️ № {sales[7].number}"


async def test_a_short_absence_is_no_news(street: Street) -> None:
    """Rings that are late by less than two minutes say what rings say."""
    sales = [await street.sells(SELLER) for _ in range(3)]
    await street.passes(10)
    street.telegram.away = True
    for sale in sales:
        await street.pays(sale)
    await street.passes(60)
    street.telegram.away = False
    await street.passes(65)
    assert [plain(ring.text or "")[:10] for ring in street.rings(SELLER)] == ["✅ Оплачено"] * 3


@pytest.mark.parametrize("trouble", ["hangs", "429", "403"])
async def test_a_chat_in_trouble_holds_up_no_other(street: Street, trouble: str) -> None:
    """The seller's own chat is told late or never, the group at once; nothing is tried for ever."""
    sale = await street.sells(SELLER)
    await street.passes(10)
    match trouble:
        case "hangs":
            street.network.stuck.add(SELLER)
        case "429":
            street.network.busy[SELLER] = 300
        case _:
            street.telegram.block(SELLER)
    await street.pays(sale)
    await street.passes(5)
    assert in_the_group(street) == [
        f"✅ Оплачено 12 500 ₽ · код {await street.hand_over(sale)} · № 1001 · Продавец: Аня"
    ]
    assert street.rings(SELLER) == []
    await street.passes(600)
    assert len(street.network.tried) < 30


async def test_a_second_chat_that_telegram_stops_stops_them_all(street: Street) -> None:
    """For as long as it says: the limit is the bot's own then."""
    others = [77, 78, 79]
    for chat in others:
        street.telegram.start(chat)
    street.network.busy |= {77: 40, 78: 40}
    for chat in others[:2]:
        await street.asks(chat)
        await street.passes(5)
    await street.asks(79)
    await street.passes(30)
    assert street.rings(79) == []
    await street.passes(10)
    assert len(street.rings(79)) == 1


async def test_the_bot_sends_no_more_than_thirty_a_second_in_all(street: Street) -> None:
    """A hundred private chats at once."""
    chats = range(1000, 1100)
    for chat in chats:
        street.telegram.start(chat)
        await street.asks(chat)
    await street.passes(6)
    assert street.network.refusals == {}
    assert all(len(street.rings(chat)) == 1 for chat in chats)


async def test_the_same_picture_is_uploaded_once(street: Street) -> None:
    """Posted anew by its file_id; where that is not known any more, uploaded again."""
    sale = await street.sells(SELLER)
    await street.passes(10)
    for uploads in (1, 2):
        street.telegram.delete_message(SELLER, street.cards(SELLER)[0].id)
        await street.opens(sale) if uploads == 1 else await street.goes_to_the_bank(sale)
        if uploads == 2:
            street.telegram.world.files = Files()
        await street.passes(10)
        assert len(street.cards(SELLER)) == 1
        assert street.network.uploads == uploads


@pytest.mark.parametrize(
    ("refusal", "shown"),
    [
        ("can't parse entities: unsupported start tag", "a & b"),
        ("message is too long", "a & b"),
        ("BUTTON_DATA_INVALID", None),
    ],
)
async def test_what_telegram_cannot_read_goes_as_plain_text_or_ends(
    street: Street, refusal: str, shown: str | None
) -> None:
    """And is not tried again each minute."""
    street.network.refuse_html = refusal
    await street.asks(SELLER, "<b>a</b> &amp; b")
    await street.passes(600)
    assert [ring.text for ring in street.rings(SELLER)] == ([shown] if shown else [])
    assert len(street.network.tried) == (2 if shown else 1)


async def test_a_group_that_takes_no_pictures_gets_the_words(street: Street) -> None:
    """Members there may send texts only."""
    street.network.refuse_photos = "not enough rights to send photos to the chat"
    sale = await street.sells()
    await street.passes(10)
    await street.opens(sale)
    await street.passes(10)
    assert [plain(card.text or "").splitlines()[0] for card in street.messages(GROUP)] == [
        "👀 Ссылка открыта · 12 500 ₽"
    ]


async def test_a_ring_that_is_refused_for_good_is_told_to_the_owner(street: Street) -> None:
    """At most once an hour, and not as the same message."""
    sales = [await street.sells(SELLER) for _ in range(2)]
    await street.passes(10)
    street.telegram.start(OWNER)
    street.network.refuse_all[SELLER] = "BUTTON_DATA_INVALID"
    for sale in sales:
        await street.pays(sale)
        await street.passes(1)
    await street.passes(300)
    assert [plain(ring.text or "") for ring in street.rings(OWNER)] == [
        f"Telegram не принял сообщение о продаже № {sales[0].number}. Что с ней: /status {sales[0].number}"
    ]


async def test_a_group_that_threw_the_bot_out_is_told_to_the_owner(street: Street) -> None:
    """The seller hears of his sale in private."""
    sale = await street.sells()
    await street.passes(10)
    street.telegram.start(OWNER)
    street.telegram.kick_bot(GROUP)
    await street.pays(sale)
    await street.passes(600)
    assert [plain(ring.text or "")[:24] for ring in street.rings(SELLER)] == ["✅ Оплачено 12 500 ₽ · ко"]
    assert [plain(ring.text or "")[:12] for ring in street.rings(OWNER)] == ["Чат «Куртки»"]
    assert await street.till.waiting("ping") == 0
