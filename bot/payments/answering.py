"""A typed answer to the sum that a card asked for: which verb it has, and which of its readings are about that card."""

from dataclasses import replace

from bot.money import format_rub
from bot.text import say

from .confirm import Ask
from .grammar import Refusal, Verb, Wish, WishChoice, WishReading, wishes_of

ANSWERED_BY: dict[Ask, Verb] = {Ask.HOW_MUCH_TO_CHARGE: "complete", Ask.HOW_MUCH_TO_REFUND: "refund"}
LABEL_WORDS = 20  # characters of a reason on a button


def of_card(reading: WishReading, number: int | None) -> WishReading:
    """The card that was answered names the payment, so readings with another number fall away."""
    if number is None or isinstance(reading, Refusal):
        return reading
    wishes = wishes_of(reading)
    fitting = tuple(replace(wish, number=number) for wish in wishes if wish.number in {None, number})
    if not fitting:
        return Refusal("r.other_card", {"n": number})
    if isinstance(reading, WishChoice) and len(fitting) == len(wishes):
        return replace(reading, readings=fitting)
    return fitting[0]


def label_of(wish: Wish, lang: str) -> str:
    """«3 000 ₽ · № 1042 · брак»"""
    number = say("card.number", lang, n=wish.number, what=wish.reason[:LABEL_WORDS])
    return f"{format_rub(wish.amount or 0)} · {number}"
