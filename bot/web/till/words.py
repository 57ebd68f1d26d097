"""A sum in words, as it is read aloud before it is sent: «двенадцать тысяч пятьсот рублей 50 копеек». Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.money import KOPECKS

MOST: Final = 1_000_000_000  # roubles; no sale is as large
Forms = tuple[str, str, str]
"""After 1, after 2, after 5."""


@dataclass(frozen=True, slots=True)
class Language:
    """`small`: 0 to 19; `tens` from 20 on; `hundreds` from 100 on; `feminine`: words for 1 and 2 of thousands."""

    small: Sequence[str]
    tens: Sequence[str]
    hundreds: Sequence[str]
    feminine: Mapping[int, str]
    hyphen: str
    million: Forms
    thousand: Forms
    rouble: Forms
    kopeck: Forms

    def form(self, number: int, forms: Forms) -> str:
        """The word that goes with the number."""
        last, tens = number % 10, number % 100
        if last == 1 and tens != 11:
            return forms[0]
        return forms[1] if last in {2, 3, 4} and tens not in {12, 13, 14} else forms[2]


def words(text: str) -> list[str]:
    return text.split()


RUSSIAN = Language(
    small=words(
        "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать "
        "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
    ),
    tens=words("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"),
    hundreds=words("сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"),
    feminine={1: "одна", 2: "две"},
    hyphen=" ",
    million=("миллион", "миллиона", "миллионов"),
    thousand=("тысяча", "тысячи", "тысяч"),
    rouble=("рубль", "рубля", "рублей"),
    kopeck=("копейка", "копейки", "копеек"),
)
SMALL = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)


class English(Language):
    """One form after 1 and one after all others; so also after 21."""

    def form(self, number: int, forms: Forms) -> str:
        return forms[0] if number == 1 else forms[2]


ENGLISH = English(
    small=SMALL,
    tens=words("twenty thirty forty fifty sixty seventy eighty ninety"),
    hundreds=[f"{digit} hundred" for digit in SMALL[1:10]],
    feminine={},
    hyphen="-",
    million=("million", "million", "million"),
    thousand=("thousand", "thousand", "thousand"),
    rouble=("rouble", "roubles", "roubles"),
    kopeck=("kopeck", "kopecks", "kopecks"),
)


def in_words(kopecks: int, lang: str) -> str:
    """Empty where nobody says such a sum. Kopecks stay figures, as on a receipt."""
    language = ENGLISH if lang == "en" else RUSSIAN
    roubles, rest = divmod(kopecks, KOPECKS)
    if not 0 <= roubles < MOST:
        return ""
    said = [*_number(roubles, language), language.form(roubles, language.rouble)]
    if rest:
        said += [str(rest), language.form(rest, language.kopeck)]
    return " ".join(said)


def _number(number: int, language: Language) -> list[str]:
    if number == 0:
        return [language.small[0]]
    millions, thousands, ones = number // 1_000_000, number // 1000 % 1000, number % 1000
    said: list[str] = []
    if millions:
        said += [*_below_thousand(millions, language, {}), language.form(millions, language.million)]
    if thousands:
        words = _below_thousand(thousands, language, language.feminine)
        said += [*words, language.form(thousands, language.thousand)]
    return said + _below_thousand(ones, language, {})


def _below_thousand(number: int, language: Language, instead: Mapping[int, str]) -> list[str]:
    """`instead`: other words for some of the last digits."""
    hundreds, rest = divmod(number, 100)
    said = [language.hundreds[hundreds - 1]] if hundreds else []
    last = rest if rest < 20 else rest % 10
    word = instead.get(last, language.small[last])
    if rest >= 20:
        ten = language.tens[rest // 10 - 2]
        said += [f"{ten}{language.hyphen}{word}" if last else ten]
    elif rest:
        said.append(word)
    return said
