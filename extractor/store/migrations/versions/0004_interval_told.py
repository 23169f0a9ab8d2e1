"""Which series an import of interval data tells of.

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
        "interval_told",
        sa.Column("import_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("series_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["interval_import.id"],
            name=op.f("fk_interval_told_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["interval_series.id"],
            name=op.f("fk_interval_told_series_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "series_id", name=op.f("pk_interval_told")),
    )
    with op.batch_alter_table("interval_told", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interval_told_series_id"), ["series_id"], unique=False)
