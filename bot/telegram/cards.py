"""Cards and pings in words: a pure function of what the database says. HTML; everything that people typed is escaped.

The frame is the same in each state, so that an edit is seen as a change of the first line:

    {emoji} {state} · {sum}
    № {n} · {what}
    {delivery}
    {what to do now}
    {done by hand at the bank}
    {shop} · {seller} · {time}
    {receipt}

A question stands at the end, in place of what there is to do.
"""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from bot.config import Settings
from bot.money import format_rub
from bot.payments.confirm import Ask, Question
from bot.payments.operations import REQUEST_LIVES, Kind, State
from bot.payments.states import Status
from bot.payments.view import CardView, OperationView
from bot.phone import format_private, tail
from bot.ports import Message, Place
from bot.text import at, decline_reason, has, may_try_again, say, say_plural, until

from .buttons import keyboard

SENT_STATES = {"sent": "sms.sent", "delivered": "sms.delivered", "stopped": "sms.stopped", "sending": "sms.sending"}
TROUBLE = {"failed": "sms.wrong", "rejected": "sms.blocked", "unknown": "sms.unknown"}
USUAL_NOTE = Settings.model_fields["receipt_note"].default
RECEIPTS = {"card.paid": "sale", "card.completed": "sale"} | dict.fromkeys(
    ("card.refunded_part", "card.refunded", "card.reversed"), "refund"
)
BY_WHO_DECIDED = {"ping.request_ok", "ping.request_no"}
NAME_SOMEBODY = BY_WHO_DECIDED | {"ping.request", "ping.cancelled", "ping.reversed", "ping.hold_released"}
NO_MORE = {"card.retry": "card.refused", "ping.retry": "ping.refused"}
"""What a refused attempt is called where another one at the same link cannot help."""


class TelegramWords:
    """Implements payments.tell.Words."""

    def card(self, view: CardView, place: Place) -> Message:
        lang, text = view.lang, _honest(view, view.text)
        values = _values(view, view.operation, in_group=place.is_group)
        lines = [
            f"<b>{say(text, lang, **values)}</b>",
            f"<b>{say('card.test', lang)}</b>" if view.is_test else None,
            say("card.number", lang, **values),
            _delivery(view, in_group=place.is_group),
            *([] if view.question else _advice(view, text, values)),
            say("card.foot", lang, shop=values["shop"], seller=values["seller"], t=_at(view, view.payment.created_at)),
            _question(view, view.question) if view.question else _receipt(view),
        ]
        return Message("\n".join(line for line in lines if line), keyboard(view))

    def status(self, view: CardView, place: Place) -> Message:
        """The answer to /status: how the card begins, its money as far as it moved, how the link travels."""
        values = _values(view, view.operation, in_group=place.is_group)
        charged = _charged(view)
        text = say(
            "status", view.lang, card=say(_honest(view, view.text), view.lang, **values), n=view.payment.id,
            paid=format_rub(charged) if charged else "", refunded=values["refunded"],
            left=values["left"] if view.payment.refunded else "",
            delivery=_delivery(view, in_group=place.is_group),
        )  # fmt: skip
        return Message(text)

    def ping(self, view: CardView, ping: str, operation: OperationView | None, *, refunded: int, bell: bool) -> Message:
        values = _values(view, operation, in_group=True)
        if operation is None:
            values["ref"] = format_rub(refunded) if refunded else ""
        elif ping in BY_WHO_DECIDED:
            values["who"] = escape(operation.decided_by)
        text = say(_honest(view, ping), view.lang, **values)
        is_named = ping in NAME_SOMEBODY and values["who"] == values["seller"]
        if bell and not is_named:
            text = say("ping.seller", view.lang, ping=text, seller=values["seller"])
        return Message(text)

    def several(self, pings: Sequence[str]) -> Message:
        return Message(say("ping.several", "ru", list="\n".join(pings)))


def _advice(view: CardView, text: str, values: dict[str, object]) -> list[str | None]:
    """What to do now, and what somebody did elsewhere. A question is read instead: a phone shows few lines."""
    hint = f"{text}.hint"
    return [
        say(hint, view.lang, **values) if has(hint, view.lang) else None,
        say("card.paid.reversible", view.lang) if text == "card.paid" and view.reversible else None,
        say("card.by_hand", view.lang, **values) if view.operation and view.operation.by_hand else None,
    ]


def _honest(view: CardView, text: str) -> str:
    """Nobody is told to try a link again that cannot be paid."""
    return text if may_try_again(view.payment.action_code) else NO_MORE.get(text, text)


