"""Shops: the first one, and groups that became shops."""

import asyncio

from tests.staff.conftest import GROUP, Firm


async def test_the_first_shop_is_there_from_the_start(firm: Firm) -> None:
    """A second start makes no second one; a new SHOP_NAME renames it until a group becomes it."""
    await firm.shops.open_first()
    firm.configure(shop_name="Шапки")
    await firm.shops.open_first()
    assert await firm.names_of_shops() == [("Шапки", None, None)]
    olga = await firm.enter(500, "owner")
    await firm.shops.open(olga, "Шапки на Арбате", GROUP, None)
    await firm.shops.open_first()
    assert await firm.names_of_shops() == [("Шапки на Арбате", GROUP, None)]


async def test_the_first_group_is_the_first_shop_and_the_next_one_a_second(firm: Firm) -> None:
    """So its people and payments go on; however many write /shop at once, a group is one shop."""
    olga = await firm.enter(500, "owner")
    assert await firm.shops.open(olga, "", GROUP, None) is None
    await asyncio.gather(*(firm.shops.open(olga, "Куртки", GROUP, None) for _ in range(3)))
    await asyncio.gather(*(firm.shops.open(olga, "Шапки", GROUP - 1, 7) for _ in range(3)))
    assert await firm.names_of_shops() == [("Куртки", GROUP, None), ("Шапки", GROUP - 1, 7)]
    await firm.shops.open(olga, "", GROUP, 4)
    await firm.shops.open(olga, "Варежки", GROUP - 1, 7)
    assert await firm.names_of_shops() == [("Куртки", GROUP, 4), ("Варежки", GROUP - 1, 7)]
    assert set(await firm.audited()) == {"shop"}
