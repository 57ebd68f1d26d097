"""Movements of money by the shop, questions about a payment, phones that several people share."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import add_reference
from storage.types import Id, Moment

revision = "0003"
down_revision = "0002"

OPEN = "state IN ('requested', 'approved', 'sent', 'unknown')"


def upgrade() -> None:
    operations()
    op.add_column("bank_orders", sa.Column("deposited", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("bank_orders", sa.Column("read_first", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.drop_index("ix_bank_orders_due", "bank_orders")
    op.create_index(
        "ix_bank_orders_due", "bank_orders", ["read_first", "next_read_at"], **only("next_read_at IS NOT NULL")
    )
    op.add_column("payments", sa.Column("held_at", Moment))
    op.add_column("payments", sa.Column("paid_at", Moment))
    op.create_index("ix_payments_paid_at", "payments", ["paid_at"])
    op.create_index("ix_payments_seller_id", "payments", ["seller_id", "created_at"])
    add_reference("drafts", "payment_id", "payments")
    op.create_index("ix_drafts_payment_id", "drafts", ["payment_id"], **only("used_at IS NULL"))
    for table in ("staff", "invites"):
        op.add_column(table, sa.Column("is_shared", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    add_reference("staff", "account_id", "staff")
    add_reference("staff", "selling_id", "staff")
    op.add_column("staff", sa.Column("selling_since", Moment))
    op.create_index("ix_staff_shop_id", "staff", ["shop_id"])


def operations() -> None:
    op.create_table(
        "operations",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("bank_order_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(length=16)),
        sa.Column("fault", sa.String(length=32)),
        sa.Column("bank_says", sa.String(length=80)),
        sa.Column("asked_by", Id),
        sa.Column("decided_by", Id),
        sa.Column("chat_id", sa.BigInteger()),
        sa.Column("thread_id", sa.BigInteger()),
        sa.Column("before_status", sa.Integer()),
        sa.Column("before_deposited", sa.BigInteger()),
        sa.Column("before_refunded", sa.BigInteger()),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("decided_at", Moment),
        sa.Column("sent_at", Moment),
        sa.Column("ended_at", Moment),
        sa.CheckConstraint("amount > 0", name="ck_operations_amount"),
        sa.CheckConstraint("kind IN ('deposit', 'reverse', 'refund', 'decline')", name="ck_operations_kind"),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name="fk_operations_asked_by_staff"),
        sa.ForeignKeyConstraint(["bank_order_id"], ["bank_orders.id"], name="fk_operations_bank_order_id_bank_orders"),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name="fk_operations_decided_by_staff"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_operations_payment_id_payments"),
        sa.PrimaryKeyConstraint("id", name="pk_operations"),
        sa.UniqueConstraint("key", name="uq_operations_key"),
    )
    op.create_index("ix_operations_payment_id", "operations", ["payment_id"])
    op.create_index("uq_operations_open", "operations", ["payment_id"], unique=True, **only(OPEN))
    op.create_index("ix_operations_requested", "operations", ["asked_at"], **only("state = 'requested'"))


def only(condition: str) -> dict[str, Any]:
    """An index of those rows alone."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
