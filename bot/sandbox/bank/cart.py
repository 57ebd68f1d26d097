"""orderBundle: the cart as JSON, checked as strictly as the bank does."""

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .refusal import BankError, Reason

MOST = Decimal("99999.999")  # of one position


def check_cart(bundle: str, amount: int, currency: str) -> None:
    """Raises BankError (8) unless the positions are well formed and sum to `amount` (kopecks)."""
    try:
        items = json.loads(bundle, parse_float=Decimal)["cartItems"]["items"]
        totals = [_item_amount(item) for item in items]
        currencies = {str(item.get("itemCurrency") or currency) for item in items}
        distinct = all(_distinct([item[key] for item in items]) for key in ("positionId", "itemCode"))
    except (ValueError, KeyError, TypeError, ArithmeticError, AttributeError):
        raise BankError(Reason.CART_FORMAT) from None
    if not items or not distinct:
        raise BankError(Reason.CART_FORMAT)
    if currencies != {currency}:
        raise BankError(Reason.CART_CURRENCY)
    if sum(totals) != amount:
        raise BankError(Reason.CART_SUM)


def _item_amount(item: dict[str, Any]) -> int:
    """Kopecks of one position. Raises ValueError or KeyError for what the bank would not read."""
    value, measure = item["quantity"]["value"], item["quantity"]["measure"]
    if isinstance(value, str) or not 0 < Decimal(value) <= MOST or Decimal(value) % Decimal("0.001"):
        raise ValueError
    if int(item["positionId"]) < 1 or not 1 <= len(str(measure)) <= 20:
        raise ValueError
    if not 1 <= len(item["name"]) <= 100 or not 1 <= len(item["itemCode"]) <= 100:
        raise ValueError
    price = int(item["itemPrice"])
    reckoned = int((price * Decimal(value)).quantize(Decimal(1), ROUND_HALF_UP))
    if int(item.get("itemAmount", reckoned)) != reckoned:
        raise ValueError
    return reckoned


def _distinct(values: list[Any]) -> bool:
    return len({str(value) for value in values}) == len(values)
