"""What people say, what counts, what came in what, and reprocessing.

Revision ID: 0002
Revises: 0001
"""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from extractor.base.columns import Utc

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_other"), ["other"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index("ix_answer_question", ["question"], unique=False)

    op.create_table(
        "customer",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_customer")),
    )
    op.create_table(
        "manager",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_manager")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", Utc(), nullable=False),
        sa.Column("moved_at", Utc(), nullable=True),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_table(
        "confirmation",
        sa.Column("reading_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.id"], name=op.f("fk_confirmation_reading_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reading_id", "fingerprint", name=op.f("pk_confirmation")),
    )
    op.create_table(
        "tombstone",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_tombstone")),
    )
    op.create_table(
        "acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("values_sha256", sa.String(64), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_acceptance_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
    )
    with op.batch_alter_table("acceptance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acceptance_document_id"), ["document_id"], unique=False)

    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("box", sa.JSON(), nullable=True),
        sa.Column("was", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_correction_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correction_document_id"), ["document_id"], unique=False)

    op.create_table(
        "site",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("customer_key", sa.String(), nullable=False),
        sa.Column("manager_key", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["customer_key"], ["customer.key"], name=op.f("fk_site_customer_key")),
        sa.ForeignKeyConstraint(["manager_key"], ["manager.key"], name=op.f("fk_site_manager_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_site")),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_customer_key"), ["customer_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_manager_key"), ["manager_key"], unique=False)

    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("customer_key", sa.String(), nullable=False),
        sa.Column("site_key", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["customer_key"], ["customer.key"], name=op.f("fk_account_customer_key")),
        sa.ForeignKeyConstraint(["site_key"], ["site.key"], name=op.f("fk_account_site_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_customer_key"), ["customer_key"], unique=False)
        batch_op.create_index("ix_account_number", ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_site_key"), ["site_key"], unique=False)

    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("before_effective_id", sa.Integer(), nullable=False),
        sa.Column("after_effective_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["after_effective_id"],
            ["reading.id"],
            name=op.f("fk_change_after_effective_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["after_id"], ["reading.id"], name=op.f("fk_change_after_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["before_effective_id"],
            ["reading.id"],
            name=op.f("fk_change_before_effective_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["before_id"], ["reading.id"], name=op.f("fk_change_before_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_change_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_change_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sa.UniqueConstraint("run_id", "document_id", name=op.f("uq_change_run_id_document_id")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_change_after_effective_id"), ["after_effective_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_change_after_id"), ["after_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_change_before_effective_id"), ["before_effective_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_change_before_id"), ["before_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_run_id"), ["run_id"], unique=False)

    op.create_table(
        "bill_standing",
        sa.Column("bill_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["bill.id"], name=op.f("fk_bill_standing_bill_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["bill.id"], name=op.f("fk_bill_standing_other_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("bill_id", name=op.f("pk_bill_standing")),
    )
    with op.batch_alter_table("bill_standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bill_standing_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bill_standing_standing"), ["standing"], unique=False)

    op.create_table(
        "service_standing",
        sa.Column("service_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["other_id"], ["service.id"], name=op.f("fk_service_standing_other_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_standing_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_service_standing")),
    )
    with op.batch_alter_table("service_standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_standing_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_standing_standing"), ["standing"], unique=False)

    with op.batch_alter_table("bill", schema=None) as batch_op:
        batch_op.add_column(sa.Column("values_sha256", sa.String(64), nullable=False, server_default=""))
    _hash_values()
    with op.batch_alter_table("bill", schema=None) as batch_op:
        batch_op.alter_column("values_sha256", server_default=None)

    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vintage", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("of_days", sa.Integer(), nullable=True))

    with op.batch_alter_table("current_reading", schema=None) as batch_op:
        batch_op.add_column(sa.Column("effective_id", sa.Integer(), nullable=True))
    op.execute("UPDATE current_reading SET effective_id = reading_id")
    with op.batch_alter_table("current_reading", schema=None) as batch_op:
        batch_op.alter_column("effective_id", nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_current_reading_effective_id"), ["effective_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_current_reading_effective_id"),
            "reading",
            ["effective_id"],
            ["id"],
            ondelete="RESTRICT",
        )

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="bill"))
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_document_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_document_taken_at", ["taken_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_document_parent_id"), "document", ["parent_id"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.alter_column("kind", server_default=None)

    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.add_column(sa.Column("corrects_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_reading_corrects_id"), ["corrects_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_fingerprint"), ["fingerprint"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_reading_corrects_id"), "reading", ["corrects_id"], ["id"], ondelete="CASCADE"
        )


def _hash_values() -> None:
    """Give each bill the hash of what it says."""
    connection = op.get_bind()
    bill = sa.table("bill", sa.column("id"), sa.column("record"), sa.column("values_sha256"))
    for number, record in connection.execute(sa.select(bill.c.id, bill.c.record)).all():
        said = json.dumps(_said(json.loads(record)["bill"] or {}), sort_keys=True)
        digest = hashlib.sha256(said.encode()).hexdigest()
        connection.execute(bill.update().where(bill.c.id == number).values(values_sha256=digest))


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _said(item) for name, item in value.items() if name not in ("status", "evidence")}
        return {name: item for name, item in kept.items() if item not in (None, [], {})}
    return [_said(item) for item in value] if isinstance(value, list) else value
