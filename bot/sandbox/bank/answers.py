"""The bodies of the bank's answers, in the shapes that were seen from real installations."""

from datetime import datetime
from typing import Any

from .order import Order
from .refusal import Reason, action_text

SUCCESS = {"ru": "Успешно", "en": "Success"}
OPTIONAL = {
    *("errorMessage", "actionCodeDescription", "date", "orderDescription", "merchantOrderParams", "attributes"),
    *("terminalId", "bankInfo", "paymentWay", "cardAuthInfo", "authDateTime", "authRefNum"),
    *("depositedDate", "reversedDate", "refundedDate", "refunds"),
}


def done_body(language: str) -> dict[str, Any]:
    return {"errorCode": "0", "errorMessage": SUCCESS[language]}


def error_body(reason: Reason, language: str) -> dict[str, Any]:
    """A refusal; for an unknown order with the two empty lists that the bank adds."""
    body: dict[str, Any] = {"errorCode": str(reason.code), "errorMessage": reason.text(language)}
    return body | {"merchantOrderParams": [], "attributes": []} if reason is Reason.NOT_FOUND else body


def register_body(order: Order, *, deep_link: bool) -> dict[str, Any]:
    """A registered order: two keys and no errorCode."""
    body: dict[str, Any] = {"orderId": order.md_order, "formUrl": order.form_url}
    if deep_link:
        invoice = order.md_order.replace("-", "")
        body["externalParams"] = {"sbolDeepLink": f"sberpay://invoicing/v2?bankInvoiceId={invoice}"}
    return body


def status_body(order: Order, language: str, *, sparse: bool) -> dict[str, Any]:
    """getOrderStatusExtended.do. `sparse` leaves out what older versions of the method did not have."""
    body = done_body(language) | {
        "orderNumber": order.order_number,
        "orderStatus": int(order.status),
        "actionCode": order.action_code,
        "actionCodeDescription": action_text(order.action_code, language),
        "amount": order.amount,
        "currency": order.currency,
        "date": _milliseconds(order.created_at),
        "merchantOrderParams": [{"name": name, "value": value} for name, value in order.json_params.items()],
        "attributes": [{"name": "mdOrder", "value": order.md_order}],
        "terminalId": "123456",
        "paymentAmountInfo": {
            "paymentState": order.payment_state,
            "approvedAmount": order.approved,
            "depositedAmount": order.deposited,
            "refundedAmount": order.refunded,
        },
        "bankInfo": {"bankCountryCode": "UNKNOWN", "bankCountryName": "<Неизвестно>"},
    }
    if order.description:
        body["orderDescription"] = order.description
    body |= _payment_fields(order)
    return {name: value for name, value in body.items() if not (sparse and name in OPTIONAL)}


def _payment_fields(order: Order) -> dict[str, Any]:
    """What an order has only once its money has moved."""
    fields: dict[str, Any] = {}
    if order.approved_at:
        fields |= {
            "authDateTime": _milliseconds(order.approved_at),
            "authRefNum": order.reference,
            "paymentWay": "CARD",
        }
    if order.masked_pan:
        fields["cardAuthInfo"] = {
            "maskedPan": order.masked_pan,
            "pan": order.masked_pan,
            "expiration": "203012",
            "cardholderName": "SANDBOX",
            "approvalCode": "123456",
        }
    if order.deposited_at:
        fields["depositedDate"] = _milliseconds(order.deposited_at)
    if order.reversed_at:
        fields["reversedDate"] = _milliseconds(order.reversed_at)
    if order.refunds:
        fields["refundedDate"] = _milliseconds(order.refunds[-1].at)
        fields["refunds"] = [
            {"date": _milliseconds(refund.at), "amount": refund.amount, "referenceNumber": refund.reference,
             "approvalCode": "123456", "actionCode": "0"}
            for refund in order.refunds
        ]  # fmt: skip
    return fields


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