def _values(view: CardView, operation: OperationView | None, *, in_group: bool) -> dict[str, object]:
    """Everything that a text may ask for. `operation`: what the text is about, if it is one."""
    payment, charged = view.payment, _charged(view)
    values: dict[str, object] = {
        "sum": format_rub(charged or payment.amount),
        "held": format_rub(payment.approved or payment.amount) if charged != payment.approved else "",
        "rest": format_rub(payment.approved - charged) if payment.approved > charged > 0 else "",
        "refunded": format_rub(payment.refunded) if payment.refunded else "",
        "left": format_rub(view.left) if view.left else "",
        "n": payment.id,
        "what": escape(payment.what),
        "shop": escape(view.shop),
        "seller": escape(view.seller),
        "who": escape(view.cancelled_by or ""),
        "by": "",
        "phone": _phone(view, in_group=in_group),
        "tail": tail(view.phone) if view.phone else "",
        "code": payment.handover_code,
        "t": _at(view, _moment(view)),
        "until": _until(view),
        "ours": format_rub(charged or payment.amount),
        "bank": escape(payment.bank_says or ""),
        "op": say("op.register", view.lang),
        "ref": "",
        "state": say(f"state.{view.status}", view.lang),
        **_refusal(view),
    }
    of_money = operation is not None and operation.row.kind != Kind.DECLINE
    return values | _of_operation(view, operation) if operation and of_money else values


def _charged(view: CardView) -> int:
    """What the bank took in all, kopecks: its deposited amount falls as refunds grow."""
    return view.payment.deposited + view.payment.refunded


def _of_operation(view: CardView, operation: OperationView) -> dict[str, object]:
    """`by`: the second person, where one had to agree."""
    row = operation.row
    why = _reason(view, row.reason)
    if row.state == State.REFUSED:
        why = say(row.fault, view.lang) if row.fault else escape(row.bank_says or "")
    told: dict[str, object] = {
        "op": say(f"op.{operation.kind}", view.lang),
        "ref": format_rub(row.amount),
        "who": escape(operation.asked_by),
        "by": escape(operation.decided_by),
        "why": why,
        "t": _at(view, row.ended_at or row.asked_at),
    }
    if row.state == State.REQUESTED:
        told["until"] = until(row.asked_at + REQUEST_LIVES, view.lang, view.zone, view.now)
    return told


def _reason(view: CardView, typed: str) -> str:
    """Who must decide on money that came after the cancellation reads so: nobody has typed it."""
    return escape(typed) or (say("reason.late", view.lang) if view.payment.late else "")


def _refusal(view: CardView) -> dict[str, object]:
    """Why there was no payment, and what may help."""
    why, then = decline_reason(view.payment.action_code, view.lang)
    if view.status is Status.FAILED:
        why = say(view.payment.fault or "fail.unanswered", view.lang, text=escape(view.payment.bank_says or ""))
    return {"why": why, "next": then}


def _moment(view: CardView) -> datetime:
    """When what the card tells has happened, where that is no operation."""
    payment = view.payment
    told = {
        "card.opened": payment.opened_at,
        "card.cancelled": view.cancelled_at,
        "card.paid_after_cancel": payment.held_at if view.status is Status.HELD else payment.paid_at,
    }
    return told.get(view.text) or payment.changed_at


def _at(view: CardView, moment: datetime) -> str:
    return at(moment, view.lang, view.zone, view.now)


def _until(view: CardView) -> str:
    moment = view.hold_until if view.status is Status.HELD else view.payment.link_until
    return until(moment, view.lang, view.zone, view.now) if moment else ""


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
    """Prilavok prints no receipts: it reminds. The operator's own words are about a sale."""
    kind = RECEIPTS.get(view.text)
    if kind is None or not view.receipt_note:
        return None
    is_own = kind == "sale" and view.receipt_note != USUAL_NOTE
    note = escape(view.receipt_note) if is_own else say(f"receipt.{kind}", view.lang)
    return say("card.receipt", view.lang, note=note)


def _question(view: CardView, question: Question) -> str:
    """Apart from the rest, since the buttons are now about it."""
    amount, approved = format_rub(question.amount), view.payment.approved
    words = say(
        question.ask, view.lang, ref=amount, held=amount, left=amount, why=_reason(view, question.reason),
        sum=format_rub(_charged(view)) if question.ask is Ask.REFUND else amount,
        rest=format_rub(approved - question.amount) if question.amount < approved else "",
    )  # fmt: skip
    another = f"\n{say('T-ASKS-ANOTHER', view.lang)}" if question.asks_another else ""
    return f"\n<b>{words}</b>{another}"
