"""Interval data: what feeds say was billed for a period, and when a file was downloaded again.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from extractor.base.columns import Exact, Utc

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "billing_summary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("usage_point", sa.String(), nullable=True),
        sa.Column("service_account", sa.String(), nullable=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("kwh", Exact(8), nullable=True),
        sa.Column("amount", Exact(5), nullable=True),
        sa.Column("additional", Exact(5), nullable=True),
        sa.Column("kwh_since", Exact(8), nullable=True),
        sa.Column("amount_since", Exact(5), nullable=True),
        sa.Column("currency", sa.String(3), nullable=True),
        sa.Column("rate_schedule", sa.String(), nullable=True),
        sa.Column("costs", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["interval_import.id"],
            name=op.f("fk_billing_summary_import_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_summary")),
    )
    with op.batch_alter_table("billing_summary", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_billing_summary_import_id"), ["import_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_billing_summary_service_account"), ["service_account"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_billing_summary_usage_point"), ["usage_point"], unique=False)

    op.create_table(
        "interval_again",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["interval_import.id"],
            name=op.f("fk_interval_again_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interval_again")),
    )
    with op.batch_alter_table("interval_again", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interval_again_import_id"), ["import_id"], unique=False)
