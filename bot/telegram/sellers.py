"""A shared phone asks who holds it: a button a name. The typed sale waits in a draft and is made by the press."""

from collections.abc import Sequence

from bot.ports import Button, Message
from bot.text import say
from storage.rows import Person

ROW = 2  # names side by side


def who_sells(named: Sequence[Person], lang: str, draft: int = 0) -> Message:
    """`draft`: the sale that is made then; 0: none, the phone only changes hands."""
    buttons = [Button(seller.name, data=f"seller:{draft}:{seller.id}") for seller in named]
    return Message(say("T-SHARED", lang), tuple(tuple(buttons[at : at + ROW]) for at in range(0, len(buttons), ROW)))


def change_of_seller(lang: str) -> Button:
    return Button(say("T-SHARED.change", lang), data="sellers")
