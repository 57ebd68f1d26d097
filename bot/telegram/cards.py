"""Cards and pings in words: a pure function of what the database says. HTML; everything that people typed is escaped.

The frame is the same in each state, so that an edit is seen as a change of the first line:

    {emoji} {state} · {sum}
    № {n} · {what}
    {delivery}
    {what to do now}
    {shop} · {seller} · {time}
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote

from bot.money import format_rub
from bot.payments.states import PAYABLE, Status
from bot.payments.view import CardView, OperationView
from bot.phone import format_private, tail
from bot.ports import Button, Message, Place
from bot.text import at, decline_reason, has, say, say_plural, until

SENT_STATES = {"sent": "sms.sent", "delivered": "sms.delivered", "stopped": "sms.stopped", "sending": "sms.sending"}
TROUBLE = {"failed": "sms.wrong", "rejected": "sms.blocked", "unknown": "sms.unknown"}
COPY_LIMIT = 256  # characters of a copy button; a bank's link may be longer
Rows = tuple[tuple[Button, ...], ...]


class TelegramWords:
    """Implements payments.tell.Words."""

    def card(self, view: CardView, place: Place) -> Message:
        lang = view.lang
        values = _values(view, in_group=place.is_group)
        lines = [
            f"<b>{say(view.text, lang, **values)}</b>",
            f"<b>{say('card.test', lang)}</b>" if view.is_test else None,
            say("card.number", lang, **values),
            _delivery(view, in_group=place.is_group),
            say(f"{view.text}.hint", lang, **values) if has(f"{view.text}.hint", lang) else None,
            say("card.paid.reversible", lang) if view.text == "card.paid" and view.reversible else None,
            say("card.foot", lang, shop=values["shop"], seller=values["seller"], t=_at(view, view.payment.created_at)),
            _receipt(view),
        ]
        return Message("\n".join(line for line in lines if line), _buttons(view))

    def status(self, view: CardView, place: Place) -> Message:
        """The answer to /status: how the card begins, its money as far as it moved, how the link travels."""
        values = _values(view, in_group=place.is_group)
        text = say(
            "status", view.lang, card=say(view.text, view.lang, **values), n=view.payment.id,
            paid=format_rub(view.payment.deposited + view.payment.refunded) if view.payment.deposited + view.payment.refunded else "",
            refunded=values["ref"], left=format_rub(view.left) if view.payment.refunded and view.left else "",
            delivery=_delivery(view, in_group=place.is_group),
        )  # fmt: skip
        return Message(text)

    def ping(
        self, view: CardView, ping: str, operation: OperationView | None, *, refunded: int, bell: bool
    ) -> Message:
        values = {**_values(view, in_group=True), "ref": format_rub(refunded) if refunded else ""}
        text = say(ping, view.lang, **values)
        return Message(say("ping.seller", view.lang, ping=text, seller=values["seller"]) if bell else text)

    def several(self, pings: Sequence[str]) -> Message:
        return Message(say("ping.several", "ru", list="\n".join(pings)))


def _values(view: CardView, *, in_group: bool) -> Mapping[str, object]:
    """Everything that a text may ask for."""
    why, then = decline_reason(view.payment.action_code, view.lang)
    if view.status is Status.FAILED:
        why = say(view.payment.fault or "fail.unanswered", view.lang, text=escape(view.payment.bank_says or ""))
    return {
        "sum": format_rub(view.payment.deposited if view.text == "card.completed" else view.payment.amount),
        "held": format_rub(view.payment.approved or view.payment.amount),
        "rest": format_rub(view.payment.approved - view.payment.deposited) if view.payment.approved > view.payment.deposited else "",
        "refunded": format_rub(view.payment.refunded),
        "left": format_rub(view.left) if view.left else "",
        "n": view.payment.id,
        "what": escape(view.payment.what),
        "shop": escape(view.shop),
        "seller": escape(view.seller),
        "who": escape(view.cancelled_by or ""),
        "phone": _phone(view, in_group=in_group),
        "tail": tail(view.phone) if view.phone else "",
        "code": view.payment.handover_code,
        "t": _at(view, view.payment.opened_at if view.text == "card.opened" and view.payment.opened_at else view.payment.changed_at),
        "until": until(view.payment.link_until, view.lang, view.zone, view.now) if view.payment.link_until else "",
        "why": why,
        "next": then,
        "ours": say(f"state.{Status.DISPUTED}", view.lang) if not view.payment.bank_says else format_rub(view.payment.amount),
        "bank": escape(view.payment.bank_says or ""),
        "op": say("op.register", view.lang),
        "ref": format_rub(view.payment.refunded) if view.payment.refunded else "",
        "state": say(f"state.{view.status}", view.lang),
    }


def _at(view: CardView, moment: datetime) -> str:
    return at(moment, view.lang, view.zone, view.now)


def _phone(view: CardView, *, in_group: bool) -> str:
    """Whole in private, its last two digits where others read along."""
    if view.phone is None:
        return ""
    return f"…{tail(view.phone)}" if in_group else format_private(view.phone)


def _delivery(view: CardView, *, in_group: bool) -> str | None:
    """How the link travels to the shopper."""
    if view.phone is None or view.status in {Status.REGISTERING, Status.UNKNOWN, Status.FAILED}:
        return None
    message = view.sms
    if message is None:
        return None if view.sms_is_on else say("sms.none", view.lang)
    if message.provider == "console":
        return say("sms.console", view.lang)
    phone = _phone(view, in_group=in_group)
    if message.state == "waiting":
        return say_plural("sms.soon", view.lang, view.sms_delay, phone=phone)
    if message.state == "refused":
        return say("sms.wrong" if message.fault == "recipient" else "sms.provider", view.lang)
    if message.state in TROUBLE:
        return say(TROUBLE[message.state], view.lang)
    return say(SENT_STATES[message.state], view.lang, t=_at(view, message.state_at), phone=phone)


def _receipt(view: CardView) -> str | None:
    """Prilavok prints no receipts: it reminds."""
    if view.status in {Status.PAID, Status.PART_REFUNDED, Status.REFUNDED} and view.receipt_note:
        return say("card.receipt", view.lang, note=escape(view.receipt_note))
    return None


# --- Buttons ----------------------------------------------------------------------------------------------------------


def _buttons(view: CardView) -> Rows:
    """Rows by state; the order inside a row never changes, so that a thumb in a hurry meets the same verb."""
    if view.status is Status.FAILED:
        return ((_press(view, "retry"),),)
    if view.status is Status.UNKNOWN:
        return ((_press(view, "check"),),)
    if view.status in PAYABLE:
        waits = view.sms is not None and view.sms.state == "waiting"
        stop = [_press(view, "wrong_number")] if waits else []
        return tuple(tuple(row) for row in (stop, _show(view), _share(view)) if row)
    return ()


def _press(view: CardView, verb: str, style: str | None = None) -> Button:
    """A button that comes back to us. Its version tells an old button from a fresh one."""
    return Button(say(f"btn.{verb}", view.lang), data=f"{verb}:{view.payment.id}:{view.payment.version}", style=style)


def _show(view: CardView) -> list[Button]:
    return [Button(say("btn.show_qr", view.lang), url=view.show_url)] if view.show_url else []


def _share(view: CardView) -> list[Button]:
    """From the assistant's own account, or by hand."""
    if view.link is None:
        return []
    text = say("share.text", view.lang, shop=view.shop, sum=format_rub(view.payment.amount))
    buttons = []
    if view.show_url:  # at level 0 the bank's link leaves us in the QR and by «Копировать» only
        url = f"https://t.me/share/url?url={quote(view.link, safe='')}&text={quote(text)}"
        buttons.append(Button(say("btn.share", view.lang), url=url))
    if len(view.link) <= COPY_LIMIT:
        buttons.append(Button(say("btn.copy", view.lang), copy=view.link))
    return buttons
