"""An edited message: the sale follows as far as nobody has acted on it, and an SMS to a wrong number never leaves."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.payments.grammar import Order
from bot.payments.rewrite import Rewriting, Rewritten
from bot.ports import OrderStatus, Place, Rejected, SmsFault
from storage import schema

from .fakes import FakeBank, plain
from .till import PHONE, SELLER, SUM, Till

OTHER = "+79267654321"


@pytest.fixture
def rewriting(till: Till) -> Rewriting:
    return Rewriting(till.db, till.vault, till.delivery, till.renewals, till.now)


class Edits:
    """One sale and the edits of its message."""

    def __init__(self, till: Till, rewriting: Rewriting, number: int) -> None:
        self._till = till
        self._rewriting = rewriting
        self.number = number

    async def edit(self, **order: Any) -> Rewritten:
        facts: dict[str, Any] = {"amount": SUM, "phone": PHONE, "what": "куртка"} | order
        return await self._rewriting.rewrite(self._till.seller, self.number, Order(**facts), Place(SELLER), edited=1)

    async def sold(self) -> tuple[int, str | None, str]:
        payment = await self._till.payment(self.number)
        phone = self._till.vault.open(payment.phone_sealed) if payment.phone_sealed else None
        return payment.amount, phone, payment.what


@pytest.fixture
async def edits(till: Till, rewriting: Rewriting) -> Edits:
    """A jacket, its link just made: the SMS waits."""
    return Edits(till, rewriting, await till.sell(phone=PHONE, what="куртка"))


async def test_within_the_delay_the_sms_goes_to_the_new_number_alone(till: Till, edits: Edits) -> None:
    """It waits its whole time from the edit on; card, look-alikes and searches know the new number."""
    await till.passes(4)
    assert await edits.edit(phone=OTHER, what="куртка синяя") == Rewritten()
    await till.passes(4)
    assert till.sms.sent == []
    await till.passes(2)
    assert [to for to, _ in till.sms.sent] == [OTHER]
    assert await edits.sold() == (SUM, OTHER, "куртка синяя")
    payment = await till.payment(edits.number)
    assert payment.phone_tail == "4321"
    assert "765-43-21" in next(iter(till.chat.chats[SELLER].values())).html
    assert "edit" in await till.audit(edits.number)
    assert OTHER not in await till.everything()


async def test_before_the_link_is_there_the_number_changes_too(till: Till, rewriting: Rewriting) -> None:
    """The SMS that comes with the link knows no other."""
    number = await till.record(phone=PHONE, what="куртка")
    await Edits(till, rewriting, number).edit(phone=OTHER)
    await till.work()
    await till.passes(6)
    assert [to for to, _ in till.sms.sent] == [OTHER]


async def test_a_number_may_be_added_or_taken_away(till: Till, rewriting: Rewriting, edits: Edits) -> None:
    """What the message says is where the SMS goes."""
    await edits.edit(phone=None)
    bare = Edits(till, rewriting, await till.sell(what="куртка", look_alike_accepted=True))
    await bare.edit(phone=OTHER)
    await till.passes(6)
    assert [to for to, _ in till.sms.sent] == [OTHER]
    assert await edits.sold() == (SUM, None, "куртка")


async def test_after_the_sms_has_left_the_number_stays(till: Till, edits: Edits) -> None:
    """The link is with somebody: «Не тот номер» closes it. The description changes all the same."""
    await till.passes(6)
    told = await edits.edit(phone=OTHER, what="куртка синяя")
    assert (told.said.key, told.said.values, told.verb) == ("r.edit_phone", {"tail": "67", "sum": ""}, "wrong_number")
    assert await edits.sold() == (SUM, PHONE, "куртка синяя")
    both = await edits.edit(phone=OTHER, amount=15_200_00)
    assert (both.said.key, both.said.values["sum"]) == ("r.edit_phone", "12\xa0500\xa0₽")
    await till.passes(6)
    assert len(till.sms.sent) == 1


async def test_an_sms_that_nobody_took_does_not_hold_the_number(till: Till, edits: Edits) -> None:
    """Refused by the provider: the shopper has nothing."""
    till.sms.outcomes = [Rejected(SmsFault.RECIPIENT, permanent=True)]
    await till.passes(6)
    assert await edits.edit(phone=OTHER) == Rewritten()
    await till.passes(6)
    assert [to for to, _ in till.sms.sent] == [PHONE, OTHER]


async def test_a_number_that_was_called_wrong_does_not_come_back(till: Till, edits: Edits) -> None:
    """It stands in the message still; the right one, edited in, is the answer that the card waits for."""
    for seconds in (1, 6):
        await till.passes(seconds)
        await till.mending.wrong_number(till.seller, edits.number, Place(SELLER))
        told = await edits.edit(what=f"куртка {seconds}")
        assert (told.said.key, told.verb) == ("r.edit_forgotten", "sms")
        await till.passes(6)
        assert await edits.sold() == (SUM, None, f"куртка {seconds}")
        if seconds == 1:
            assert till.sms.sent == []
            await edits.edit(phone=OTHER)
    await edits.edit(phone="+79990000000")
    await till.passes(6)
    assert [to for to, _ in till.sms.sent] == [OTHER, "+79990000000"]
    assert len({text.partition("/p/")[2] for _, text in till.sms.sent}) == 2
    assert not await till.rows(select(schema.drafts.c.id).filter_by(kind="confirm", used_at=None))


async def test_an_edit_that_changes_nothing_is_not_noticed(till: Till, edits: Edits) -> None:
    """Telegram tells of some that nobody made."""
    before = await till.payment(edits.number)
    assert await edits.edit() == Rewritten()
    await till.work()
    assert await till.payment(edits.number) == before
    await till.passes(6)
    assert [to for to, _ in till.sms.sent] == [PHONE]


async def test_another_sum_is_never_taken_in_place(till: Till, edits: Edits) -> None:
    """Nor is a hold. The SMS with the wrong sum does not leave; a wrong number is mended all the same."""
    told = await edits.edit(amount=15_200_00, phone=OTHER)
    assert (told.said.key, told.verb) == ("r.edit_amount", "cancel")
    assert (await edits.edit(hold=True, phone=OTHER)).said.key == "r.edit_hold"
    await till.passes(6)
    assert till.sms.sent == []
    assert await edits.sold() == (SUM, OTHER, "куртка")


async def test_another_sum_is_asked_about_where_the_bank_closes_links(
    till: Till, rewriting: Rewriting, edits: Edits, bank: FakeBank
) -> None:
    """«Да» makes another sale, to the number that the message has now; then it is the message's sale."""
    bank.can_decline = True
    assert await edits.edit(amount=15_200_00, phone=OTHER) == Rewritten()
    await till.work()
    assert "Заменить: 12 500 ₽ → 15 200 ₽?" in plain(next(iter(till.chat.chats[SELLER].values())).html)
    [(draft,)] = await till.rows(select(schema.drafts.c.id).filter_by(kind="confirm"))
    await till.decisions.yes(till.seller, draft)
    await till.passes(30)
    newest = await rewriting.sale_of((await till.payment(edits.number)).key)
    assert newest is not None
    assert (newest.id, newest.amount) == (edits.number + 1, 15_200_00)
    assert [to for to, _ in till.sms.sent] == [OTHER]


