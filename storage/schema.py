"""All tables. Amounts are kopecks, times UTC; phones and texts that name people are sealed before they come here.

shops, staff, invites      who sells where
payments                   one sale each; `status` changes by compare-and-set on `version` only
bank_orders                1..n a payment: what the bank knows
operations                 each deposit, reverse, refund, decline: by us, by hand at the bank, or by its clock
links                      1..n a payment: the codes of /p/<code>, one of them open
sms, sms_reports           messages to shoppers, reports that came before their message was stored
callbacks                  what the bank notified
cards                      the message that shows a payment in a chat
inbox                      Telegram's updates as they came
jobs, lanes                durable work, and whose turn it is in each chat
drafts                     questions that wait for a press or an answer
audit                      who did what; triggers forbid to change or delete
notes                      single values of the installation
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy import (
    text as sql,
)

from .types import Id, Moment, index_where

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

shops = Table(
    "shops",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("chat_id", BigInteger),
    Column("thread_id", BigInteger),
    Column("lang", String(2), nullable=False, server_default="ru"),
    Column("created_at", Moment, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("telegram_id", BigInteger, unique=True),
    Column("name", String(64), nullable=False),
    Column("username", String(64)),
    Column("lang", String(2), nullable=False, server_default="ru"),
    Column("role", String(16), nullable=False),
    Column("shop_id", ForeignKey("shops.id"), nullable=False),
    Column("access_until", Moment),
    Column("closed_at", Moment),
    Column("is_shared", Boolean, nullable=False, server_default=sql("false")),  # one phone of several sellers
    Column("account_id", ForeignKey("staff.id")),  # of a named seller: the shared phone he sells by
    Column("selling_id", ForeignKey("staff.id")),  # of a shared phone: who holds it now
    Column("selling_since", Moment),
    Column("created_at", Moment, nullable=False),
    Index("ix_staff_shop_id", "shop_id"),
    CheckConstraint("role IN ('assistant', 'manager', 'owner')", name="role"),
)

invites = Table(
    "invites",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("shop_id", ForeignKey("shops.id"), nullable=False),
    Column("access_until", Moment),
    Column("is_shared", Boolean, nullable=False, server_default=sql("false")),
    Column("expires_at", Moment, nullable=False),
    Column("invited_by", ForeignKey("staff.id")),
    Column("used_by", ForeignKey("staff.id")),
    Column("used_at", Moment),
)

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
    Column("asked_at", Moment, nullable=False),
    CheckConstraint("state IN ('asked', 'registered', 'abandoned', 'refused')", name="state"),
    index_where("next_read_at IS NOT NULL", "ix_bank_orders_due", "next_read_at"),
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
    Column("provider", String(16)),
    Column("message_id", String(64)),
    # waiting | sending | sent | delivered | failed | rejected | unknown | stopped | refused
    Column("state", String(16), nullable=False),
    Column("fault", String(16)),
    Column("send_at", Moment, nullable=False),
    Column("state_at", Moment, nullable=False),
    Column("next_ask_at", Moment),  # when to ask the provider how it fares
    Index("ix_sms_message", "provider", "message_id"),
    index_where("next_ask_at IS NOT NULL", "ix_sms_ask", "next_ask_at"),
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

cards = Table(
    "cards",
    metadata,
    Column("payment_id", ForeignKey("payments.id"), primary_key=True),
    Column("chat_id", BigInteger, primary_key=True),
    Column("thread_id", BigInteger),
    Column("message_id", BigInteger),
    Column("is_photo", Boolean, nullable=False, server_default=sql("false")),
    Column("file_id", Text),
    Column("code", String(11)),  # the link in the picture
    Column("shown", String(64)),  # a hash of what was rendered last: an edit that changes nothing is not sent
    Column("edited_at", Moment),
    Index("ix_cards_message", "chat_id", "message_id"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True),
    Column("chat", BigInteger, nullable=False),  # its rows are handled in order
    Column("body", Text),  # JSON as it came; null once handled
    Column("received_at", Moment, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease", String(32)),
    Column("lease_until", Moment),
    Column("handled_at", Moment),
    Column("outcome", String(200)),
    index_where("handled_at IS NULL", "ix_inbox_open", "update_id"),
    index_where("handled_at IS NULL", "ix_inbox_chat", "chat", "update_id"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("payment_id", BigInteger),
    Column("lane", String(32)),  # the chat it sends to; null: needs no turn
    Column("key", String(96), unique=True),  # done once for ever
    Column("slot", String(96)),  # one waiting job a slot: a second one says nothing new
    Column("payload", Text, nullable=False, server_default="{}"),  # JSON of ids, or sealed
    Column("priority", Integer, nullable=False, server_default="50"),  # the smaller first
    Column("run_at", Moment, nullable=False),
    Column("once", Boolean, nullable=False, server_default=sql("false")),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("attempted_at", Moment),  # of a `once` job: committed before the call
    Column("lease", String(32)),
    Column("lease_until", Moment),
    Column("done_at", Moment),
    Column("outcome", String(200)),
    index_where("done_at IS NULL AND lane IS NULL", "ix_jobs_due", "priority", "run_at"),
    index_where("done_at IS NULL AND lane IS NOT NULL", "ix_jobs_lane", "lane", "priority", "run_at"),
    index_where("done_at IS NULL AND lease IS NULL", "uq_jobs_slot", "slot", unique=True),
    index_where("done_at IS NOT NULL", "ix_jobs_done_at", "done_at"),  # else SQLite would find open jobs by it
    Index("ix_jobs_payment_id", "payment_id"),
)

lanes = Table(
    "lanes",
    metadata,
    Column("lane", String(32), primary_key=True),
    Column("next_at", Moment, nullable=False),
    Column("tokens", Float, nullable=False),
    Column("counted_at", Moment, nullable=False),  # when `tokens` was true
    Column("lease", String(32)),
    Column("lease_until", Moment),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("author_id", ForeignKey("staff.id"), nullable=False),
    Column("payment_id", ForeignKey("payments.id")),  # of a question about a sale that exists
    Column("key", String(64), nullable=False),  # the creation's idempotency key
    Column("sealed", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("ix_drafts_chat_id", "chat_id", "author_id"),
    index_where("used_at IS NULL", "ix_drafts_payment_id", "payment_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("staff_id", BigInteger),  # null: the service itself
    Column("action", String(32), nullable=False),
    Column("payment_id", BigInteger, index=True),
    Column("chat_id", BigInteger),
    Column("detail", Text, nullable=False, server_default="{}"),
)

notes = Table(
    "notes",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
    Column("lease_until", Moment),
)
