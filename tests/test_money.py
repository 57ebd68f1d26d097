"""Sums as people see them."""

import pytest

from bot.money import format_rub, roubles


@pytest.mark.parametrize(
    ("kopecks", "shown"),
    [
        (1250000, "12\u00a0500\u00a0₽"),
        (1250050, "12\u00a0500,50\u00a0₽"),
        (1250005, "12\u00a0500,05\u00a0₽"),
        (99, "0,99\u00a0₽"),
        (100, "1\u00a0₽"),
        (0, "0\u00a0₽"),
        (125000000, "1\u00a0250\u00a0000\u00a0₽"),
        (-150, "-1,50\u00a0₽"),
    ],
)
def test_a_sum_is_grouped_with_no_break_spaces(kopecks: int, shown: str) -> None:
    """Kopecks appear only when they are not zero, and nothing can break the line inside a sum."""
    assert format_rub(kopecks) == shown


def test_whole_roubles_become_kopecks() -> None:
    """A rouble has a hundred kopecks."""
    assert roubles(12500) == 1250000
