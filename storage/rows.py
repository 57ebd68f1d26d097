"""Rows as plain values. Each class has the columns of its table, by their names."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Table


@dataclass(frozen=True, slots=True)
class Shop:
    id: int
    name: str
    chat_id: int | None
    thread_id: int | None
    lang: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff: somebody with his own chat, a shared phone, or a seller who shares one (`account_id`)."""

    id: int
    telegram_id: int | None
    name: str
    username: str | None
    lang: str
    role: str
    shop_id: int
    access_until: datetime | None
    closed_at: datetime | None
    is_shared: bool
    account_id: int | None
    selling_id: int | None
    selling_since: datetime | None


@dataclass(frozen=True, slots=True)
class Invite:
    """A one-use link: what it makes of whoever opens it first, until `expires_at`."""

    id: int
    role: str
    shop_id: int
    access_until: datetime | None
    is_shared: bool
    expires_at: datetime
    invited_by: int | None
    for_id: int | None
    used_by: int | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Login:
    """A browser of the web till."""

    id: int
    staff_id: int
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Payment:
    """One sale. Amounts in kopecks; `id` is the number on the card."""

    id: int
    key: str
    shop_id: int
    seller_id: int
    chat_id: int | None
    thread_id: int | None
    amount: int
    what: str
    phone_sealed: str | None
    phone_tail: str | None
    two_stage: bool
    status: str
    version: int
    handover_code: str
    approved: int
    deposited: int
    refunded: int
    late: bool
    action_code: int | None
    fault: str | None
    bank_says: str | None
    cancelled_by: int | None
    renewal: int | None
    replaced_by: int | None
    link_until: datetime | None
    opened_at: datetime | None
    held_at: datetime | None
    paid_at: datetime | None
    changed_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BankOrder:
    """An order at the bank. `state`: asked | registered | abandoned | refused.

    `bank_status`, `deposited`: what the bank said when it was read last.
    """

    id: int
    payment_id: int
    number: str
    md_order: str | None
    form_url: str | None
    app_url: str | None
    state: str
    bank_status: int | None
    deposited: int
    expires_at: datetime
    declined_seen_at: datetime | None
    read_at: datetime | None
    next_read_at: datetime | None
    read_first: bool
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Operation:
    """A movement of a payment's money; amounts in kopecks. The states and their meaning: payments/operations.py."""

    id: int
    key: str
    payment_id: int
    bank_order_id: int
    kind: str
    amount: int
    reason: str
    state: str
    origin: str
    answer: str | None
    fault: str | None
    bank_says: str | None
    asked_by: int | None
    decided_by: int | None
    chat_id: int | None
    thread_id: int | None
    before_status: int | None
    before_deposited: int | None
    before_refunded: int | None
    asked_at: datetime
    decided_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sms:
    """A message to a shopper.

    `state`: waiting | sending | sent | delivered | failed | rejected | unknown | stopped | refused.
    """

    id: int
    payment_id: int
    code: str
    phone_sealed: str
    provider: str | None
    message_id: str | None
    state: str
    fault: str | None
    send_at: datetime
    state_at: datetime
    next_ask_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShopperChat:
    """A shopper who has pressed Start for a payment. `code`: of the link by which he came."""

    payment_id: int
    chat_id: int
    code: str
    lang: str
    started_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Card:
    """The message that shows a payment in a chat. `message_id` None: not posted yet."""

    payment_id: int
    chat_id: int
    thread_id: int | None
    message_id: int | None
    is_photo: bool
    file_id: str | None
    code: str | None
    shown: str | None
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that waits for a press or an answer; `sealed` holds what it is about."""

    id: int
    kind: str
    chat_id: int
    author_id: int
    payment_id: int | None
    key: str
    sealed: str
    expires_at: datetime
    used_at: datetime | None


AnyRow = TypeVar("AnyRow")


def columns(kind: type[Any], table: Table) -> list[ColumnElement[Any]]:
    """The columns of `table` that `kind` has, in its order."""
    return [table.c[field.name] for field in fields(kind)]


def one(kind: Callable[..., AnyRow], row: Row[Any] | None) -> AnyRow | None:
    """`row`, selected with `columns`, as a `kind`."""
    return None if row is None else kind(*row)
