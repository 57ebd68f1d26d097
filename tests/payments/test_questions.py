"""Questions wait as rows: each is answered by who was asked, once, and within its time."""

from dataclasses import replace

import pytest

from bot.payments.grammar import Order
from bot.payments.questions import Questions, Shopper
from bot.ports import Place
from storage.rows import Person

from .till import PHONE, SELLER, SUM, Till

HERE = Place(SELLER, 7)
READINGS = [Order(SUM, PHONE, "куртка", False), Order(125_00, None, "куртка", False)]


@pytest.fixture
def questions(till: Till) -> Questions:
    return Questions(till.db, till.settings, till.vault, till.now)


async def test_a_reading_is_chosen_by_its_author_in_time(till: Till, questions: Questions, seller: Person) -> None:
    """With the key of the message that it answers, which lets it make one payment however often it is pressed."""
    draft = await questions.ask_reading(HERE, seller, "msg:100:5", READINGS)
    assert await questions.chosen(draft, 0, replace(seller, id=seller.id + 1)) is None
    chosen = await questions.chosen(draft, 1, seller)
    assert chosen
    assert chosen == await questions.chosen(draft, 1, seller)
    assert (chosen.order, chosen.key, chosen.place) == (READINGS[1], "msg:100:5", HERE)
    late = await questions.ask_reading(HERE, seller, "msg:100:6", READINGS)
    till.clock.advance(600)
    assert await questions.chosen(late, 0, seller) is None
    assert await questions.chosen(late + 1, 0, seller) is None


async def test_a_phone_waits_two_minutes_for_its_amount(till: Till, questions: Questions, seller: Person) -> None:
    """In this chat, for this person, once; in reply to a card the shopper is that card's."""
    await questions.ask_amount(HERE, seller, "msg:100:5", PHONE, "куртка")
    assert await questions.shopper_of(Place(-900), seller, None) is None
    assert await questions.shopper_of(HERE, replace(seller, id=seller.id - 1), None) is None
    assert await questions.shopper_of(HERE, seller, None) == Shopper(PHONE, "куртка")
    assert await questions.shopper_of(HERE, seller, None) is None
    await questions.ask_amount(HERE, seller, "msg:100:6", PHONE, "куртка")
    till.clock.advance(120)
    assert await questions.shopper_of(HERE, seller, None) is None
    sold = await till.sell(phone=PHONE)
    assert await questions.shopper_of(HERE, seller, sold) == Shopper(PHONE, "")
