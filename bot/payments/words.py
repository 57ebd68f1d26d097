"""How payments are put into words for a chat: a Protocol, since HTML and emoji are the edge's."""

from collections.abc import Sequence
from typing import Protocol

from bot.ports import Message, Place

from .view import CardView, OperationView


class Words(Protocol):
    """How a payment is put into words: the chat's own module."""

    def card(self, view: CardView, place: Place) -> Message: ...

    def ping(self, view: CardView, ping: str, operation: OperationView | None, *, refunded: int, bell: bool) -> Message:
        """`operation`: what the message is about, if it is one. `bell`: the shop's group, where the seller is named."""

    def several(self, pings: Sequence[str]) -> Message:
        """One message instead of these."""
