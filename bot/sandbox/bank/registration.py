"""register.do and registerPreAuth.do: from the form fields to an order, refusing in the bank's own sequence.

    credentials (elsewhere) -> missing (4) -> currency (3) -> amount and other values (5) -> number (1) -> cart (8)

A taken number is the ledger's to refuse; it is asked between the number's form and the cart.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from .cart import check_cart
from .order import MOSCOW, Order, new_md_order
from .refusal import BankError, Reason

CURRENCY = "643"
CREDENTIALS = ("userName", "password", "token")
PHONE = re.compile(r"((\+7|7|8)?[0-9]{10})")
SIZES = {"returnUrl": 512, "failUrl": 512, "description": 512, "clientId": 255, "merchantLogin": 255}


def read_order(
    form: dict[str, str], *, two_stage: bool, now: datetime, lifetime: float, check_free: Callable[[str], None]
) -> Order:
    """The order that `form` asks for. `check_free` raises where the number is taken; `lifetime` in seconds."""
    _check_present(form)
    if form.get("currency", CURRENCY) != CURRENCY:
        raise BankError(Reason.CURRENCY)
    amount = read_amount(form["amount"])
    if amount == 0:
        raise BankError(Reason.AMOUNT)
    _check_values(form)
    order = Order(
        md_order=new_md_order(),
        order_number=form["orderNumber"],
        amount=amount,
        two_stage=two_stage,
        created_at=now,
        expires_at=_end_of_life(form, now, lifetime),
        return_url=form["returnUrl"],
        fail_url=form.get("failUrl") or form["returnUrl"],
        description=form.get("description", ""),
        language=form.get("language") or "ru",
        json_params=_read_json_params(form.get("jsonParams", "")),
        parameters={name: value for name, value in form.items() if name not in CREDENTIALS},
    )
    if len(order.order_number) > 32:
        raise BankError(Reason.ORDER_NUMBER)
    check_free(order.order_number)
    if form.get("orderBundle"):
        check_cart(form["orderBundle"], amount, CURRENCY)
    return order


def read_amount(text: str) -> int:
    """Kopecks: up to twelve digits and nothing else."""
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise BankError(Reason.AMOUNT)
    return int(text)


def _check_present(form: dict[str, str]) -> None:
    for name, reason in (
        ("orderNumber", Reason.NO_ORDER_NUMBER),
        ("amount", Reason.NO_AMOUNT),
        ("returnUrl", Reason.NO_RETURN_URL),
    ):
        if not form.get(name):
            raise BankError(reason)


def _check_values(form: dict[str, str]) -> None:
    if form.get("language") not in (None, "", "ru", "en"):
        raise BankError(Reason.LANGUAGE)
    too_long = any(len(form.get(name, "")) > size for name, size in SIZES.items())
    if too_long or (form.get("phone") and not PHONE.fullmatch(form["phone"])):
        raise BankError(Reason.PARAMETER)


def _read_json_params(text: str) -> dict[str, str]:
    """merchantOrderParams: a flat object of up to 99 names."""
    try:
        params = json.loads(text or "{}")
    except ValueError:
        raise BankError(Reason.JSON_PARAMS) from None
    flat = isinstance(params, dict) and not any(isinstance(value, dict | list) for value in params.values())
    if not flat or len(params) > 99:
        raise BankError(Reason.JSON_PARAMS)
    return {name: str(value) for name, value in params.items()}


def _end_of_life(form: dict[str, str], now: datetime, lifetime: float) -> datetime:
    """expirationDate (Moscow time, without a zone) before sessionTimeoutSecs before the merchant's own setting."""
    if form.get("expirationDate"):
        try:
            moment = datetime.strptime(form["expirationDate"], "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - the zone is Moscow's by contract
        except ValueError:
            raise BankError(Reason.PARAMETER) from None
        return moment.replace(tzinfo=MOSCOW).astimezone(UTC)
    seconds = form.get("sessionTimeoutSecs", "")
    if seconds and not re.fullmatch(r"[0-9]{1,9}", seconds):
        raise BankError(Reason.PARAMETER)
    return now + timedelta(seconds=int(seconds) if seconds else lifetime)
