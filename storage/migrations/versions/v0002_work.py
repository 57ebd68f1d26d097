"""Durable work, the inbox, the audit and the notes. One function a table."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for create in (jobs, lanes, inbox, notes, audit):
        create()
    forbid_changes_of_audit()


def jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("payment_id", sa.BigInteger()),
        sa.Column("lane", sa.String(length=32)),
        sa.Column("key", sa.String(length=96)),
        sa.Column("slot", sa.String(length=96)),
        sa.Column("payload", sa.Text(), server_default="{}", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="50", nullable=False),
        sa.Column("run_at", Moment, nullable=False),
        sa.Column("once", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempted_at", Moment),
        sa.Column("lease", sa.String(length=32)),
        sa.Column("lease_until", Moment),
        sa.Column("done_at", Moment),
        sa.Column("outcome", sa.String(length=200)),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("key", name="uq_jobs_key"),
    )
    op.create_index("ix_jobs_done_at", "jobs", ["done_at"], **only("done_at IS NOT NULL"))
    op.create_index("ix_jobs_due", "jobs", ["priority", "run_at"], **only("done_at IS NULL AND lane IS NULL"))
    op.create_index(
        "ix_jobs_lane", "jobs", ["lane", "priority", "run_at"], **only("done_at IS NULL AND lane IS NOT NULL")
    )
    op.create_index("ix_jobs_payment_id", "jobs", ["payment_id"])
    op.create_index("uq_jobs_slot", "jobs", ["slot"], unique=True, **only("done_at IS NULL AND lease IS NULL"))


def lanes() -> None:
    op.create_table(
        "lanes",
        sa.Column("lane", sa.String(length=32), nullable=False),
        sa.Column("next_at", Moment, nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("counted_at", Moment, nullable=False),
        sa.Column("lease", sa.String(length=32)),
        sa.Column("lease_until", Moment),
        sa.PrimaryKeyConstraint("lane", name="pk_lanes"),
    )


def inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text()),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease", sa.String(length=32)),
        sa.Column("lease_until", Moment),
        sa.Column("handled_at", Moment),
        sa.Column("outcome", sa.String(length=200)),
        sa.PrimaryKeyConstraint("update_id", name="pk_inbox"),
    )
    op.create_index("ix_inbox_chat", "inbox", ["chat", "update_id"], **only("handled_at IS NULL"))
    op.create_index("ix_inbox_open", "inbox", ["update_id"], **only("handled_at IS NULL"))
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])


def notes() -> None:
    op.create_table(
        "notes",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("lease_until", Moment),
        sa.PrimaryKeyConstraint("name", name="pk_notes"),
    )


def audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("staff_id", sa.BigInteger()),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("payment_id", sa.BigInteger()),
        sa.Column("chat_id", sa.BigInteger()),
        sa.Column("detail", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_payment_id", "audit", ["payment_id"])


def forbid_changes_of_audit() -> None:
    """TRUNCATE too, where it exists."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit is append-only' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
    )


def only(condition: str) -> dict[str, Any]:
    """For an index of those rows alone."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
