"""The moments that the desk's clock jumps to."""

from datetime import datetime

import pytest

from bot.sandbox.desk.jumps import target


def moscow(moment: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{moment}+03:00")


@pytest.mark.parametrize(("jump", "now", "then"), [
    ("minutes", "25T14:30:20", "25T14:35:20"),
    ("hour", "25T14:30:20", "25T15:30:20"),
    ("midnight", "25T14:30:20", "25T23:59:00"),
    ("midnight", "25T23:59:10", "26T23:59:00"),
    ("morrow", "25T14:30:20", "26T00:01:00"),
    ("morrow", "26T00:30:00", "27T00:01:00"),
    ("seventh", "20T14:30:20", "27T13:30:20"),
    ("week", "20T14:30:20", "27T14:30:20"),
])  # fmt: skip
def test_each_jump_leads_forward_to_its_moment_in_moscow(jump: str, now: str, then: str) -> None:
    """The bank's day is Moscow's; half past midnight there is still yesterday in UTC."""
    assert target(jump, moscow(now), None) == moscow(then)


def test_the_seventh_day_is_the_last_hour_of_the_hold_that_there_is() -> None:
    """However late the button is pressed; within that hour a later hold's is meant, and time still goes forward."""
    ends = moscow("26T14:00:00")
    assert target("seventh", moscow("20T16:00:00"), ends) == moscow("26T13:00:00")
    assert target("seventh", moscow("22T13:30:00"), moscow("22T14:00:00")) == moscow("29T12:30:00")
