"""Who works here: owners by setting, accesses that end, and what is changed about people."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.payments.leaving import Closed, Kept
from bot.staff import Role
from storage import schema
from tests.staff.conftest import GROUP, NOON, Firm, someone

OLGA = someone(500)


async def test_owner_ids_name_owners(firm: Firm) -> None:
    """At first sight, however many messages come at once; a named assistant becomes one, a stranger does not."""
    assert await firm.staff.person(OLGA) is None
    firm.configure(owner_ids="500,501")
    people = await asyncio.gather(*(firm.staff.person(OLGA) for _ in range(5)))
    assert {person and person.role for person in people} == {"owner"}
    assert len({person and person.id for person in people}) == 1
    assistant = await firm.enter(501, "assistant")
    owner = await firm.staff.person(replace(OLGA, telegram_id=501))
    assert owner
    assert (owner.role, owner.id) == ("owner", assistant.id)
    assert await firm.staff.person(replace(OLGA, telegram_id=502)) is None


async def test_access_ends(firm: Firm) -> None:
    """When it is closed, and when its time is over."""
    anya = await firm.enter(501, "assistant")
    assert firm.staff.is_active(anya)
    assert not firm.staff.is_active(replace(anya, closed_at=NOON))
    assert not firm.staff.is_active(replace(anya, access_until=NOON))
    assert firm.staff.is_active(replace(anya, access_until=NOON + timedelta(seconds=1)))


async def test_roles_are_changed_by_owners_and_times_by_managers(firm: Firm) -> None:
    """Not one's own, not an owner's; every change is in the audit."""
    olga, oleg, anya = [await firm.enter(n, role) for n, role in enumerate(("owner", "manager", "assistant"), 500)]
    tomorrow = NOON + timedelta(days=1)
    prolonged = await firm.staff.prolong(oleg, anya.id, tomorrow, GROUP)
    assert prolonged
    assert prolonged.access_until == tomorrow
    assert await firm.staff.prolong(oleg, oleg.id, tomorrow, GROUP) is None
    assert await firm.staff.prolong(anya, oleg.id, tomorrow, GROUP) is None
    assert await firm.staff.set_role(oleg, anya.id, Role.MANAGER, GROUP) is None
    promoted = await firm.staff.set_role(olga, anya.id, Role.MANAGER, GROUP)
    assert promoted
    assert promoted.role == "manager"
    assert await firm.staff.set_role(olga, olga.id, Role.ASSISTANT, GROUP) is None
    assert await firm.audited() == ["prolong", "role"]


async def test_the_last_owner_stays(firm: Firm) -> None:
    """Two owners who close each other at the same moment do not both succeed; nobody closes himself."""
    olga, petr = await firm.enter(500, "owner"), await firm.enter(501, "owner")
    assert await firm.leaving.close(olga, olga.id, GROUP) is Kept.FORBIDDEN
    outcomes = await asyncio.gather(firm.leaving.close(olga, petr.id, GROUP), firm.leaving.close(petr, olga.id, GROUP))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Closed", "Kept"]
    assert Kept.LAST_OWNER in outcomes


async def test_whose_access_ends_is_told_half_an_hour_before(firm: Firm) -> None:
    """Once, and again when it was prolonged; nobody else is."""
    oleg, anya = await firm.enter(501, "manager"), await firm.enter(502, "assistant")
    await firm.enter(503, "assistant", access_until=NOON + timedelta(days=1))
    await firm.staff.prolong(oleg, anya.id, NOON + timedelta(minutes=31), GROUP)

    async def told() -> list[str | None]:
        await firm.leaving.look()
        async with firm.db.read() as tx:
            return [row.lane for row in await tx.execute(select(schema.jobs))]

    assert await told() == []
    firm.later(minutes=2)
    assert [await told(), await told()] == [["chat:502"]] * 2
    await firm.staff.prolong(oleg, anya.id, NOON + timedelta(minutes=32), GROUP)
    assert await told() == ["chat:502", "chat:502"]


async def test_a_manager_closes_assistants_only(firm: Firm) -> None:
    """Once; with the names on a shared phone."""
    oleg, other = await firm.enter(501, "manager"), await firm.enter(502, "manager")
    phone = await firm.enter(503, "assistant", is_shared=True)
    katya = await firm.sellers.name(oleg, phone.id, "Катя", GROUP)
    assert katya
    assert await firm.leaving.close(oleg, other.id, GROUP) is Kept.FORBIDDEN
    assert isinstance(await firm.leaving.close(oleg, phone.id, GROUP), Closed)
    assert await firm.leaving.close(oleg, phone.id, GROUP) is Kept.GONE
    assert await firm.staff.get(katya.id) is None
    assert [person.id for person in await firm.staff.of_shop(1)] == [oleg.id, other.id]


async def test_a_shared_phone_asks_again_after_twelve_hours(firm: Firm) -> None:
    """Without names it sells under its own; a name is there once a phone."""
    oleg, phone = await firm.enter(501, "manager"), await firm.enter(503, "assistant", is_shared=True)
    assert await firm.sellers.seller(phone) == phone
    katya = await firm.sellers.name(oleg, phone.id, "Катя", GROUP)
    assert katya
    assert await firm.sellers.name(oleg, phone.id, "катя", GROUP) is None
    assert await firm.sellers.name(phone, phone.id, "Вера", GROUP) is None
    assert await firm.sellers.seller(phone) is None
    assert await firm.sellers.choose(phone, oleg.id) is None
    chosen = await firm.sellers.choose(phone, katya.id)
    assert chosen
    firm.later(hours=11.9)
    assert await firm.sellers.seller(chosen[0]) == katya
    firm.later(hours=0.1)
    assert await firm.sellers.seller(chosen[0]) is None
    renamed = await firm.sellers.name(oleg, katya.id, "Екатерина", GROUP)
    assert renamed
    assert (renamed.id, renamed.name) == (katya.id, "Екатерина")
