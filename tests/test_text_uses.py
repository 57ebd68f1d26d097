"""The catalogue and who uses it: no key is missing, and what is read in Telegram fits there."""

import re

import pytest

from bot.payments.confirm import TYPED, Ask
from bot.text import DECLINE_GROUPS, LANGUAGES, LOCALES, say
from tests.catalogue import CATALOGUES, KEYS

CAPTION_LIMIT = 1024  # characters of a photo's caption in Telegram, after its markup is read
TOAST_LIMIT = 200  # characters of an answer to a button in Telegram
NO_TEXTS = {"r.phone"}  # what keys begin with
WORDS = "Ш" * 200  # as many as are kept of a description or a reason
CARDS = [key for key in KEYS if key.startswith("card.") and f"{key}.hint" in CATALOGUES["ru"]]


def test_every_key_that_the_code_names_is_there() -> None:
    """Answers, rings, faults and cards are named as texts, so a typing slip would show only in front of a person."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in LOCALES.parent.rglob("*.py"))
    spoken = set(re.findall(r'"((?:card|ping|warn|toast|r|op_fault|fail|T|o)[.-][A-Za-z_.-]*[A-Za-z])"', code))

    assert len(spoken) > 150
    assert sorted(spoken - CATALOGUES["ru"].keys() - NO_TEXTS) == []


def test_a_question_has_its_buttons() -> None:
    """One that is answered by a message can only be taken back."""
    needed = {f"{ask}.no" for ask in Ask} | {f"{ask}.yes" for ask in Ask if ask not in TYPED}

    assert needed <= CATALOGUES["ru"].keys()
    assert not {f"{ask}.yes" for ask in TYPED} & CATALOGUES["ru"].keys()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("card", CARDS)
def test_the_longest_caption_fits(card: str, lang: str) -> None:
    """Every line there can be, or the longest question, with 200 characters of description and of a reason."""
    values: dict[str, object] = {
        "n": 1_000_000,
        "what": WORDS,
        "shop": "М" * 40,
        "seller": "П" * 64,
        "who": "П" * 64,
        "by": "П" * 64,
        "why": WORDS
        if card == "card.refund_asked"
        else max((say(f"why.{name}", lang) for name in DECLINE_GROUPS), key=len),
        "next": max((say(f"next.{group}", lang) for group in DECLINE_GROUPS), key=len),
        "op": say("op.release", lang),
        "note": "Ч" * 60,
        "phone": "+7 916 123-45-67",
        **dict.fromkeys(("ours", "bank"), "150 000,50 ₽ · 150 000,50 ₽"),
        **dict.fromkeys(("sum", "old", "held", "rest", "ref", "refunded", "left"), "150 000,50 ₽"),
        **dict.fromkeys(("t", "until"), "25.11 14:32 Moscow time"),
        "code": "47",
    }
    paid = ["card.paid.reversible"] if card == "card.paid" else []
    in_telegram = ["tg.sent"] if card in {"card.waiting", "card.opened", "card.paying", "card.retry"} else []
    frame = [card, "card.training", "card.number", "sms.wrong", *in_telegram, "card.foot"]
    asking = max(
        (f"{say(ask, lang, **values | {'why': WORDS})}\n{say('T-ASKS-ANOTHER', lang)}" for ask in Ask), key=len
    )

    advised = "\n".join(
        say(key, lang, **values) for key in [*frame, f"{card}.hint", *paid, "card.by_hand", "card.receipt"]
    )
    asked = "\n".join(say(key, lang, **values) for key in frame) + f"\n\n{asking}"

    caption = max(advised, asked, key=len)
    assert len(caption.encode("utf-16-le")) // 2 <= CAPTION_LIMIT


@pytest.mark.parametrize("lang", LANGUAGES)
def test_answers_to_buttons_fit(lang: str) -> None:
    """Telegram refuses a longer one, and the button would seem dead."""
    toasts = [sentences[0] for key, sentences in CATALOGUES[lang].items() if key.startswith("toast.")]

    assert max(len(toast) for toast in toasts) <= TOAST_LIMIT


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_button_that_acts_begins_with_yes(lang: str) -> None:
    """A thumb in a hurry tells it from the other one by its first word."""
    acting = [sentences[0] for key, sentences in CATALOGUES[lang].items() if key.endswith(".yes")]

    assert [label for label in acting if not label.startswith({"ru": "Да, ", "en": "Yes, "}[lang])] == []
