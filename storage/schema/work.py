"""What is to be done and what was: chats, jobs, questions, audit."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy import text as sql

from storage.types import Id, Moment, index_where

from .base import metadata

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
    index_where("done_at IS NULL AND lane IS NOT NULL", "ix_jobs_lane_run_at", "run_at"),
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
