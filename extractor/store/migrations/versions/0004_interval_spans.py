"""Interval data: which spans each import told of, be it that nothing in them was new.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "interval_span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("begin", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["interval_import.id"],
            name=op.f("fk_interval_span_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["series"],
            ["interval_series.id"],
            name=op.f("fk_interval_span_series"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interval_span")),
    )
    with op.batch_alter_table("interval_span", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interval_span_import_id"), ["import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interval_span_series"), ["series"], unique=False)
