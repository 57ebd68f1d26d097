"""The buttons under a card: what may be done now, by state.

    question open       «Нет» and «Да, …», or «Нет» alone where a message is the answer
    request open        who may decide: «Вернуть 3 000 ₽», «Отказать»
    bank at work        none; «Проверить» where its answer was lost
    else                the state's own verbs

Telegram keeps the end of a chat in place, so what ends a sale is in the last cell of the last row, and what comes and
goes («Проверить») is in the first row. A thumb on its way must not hit what it did not see: what ends something, «Да»,
«Не тот номер» and «Новая ссылка», which do not ask, come a glance after the buttons whose place they take.
"""

from urllib.parse import quote

from bot.money import format_rub
from bot.payments import pressing
from bot.payments.confirm import TYPED, Ask, Question
from bot.payments.operations import Kind, State
from bot.payments.renew import is_renewable
from bot.payments.states import PAID_FOR, PAYABLE, REFUNDABLE, Status
from bot.payments.view import CardView, OperationView
from bot.ports import Button
from bot.text import say

COPY_LIMIT = 256  # characters of a copy button; a bank's link may be longer
HALF_A_ROW = 16  # characters that a phone shows there
EMPTY = Button("\u2800", data=pressing.EMPTY)  # a cell must have a letter, this one has no ink
DANGER, SUCCESS = "danger", "success"
ACTING = {"yes", "wrong_number", "new_link"}  # they do not ask first
Row = tuple[Button, ...]
Rows = tuple[Row, ...]


def keyboard(view: CardView) -> Rows:
    """Of a card; a cell that would be a trap for a thumb on its way is empty for a moment."""
    rows = tuple(row for row in _rows(view) if row)
    if not view.is_fresh:
        return rows
    safe = tuple(tuple(EMPTY if _is_trap(button) else button for button in row) for row in rows)
    return safe if any(button is not EMPTY for row in safe for button in row) else ()


def _is_trap(button: Button) -> bool:
    return button.style == DANGER or (button.data or "").partition(":")[0] in ACTING


def _rows(view: CardView) -> Rows:
    if view.question:
        return _answers(view, view.question)
    operation = view.operation
    if operation and operation.is_open and operation.row.kind != Kind.DECLINE and view.status is not Status.DISPUTED:
        return _of_operation(view, operation)
    return _of_state(view)


def _answers(view: CardView, question: Question) -> Rows:
    """Side by side where both can be read whole."""
    no = Button(say(f"{question.ask}.no", view.lang), data=f"no:{question.id}")
    if question.ask in TYPED:
        return ((no,),)
    amount = format_rub(question.amount)
    key = "T-ASKS-ANOTHER.yes" if question.asks_another else f"{question.ask}.yes"
    yes = Button(
        say(key, view.lang, sum=amount, ref=amount), data=f"yes:{question.id}",
        style=SUCCESS if question.ask is Ask.COMPLETE else DANGER,
    )  # fmt: skip
    return ((no, yes),) if max(len(no.label), len(yes.label)) <= HALF_A_ROW else ((no,), (yes,))


def _of_operation(view: CardView, operation: OperationView) -> Rows:
    if operation.row.state == State.UNKNOWN:
        return ((_press(view, "check"),),)
    if operation.row.state != State.REQUESTED or not view.may_decide:
        return ()
    label = say("btn.refund_ref", view.lang, ref=format_rub(operation.row.amount))
    approve = Button(label, data=f"approve:{operation.row.id}", style=DANGER)
    return ((approve,), (Button(say("btn.refuse", view.lang), data=f"deny:{operation.row.id}"),))


def _of_state(view: CardView) -> Rows:
    status = view.status
    if status is Status.FAILED:
        return ((_press(view, "retry"),),)
    if status is Status.UNKNOWN:
        return ((_press(view, "check"),),)
    if status in PAYABLE:
        return _payable(view)
    if is_renewable(view.payment):
        return () if view.payment.renewal else ((_press(view, "new_link"), _press(view, "other_amount")),)
    if status in PAID_FOR and view.payment.late:
        keep = _press(view, "keep", "keep_sale", SUCCESS)
        return ((keep,), (_press(view, "return", "return_money", DANGER),))
    if status is Status.HELD:
        complete = _press(view, "complete", "handed_over", SUCCESS)
        return ((complete,), (_press(view, "part"), _press(view, "release", style=DANGER)))
    if status is Status.PAID and view.reversible:
        return ((_press(view, "cancel", "cancel_payment", DANGER),),)
    if status in REFUNDABLE and view.left:
        return ((_press(view, "refund", style=DANGER),),)
    return ()


def _press(view: CardView, verb: str, label: str | None = None, style: str | None = None) -> Button:
    """A button that comes back to us. Its version tells an old button from a fresh one."""
    words = say(f"btn.{label or verb}", view.lang)
    return Button(words, data=f"{verb}:{view.payment.id}:{view.payment.version}", style=style)


def _payable(view: CardView) -> Rows:
    """At most four rows. In the SMS's delay there is one thing that cannot wait."""
    check: Row = (_press(view, "check"),) if view.is_quiet else ()
    cancel = _press(view, "cancel", style=DANGER)
    wrong: Row = (_press(view, "wrong_number"),) if view.phone and view.sms_is_on else ()
    if view.sms is not None and view.sms.state == "waiting":
        return (wrong, _show(view), (cancel,))
    if view.text == "card.retry":
        other: Row = (_press(view, "other_amount"),) if view.can_decline else ()
        return (check, _show(view) + _sms(view), other, (cancel,))
    return (check, _show(view) + _sms(view), _share(view), (*wrong, cancel))


def _show(view: CardView) -> Row:
    return (Button(say("btn.show_qr", view.lang), url=view.show_url),) if view.show_url else ()


def _sms(view: CardView) -> Row:
    return (_press(view, "sms", "sms_again" if view.sms else "sms_send"),) if view.sms_is_on else ()


def _share(view: CardView) -> Row:
    """From the assistant's own account, or by hand."""
    if view.link is None:
        return ()
    text = say("share.text", view.lang, shop=view.shop, sum=format_rub(view.payment.amount))
    buttons: Row = ()
    if view.show_url:  # at level 0 the bank's link leaves us in the QR and by «Копировать» only
        url = f"https://t.me/share/url?url={quote(view.link, safe='')}&text={quote(text)}"
        buttons = (Button(say("btn.share", view.lang), url=url),)
    if len(view.link) <= COPY_LIMIT:
        buttons += (Button(say("btn.copy", view.lang), copy=view.link),)
    return buttons
