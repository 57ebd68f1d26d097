"""The catalogue: whole in both languages, silent about what is not known, and short enough for where it is read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import Settings
from bot.text import (
    LANGUAGES,
    LOCALES,
    at,
    decline_reason,
    digits_in_words,
    has,
    say,
    say_plural,
    until,
)
from tests.catalogue import CATALOGUES, KEYS, NOON, dummies, variables

MOSCOW = ZoneInfo("Europe/Moscow")
SMS_PART = 70  # UCS-2 units of an SMS in one part


def test_both_languages_have_the_same_keys() -> None:
    """Nobody meets a sentence that exists in one language only."""
    assert CATALOGUES["ru"].keys() == CATALOGUES["en"].keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_key_is_written_twice(lang: str) -> None:
    """A second entry would silently win over the first."""
    text = (LOCALES / lang / "LC_MESSAGES" / "prilavok.po").read_text(encoding="utf-8")

    ids = [line for line in text.splitlines() if line.startswith("msgid ") and line != 'msgid ""']

    assert len(ids) == len(set(ids)) == len(KEYS)


def test_a_key_needs_the_same_values_in_both_languages() -> None:
    """Whoever fills a sentence does not ask which language it is in; all plural forms need the same too."""
    needed = {key: {frozenset(variables(form)) for lang in LANGUAGES for form in CATALOGUES[lang][key]} for key in KEYS}

    assert {key: names for key, names in needed.items() if len(names) != 1} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_can_be_said(lang: str) -> None:
    """No entry is empty, has a broken brace, or holds a brace that nobody fills."""
    for key, sentences in CATALOGUES[lang].items():
        values = dummies(sentences[0])

        said = say(key, lang, **values) if len(sentences) == 1 else say_plural(key, lang, 5, **values)

        assert said.strip(), key
        assert "{" not in said, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sums_numbers_and_moscow_time_never_break(lang: str) -> None:
    """A line break after "№" or before "мск" would split what is read as one word."""
    text = "\n".join(form for sentences in CATALOGUES[lang].values() for form in sentences)

    assert [broken for broken in ("№ ", " мск", " Moscow time", " ₽") if broken in text] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_markup_stays_out_of_cards_pages_and_toasts(lang: str) -> None:
    """Cards are shown by the till too, pages and toasts know no Telegram markup."""
    plain = (
        "card.",
        "sms.",
        "btn.",
        "toast.",
        "ping.",
        "P-",
        "page.",
        "show.",
        "till.",
        "r.",
        "why.",
        "check.",
        "start.",
    )

    marked = [key for key, sentences in CATALOGUES[lang].items() if key.startswith(plain) and "<" in sentences[0]]

    assert marked == []


def test_an_unknown_key_is_an_error() -> None:
    """gettext would answer with the key itself, and a person would read it."""
    assert has("card.paid", "ru")
    assert has("sms.soon", "ru")  # one with plural forms
    assert not has("card.nothing", "ru")
    with pytest.raises(KeyError, match=r"card\.nothing"):
        say("card.nothing", "ru")
    with pytest.raises(KeyError, match=r"card\.nothing"):
        say_plural("card.nothing", "ru", 2)


def test_a_variable_that_was_forgotten_is_an_error() -> None:
    """Empty is said by None; silence is a mistake of the caller."""
    with pytest.raises(KeyError, match="code"):
        say("card.paid.hint", "ru")


def test_a_part_without_its_value_vanishes() -> None:
    """A ping names what was sold and the code only where they exist."""
    full = say("ping.paid", "ru", sum="12 500 ₽", what="куртка", code="47", n=1042)
    bare = say("ping.paid", "ru", sum="12 500 ₽", what="", code=None, n=1042)

    assert full == "✅ Оплачено 12 500 ₽ · куртка · код 47 · №\u00a01042"
    assert bare == "✅ Оплачено 12 500 ₽ · №\u00a01042"


def test_a_line_without_its_value_vanishes() -> None:
    """Without a page of ours there is no code, and the rest of the hint stands."""
    assert say("card.paid.hint", "en", code=None) == "Hand over the goods."
    assert say("card.foot", "en", shop=None, seller="", t=None) == ""


def test_zero_is_a_value() -> None:
    """Only None and the empty text count as unknown."""
    assert "Open payments: 0," in say("T-REMOVE", "en", who="Anya", k=0)


def test_what_people_wrote_is_never_read_as_a_template() -> None:
    """Braces and middle dots of a description are letters like others."""
    assert say("card.number", "en", n=7, what="{n} · {sum}") == "№\u00a07 · {n} · {sum}"


@pytest.mark.parametrize(
    ("n", "seconds"), [(1, "1 секунду"), (2, "2 секунды"), (5, "5 секунд"), (11, "11 секунд"), (21, "21 секунду")]
)
def test_russian_counts_in_three_forms(n: int, seconds: str) -> None:
    """1, 2 and 5 have their own endings, and 11 goes with 5."""
    assert say_plural("sms.soon", "ru", n, phone=None) == f"SMS уйдёт через {seconds}"


def test_english_counts_in_two_forms() -> None:
    """One second, five seconds."""
    assert say_plural("sms.soon", "en", 1, phone="…67") == "SMS goes in 1 second · …67"
    assert say_plural("sms.soon", "en", 5, phone="…67") == "SMS goes in 5 seconds · …67"


def test_a_time_of_another_day_brings_its_date() -> None:
    """Days are those of the shop, not of UTC."""
    late = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)  # 00:30 of the next day in Moscow

    assert at(NOON, "ru", MOSCOW, NOON + timedelta(hours=2)) == "12:00"
    assert at(late, "ru", MOSCOW, NOON) == "25.11\u00a000:30"
    assert at(late, "ru", MOSCOW, late) == "00:30"
    assert at(late - timedelta(hours=1), "ru", MOSCOW, late) == "24.11\u00a023:30"
    assert at(late, "ru", ZoneInfo("Europe/Kaliningrad"), NOON) == "23:30"


def test_a_deadline_says_whose_clock_it_means() -> None:
    """By Moscow's clock it says so; elsewhere it is the shop's own time."""
    assert until(NOON, "ru", MOSCOW, NOON) == "12:00\u00a0мск"
    assert until(NOON, "en", MOSCOW, NOON) == "12:00\u00a0Moscow time"
    assert until(NOON, "ru", ZoneInfo("Asia/Yekaterinburg"), NOON) == "14:00"


def test_a_code_is_read_digit_by_digit() -> None:
    """A screen reader would say "forty-seven", which nobody compares with two digits on a card."""
    assert digits_in_words("47", "ru") == "четыре семь"
    assert digits_in_words("09", "en") == "zero nine"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (116, "На карте не хватает денег на первый платёж"),
        (65, "Сработал лимит по карте"),
        (43, "Эта карта не подходит"),
        (1015, "Данные карты введены с ошибкой"),
        (-2006, "Код подтверждения не введён или неверен"),
        (-2017, "Код подтверждения не введён или неверен"),
        (-2007, "Время ссылки вышло"),
        (-2013, "Попытки закончились"),
        (-2005, "Технический сбой на стороне банка"),
        (-2020, "Технический сбой на стороне банка"),
        (913, "Технический сбой на стороне банка"),
        (5, "Банк не одобрил. Причину он знает и скажет только покупателю"),
        (2005, "Магазин настроен в банке не до конца"),
        (999, "Банк остановил платёж для проверки"),
        (2007, "Банк отказал (код 2007)"),
        (-2021, "Банк отказал (код -2021)"),
        (914, "Банк отказал (код 914)"),
        (None, "Банк отказал"),
    ],
)
def test_a_refusal_is_told_in_plain_words(code: int | None, why: str) -> None:
    """The sign of a code matters, an exact meaning goes before the range, and there is always a way on."""
    assert decline_reason(code, "ru")[0] == why
    assert all(decline_reason(code, "en"))


def test_the_default_sms_is_one_part() -> None:
    """With the eleven characters of a host and of a code, in Cyrillic; the settings begin with the same text."""
    sms = say("sms.link", "ru", shop="Прилавок", amount="12\u00a0500\u00a0₽", link="https://pay.shop.ru/p/AbCdEf12Gh4")

    assert len(sms.encode("utf-16-le")) // 2 <= SMS_PART
    assert CATALOGUES["ru"]["sms.link"] == (Settings.model_fields["sms_text"].default,)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_state_has_one_word_and_one_mark(lang: str) -> None:
    """Lists, cards and the till call it the same."""
    names = {key.removeprefix("state.") for key in KEYS if key.startswith("state.")}
    common = [name for name in names if f"card.{name}" in KEYS]

    assert len(common) > 10
    for name in common:
        line = f"{say(f'mark.{name}', lang)} {say(f'state.{name}', lang)} · 1 ₽"
        assert say(f"card.{name}", lang, sum="1 ₽") == line
