"""What the bodies of the bank's answers say.

The set of fields depends on a version that the bank sets for each merchant, and types differ between installations
(numbers as texts), so every field but `orderStatus` may be missing. What is there and cannot be read is BankUnknown:
money is never guessed.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.clock import MOSCOW
from bot.errors import BankDuplicate, BankLoginRefused, BankOrderUnknown, BankRefused, BankUnknown
from bot.ports import OrderRef, OrderState, OrderStatus, Registered

from .gateway import Answer

REGISTER, REGISTER_HOLD = "register.do", "registerPreAuth.do"
STATUS = "getOrderStatusExtended.do"
DEPOSIT, REVERSE, REFUND, DECLINE = "deposit.do", "reverse.do", "refund.do", "decline.do"

MD_ORDER = re.compile(r"[0-9a-f-]{36}")  # looks like a UUID, but is none of RFC 4122
WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9\[][!-~]*", re.IGNORECASE)
APP_ADDRESS = re.compile(r"(?!javascript|vbscript|data|file)[a-z][a-z0-9+.-]*://[!-~]+", re.IGNORECASE)
UNIX_EPOCH = datetime.fromtimestamp(0, UTC)
STATUSES = {int(status) for status in OrderStatus}
BY_PERMISSION = {REVERSE, DECLINE}  # here "access denied" may be said to a login that is good
ORDER_DECLINED = 2  # errorCode of a status that nevertheless names the order: its card details were wrong
ACCESS = re.compile(r"доступ запрещ[её]н|access denied", re.IGNORECASE)
LOGIN = re.compile(
    r"\[userName\] or \[password\]|сменить (?:\S+ )?пароль|change (?:\S+ )?password|неверный логин|wrong login",
    re.IGNORECASE,
)


def registered(answer: Answer) -> Registered:
    """A registered order; success carries no errorCode."""
    body = accepted(answer)
    md_order, form_url = _text(body.get("orderId")), _text(body.get("formUrl"))
    if not MD_ORDER.fullmatch(md_order):
        raise BankUnknown("registered, but orderId is missing or malformed")
    if not WEB_ADDRESS.fullmatch(form_url):
        raise BankUnknown("registered, but formUrl is missing or no web address")
    deep_link = _text(_object(body.get("externalParams")).get("sbolDeepLink"))
    return Registered(md_order, form_url, deep_link if APP_ADDRESS.fullmatch(deep_link) else None)


def carried_out(answer: Answer) -> None:
    """Only a spoken 0 is a success here: nothing else in the body could prove it."""
    if _error_code(accepted(answer)) is None:
        raise BankUnknown("the answer says neither yes nor no")


def order_state(answer: Answer, asked: OrderRef) -> OrderState:
    """The state of the order that was `asked` for: its number and mdOrder stand in where the answer has none."""
    body = accepted(answer)
    if body.get("orderStatus") is None:
        raise BankUnknown("the answer has no orderStatus")
    code = _whole(body["orderStatus"])
    status = OrderStatus(code) if code in STATUSES else None
    amount = _kopecks(body, "amount") or 0
    return OrderState(
        number=str(body.get("orderNumber") or asked.number),
        md_order=_attribute(body, "mdOrder") or asked.md_order,
        status=status,
        amount=amount,
        currency=str(body.get("currency") or ""),
        **_money(body, status, amount),
        action_code=_whole(body.get("actionCode")),
        action_text=_text(body.get("actionCodeDescription")),
        bank_time=answer.bank_time,
        held_at=_moment(body.get("authDateTime")),
        paid_at=_moment(body.get("depositedDate")),
    )


def accepted(answer: Answer) -> Mapping[str, Any]:
    """The body, unless it is a refusal, which is raised. "0", 0 and none at all mean "processed", not "success":
    an `error` or `success: false` beside them refuses too."""
    body, code = answer.body, _error_code(answer.body) or 0
    if code == ORDER_DECLINED and answer.method == STATUS and "orderStatus" in body:
        return body
    if code or body.get("error") or body.get("success") is False:
        raise _refusal(answer.method, code, _text(body.get("errorMessage")) or _text(body.get("error")))
    return body


def _refusal(method: str, code: int, text: str) -> BankRefused:
    """The same code stands for many reasons, so the text decides where it must."""
    if code == 1 and method in {REGISTER, REGISTER_HOLD}:
        return BankDuplicate(code, text)
    if code == 5 and (LOGIN.search(text) or (ACCESS.search(text) and method not in BY_PERMISSION)):
        return BankLoginRefused(code, text)
    if code == 6:
        return BankOrderUnknown(code, text)
    return BankRefused(code, text)


def _error_code(body: Mapping[str, Any]) -> int | None:
    """None: there is none. The older methods write it with a capital."""
    value = body.get("errorCode", body.get("ErrorCode"))
    if value is None or value == "":
        return None
    code = _whole(value)
    if code is None:
        raise BankUnknown("errorCode cannot be read")
    return code


def _money(body: Mapping[str, Any], status: OrderStatus | None, amount: int) -> dict[str, int]:
    """`approved`, `deposited`, `refunded`: what paymentAmountInfo says, else what the status itself states."""
    info = _object(body.get("paymentAmountInfo"))
    said = {name: _kopecks(info, f"{name}Amount") for name in ("approved", "deposited", "refunded")}
    return {name: _implied(status, amount)[name] if sum_ is None else sum_ for name, sum_ in said.items()}


def _implied(status: OrderStatus | None, amount: int) -> dict[str, int]:
    """Old versions have no paymentAmountInfo. There 1 means that the amount is held, 2 that it is paid, 3 that it was
    held and is free again. 4 does not say how much went back, so it says nothing."""
    if status is OrderStatus.REFUNDED:
        raise BankUnknown("refunded, but the answer does not say how much")
    held = amount if status in {OrderStatus.HELD, OrderStatus.PAID, OrderStatus.REVERSED} else 0
    return {"approved": held, "deposited": amount if status is OrderStatus.PAID else 0, "refunded": 0}


def _kopecks(fields: Mapping[str, Any], name: str) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    kopecks = _whole(value)
    if kopecks is None or kopecks < 0:
        raise BankUnknown(f"{name} cannot be read")
    return kopecks


def _moment(value: object) -> datetime | None:
    """UNIX milliseconds, or an ISO text, which without a zone is Moscow's. What is neither, or 0, is no moment, and
    spoils no answer."""
    try:
        if milliseconds := _whole(value):
            return UNIX_EPOCH + timedelta(milliseconds=milliseconds)
        moment = datetime.fromisoformat(_text(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _whole(value: object) -> int | None:
    """An integer, or its text; None for anything else."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str:
    """The platform writes "null" where it has no text."""
    return value if isinstance(value, str) and value != "null" else ""


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _attribute(body: Mapping[str, Any], name: str) -> str | None:
    attributes = body.get("attributes")
    for attribute in attributes if isinstance(attributes, list) else []:
        if _object(attribute).get("name") == name:
            return _text(attribute.get("value")) or None
    return None
