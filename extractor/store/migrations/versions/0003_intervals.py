"""Interval data: imports, series, the files that hold readings, and whose usage points are.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from extractor.base.columns import Utc

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "interval_import",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interval_import")),
        sa.UniqueConstraint(
            "sha256", "format", "revision", name=op.f("uq_interval_import_sha256_format_revision")
        ),
    )
    op.create_table(
        "interval_series",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("service_account", sa.String(), nullable=True),
        sa.Column("usage_point", sa.String(), nullable=True),
        sa.Column("meter", sa.String(), nullable=True),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interval_series")),
        sa.UniqueConstraint("key", name=op.f("uq_interval_series_key")),
    )
    with op.batch_alter_table("interval_series", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_interval_series_service_account"), ["service_account"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_interval_series_usage_point"), ["usage_point"], unique=False)

    op.create_table(
        "interval_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["interval_import.id"],
            name=op.f("fk_interval_file_import_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"],
            ["interval_import.id"],
            name=op.f("fk_interval_file_superseded_by"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interval_file")),
        sa.UniqueConstraint("name", name=op.f("uq_interval_file_name")),
    )
    with op.batch_alter_table("interval_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interval_file_import_id"), ["import_id"], unique=False)
        batch_op.create_index("ix_interval_file_month_bucket", ["month", "bucket"], unique=False)
        batch_op.create_index(batch_op.f("ix_interval_file_superseded_by"), ["superseded_by"], unique=False)

    op.create_table(
        "usage_point_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("usage_point", sa.String(), nullable=False),
        sa.Column("service_account", sa.String(), nullable=True),
        sa.Column("customer_account", sa.String(), nullable=True),
        sa.Column("meter", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["interval_import.id"],
            name=op.f("fk_usage_point_account_import_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_point_account")),
    )
    with op.batch_alter_table("usage_point_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_usage_point_account_import_id"), ["import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_usage_point_account_usage_point"), ["usage_point"], unique=False)
