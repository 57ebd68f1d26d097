"""Who sells, what was sold, and what the bank, the shoppers and the chats know of it. One function a table."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    for create in (shops, sms_reports, staff, drafts, invites, payments, bank_orders, cards, links, sms, callbacks):
        create()
    number_payments()


def shops() -> None:
    op.create_table(
        "shops",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("chat_id", sa.BigInteger()),
        sa.Column("thread_id", sa.BigInteger()),
        sa.Column("lang", sa.String(length=2), server_default="ru", nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shops"),
    )


def sms_reports() -> None:
    op.create_table(
        "sms_reports",
        sa.Column("id", Id, nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sms_reports"),
    )
    op.create_index("ix_sms_reports_message", "sms_reports", ["provider", "message_id"])


def staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", Id, nullable=False),
        sa.Column("telegram_id", sa.BigInteger()),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=64)),
        sa.Column("lang", sa.String(length=2), server_default="ru", nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("shop_id", Id, nullable=False),
        sa.Column("access_until", Moment),
        sa.Column("closed_at", Moment),
        sa.Column("created_at", Moment, nullable=False),
        sa.CheckConstraint("role IN ('assistant', 'manager', 'owner')", name=op.f("ck_staff_role")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_staff_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("telegram_id", name="uq_staff_telegram_id"),
    )


def drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_at", Moment),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name="fk_drafts_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_chat_id", "drafts", ["chat_id", "author_id"])


def invites() -> None:
    op.create_table(
        "invites",
        sa.Column("id", Id, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("shop_id", Id, nullable=False),
        sa.Column("access_until", Moment),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("invited_by", Id),
        sa.Column("used_by", Id),
        sa.Column("used_at", Moment),
        sa.ForeignKeyConstraint(["invited_by"], ["staff.id"], name="fk_invites_invited_by"),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_invites_shop_id"),
        sa.ForeignKeyConstraint(["used_by"], ["staff.id"], name="fk_invites_used_by"),
        sa.PrimaryKeyConstraint("id", name="pk_invites"),
        sa.UniqueConstraint("token_hash", name="uq_invites_token_hash"),
    )


def payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("shop_id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("chat_id", sa.BigInteger()),
        sa.Column("thread_id", sa.BigInteger()),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=200), server_default="", nullable=False),
        sa.Column("phone_sealed", sa.Text()),
        sa.Column("phone_digest", sa.String(length=64)),
        sa.Column("phone_tail", sa.String(length=4)),
        sa.Column("two_stage", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("handover_code", sa.String(length=2), nullable=False),
        sa.Column("approved", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("deposited", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refunded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("action_code", sa.Integer()),
        sa.Column("fault", sa.String(length=32)),
        sa.Column("bank_says", sa.String(length=80)),
        sa.Column("cancelled_by", Id),
        sa.Column("link_until", Moment),
        sa.Column("opened_at", Moment),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount")),
        sa.ForeignKeyConstraint(["cancelled_by"], ["staff.id"], name="fk_payments_cancelled_by"),
        sa.ForeignKeyConstraint(["seller_id"], ["staff.id"], name="fk_payments_seller_id"),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_payments_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.UniqueConstraint("key", name="uq_payments_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_payments_look_alike", "payments", ["shop_id", "amount", "created_at"])
    op.create_index("ix_payments_phone_tail", "payments", ["phone_tail"])
    op.create_index("ix_payments_shop_id_created_at", "payments", ["shop_id", "created_at"])


def bank_orders() -> None:
    op.create_table(
        "bank_orders",
        sa.Column("id", Id, nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("md_order", sa.String(length=36)),
        sa.Column("form_url", sa.Text()),
        sa.Column("app_url", sa.Text()),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("bank_status", sa.Integer()),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("declined_seen_at", Moment),
        sa.Column("read_at", Moment),
        sa.Column("next_read_at", Moment),
        sa.Column("asked_at", Moment, nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'registered', 'abandoned', 'refused')", name=op.f("ck_bank_orders_state")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_bank_orders_payment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bank_orders"),
        sa.UniqueConstraint("md_order", name="uq_bank_orders_md_order"),
        sa.UniqueConstraint("number", name="uq_bank_orders_number"),
    )
    op.create_index("ix_bank_orders_due", "bank_orders", ["next_read_at"], **only("next_read_at IS NOT NULL"))
    op.create_index("ix_bank_orders_payment_id", "bank_orders", ["payment_id"])


def cards() -> None:
    op.create_table(
        "cards",
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger()),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("is_photo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("file_id", sa.Text()),
        sa.Column("code", sa.String(length=11)),
        sa.Column("shown", sa.String(length=64)),
        sa.Column("edited_at", Moment),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_cards_payment_id"),
        sa.PrimaryKeyConstraint("payment_id", "chat_id", name="pk_cards"),
    )
    op.create_index("ix_cards_message", "cards", ["chat_id", "message_id"])


def links() -> None:
    op.create_table(
        "links",
        sa.Column("code", sa.String(length=11), nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("closed_at", Moment),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_links_payment_id"),
        sa.PrimaryKeyConstraint("code", name="pk_links"),
    )
    op.create_index("uq_links_open", "links", ["payment_id"], unique=True, **only("closed_at IS NULL"))


def sms() -> None:
    op.create_table(
        "sms",
        sa.Column("id", Id, nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("code", sa.String(length=11), nullable=False),
        sa.Column("phone_sealed", sa.Text(), nullable=False),
        sa.Column("provider", sa.String(length=16)),
        sa.Column("message_id", sa.String(length=64)),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("fault", sa.String(length=16)),
        sa.Column("send_at", Moment, nullable=False),
        sa.Column("state_at", Moment, nullable=False),
        sa.Column("next_ask_at", Moment),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_sms_payment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sms"),
    )
    op.create_index("ix_sms_ask", "sms", ["next_ask_at"], **only("next_ask_at IS NOT NULL"))
    op.create_index("ix_sms_message", "sms", ["provider", "message_id"])
    op.create_index("ix_sms_payment_id", "sms", ["payment_id"])


def callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", Id, nullable=False),
        sa.Column("md_order", sa.String(length=36)),
        sa.Column("order_number", sa.String(length=36)),
        sa.Column("operation", sa.String(length=32), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("bank_order_id", Id),
        sa.Column("received_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["bank_order_id"], ["bank_orders.id"], name="fk_callbacks_bank_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
    )
    op.create_index("ix_callbacks_received_at", "callbacks", ["received_at"])


def number_payments() -> None:
    """The card shows the payment's id: it starts where it looks like a number."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('payments', 1000)")
    else:
        op.execute("ALTER SEQUENCE payments_id_seq RESTART WITH 1001")


def only(condition: str) -> dict[str, Any]:
    """For an index of those rows alone."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
