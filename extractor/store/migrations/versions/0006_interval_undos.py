"""Interval data: imports that people took back.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from extractor.base.columns import Utc

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "interval_undo",
        sa.Column("import_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accounts", sa.String(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=True),
        sa.Column("last", sa.BigInteger(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["interval_import.id"],
            name=op.f("fk_interval_undo_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_interval_undo")),
    )
