"""Invitations: one use, one day, and nobody becomes less by looking at a link."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.staff import Joined, Offer, Refusal, UntilFault, read_offer
from storage import schema
from storage.rows import Person
from tests.staff.conftest import GROUP, NOON, Firm, someone

OLGA = someone(500)
MOSCOW = ZoneInfo("Europe/Moscow")


async def joined(firm: Firm, token: str, telegram_id: int) -> Person | Refusal:
    outcome = await firm.invitations.join(token, replace(OLGA, telegram_id=telegram_id))
    return outcome.person if isinstance(outcome, Joined) else outcome


async def test_an_owner_link_works_once_within_a_quarter_of_an_hour(firm: Firm) -> None:
    """For the first who uses it; only its hash is stored, and the audit knows who came."""
    assert not await firm.staff.has_owner()
    token = await firm.invitations.owner_token()
    outcomes = await asyncio.gather(*(joined(firm, token, 500 + n) for n in range(5)))
    [owner] = [person for person in outcomes if isinstance(person, Person)]
    assert (owner.role, owner.name) == ("owner", "Ольга")
    assert outcomes.count(Refusal.OVER) == 4
    assert await firm.staff.has_owner()
    late = await firm.invitations.owner_token()
    firm.later(minutes=15)
    assert await joined(firm, late, 600) is Refusal.OVER
    assert await joined(firm, "never made", 600) is Refusal.OVER
    async with firm.db.read() as tx:
        assert token not in [row.token_hash for row in await tx.execute(select(schema.invites))]
    assert await firm.audited() == ["join"]


async def test_an_invitation_gives_role_shop_and_end_for_a_day(firm: Firm) -> None:
    """Whoever used it may open it again; somebody else may not."""
    oleg = await firm.enter(501, "manager")
    sunday = NOON + timedelta(days=4)
    token = await firm.invitations.token(Offer.of("shared", sunday), 1, oleg, GROUP)
    late = await firm.invitations.token(Offer.of("assistant"), 1, oleg, GROUP)
    phone = await joined(firm, token, 502)
    assert isinstance(phone, Person)
    assert (phone.role, phone.is_shared, phone.shop_id, phone.access_until) == ("assistant", True, 1, sunday)
    assert await joined(firm, token, 502) == phone
    assert await joined(firm, token, 503) is Refusal.OVER
    firm.later(days=1)
    assert await joined(firm, late, 503) is Refusal.OVER
    assert await firm.audited() == ["invite", "invite", "join"]


async def test_nobody_becomes_less_by_looking_at_a_link(firm: Firm) -> None:
    """Neither an owner nor who made it; the link stays good for whom it is meant."""
    olga, oleg = await firm.enter(500, "owner"), await firm.enter(501, "manager")
    token = await firm.invitations.token(Offer.of("assistant"), 1, oleg, GROUP)
    assert await joined(firm, token, 500) is Refusal.NOT_FOR_HIM
    assert await joined(firm, token, 501) is Refusal.NOT_FOR_HIM
    assert isinstance(await joined(firm, token, 502), Person)
    assert [person.role for person in await firm.staff.of_shop(1)] == ["owner", "manager", "assistant"]
    assert await firm.invitations.made_him(oleg, (await firm.staff.of_shop(1))[-1])
    assert not await firm.invitations.made_him(olga, (await firm.staff.of_shop(1))[-1])


async def test_who_was_closed_comes_back_by_an_invitation_only(firm: Firm) -> None:
    """Not by the old one; and links of somebody who was closed are dead."""
    olga, oleg = await firm.enter(500, "owner"), await firm.enter(501, "manager")
    old = await firm.invitations.token(Offer.of("assistant"), 1, oleg, GROUP)
    anya = await joined(firm, old, 502)
    assert isinstance(anya, Person)
    await firm.leaving.close(oleg, anya.id, GROUP)
    assert await joined(firm, old, 502) is Refusal.OVER
    new = await firm.invitations.token(Offer.of("manager"), 1, olga, GROUP)
    back = await joined(firm, new, 502)
    assert isinstance(back, Person)
    assert (back.id, back.role, back.closed_at) == (anya.id, "manager", None)
    his = await firm.invitations.token(Offer.of("assistant"), 1, oleg, GROUP)
    await firm.leaving.close(olga, oleg.id, GROUP)
    assert await joined(firm, his, 503) is Refusal.OVER


@pytest.mark.parametrize(
    ("typed", "kind", "ends"),
    [
        ("продавец", "assistant", None),
        ("Продавец до воскресенья 22:00", "assistant", "2026-11-29T22:00"),
        ("assistant until 30.11 22:00", "assistant", "2026-11-30T22:00"),
        ("менеджер", "manager", None),
        ("owner", "owner", None),
        ("общий", "shared", None),
        ("общий телефон до завтра", "shared", "2026-11-26T23:59"),
        ("shared until tomorrow 9:00", "shared", "2026-11-26T09:00"),
    ],
)
def test_what_is_offered_is_read(typed: str, kind: str, ends: str | None) -> None:
    """In both languages."""
    offer = read_offer(typed, NOON, MOSCOW)
    assert isinstance(offer, Offer)
    assert (offer.kind, offer.until and f"{offer.until.astimezone(MOSCOW):%Y-%m-%dT%H:%M}") == (kind, ends)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("директор", UntilFault.UNREAD),
        ("продавец Аня", UntilFault.UNREAD),
        ("продавец до вчера", UntilFault.UNREAD),
        ("владелец до завтра", UntilFault.UNREAD),
        ("продавец до 9:00", UntilFault.PAST),
    ],
)
def test_what_cannot_be_meant_is_refused(typed: str, fault: UntilFault) -> None:
    """An owner's access has no end."""
    assert read_offer(typed, NOON, MOSCOW) is fault