async def test_a_sale_that_is_over_says_so(till: Till, edits: Edits, bank: FakeBank) -> None:
    """Only where the edit would have changed something."""
    order = await till.order(edits.number)
    bank.says(order, OrderStatus.PAID)
    await till.hears(order)
    await till.work()
    assert (await edits.edit(what="другое")).said.key == "r.edit_closed"
    assert (await edits.edit()).said.key is None
    assert await edits.sold() == (SUM, PHONE, "куртка")


async def test_who_may_not_cancel_a_sale_may_not_rewrite_it(till: Till, edits: Edits) -> None:
    """Who wrote the message may have changed shops since."""
    till.seller = replace(till.seller, shop_id=77)
    assert (await edits.edit(phone=OTHER)).said.key == "r.no_n"
    assert await edits.sold() == (SUM, PHONE, "куртка")


async def test_the_newest_sale_stands_for_the_message(till: Till, rewriting: Rewriting) -> None:
    """Of sales that took each other's place."""
    first, second = await till.record(key="msg:1:7"), await till.record(key="other", look_alike_accepted=True)
    async with till.db.write() as tx:
        await tx.execute(schema.payments.update().where(schema.payments.c.id == first).values(replaced_by=second))
    found = await rewriting.sale_of("msg:1:7")
    assert found is not None
    assert found.id == second
    assert await rewriting.sale_of("msg:1:8") is None
