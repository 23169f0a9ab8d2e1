"""Authorizations, data requests, their events, and mail out and in.

Revision ID: 0001
Revises: None
"""

import sqlalchemy as sa
from alembic import op

from extractor.base.columns import Exact, Utc

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "counterparty_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("is_taken", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counterparty_version")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_counterparty_version_key_version")),
    )
    with op.batch_alter_table("counterparty_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counterparty_version_key"), ["key"], unique=False)

    op.create_table(
        "customer_authorization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counterparty", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("customer_of_record", sa.String(), nullable=False),
        sa.Column("mailing_address", sa.String(), nullable=False),
        sa.Column("signatory", sa.String(), nullable=True),
        sa.Column("signatory_title", sa.String(), nullable=True),
        sa.Column("agent", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("duration", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("release_method", sa.String(), nullable=False),
        sa.Column("release_to", sa.String(), nullable=False),
        sa.Column("form_revision", sa.String(), nullable=False),
        sa.Column("accounts", sa.JSON(), nullable=False),
        sa.Column("signature_kind", sa.String(), nullable=True),
        sa.Column("executed_on", sa.Date(), nullable=True),
        sa.Column("signed_sha256", sa.String(64), nullable=True),
        sa.Column("signed_name", sa.String(), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["customer_authorization.id"],
            name=op.f("fk_customer_authorization_supersedes_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_authorization")),
    )
    with op.batch_alter_table("customer_authorization", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_authorization_counterparty"), ["counterparty"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customer_authorization_customer"), ["customer"], unique=False)

    op.create_table(
        "authorization_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authorization_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("occurred_at", Utc(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authorization_id"],
            ["customer_authorization.id"],
            name=op.f("fk_authorization_event_authorization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorization_event")),
        sa.UniqueConstraint(
            "authorization_id", "number", name=op.f("uq_authorization_event_authorization_id_number")
        ),
    )
    with op.batch_alter_table("authorization_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_authorization_event_authorization_id"), ["authorization_id"], unique=False
        )

    op.create_table(
        "data_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counterparty", sa.String(), nullable=False),
        sa.Column("authorization_id", sa.Integer(), nullable=True),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("manager", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("token", sa.String(16), nullable=False),
        sa.Column("batch", sa.String(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authorization_id"],
            ["customer_authorization.id"],
            name=op.f("fk_data_request_authorization_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
        sa.UniqueConstraint("token", name=op.f("uq_data_request_token")),
    )
    with op.batch_alter_table("data_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_data_request_authorization_id"), ["authorization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_data_request_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_request_counterparty"), ["counterparty"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_request_customer"), ["customer"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_request_manager"), ["manager"], unique=False)

    op.create_table(
        "incoming_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("folder", sa.String(), nullable=True),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(64), nullable=False),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("matched_by", sa.String(), nullable=True),
        sa.Column("suggested", sa.JSON(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["data_request.id"], name=op.f("fk_incoming_mail_request_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mail")),
        sa.UniqueConstraint("sha256", name=op.f("uq_incoming_mail_sha256")),
    )
    with op.batch_alter_table("incoming_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incoming_mail_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incoming_mail_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incoming_mail_state"), ["state"], unique=False)

    op.create_table(
        "mailbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_message")),
        sa.UniqueConstraint("place", name=op.f("uq_mailbox_message_place")),
    )

    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(80), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("copies", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Utc(), nullable=True),
        sa.Column("lease_by", sa.String(), nullable=True),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("given_at", Utc(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["data_request.id"], name=op.f("fk_outgoing_mail_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outgoing_mail_message_id")),
    )
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_mail_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_mail_state"), ["state"], unique=False)

    op.create_table(
        "request_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("occurred_at", Utc(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("once", sa.String(), nullable=True),
        sa.Column("amount", Exact(2), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["data_request.id"], name=op.f("fk_request_event_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_event")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_request_event_request_id_number")),
        sa.UniqueConstraint("request_id", "once", name=op.f("uq_request_event_request_id_once")),
    )
    with op.batch_alter_table("request_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_event_event"), ["event"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_event_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_event_request_id"), ["request_id"], unique=False)

    op.create_table(
        "request_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("service_account", sa.String(), nullable=False),
        sa.Column("option", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("received_at", Utc(), nullable=True),
        sa.Column("received_sha256", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["data_request.id"], name=op.f("fk_request_item_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_item")),
    )
    with op.batch_alter_table("request_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_item_request_id"), ["request_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_request_item_service_account"), ["service_account"], unique=False
        )
