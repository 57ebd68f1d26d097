"""Parts of a text: the check values of the research, computed there with another program."""

import pytest

from bot.sandbox.sms.segments import cut, measured, segments

PERSON = "😀"
UUID_LINK = "https://securepayments.sberbank.ru/payment/merchants/sbersafe/payment_ru.html?mdOrder=" + "a" * 36


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
        ("я" * 70, 1), ("я" * 71, 2), ("я" * 134, 2), ("я" * 135, 3),
        ("[" * 80, 1), ("[" * 81, 2), ("[" * 153, 3),
        (PERSON * 35, 1), (PERSON * 36, 2), ("я" * 66 + PERSON + "я" * 67, 3),
        ("a" * 159 + "€", 2), ("a" * 70 + "№", 2), ("a\u00a0b", 1),
        ("Прилавок: 12 500 ₽ частями https://pay.shop.ru/p/AbCdEf12Gh4", 1),
        ("Прилавок: оплатите 12 500 ₽ частями по ссылке банка " + UUID_LINK, 3),
    ],
)  # fmt: skip
def test_a_text_takes_as_many_parts_as_an_operator_counts(text: str, parts: int) -> None:
    """GSM-7 and UCS-2, single and joined, pairs never split."""
    assert segments(text) == parts


def test_one_foreign_character_changes_the_alphabet_of_the_whole_text() -> None:
    """A no-break space in Latin text leaves 70 units of 160."""
    assert measured("a b")[:2] == (160, 153)
    assert measured("a\u00a0b")[:2] == (70, 67)


def test_a_cut_text_takes_just_the_parts_allowed() -> None:
    """The rest is dropped, nothing more."""
    assert cut("я" * 200, 1) == "я" * 70
    assert cut("я" * 200, 2) == "я" * 134
    assert cut("short", 1) == "short"
