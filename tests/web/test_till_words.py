"""A sum in words, as it is read back before it is sent."""

import pytest

from bot.web.till.words import in_words


@pytest.mark.parametrize(
    ("kopecks", "russian", "english"),
    [
        (1_250_000, "двенадцать тысяч пятьсот рублей", "twelve thousand five hundred roubles"),
        (100_000, "одна тысяча рублей", "one thousand roubles"),
        (2_200_200, "двадцать две тысячи два рубля", "twenty-two thousand two roubles"),
        (11_101_100, "сто одиннадцать тысяч одиннадцать рублей", "one hundred eleven thousand eleven roubles"),
        (14_999_950, "сто сорок девять тысяч девятьсот девяносто девять рублей 50 копеек",
         "one hundred forty-nine thousand nine hundred ninety-nine roubles 50 kopecks"),
        (100_002_101, "один миллион двадцать один рубль 1 копейка", "one million twenty-one roubles 1 kopeck"),
        (100, "один рубль", "one rouble"),
        (0, "ноль рублей", "zero roubles"),
        (10**11, "", ""),
    ],
)  # fmt: skip
def test_a_sum_is_said_as_people_say_it(kopecks: int, russian: str, english: str) -> None:
    """Thousands are feminine in Russian; kopecks stay figures; what nobody sells for is not said."""
    assert (in_words(kopecks, "ru"), in_words(kopecks, "en")) == (russian, english)
