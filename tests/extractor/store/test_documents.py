"""What is read is what is kept, on both databases; a document is its hash, and a reading is never changed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache

import pytest
from sqlalchemy import Engine, func
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from corpus.scans import sample
from extractor.base.database import reading, writing
from extractor.model import ReadResult, Status
from extractor.reading import read_document
from extractor.store import schema
from extractor.store.documents import (
    Arrival,
    Reader,
    add_reading,
    current_records,
    known,
    make_current,
    take,
)
from extractor.store.tables import Bill, Charge, Document, Finding, Reading, Service
from tests.extractor.law import SAMPLES

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
READER = Reader("billclerk test", "0" * 64)
NAMES = (
    "gs2e-cpa-clean-summer-2026",
    "d4-nem2-nonbypassable-charges-2026",
    "negative-amounts-parentheses",
    "cpa-only-d4-green-two-periods-2026",
)


SUMS = (
    select_rows(col(Service.position), func.sum(col(Charge.amount)))
    .join_from(Service, Charge)
    .group_by(col(Service.position))
)
"""What the database adds up itself."""


@cache
def results(name: str) -> tuple[ReadResult, ...]:
    return tuple(read_document(SAMPLES / f"{name}.pdf"))


@pytest.fixture
def store(engine: Engine) -> Engine:
    schema.upgrade(engine)
    return engine


def keep(engine: Engine, name: str) -> Reading:
    with writing(engine) as session:
        arrival = Arrival(results(name)[0].document.sha256 or "", f"{name}.pdf", len(sample(name)))
        kept = add_reading(session, take(session, arrival, NOW), results(name), READER, NOW)
        make_current(session, kept)
        return kept


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_kept_whole(store: Engine, name: str) -> None:
    keep(store, name)
    with reading(store) as session:
        document = known(session, results(name)[0].document.sha256 or "")
        assert document is not None
        assert (document.name, document.taken_at) == (f"{name}.pdf", NOW)
        assert current_records(session, document.id or 0) == list(results(name))


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_kept_exactly_and_add_up_in_the_database(store: Engine, name: str) -> None:
    keep(store, name)
    (bill,) = (result.bill for result in results(name))
    assert bill is not None
    printed = [
        (number, line.line, line.label, str(line.component), line.quantity, line.rate, line.amount)
        for number, service in enumerate(bill.services, 1)
        for line in service.charges
    ]
    columns = ("label", "component", "quantity", "rate", "amount")
    with reading(store) as session:
        lines = session.exec(select(Service.position, Charge).join(Charge)).all()
        totals = {service.position: service.total for service in session.exec(select(Service))}
        summed = dict(session.execute(SUMS).all())
        assert session.exec(select(Bill)).one().new_charges == bill.new_charges
    kept = [(at, line.line, *(getattr(line, name) for name in columns)) for at, line in lines]
    assert len(printed) > 5
    assert sorted(kept, key=lambda row: row[:2]) == printed
    assert summed == totals


def test_a_file_that_comes_again_is_the_same_document(store: Engine) -> None:
    first, second = keep(store, NAMES[0]), keep(store, NAMES[0])
    with reading(store) as session:
        assert session.exec(select(func.count()).select_from(Document)).one() == 1
        assert session.exec(select(func.count()).select_from(Reading)).one() == 2
        (document,) = session.exec(select(Document)).all()
        assert current_records(session, document.id or 0) == list(results(NAMES[0]))
    assert (first.document_id, first.id != second.id) == (second.document_id, True)


def test_a_new_reading_counts_only_when_it_is_made_current(store: Engine) -> None:
    keep(store, NAMES[0])
    worse = results(NAMES[0])[0].model_copy(update={"status": Status.REVIEW})
    with writing(store) as session:
        document = session.exec(select(Document)).one()
        newer = add_reading(session, document, [worse], READER, NOW)
        assert current_records(session, document.id or 0) == list(results(NAMES[0]))
        make_current(session, newer)
        assert current_records(session, document.id or 0) == [worse]


def test_an_amount_that_no_column_holds_exactly_is_in_the_record_alone(store: Engine) -> None:
    """Misread, and in review: it is kept as it was read, and no sum has it."""
    (result,) = results(NAMES[0])
    assert result.bill is not None
    service = result.bill.services[0]
    odd = service.charges[0].model_copy(update={"amount": Decimal("241.1435"), "rate": Decimal("1e-12")})
    changed = service.model_copy(update={"charges": (odd, *service.charges[1:])})
    bill = result.bill.model_copy(update={"services": (changed, *result.bill.services[1:])})
    misread = result.model_copy(update={"bill": bill, "status": Status.REVIEW})
    with writing(store) as session:
        document = take(session, Arrival("b" * 64, "b.pdf", 1), NOW)
        make_current(session, add_reading(session, document, [misread], READER, NOW))
    with reading(store) as session:
        first = session.exec(select(Charge).where(Charge.line == odd.line).order_by(col(Charge.id))).first()
        assert first is not None
        assert (first.amount, first.rate) == (None, None)
        assert current_records(session, document.id or 0) == [misread]


def test_findings_are_kept_to_be_asked_for(store: Engine) -> None:
    name = "old-gs2d-cpa-lean-season-split-2019"
    keep(store, name)
    with reading(store) as session:
        kept = [(found.code, found.page) for found in session.exec(select(Finding).order_by(col(Finding.id)))]
    assert kept == [(found.code, found.page) for result in results(name) for found in result.findings]
