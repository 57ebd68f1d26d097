"""New links and other sums for a sale, the shopper's Telegram, the browsers of the web till; an index of chat jobs."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import add_reference
from storage.types import Id, Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("payments", sa.Column("renewal", sa.BigInteger()))
    add_reference("payments", "replaced_by", "payments")
    add_reference("invites", "for_id", "staff")
    op.add_column("sms", sa.Column("phone_digest", sa.String(length=64)))
    op.create_index("ix_sms_phone", "sms", ["phone_digest", "send_at"])
    op.create_table(
        "shopper_chats",
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=11), nullable=False),
        sa.Column("lang", sa.String(length=2), server_default="ru", nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("sent_at", Moment),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_shopper_chats_payment_id_payments"),
        sa.PrimaryKeyConstraint("payment_id", "chat_id", name="pk_shopper_chats"),
    )
    op.create_table(
        "logins",
        sa.Column("id", Id, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_logins_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_logins"),
        sa.UniqueConstraint("token_hash", name="uq_logins_token_hash"),
    )
    op.create_index("ix_logins_staff_id", "logins", ["staff_id"])
    waits = sa.text("done_at IS NULL AND lane IS NOT NULL")
    op.create_index("ix_jobs_lane_run_at", "jobs", ["run_at"], sqlite_where=waits, postgresql_where=waits)
