"""What was sold, and what the bank and the shoppers know of it."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy import text as sql

from storage.types import Id, Moment, index_where

from .base import metadata

payments = Table(
    "payments",
    metadata,
    Column("id", Id, primary_key=True),  # also the number on the card: a migration starts it at 1001
    Column("key", String(64), nullable=False, unique=True),  # of idempotency: `msg:<chat>:<message>`, `form:<uuid>`
    Column("shop_id", ForeignKey("shops.id"), nullable=False),
    Column("seller_id", ForeignKey("staff.id"), nullable=False),
    Column("chat_id", BigInteger),  # where it was typed: the counter
    Column("thread_id", BigInteger),
    Column("amount", BigInteger, nullable=False),
    Column("what", String(200), nullable=False, server_default=""),
    Column("phone_sealed", Text),
    Column("phone_digest", String(64)),
    Column("phone_tail", String(4)),
    Column("two_stage", Boolean, nullable=False, server_default=sql("false")),
    Column("status", String(16), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("handover_code", String(2), nullable=False),
    Column("approved", BigInteger, nullable=False, server_default="0"),
    Column("deposited", BigInteger, nullable=False, server_default="0"),
    Column("refunded", BigInteger, nullable=False, server_default="0"),
    Column("late", Boolean, nullable=False, server_default=sql("false")),  # money came after cancelling or expiry
    Column("action_code", Integer),  # of the last refused attempt
    Column("fault", String(32)),  # why it failed: a key of the texts
    Column("bank_says", String(80)),  # where it differs from us
    Column("cancelled_by", ForeignKey("staff.id")),
    Column("renewal", BigInteger),  # kopecks of the link wanted in place of this one, once the bank has closed it
    Column("replaced_by", ForeignKey("payments.id")),  # the sale with another sum
    Column("link_until", Moment),
    Column("opened_at", Moment),
    Column("held_at", Moment),  # both by the bank's clock
    Column("paid_at", Moment, index=True),
    Column("changed_at", Moment, nullable=False),  # of the status
    Column("created_at", Moment, nullable=False),
    CheckConstraint("amount > 0", name="amount"),
    Index("ix_payments_look_alike", "shop_id", "amount", "created_at"),
    Index("ix_payments_shop_id_created_at", "shop_id", "created_at"),
    Index("ix_payments_phone_tail", "phone_tail"),
    Index("ix_payments_seller_id", "seller_id", "created_at"),
    sqlite_autoincrement=True,
)

bank_orders = Table(
    "bank_orders",
    metadata,
    Column("id", Id, primary_key=True),
    Column("payment_id", ForeignKey("payments.id"), nullable=False, index=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("md_order", String(36), unique=True),
    Column("form_url", Text),
    Column("app_url", Text),
    Column("state", String(16), nullable=False),  # asked | registered | abandoned | refused
    Column("bank_status", Integer),  # orderStatus when it was read last: tells which of several orders has the money
    Column("deposited", BigInteger, nullable=False, server_default="0"),  # what was left there then
    Column("expires_at", Moment, nullable=False),
    Column("declined_seen_at", Moment),  # the first of the two reads that end it
    Column("read_at", Moment),
    Column("next_read_at", Moment),  # of the poller; null: nothing can change any more
    Column("read_first", Boolean, nullable=False, server_default=sql("false")),  # then: before those that are not young
    Column("asked_at", Moment, nullable=False),
    CheckConstraint("state IN ('asked', 'registered', 'abandoned', 'refused')", name="state"),
    index_where("next_read_at IS NOT NULL", "ix_bank_orders_due", "read_first", "next_read_at"),
)

OPEN_OPERATION = ("requested", "approved", "sent", "unknown")

operations = Table(
    "operations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # of idempotency: `ask:<draft>`
    Column("payment_id", ForeignKey("payments.id"), nullable=False, index=True),
    Column("bank_order_id", ForeignKey("bank_orders.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("reason", String(200), nullable=False, server_default=""),
    # requested | approved | sent | unknown | done | refused | denied | lapsed | disputed
    Column("state", String(16), nullable=False),
    Column("origin", String(16), nullable=False),  # staff | cabinet (by hand at the bank) | bank (a hold that ran out)
    Column("answer", String(16)),  # of the call itself: accepted | refused | lost
    Column("fault", String(32)),  # why it was not done: a key of the texts
    Column("bank_says", String(80)),
    Column("asked_by", ForeignKey("staff.id")),
    Column("decided_by", ForeignKey("staff.id")),
    Column("chat_id", BigInteger),  # where it was asked for
    Column("thread_id", BigInteger),
    Column("before_status", Integer),  # what the bank said just before the call; until then HELD of a release
    Column("before_deposited", BigInteger),
    Column("before_refunded", BigInteger),
    Column("asked_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("sent_at", Moment),  # committed before the call
    Column("ended_at", Moment),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("kind IN ('deposit', 'reverse', 'refund', 'decline')", name="kind"),
    index_where(f"state IN {OPEN_OPERATION}", "uq_operations_open", "payment_id", unique=True),
    index_where("state = 'requested'", "ix_operations_requested", "asked_at"),
)

links = Table(
    "links",
    metadata,
    Column("code", String(11), primary_key=True),
    Column("payment_id", ForeignKey("payments.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("closed_at", Moment),
    index_where("closed_at IS NULL", "uq_links_open", "payment_id", unique=True),
)

sms = Table(
    "sms",
    metadata,
    Column("id", Id, primary_key=True),  # also the provider's `ref`
    Column("payment_id", ForeignKey("payments.id"), nullable=False, index=True),
    Column("code", String(11), nullable=False),  # the link that it carries
    Column("phone_sealed", Text, nullable=False),
    Column("phone_digest", String(64)),
    Column("provider", String(16)),
    Column("message_id", String(64)),
    # waiting | sending | sent | delivered | failed | rejected | unknown | stopped | refused
    Column("state", String(16), nullable=False),
    Column("fault", String(16)),
    Column("send_at", Moment, nullable=False),
    Column("state_at", Moment, nullable=False),
    Column("next_ask_at", Moment),  # when to ask the provider how it fares
    Index("ix_sms_message", "provider", "message_id"),
    Index("ix_sms_phone", "phone_digest", "send_at"),
    index_where("next_ask_at IS NOT NULL", "ix_sms_ask", "next_ask_at"),
)

shopper_chats = Table(  # shoppers who pressed Start for a payment
    "shopper_chats",
    metadata,
    Column("payment_id", ForeignKey("payments.id"), primary_key=True),
    Column("chat_id", BigInteger, primary_key=True),
    Column("code", String(11), nullable=False),  # of the link by which he came
    Column("lang", String(2), nullable=False, server_default="ru"),
    Column("started_at", Moment, nullable=False),
    Column("sent_at", Moment),  # when the link was there
)

sms_reports = Table(
    "sms_reports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("provider", String(16), nullable=False),
    Column("message_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("received_at", Moment, nullable=False),
    Index("ix_sms_reports_message", "provider", "message_id"),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("md_order", String(36)),
    Column("order_number", String(36)),
    Column("operation", String(32), nullable=False),
    Column("succeeded", Boolean, nullable=False),
    Column("bank_order_id", ForeignKey("bank_orders.id")),  # null: not an order of ours
    Column("received_at", Moment, nullable=False, index=True),
)
