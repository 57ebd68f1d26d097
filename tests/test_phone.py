"""Which numbers an SMS may go to, and how a number is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phone import PhoneFault, format_private, last_four, masked, parse_phone, tail

MOBILE = "+79161234567"


@pytest.mark.parametrize(
    "raw",
    [
        "9161234567",
        "89161234567",
        "79161234567",
        "+79161234567",
        "+7 916 123-45-67",
        "+7\u00a0916\u00a0123-45-67",
        "8 (916) 123-45-67",
        "8-916-123-45-67",
        "(916)1234567",
        "916.123.45.67",
        " 916 123 45 67 ",
    ],
)
def test_usual_spellings_are_one_number(raw: str) -> None:
    """Every usual way to write a Russian mobile gives the same E.164."""
    assert parse_phone(raw) == MOBILE


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("", PhoneFault.SHORT),
        ("+7", PhoneFault.SHORT),
        ("916123456", PhoneFault.SHORT),
        ("8916123456", PhoneFault.SHORT),
        ("+7916123456", PhoneFault.SHORT),
        ("91612345678", PhoneFault.LONG),
        ("891612345678", PhoneFault.LONG),
        ("+791612345678", PhoneFault.LONG),
        ("9161234567 доб. 5", PhoneFault.LONG),
        ("4951234567", PhoneFault.CITY),
        ("8 (495) 123-45-67", PhoneFault.CITY),
        ("8-800-555-35-35", PhoneFault.CITY),
        ("+375291234567", PhoneFault.FOREIGN),
        ("+77011234567", PhoneFault.FOREIGN),
        ("87011234567", PhoneFault.FOREIGN),
        ("+9161234567", PhoneFault.FOREIGN),
        ("+8 916 123-45-67", PhoneFault.FOREIGN),
        ("+7 (000) 000-00-00", PhoneFault.FOREIGN),
    ],
)
def test_a_wrong_number_says_what_is_wrong(raw: str, fault: PhoneFault) -> None:
    """Nothing is repaired: a number that is not a Russian mobile is refused with its reason."""
    assert parse_phone(raw) is fault


@given(st.text())
def test_no_text_breaks_the_reader(raw: str) -> None:
    """Any text is either a number in E.164 or a reason."""
    phone = parse_phone(raw)

    assert isinstance(phone, PhoneFault) or (len(phone) == 12 and phone.startswith("+79"))


def test_a_number_is_shown_whole_only_where_asked() -> None:
    """Private chats see all of it; groups two digits, the search four, logs the ends."""
    assert format_private(MOBILE) == "+7\u00a0916\u00a0123-45-67"
    assert tail(MOBILE) == "67"
    assert last_four(MOBILE) == "4567"
    assert masked(MOBILE) == "+7916•••••67"
