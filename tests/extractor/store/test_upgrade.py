"""A store of the first version, with bills in it, brought up to this one: no row is lost, all can be used."""

from __future__ import annotations

import datetime as dt
import json
import stat
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlmodel import col, select

from extractor.base.database import opened, reading, writing
from extractor.guarded import read
from extractor.store import schema
from extractor.store.current import current
from extractor.store.documents import Arrival, Reader, add_reading, make_current, take
from extractor.store.opening import store
from extractor.store.record_rows import values_hash
from extractor.store.standing import settle
from extractor.store.tables import Bill, Service
from tests.extractor.law import SAMPLES
from tests.extractor.made_bills import record, service

FIRST = "0001"
AT = "2026-11-24 12:00:00"
MOMENT = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
RESULT = record("2026-06-02", service("2026-05-01", "2026-05-31"))


def filled(engine: Engine) -> None:
    """Fill a store of the first version by plain SQL, as the first version did."""
    whole = engine.dialect.name == "sqlite"
    amount = 1000 if whole else "10.00"
    with engine.begin() as connection:
        for statement, values in (
            (
                "INSERT INTO document (id, sha256, name, size, taken_at, came_by)"
                " VALUES (1, :sha256, 'a.pdf', 9, :at, 'inbox')",
                {"sha256": "a" * 64, "at": AT},
            ),
            (
                "INSERT INTO reading (id, document_id, made_at, reader, fingerprint)"
                " VALUES (:id, 1, :at, 'billclerk', :mark)",
                [{"id": number, "at": AT, "mark": "f" * 64} for number in (1, 2)],
            ),
            ("INSERT INTO current_reading (document_id, reading_id) VALUES (1, 2)", {}),
            (
                "INSERT INTO bill (id, reading_id, position, status, issuer, customer_account, statement_date,"
                " amount_due, record) VALUES (:id, :id, 1, 'verified', 'SCE', '700200000001', '2026-06-02',"
                " :amount, :record)",
                [{"id": n, "amount": amount, "record": RESULT.model_dump_json()} for n in (1, 2)],
            ),
            (
                "INSERT INTO service (id, bill_id, position, status, provider, role, service_account,"
                " period_start, period_end, total)"
                " VALUES (1, 2, 1, 'verified', 'SCE', 'delivery', '8000000001', '2026-05-01', '2026-05-31', :amount)",
                {"amount": amount},
            ),
            (
                "INSERT INTO charge (id, service_id, line, section, component, label, amount, page, box)"
                " VALUES (1, 1, 1, 'delivery', 'energy', 'Energy', :amount, 4, :box)",
                {"amount": amount, "box": json.dumps([1, 2, 3, 4])},
            ),
            (
                "INSERT INTO finding (id, bill_id, code, severity, message)"
                " VALUES (1, 2, 'unknown_label', 'info', 'x')",
                {},
            ),
        ):
            connection.execute(text(statement), values)


TABLES = ("document", "reading", "current_reading", "bill", "service", "charge", "finding")


def counts(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return [connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in TABLES]


def test_a_store_of_the_first_version_keeps_its_rows(engine: Engine) -> None:
    schema.upgrade(engine, FIRST)
    filled(engine)
    before = counts(engine)
    assert before == [1, 2, 1, 2, 1, 1, 1]
    assert schema.upgrade(engine)
    assert counts(engine) == before
    with writing(engine) as session:
        settle(session, [1])
    with reading(engine) as session:
        (kept,) = current(session)
    bill = RESULT.bill
    assert bill is not None
    assert (kept.state, kept.standing, kept.services, kept.result) == (
        "verified",
        "counts",
        ("counts",),
        RESULT,
    )
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT values_sha256 FROM bill UNION SELECT kind FROM document ORDER BY 1")
        )
        assert set(row.scalars()) == {"bill", values_hash(bill)}
        pointer = connection.execute(text("SELECT reading_id, effective_id FROM current_reading")).one()
        assert tuple(pointer) == (2, 2)


def test_it_is_brought_up_by_itself_after_a_copy(address: str, tmp_path: Path) -> None:
    engine = opened(address)
    schema.upgrade(engine, FIRST)
    filled(engine)
    engine.dispose()
    with store(address, tmp_path) as newer:
        assert schema.version(newer) == schema.newest()
        with reading(newer) as session:
            before = list(current(session))
    aside = tmp_path / f"billclerk.db.before-{schema.newest()}-from-{FIRST}"
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    copy = opened(f"sqlite:///{aside}")
    assert (schema.version(copy), counts(copy)) == (FIRST, [1, 2, 1, 2, 1, 1, 1])
    schema.upgrade(copy)
    with reading(copy) as session:
        assert list(current(session)) == before
        assert session.connection().execute(text("SELECT amount, box FROM charge")).one() == (
            1000,
            "[1, 2, 3, 4]",
        )
    copy.dispose()


@pytest.mark.parametrize("at", [dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)])
def test_moments_of_the_first_version_are_utc(engine: Engine, at: dt.datetime) -> None:
    schema.upgrade(engine, FIRST)
    filled(engine)
    schema.upgrade(engine)
    with reading(engine) as session:
        (kept,) = current(session)
    assert kept.taken_at == at


def test_new_columns_are_filled_as_new_bills_fill_them(engine: Engine) -> None:
    """What the portfolio asks of bills is the same, whether a bill came before the upgrade or after it."""
    schema.upgrade(engine)
    names = ("prime-cpa-green-summer-2026", "gs2d-cpa-clean-winter-2025", "account-autopay-cpa-2026")
    results = [result for name in names for result in read(SAMPLES / f"{name}.pdf")]
    reader = Reader("test", "f" * 64)
    with writing(engine) as session:
        for result in results:
            document = take(session, Arrival(result.document.sha256 or "", "a.pdf", 1), MOMENT)
            make_current(session, add_reading(session, document, [result], reader, MOMENT))
    there = rows(engine)
    assert any(row.get("next_cycle_end") for row in there)
    assert any(row.get("usage_history") for row in there)
    with engine.begin() as connection:
        for table, columns in FILLED.items():
            for column in columns:
                connection.execute(text(f"UPDATE {table} SET {column} = NULL"))
    assert rows(engine) != there
    migration = import_module("extractor.store.migrations.versions.0008_what_the_portfolio_asks")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        migration._fill()
    assert rows(engine) == there


FILLED = {
    "bill": ("next_cycle_end", "autopay", "previous_balance", "balance_forward", "account_lines"),
    "service": (
        "product",
        "period_days",
        "exported_kwh",
        "estimated",
        "max_demand_kw",
        "demands",
        "meters",
        "usage_history",
    ),
}


def rows(engine: Engine) -> list[dict[str, Any]]:
    with reading(engine) as session:
        found = [one.model_dump() for one in session.exec(select(Bill).order_by(col(Bill.id)))]
        found += [one.model_dump() for one in session.exec(select(Service).order_by(col(Service.id)))]
    return found
