"""People's work on kept bills: corrections that the checks prove, acceptances, answers; and all of it undone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import Engine

from extractor import desk
from extractor.base.database import reading
from extractor.corrections import CorrectionError
from extractor.desk import Desk, OlderReadingError
from extractor.home import Home
from extractor.inbox import ingest
from extractor.model import Status
from extractor.settings import ReaderSettings
from extractor.store.current import Kept, current
from extractor.store.said import NotKeptError, Saying, corrections_of, readings_of
from tests.extractor.law import SAMPLES

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
SETTINGS = ReaderSettings(jobs=1)
PAT = Saying("Pat", "looked at the paper", NOW)
BILL = SAMPLES / "d4-bundled-winter-2025.pdf"


def spoilt(path: Path) -> Path:
    """A bill of which one digit of a charge is printed wrong, so that it does not close."""
    with pikepdf.open(BILL) as pdf:
        for page in pdf.pages:
            for stream in [page.Contents] if not isinstance(page.Contents, pikepdf.Array) else page.Contents:
                data = stream.read_bytes()
                if LINE[0] in data:
                    stream.write(data.replace(*LINE, 1))
        pdf.save(path)
    return path


LINE = (b"$34.68", b"$34.98")


@pytest.fixture
def at(home: Home, kept: Engine) -> Desk:
    return Desk(home, kept, SETTINGS)


def taken(home: Home, engine: Engine, path: Path) -> Kept:
    list(ingest(home, engine, [path], SETTINGS, lambda: NOW))
    with reading(engine) as session:
        (bill,) = current(session)
    return bill


def line_of(bill: Kept) -> str:
    """Return the name of the line whose amount is printed wrong."""
    printed = bill.result.bill
    assert printed is not None
    (found,) = (
        f"{number}.{line.line}"
        for number, service in enumerate(printed.services, 1)
        for line in service.charges
        if str(line.amount) == LINE[1].decode().removeprefix("$")
    )
    return found


def test_a_correction_that_closes_the_bill_makes_it_corrected_and_proven(
    home: Home, kept: Engine, at: Desk
) -> None:
    bill = taken(home, kept, spoilt(home.inbox / "a.pdf"))
    assert (bill.state, bill.trust) == ("review", "doubtful")
    name = line_of(bill)
    after = at.correct(bill.sha256[:8], name, "34.68", PAT)
    assert (after.state, after.trust, after.read_status) == (
        "corrected",
        "corrected-and-proven",
        Status.REVIEW,
    )
    assert [finding.code for finding in after.result.findings].count("corrected") == 1
    with reading(kept) as session:
        (row,) = corrections_of(session, bill.document_id)
        assert (row.was, row.value, row.who, row.why) == ("34.98", "34.68", "Pat", "looked at the paper")
        first, second = readings_of(session, bill.document_id)
        assert second.corrects_id == first.id
    undone = at.undo_correction(bill.sha256, row.id or 0, "Sam", NOW)
    assert (undone.state, undone.record) == ("review", bill.record)


def test_a_correction_that_does_not_close_leaves_the_bill_in_review(
    home: Home, kept: Engine, at: Desk
) -> None:
    bill = taken(home, kept, spoilt(home.inbox / "a.pdf"))
    after = at.correct(bill.sha256[:8], line_of(bill), "34.69", PAT)
    assert (after.state, after.trust) == ("review", "doubtful")


def test_several_corrections_are_laid_over_each_other(home: Home, kept: Engine, at: Desk) -> None:
    bill = taken(home, kept, BILL_COPY(home))
    first = at.correct(bill.sha256[:8], "due_date", "2030-01-01", PAT)
    second = at.correct(bill.sha256[:8], "customer_name", "SAMPLE, ALEX", PAT)
    printed = second.result.bill
    assert printed is not None
    assert (str(printed.due_date), printed.customer_name) == ("2030-01-01", "SAMPLE, ALEX")
    assert first.state in ("corrected", "review")


def BILL_COPY(home: Home) -> Path:
    path = home.inbox / "b.pdf"
    path.write_bytes(BILL.read_bytes())
    return path


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("amount_due", "twelve", "cannot be the amount due"),
        ("amount_due", "1,50", "cannot be the amount due"),  # no dollars and cents of here
        ("1.99.amount", "1.00", "no line 99"),
        ("9.total", "1.00", "services, not 9"),
        ("colour", "red", "has no colour"),
        ("0.total", "1.00", "is no field"),
        ("1.charges", "1", "no value that can be corrected"),
        ("1.period.end", "soon", "cannot be the services 1 period end"),
        ("statement_date", "none", None),  # nothing is printed: allowed, and then in review
    ],
)
def test_what_cannot_stand_on_a_bill_is_refused(
    home: Home, kept: Engine, at: Desk, field: str, value: str, said: str | None
) -> None:
    bill = taken(home, kept, BILL_COPY(home))
    if said is None:
        assert at.correct(bill.sha256, field, value, PAT).state == "review"
        return
    with pytest.raises(CorrectionError, match=said):
        at.correct(bill.sha256, field, value, PAT)
    with reading(kept) as session:
        assert corrections_of(session, bill.document_id) == []


def test_amounts_are_taken_as_bills_print_them(home: Home, kept: Engine, at: Desk) -> None:
    bill = taken(home, kept, BILL_COPY(home))
    after = at.correct(bill.sha256, "previous_balance", "$1,234.50", PAT).result.bill
    assert after is not None and str(after.previous_balance) == "1234.50"


def test_a_correction_of_an_older_reading_is_refused(
    home: Home, kept: Engine, at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = taken(home, kept, BILL_COPY(home))
    with pytest.raises(OlderReadingError, match="read anew"):
        at.correct(bill.sha256, "amount_due", "1.00", PAT, seen=99)
    monkeypatch.setattr(desk, "fingerprint", lambda: "0" * 64)
    with pytest.raises(OlderReadingError, match="billclerk reprocess"):
        at.correct(bill.sha256, "amount_due", "1.00", PAT)


def test_accepted_is_never_shown_as_proven_and_ends_with_what_was_accepted(
    home: Home, kept: Engine, at: Desk
) -> None:
    bill = taken(home, kept, spoilt(home.inbox / "a.pdf"))
    after = at.accept(bill.sha256, PAT)
    assert (after.state, after.trust, after.read_status) == ("accepted", "accepted-by-person", Status.REVIEW)
    with pytest.raises(NotKeptError, match="nothing to accept"):
        at.accept(bill.sha256, PAT)
    other = at.correct(bill.sha256, line_of(bill), "34.69", PAT)
    assert other.state == "review"  # it says something else now
    back = at.undo_correction(bill.sha256, 1, "Pat", NOW)
    assert back.state == "accepted"
    assert at.undo_acceptance(bill.sha256, "Pat", NOW).state == "review"
    with pytest.raises(NotKeptError, match="nobody accepted"):
        at.undo_acceptance(bill.sha256, "Pat", NOW)


@pytest.mark.parametrize(
    ("name", "said"),
    [("abc", "names no document"), ("zzzz", "names no document"), ("ffffffff", "no document begins")],
)
def test_documents_are_named_by_the_first_digits_of_their_hash(
    home: Home, kept: Engine, at: Desk, name: str, said: str
) -> None:
    taken(home, kept, BILL_COPY(home))
    with pytest.raises(NotKeptError, match=said):
        at.accept(name, PAT)
