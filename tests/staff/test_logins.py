"""Logins of the web till: one use, nobody becomes less by one, and no browser outlives its person's access."""

import asyncio
from datetime import timedelta

import pytest

from bot.staff import Entered, Joined, Offer, Refusal
from storage.rows import Person
from tests.staff.conftest import GROUP, Firm, someone


async def enter(firm: Firm, token: str, name: str = "Катя", known: Person | None = None) -> Entered:
    entered = await firm.logins.enter(token, name, "ru", known)
    assert isinstance(entered, Entered)
    return entered


async def test_of_five_browsers_at_once_one_is_let_in(firm: Firm) -> None:
    """By an invitation and by a door of somebody's own."""
    oleg = await firm.enter(501, "manager")
    for token in (await firm.invitations.token(Offer.of("assistant"), 1, oleg, GROUP), await firm.logins.door(oleg)):
        entered = await asyncio.gather(*(firm.logins.enter(token, f"Катя {n}", "ru") for n in range(5)))
        assert entered.count(Refusal.OVER) == 4
        assert await firm.logins.offered(token) is None
    assert [person.role for person in await firm.staff.of_shop(1)] == ["manager", "assistant"]
    assert await firm.audited() == ["invite", "door", "join", "log in", "log in"]


async def test_nobody_becomes_less_by_a_link_in_his_browser(firm: Firm) -> None:
    """An owner stays one, whoever made the link cannot use it, and an assistant becomes what it offers."""
    olga, oleg, anya = [await firm.enter(500 + n, role) for n, role in enumerate(("owner", "manager", "assistant"))]
    link = await firm.invitations.token(Offer.of("assistant"), 1, oleg, GROUP)
    for known in (olga, oleg):
        assert await firm.logins.enter(link, "", "ru", known) is Refusal.NOT_FOR_HIM
    assert (await firm.logins.offered(link)) is not None
    better = await firm.invitations.token(Offer.of("manager"), 1, olga, GROUP)
    entered = await enter(firm, better, "", anya)
    assert (entered.person.id, entered.person.role, entered.person.telegram_id) == (anya.id, "manager", 502)


async def test_a_browser_is_known_until_the_access_ends(firm: Firm) -> None:
    """Unused for 400 days it is forgotten; each use counts."""
    oleg = await firm.enter(501, "manager")
    until = firm.moment + timedelta(days=900)
    entered = await enter(firm, await firm.invitations.token(Offer.of("assistant", until), 1, oleg, GROUP))
    for _ in range(2):
        firm.later(days=399)
        who = await firm.logins.who(entered.cookie)
        assert who
        assert (who.id, who.telegram_id) == (entered.person.id, None)
    assert await firm.logins.who("another") is None
    firm.later(days=102)
    assert await firm.logins.who(entered.cookie) is None
    door = await enter(firm, await firm.logins.door(oleg))
    firm.later(days=400)
    assert await firm.logins.who(door.cookie) is None


async def test_leaving_ends_one_browser_and_closing_all(firm: Firm) -> None:
    """And doors that were made before."""
    olga, oleg = await firm.enter(500, "owner"), await firm.enter(501, "manager")
    first, second = [(await enter(firm, await firm.logins.door(oleg))).cookie for _ in range(2)]
    door = await firm.logins.door(oleg)
    await firm.logins.leave(first)
    assert await firm.logins.who(first) is None
    assert await firm.logins.who(second)
    await firm.leaving.close(olga, oleg.id, GROUP)
    assert await firm.logins.who(second) is None
    assert await firm.logins.offered(door) is None
    assert await firm.logins.enter(door, "", "ru") is Refusal.OVER
    again = await firm.invitations.token(Offer.of("manager"), 1, olga, GROUP)
    assert isinstance(await firm.invitations.join(again, someone(501)), Joined)
    assert await firm.logins.who(second) is None


@pytest.mark.parametrize(
    ("who", "outcome"),
    [(501, Joined), (502, Refusal.OVER), (500, Refusal.NOT_FOR_HIM)],
    ids=["himself", "new", "known"],
)
async def test_a_door_in_telegram_gives_no_account_away(firm: Firm, who: int, outcome: object) -> None:
    """Of somebody who has one; it stays good for his browser."""
    await firm.enter(500, "owner")
    oleg = await firm.enter(501, "manager")
    door = await firm.logins.door(oleg)
    joined = await firm.invitations.join(door, someone(who))
    assert joined is outcome or isinstance(joined, Joined)
    assert (await enter(firm, door)).person == oleg


async def test_somebody_without_telegram_joins_one_account(firm: Firm) -> None:
    """The first that opens his door; he keeps his number, his name and his sales."""
    await firm.enter(500, "owner")
    katya = await firm.enter(None, "assistant", "Катя")
    door = await firm.logins.door(katya)
    assert await firm.invitations.join(door, someone(500)) is Refusal.NOT_FOR_HIM
    joined = await firm.invitations.join(door, someone(502))
    assert isinstance(joined, Joined)
    assert (joined.person.id, joined.person.name, joined.person.telegram_id) == (katya.id, "Катя", 502)
    assert await firm.invitations.join(door, someone(503)) is Refusal.OVER
    assert await firm.staff.person(someone(502)) == joined.person
