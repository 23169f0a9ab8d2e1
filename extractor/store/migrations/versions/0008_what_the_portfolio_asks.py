"""What the portfolio asks bills and the roster for; billing history; what people said of sampled values.

Revision ID: 0008
Revises: 0007
"""

import datetime as dt
import json
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from alembic import op

from extractor.base.columns import Exact, Utc, held

revision = "0008"
down_revision = "0007"

AT_ONCE = 500

MONEY, QUANTITY = 2, 8


def upgrade() -> None:
    """Change the tables, and fill the new columns from the records."""
    _widen_bills()
    _widen_accounts()
    _make_history()
    _make_sample()
    _fill()
    _compare_plain()


def _widen_bills() -> None:
    # SQLite walks through all of a row that stands before a column: so these come before the record.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    place: dict[str, Any] = {"insert_before": "record"} if is_sqlite else {}
    recreate: Literal["always", "never"] = "always" if is_sqlite else "never"
    with op.batch_alter_table("bill", schema=None, recreate=recreate) as batch_op:
        for added in (
            sa.Column("next_cycle_end", sa.Date(), nullable=True),
            sa.Column("autopay", sa.Boolean(), nullable=True),
            sa.Column("previous_balance", Exact(2), nullable=True),
            sa.Column("balance_forward", Exact(2), nullable=True),
            sa.Column("account_lines", sa.JSON(none_as_null=True), nullable=True),
            sa.Column("plain_account", sa.String(), nullable=True),
        ):
            batch_op.add_column(added, **place)
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(sa.Column("product", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("period_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("exported_kwh", Exact(8), nullable=True))
        batch_op.add_column(sa.Column("estimated", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("max_demand_kw", Exact(8), nullable=True))
        batch_op.add_column(sa.Column("demands", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("meters", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("usage_history", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("plain_account", sa.String(), nullable=True))


def _widen_accounts() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("customer_account", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("pod_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("provider", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("cost_center", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("further", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("plain", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("manager_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("who", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("at", Utc(), nullable=True))
    op.execute("UPDATE account SET plain = replace(replace(number, '-', ''), ' ', '')")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.alter_column("plain", existing_type=sa.String(), nullable=False)
        batch_op.create_index(batch_op.f("ix_account_plain"), ["plain"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_manager_key"), ["manager_key"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_account_manager_key"), "manager", ["manager_key"], ["key"])


def _make_history() -> None:
    with op.batch_alter_table("column_mapping", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="intervals"))
    op.create_table(
        "history_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("mapping_id", sa.Integer(), nullable=True),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_history_import_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_import")),
    )
    with op.batch_alter_table("history_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_import_document_id"), ["document_id"], unique=False)
    op.create_table(
        "history_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("service_account", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("kwh", Exact(8), nullable=True),
        sa.Column("kw", Exact(8), nullable=True),
        sa.Column("amount", Exact(2), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["history_import.id"], name=op.f("fk_history_row_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_row")),
    )
    with op.batch_alter_table("history_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_row_import_id"), ["import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_history_row_service_account"), ["service_account"], unique=False)


def _make_sample() -> None:
    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("customer_key", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("strata", sa.JSON(), nullable=False),
        sa.Column("no_pages", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
        sa.UniqueConstraint("name", name=op.f("uq_sample_name")),
    )
    op.create_table(
        "sample_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("values_sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_sample_value_sample_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_sample_value_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_value")),
        sa.UniqueConstraint("sample_id", "number", name=op.f("uq_sample_value_sample_id_number")),
    )
    with op.batch_alter_table("sample_value", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_value_sample_id"), ["sample_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sample_value_document_id"), ["document_id"], unique=False)
    op.create_table(
        "sample_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("printed", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["value_id"], ["sample_value.id"], name=op.f("fk_sample_answer_value_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_answer")),
    )
    with op.batch_alter_table("sample_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_answer_value_id"), ["value_id"], unique=False)


def _compare_plain() -> None:
    """Let accounts be looked for as they are compared, and keep what people answered of them."""
    for table, account, day in (
        ("bill", "customer_account", "statement_date"),
        ("service", "service_account", "period_start"),
    ):
        op.execute(f"UPDATE {table} SET plain_account = replace(replace({account}, '-', ''), ' ', '')")
        op.drop_index(op.f(f"ix_{table}_{account}_{day}"), table_name=table)
        op.create_index(op.f(f"ix_{table}_plain_account_{day}"), table, ["plain_account", day])
    connection = op.get_bind()
    asked = sa.select(ANSWER.c.id, ANSWER.c.question)
    for number, question in connection.execute(asked).all():
        kind, *parts = question.split("|")
        at = ACCOUNT_IN.get(kind)
        if at is not None and at < len(parts):
            parts[at] = parts[at].replace("-", "").replace(" ", "")
            named = "|".join((kind, *parts))
            connection.execute(sa.update(ANSWER).where(ANSWER.c.id == number).values(question=named))


ANSWER = sa.table("answer", sa.column("id", sa.Integer()), sa.column("question", sa.String()))

ACCOUNT_IN = {"bill": 1, "service": 2}
"""Which part of a question's name, after its kind, is an account."""

BILL = sa.table(
    "bill",
    sa.column("id", sa.Integer()),
    sa.column("record", sa.Text()),
    sa.column("next_cycle_end", sa.Date()),
    sa.column("autopay", sa.Boolean()),
    sa.column("previous_balance", Exact(2)),
    sa.column("balance_forward", Exact(2)),
    sa.column("account_lines", sa.JSON(none_as_null=True)),
)

SERVICE = sa.table(
    "service",
    sa.column("bill_id", sa.Integer()),
    sa.column("position", sa.Integer()),
    sa.column("product", sa.String()),
    sa.column("period_days", sa.Integer()),
    sa.column("exported_kwh", Exact(8)),
    sa.column("estimated", sa.Boolean()),
    sa.column("max_demand_kw", Exact(8)),
    sa.column("demands", sa.JSON(none_as_null=True)),
    sa.column("meters", sa.JSON(none_as_null=True)),
    sa.column("usage_history", sa.JSON(none_as_null=True)),
)


def _fill() -> None:
    connection = op.get_bind()
    last = 0
    while True:
        rows = connection.execute(
            sa.select(BILL.c.id, BILL.c.record).where(BILL.c.id > last).order_by(BILL.c.id).limit(AT_ONCE)
        ).all()
        if not rows:
            return
        for number, record in rows:
            bill = json.loads(record).get("bill")
            if bill is not None:
                connection.execute(sa.update(BILL).where(BILL.c.id == number).values(_of_bill(bill)))
                for position, service in enumerate(bill.get("services", ()), 1):
                    here = (SERVICE.c.bill_id == number, SERVICE.c.position == position)
                    connection.execute(sa.update(SERVICE).where(*here).values(_of_service(service)))
        last = rows[-1][0]


def _of_bill(bill: dict[str, Any]) -> dict[str, Any]:
    lines = [[one["label"], one.get("date"), one["amount"]] for one in bill.get("account_lines", ())]
    end = bill.get("next_cycle_end")
    return {
        "next_cycle_end": dt.date.fromisoformat(end) if end else None,
        "autopay": bill.get("autopay"),
        "previous_balance": _held(bill.get("previous_balance"), MONEY),
        "balance_forward": _held(bill.get("balance_forward"), MONEY),
        "account_lines": lines or None,
    }


def _of_service(service: dict[str, Any]) -> dict[str, Any]:
    demands = [[one.get("season"), one.get("tou"), one["kw"]] for one in service.get("demands", ())]
    history = [[one["month"], one.get("kwh"), one.get("days")] for one in service.get("usage_history", ())]
    return {
        "product": service.get("product"),
        "period_days": (service.get("period") or {}).get("days"),
        "exported_kwh": _held(service.get("exported_kwh"), QUANTITY),
        "estimated": service.get("estimated"),
        "max_demand_kw": _held(service.get("max_demand_kw"), QUANTITY),
        "demands": demands or None,
        "meters": [one["number"] for one in service.get("meters", ())] or None,
        "usage_history": history or None,
    }


def _held(text: str | None, places: int) -> Decimal | None:
    return None if text is None else held(Decimal(text), places)
