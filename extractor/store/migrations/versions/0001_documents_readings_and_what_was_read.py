"""Documents, readings and what was read.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from extractor.base.columns import Exact, Utc

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("taken_at", Utc(), nullable=False),
        sa.Column("came_by", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("sha256", name=op.f("uq_document_sha256")),
    )
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_reading_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_document_id"), ["document_id"], unique=False)

    op.create_table(
        "bill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("customer_account", sa.String(), nullable=True),
        sa.Column("statement_date", sa.Date(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("new_charges", Exact(2), nullable=True),
        sa.Column("amount_due", Exact(2), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.id"], name=op.f("fk_bill_reading_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill")),
        sa.UniqueConstraint("reading_id", "position", name=op.f("uq_bill_reading_id_position")),
    )
    with op.batch_alter_table("bill", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bill_customer_account_statement_date", ["customer_account", "statement_date"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_bill_reading_id"), ["reading_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bill_statement_date"), ["statement_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_bill_status"), ["status"], unique=False)

    op.create_table(
        "current_reading",
        sa.Column("document_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_current_reading_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.id"], name=op.f("fk_current_reading_reading_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_current_reading")),
        sa.UniqueConstraint("reading_id", name=op.f("uq_current_reading_reading_id")),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bill_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("service", sa.Integer(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["bill.id"], name=op.f("fk_finding_bill_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_bill_id"), ["bill_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_code"), ["code"], unique=False)

    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bill_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("service_account", sa.String(), nullable=True),
        sa.Column("pod_id", sa.String(), nullable=True),
        sa.Column("meter", sa.String(), nullable=True),
        sa.Column("rate_schedule", sa.String(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("usage_kwh", Exact(8), nullable=True),
        sa.Column("total", Exact(2), nullable=True),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["bill.id"], name=op.f("fk_service_bill_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("bill_id", "position", name=op.f("uq_service_bill_id_position")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_bill_id"), ["bill_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_pod_id"), ["pod_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_provider"), ["provider"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_rate_schedule"), ["rate_schedule"], unique=False)
        batch_op.create_index(
            "ix_service_service_account_period_start", ["service_account", "period_start"], unique=False
        )

    op.create_table(
        "charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("heading", sa.String(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("tou", sa.String(), nullable=True),
        sa.Column("season", sa.String(), nullable=True),
        sa.Column("quantity", Exact(8), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("rate", Exact(8), nullable=True),
        sa.Column("amount", Exact(2), nullable=True),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_charge_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        sa.UniqueConstraint("service_id", "line", name=op.f("uq_charge_service_id_line")),
    )
    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charge_component"), ["component"], unique=False)
        batch_op.create_index(batch_op.f("ix_charge_service_id"), ["service_id"], unique=False)

    # ### end Alembic commands ###
