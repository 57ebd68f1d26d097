"""Cards and pings as the chat reads them: HTML, each a pure function of what the database says."""

from collections.abc import Sequence
from html import escape, unescape

from bot.money import format_rub
from bot.payments.view import CardView, OperationView
from bot.ports import Message, Place
from bot.text import say

from .face import delivery, face, honest, values_of

BY_WHO_DECIDED = {"ping.request_ok", "ping.request_no"}
LOCK_SCREEN, SHORTEST = 120, 16  # characters that it shows; that are left of what somebody typed
TYPED = ("what", "why", "who")
NAME_SOMEBODY = BY_WHO_DECIDED | {"ping.request", "ping.cancelled", "ping.reversed", "ping.hold_released"}


class ChatWords:
    """Implements payments.tell.Words."""

    def card(self, view: CardView, place: Place) -> Message:
        shown = face(view, in_group=place.is_group)
        lines = [
            f"<b>{shown.head}</b>",
            f"<b>{shown.test}</b>" if shown.test else None,
            shown.number,
            shown.delivery,
            *shown.advice,
            shown.foot,
            shown.receipt,
            f"\n<b>{shown.question}</b>" if shown.question else None,
        ]
        return Message("\n".join(line for line in lines if line), shown.buttons)

    def status(self, view: CardView, place: Place) -> Message:
        """The answer to /status: how the card begins, its money as far as it moved, how the link travels."""
        values = values_of(view, view.operation, in_group=place.is_group)
        text = say(
            "status", view.lang, card=say(honest(view, view.text), view.lang, **values), n=view.payment.id,
            paid=format_rub(view.charged) if view.charged else "", refunded=values["refunded"],
            left=values["left"] if view.payment.refunded else "",
            delivery=delivery(view, in_group=place.is_group),
        )  # fmt: skip
        return Message(text)

    def ping(self, view: CardView, ping: str, operation: OperationView | None, *, refunded: int, bell: bool) -> Message:
        values = values_of(view, operation, in_group=True)
        if operation is None:
            values["ref"] = format_rub(refunded) if refunded else ""
        elif ping in BY_WHO_DECIDED:
            values["who"] = escape(operation.decided_by)
        text = say(honest(view, ping), view.lang, **_fitted(honest(view, ping), view.lang, values))
        is_named = ping in NAME_SOMEBODY and values["who"] == values["seller"]
        if bell and not is_named:
            text = say("ping.seller", view.lang, ping=text, seller=values["seller"])
        return Message(text)

    def several(self, pings: Sequence[str]) -> Message:
        return Message(say("ping.several", "ru", list="\n".join(pings)))


def _fitted(key: str, lang: str, values: dict[str, object]) -> dict[str, object]:
    """What was typed is cut, one thing after the other, until the code and the number at the end are seen too."""
    for name in TYPED:
        excess = len(unescape(say(key, lang, **values))) - LOCK_SCREEN
        typed = unescape(str(values[name]))
        room = max(SHORTEST, len(typed) - excess)
        if excess > 0 and len(typed) > room:
            values = values | {name: escape(f"{typed[: room - 1].rstrip()}…")}
    return values
