"""What Alembic does not write by itself."""

from alembic import op


def add_reference(table: str, column: str, target: str) -> None:
    """SQLite knows a reference only as a part of the new column, which Alembic does not write."""
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    name = f"fk_{table}_{column}_{target}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT {name} REFERENCES {target} (id)")
