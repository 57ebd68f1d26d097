"""Who may do what, where: the whole table, each cell stated; and how far a right goes."""

from dataclasses import replace

import pytest

from bot.staff import Act, acting_in, may, may_approve, may_in_shop, may_invite, may_manage
from storage.rows import Payment, Person, Shop

ANYA = Person(2, 501, "Аня", None, "ru", "assistant", 1, None, None, False, None, None, None)
SALE = Payment(**(dict.fromkeys(Payment.__dataclass_fields__) | {"shop_id": 1, "seller_id": 2}))  # type: ignore[arg-type]  # only who and where matters
COLLEAGUES, OTHERS = replace(SALE, seller_id=9), replace(SALE, shop_id=7, seller_id=9)

PEOPLE = {
    "assistant": ANYA,
    "manager": replace(ANYA, role="manager"),
    "owner": replace(ANYA, role="owner"),
    "phone": replace(ANYA, is_shared=True),
}
PLACES = {  # chat, and the shop that it is
    "private": (501, None),
    "own": (-1, Shop(1, "Куртки", -1, None, "ru")),
    "other": (-2, Shop(7, "Шапки", -2, None, "ru")),
    "no shop": (-3, None),
}
# A letter a place, in the order of PLACES.
# o: with one's own sales   s: with all of one's shop   a: with all shops   -: nothing
TABLE = """
              assistant  manager  owner  phone
    sell       oo--       ss--     aaaa   oo--
    look       oo--       ss--     aaaa   oo--
    cancel     oo--       ss--     aaaa   oo--
    complete   oo--       ss--     aaaa   oo--
    release    oo--       ss--     aaaa   oo--
    give_back  oo--       ss--     aaaa   oo--
    keep       oo--       ss--     aaaa   oo--
    approve    ----       ss--     aaaa   ----
    invite     ----       ss--     aaaa   ----
    manage     ----       ss--     aaaa   ----
    open_shop  ----       ----     aaaa   ----
    settle     ----       ----     aaaa   ----
"""
ROLES, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    (act, role, place, letter)
    for act, *cells in ROWS
    for role, cell in zip(ROLES, cells, strict=True)
    for place, letter in zip(PLACES, cell, strict=True)
]


def letter(person: Person | None, act: Act) -> str:
    """How far somebody gets who tries it on his own sale, a colleague's and one of another shop."""
    if person is None:
        return "-"
    own, colleagues, others = (may(person, act, sale, None) for sale in (SALE, COLLEAGUES, OTHERS))
    return {
        (False, False, False): "-",
        (True, False, False): "o",
        (True, True, False): "s",
        (True, True, True): "a",
    }[own, colleagues, others]


def test_the_table_is_whole() -> None:
    """An act that is added must be decided for everybody."""
    assert [act for act, *_ in ROWS] == [act.value for act in Act]


@pytest.mark.parametrize(("act", "role", "place", "expected"), CELLS)
def test_each_role_does_each_act_in_each_place_as_the_table_says(
    act: str, role: str, place: str, expected: str
) -> None:
    """Seen by trying it; an anonymous admin is nobody's person and is turned away before (telegram_edge)."""
    assert letter(acting_in(PEOPLE[role], *PLACES[place]), Act(act)) == expected


@pytest.mark.parametrize("act", [Act.INVITE, Act.MANAGE, Act.OPEN_SHOP])
def test_a_right_over_people_ends_where_the_shop_ends(act: Act) -> None:
    """Except an owner's."""
    here = {role: may_in_shop(person, act, 1) for role, person in PEOPLE.items()}
    there = {role: may_in_shop(person, act, 7) for role, person in PEOPLE.items()}
    assert here == {"assistant": False, "manager": act is not Act.OPEN_SHOP, "owner": True, "phone": False}
    assert there == {"assistant": False, "manager": False, "owner": True, "phone": False}


def test_an_owner_acts_for_the_shop_of_the_group() -> None:
    """In private, and in a group that is no shop, for his own."""
    shops = {place: acting.shop_id for place in PLACES if (acting := acting_in(PEOPLE["owner"], *PLACES[place]))}
    assert shops == {"private": 1, "own": 1, "other": 7, "no shop": 1}


def test_a_shared_phone_has_the_sales_of_all_who_sell_by_it() -> None:
    """Nobody else has them."""
    katya = replace(ANYA, id=9, telegram_id=None, account_id=2)
    assert may(PEOPLE["phone"], Act.CANCEL, COLLEAGUES, katya)
    assert not may(replace(PEOPLE["phone"], id=3), Act.CANCEL, COLLEAGUES, katya)


def test_nobody_approves_what_he_asked_for_himself() -> None:
    """Two people move money back."""
    oleg = replace(PEOPLE["manager"], id=5)
    assert may_approve(oleg, SALE, asked_by=2)
    assert not may_approve(oleg, SALE, asked_by=5)
    assert not may_approve(replace(PEOPLE["phone"], role="manager"), SALE, asked_by=9)


@pytest.mark.parametrize(
    ("by", "other", "allowed"),
    [
        ("assistant", "assistant", False),
        ("manager", "assistant", True),
        ("manager", "phone", True),
        ("manager", "manager", False),
        ("manager", "owner", False),
        ("owner", "assistant", True),
        ("owner", "manager", True),
        ("owner", "owner", True),
        ("phone", "assistant", False),
    ],
)
def test_who_changes_whose_access(by: str, other: str, allowed: bool) -> None:
    """A manager those below him, an owner everybody, nobody himself, and not beyond his shop."""
    assert may_manage(PEOPLE[by], replace(PEOPLE[other], id=9)) is allowed
    assert not may_manage(PEOPLE[by], replace(PEOPLE[other], id=2))
    elsewhere = replace(PEOPLE[other], id=9, shop_id=7)
    assert may_manage(PEOPLE[by], elsewhere) is (by == "owner")


@pytest.mark.parametrize(
    ("by", "roles"),
    [("assistant", ""), ("phone", ""), ("manager", "assistant"), ("owner", "assistant manager owner")],
)
def test_who_invites_whom(by: str, roles: str) -> None:
    """A manager assistants of his shop, an owner everybody."""
    offered = [role for role in ("assistant", "manager", "owner") if may_invite(PEOPLE[by], role, 1)]
    assert " ".join(offered) == roles
    assert may_invite(PEOPLE[by], "assistant", 7) is (by == "owner")
