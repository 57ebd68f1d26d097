"""The table of rights, and how far each right goes."""

from dataclasses import replace

import pytest

from bot.staff import Act, may
from storage.rows import Payment, Person

ANYA = Person(2, 501, "Аня", None, "ru", "assistant", 1, None, None, False, None, None, None)
SALE = Payment(**(dict.fromkeys(Payment.__dataclass_fields__) | {"shop_id": 1, "seller_id": 2}))  # type: ignore[arg-type]  # only who and where matters


@pytest.mark.parametrize(
    ("role", "own", "foreign"), [("assistant", True, False), ("manager", True, False), ("owner", True, True)]
)
def test_whose_sale_it_is(role: str, own: bool, foreign: bool) -> None:
    """An assistant's own, a manager's shop's, an owner's all."""
    person, other = replace(ANYA, role=role), replace(SALE, shop_id=9, seller_id=9)
    assert (may(person, Act.LOOK, SALE, None), may(person, Act.LOOK, other, None)) == (own, foreign)


def test_a_colleagues_sale_is_not_an_assistants_but_the_managers() -> None:
    assert not may(replace(ANYA, id=3), Act.LOOK, SALE, None)
    assert may(replace(ANYA, id=3, role="manager"), Act.LOOK, SALE, None)
