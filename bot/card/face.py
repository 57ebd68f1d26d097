"""A payment's card, line by line: a pure function of what the database says. Everything that people typed is escaped.

The frame is the same in each state, so that an edit is seen as a change of the first line:

    {emoji} {state} · {sum}
    № {n} · {what}
    {delivery}
    {what to do now}
    {done by hand at the bank}
    {shop} · {seller} · {time}
    {receipt}

A question stands at the end, in place of what there is to do. Chat (`words.py`) and web till show the same face.
"""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from bot.config import Settings
from bot.money import format_rub
from bot.payments.confirm import Ask, Question
from bot.payments.operations import REQUEST_LIVES, Kind, State
from bot.payments.states import PAYABLE, Status
from bot.payments.view import CardView, OperationView
from bot.phone import format_private, tail
from bot.text import at, decline_reason, has, may_try_again, say, say_plural, until

from .buttons import Rows, keyboard

SENT_STATES = {"sent": "sms.sent", "delivered": "sms.delivered", "stopped": "sms.stopped", "sending": "sms.sending"}
TROUBLE = {"failed": "sms.wrong", "rejected": "sms.blocked", "unknown": "sms.unknown"}
REFUSED = {"recipient": "sms.wrong", "cap": "sms.cap"}
USUAL_NOTE = Settings.model_fields["receipt_note"].default
RECEIPTS = {"card.paid": "sale", "card.completed": "sale"} | dict.fromkeys(
    ("card.refunded_part", "card.refunded", "card.reversed"), "refund"
)
NO_MORE = {"card.retry": "card.refused", "ping.retry": "ping.refused"}
"""What a refused attempt is called where another one at the same link cannot help."""


@dataclass(frozen=True, slots=True)
class Face:
    """HTML without tags. `advice`: what there is to do; `question`: what is asked instead."""

    head: str
    test: str | None
    number: str
    delivery: str | None
    advice: tuple[str, ...]
    foot: str
    question: str | None
    receipt: str | None
    buttons: Rows


def face(view: CardView, *, in_group: bool) -> Face:
    """`in_group`: others read along, so the shopper's number is not shown."""
    lang, text = view.lang, honest(view, view.text)
    values = values_of(view, view.operation, in_group=in_group)
    return Face(
        head=say(text, lang, **values),
        test=say("card.test", lang) if view.is_test else None,
        number=say("card.number", lang, **values),
        delivery=delivery(view, in_group=in_group),
        advice=() if view.question else tuple(filter(None, _advice(view, text, values))),
        foot=say("card.foot", lang, shop=values["shop"], seller=values["seller"], t=_at(view, view.payment.created_at)),
        question=_question(view, view.question) if view.question else None,
        receipt=None if view.question else _receipt(view),
        buttons=keyboard(view),
    )


def _advice(view: CardView, text: str, values: dict[str, object]) -> list[str | None]:
    """What to do now, and what somebody did elsewhere. A question is read instead: a phone shows few lines."""
    hint = f"{text}.hint"
    return [
        say(hint, view.lang, **values) if has(hint, view.lang) else None,
        say("card.paid.reversible", view.lang) if text == "card.paid" and view.reversible else None,
        say("card.by_hand", view.lang, **values) if view.operation and view.operation.by_hand else None,
        _renewal(view),
    ]


def _renewal(view: CardView) -> str | None:
    """What takes the place of this link, or has taken that of this sale."""
    payment = view.payment
    if payment.replaced_by:
        return say("card.replaced", view.lang, newer=payment.replaced_by)
    if payment.renewal is None:
        return None
    key = "card.renewing" if payment.renewal == payment.amount else "card.replacing"
    return say(key, view.lang, renewal=format_rub(payment.renewal))


def honest(view: CardView, text: str) -> str:
    """Nobody is told to try a link again that cannot be paid."""
    return text if may_try_again(view.payment.action_code) else NO_MORE.get(text, text)


def values_of(view: CardView, operation: OperationView | None, *, in_group: bool) -> dict[str, object]:
    """Everything that a text may ask for. `operation`: what the text is about, if it is one."""
    payment, charged = view.payment, view.charged
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


def delivery(view: CardView, *, in_group: bool) -> str | None:
    """How the link travels to the shopper."""
    if view.status in {Status.REGISTERING, Status.UNKNOWN, Status.FAILED}:
        return None
    by_sms = _by_sms(view, in_group=in_group)
    in_telegram = None
    if view.in_telegram_at and view.status in PAYABLE:  # later it does not matter, and captions have their limit
        in_telegram = say("tg.sent", view.lang, t=_at(view, view.in_telegram_at))
    return " · ".join(filter(None, (by_sms, in_telegram))) or None


def _by_sms(view: CardView, *, in_group: bool) -> str | None:
    """Also of a number that was called wrong: its message was stopped."""
    message = view.sms
    if message is None:
        return say("sms.none", view.lang) if view.phone and not view.sms_is_on else None
    if message.provider == "console":
        return say("sms.console", view.lang)
    phone = _phone(view, in_group=in_group)
    if message.state == "waiting":
        if view.status not in PAYABLE:
            return None  # it will not go: nobody who has paid is asked to
        return say_plural("sms.soon", view.lang, view.sms_delay, phone=phone)
    if message.state == "refused":
        return say(REFUSED.get(message.fault or "", "sms.provider"), view.lang)
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
    """The buttons are now about it."""
    amount, approved = format_rub(question.amount), view.payment.approved
    key = f"{question.ask}.why" if question.reason else question.ask
    words = say(
        key if has(key, view.lang) else question.ask, view.lang, ref=amount, held=amount, left=amount,
        why=_reason(view, question.reason),
        sum=format_rub(view.charged) if question.ask is Ask.REFUND else amount,
        old=format_rub(view.payment.amount),
        rest=format_rub(approved - question.amount) if question.amount < approved else "",
    )  # fmt: skip
    another = f"\n{say('T-ASKS-ANOTHER', view.lang)}" if question.asks_another else ""
    return words + another
