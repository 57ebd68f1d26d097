"""Who sells where."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, String, Table
from sqlalchemy import text as sql

from storage.types import Id, Moment

from .base import metadata

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
    Column("for_id", ForeignKey("staff.id")),  # of a link that lets somebody in who works here already
    Column("used_by", ForeignKey("staff.id")),
    Column("used_at", Moment),
)

logins = Table(  # of the web till: a browser that somebody works by
    "logins",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
)
