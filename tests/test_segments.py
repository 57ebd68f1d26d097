"""Parts of an SMS, and a text that fits one. The check values were computed with another program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money import format_rub
from bot.segments import GSM, GSM_EXTENSION, count, fit, units

TEMPLATE = "{shop}: {amount} частями {link}"
LINK = "https://pay.shop.ru/p/AbCdEf12Gh4"
AMOUNT = format_rub(12_500_00)
BANK_LINK = "https://securepayments.sberbank.ru/payment/merchants/sbersafe/payment_ru.html?mdOrder=" + "a" * 36
EMOJI = "😀"

any_text = st.text(st.sampled_from("aя[€é№…\u00a0" + EMOJI), max_size=250)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
        ("я" * 70, 1), ("я" * 71, 2), ("я" * 134, 2), ("я" * 135, 3),
        ("[" * 80, 1), ("[" * 81, 2), ("[" * 153, 3),
        (EMOJI * 35, 1), (EMOJI * 36, 2), ("я" * 66 + EMOJI + "я" * 67, 3),
        ("a" * 158 + "€", 1), ("a" * 159 + "€", 2), ("a" * 70 + "№", 2),
        (f"Прилавок: оплатите 12 500 ₽ частями по ссылке банка {BANK_LINK}", 3),
    ],
)  # fmt: skip
def test_a_text_takes_as_many_parts_as_an_operator_counts(text: str, parts: int) -> None:
    """GSM-7 and UCS-2, lone and joined, pairs never split."""
    assert count(text) == parts


@pytest.mark.parametrize(
    ("text", "used", "room"),
    [("a" * 10, 10, 160), ("a€", 3, 160), ("я", 1, 70), ("я" + EMOJI, 3, 70), ("a\u00a0b", 3, 70), ("", 0, 160)],
)
def test_units_are_shown_beside_the_room_of_a_part(text: str, used: int, room: int) -> None:
    """One foreign character, a no-break space too, changes the alphabet of the whole text."""
    assert units(text) == (used, room)


@given(any_text)
def test_the_count_is_that_of_a_text_really_cut_into_parts(text: str) -> None:
    """Cut as a phone would: bytes of each alphabet, never within a pair, as full as can be."""
    is_gsm = set(text) <= GSM | GSM_EXTENSION
    room, pieces = (153, [""]) if is_gsm else (67, [""])
    for character in text:
        if size(pieces[-1] + character, is_gsm=is_gsm) > room:
            pieces.append("")
        pieces[-1] += character
    assert count(text) == (1 if size(text, is_gsm=is_gsm) <= (160 if is_gsm else 70) else len(pieces))


def size(text: str, *, is_gsm: bool) -> int:
    if is_gsm:
        return len(text) + sum(character in GSM_EXTENSION for character in text)
    return len(text.encode("utf-16-le")) // 2


def test_a_text_that_fits_is_left_as_it_is() -> None:
    """The no-break spaces of the sum too."""
    text = fit(TEMPLATE, shop="Прилавок", amount=AMOUNT, link=LINK)
    assert text == f"Прилавок: 12\u00a0500\u00a0₽ частями {LINK}"
    assert count(text) == 1


def test_a_long_shop_name_is_shortened_to_just_one_part() -> None:
    """As much of it as there is room for, without a space before the dots."""
    text = fit(TEMPLATE, shop="Мастерская кожаных изделий", amount=AMOUNT, link=LINK)
    assert text == f"Мастерская кожаны…: {AMOUNT} частями {LINK}"
    assert units(text) == (70, 70)
    spaced = fit(TEMPLATE, shop="Мастерская кожан ых изделий", amount=AMOUNT, link=LINK)
    assert spaced == f"Мастерская кожан…: {AMOUNT} частями {LINK}"


def test_a_latin_text_stays_latin_when_shortened() -> None:
    """The one-character ellipsis would leave it 70 units of 160."""
    text = fit("{shop}: {amount} {link}", shop="S" * 150, amount="12500 RUB", link=LINK)
    assert text.startswith("SSS")
    assert "...: 12500 RUB" in text
    assert units(text) == (160, 160)


def test_a_link_that_leaves_no_room_keeps_the_name_whole() -> None:
    """More parts are better than a message from nobody."""
    text = fit(TEMPLATE, shop="Прилавок", amount=AMOUNT, link=BANK_LINK)
    assert text == f"Прилавок: {AMOUNT} частями {BANK_LINK}"
    assert count(text) > 1


def test_braces_in_a_name_are_only_characters() -> None:
    """Nothing is filled in twice."""
    assert fit(TEMPLATE, shop="{link}", amount=AMOUNT, link=LINK) == f"{{link}}: {AMOUNT} частями {LINK}"


@given(shop=st.text(max_size=80), amount=st.integers(100, 150_000_00).map(format_rub), tail=st.integers(1, 60))
def test_only_the_name_is_ever_shortened(shop: str, amount: str, tail: int) -> None:
    """Whatever the name, the sum and the link arrive whole, and one part is kept wherever it can be."""
    link = "https://s.ru/" + "x" * tail
    text = fit(TEMPLATE, shop=shop, amount=amount, link=link)
    rest = f": {amount} частями {link}"
    assert text.endswith(rest)
    name = text.removesuffix(rest)
    assert name == shop or (name.endswith("…") and shop.startswith(name[:-1]) and count(text) == 1)
