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
from extractor.intake.inbox import ingest
from extractor.model import Status
from extractor.settings import ReaderSettings
from extractor.store.current import Kept, current
from extractor.store.questions import questions
from extractor.store.said import (
    NotKeptError,
    Saying,
    acceptances_of,
    answers,
    corrections_of,
    readings_of,
    short,
)
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


def test_what_is_accepted_is_the_reading_that_was_looked_at(home: Home, kept: Engine, at: Desk) -> None:
    bill = taken(home, kept, spoilt(home.inbox / "a.pdf"))
    at.correct(bill.sha256, line_of(bill), "34.69", PAT, seen=1)
    with pytest.raises(OlderReadingError, match="as reading 2"):  # somebody corrected it since
        at.accept(bill.sha256, PAT, seen=1)
    assert at.correct(bill.sha256, "due_date", "2030-01-01", PAT, seen=2).state == "review"
    with pytest.raises(OlderReadingError, match="as reading 3"):
        at.accept(bill.sha256, PAT, seen=2)
    with reading(kept) as session:
        assert acceptances_of(session, bill.document_id, 1) == []
    assert at.accept(bill.sha256, PAT, seen=3).state == "accepted"


@pytest.mark.parametrize("seen", [99, 2])  # no such reading; another document's
def test_a_reading_of_something_else_was_not_looked_at(home: Home, kept: Engine, at: Desk, seen: int) -> None:
    taken(home, kept, spoilt(home.inbox / "a.pdf"))
    list(ingest(home, kept, [BILL_COPY(home)], SETTINGS, lambda: NOW))
    with reading(kept) as session:
        bill = next(bill for bill in current(session) if bill.state == "review")
    with pytest.raises(OlderReadingError, match="look at it again"):
        at.accept(bill.sha256, PAT, seen=seen)
    with pytest.raises(OlderReadingError, match="look at it again"):
        at.correct(bill.sha256, "due_date", "2030-01-01", PAT, seen=seen)


def test_an_answer_that_is_taken_back_opens_the_question_and_what_counts_is_settled_anew(
    home: Home, kept: Engine, at: Desk
) -> None:
    for path in (BILL_COPY(home), spoilt(home.inbox / "a.pdf")):
        list(ingest(home, kept, [path], SETTINGS, lambda: NOW))
    doubtful = next(bill for bill in bills(kept) if bill.state == "review")
    at.accept(doubtful.sha256, PAT)
    before = standings(kept)
    assert set(before.values()) == {"asked"}
    name = asked(kept)
    with pytest.raises(NotKeptError, match="no answer to"):
        at.undo_answer(name, "Sam", NOW)
    at.answer(name, doubtful.sha256, PAT)
    assert standings(kept)[doubtful.sha256] == "counts"
    assert at.undo_answer(name, "Sam", NOW)
    assert standings(kept) == before
    assert asked(kept) == name
    with reading(kept) as session:
        (row,) = answers(session)
        assert (row.undone_by, row.undone_at, row.who) == ("Sam", NOW, "Pat")
    with pytest.raises(NotKeptError, match="no answer to"):
        at.undo_answer(name, "Sam", NOW)


def test_an_answer_of_bills_that_say_something_else_now_is_taken_back_too(
    home: Home, kept: Engine, at: Desk
) -> None:
    for path in (BILL_COPY(home), spoilt(home.inbox / "a.pdf")):
        list(ingest(home, kept, [path], SETTINGS, lambda: NOW))
    doubtful, right = sorted(bills(kept), key=lambda bill: bill.state)
    name = asked(kept)
    at.answer(name, right.sha256, PAT)
    at.correct(doubtful.sha256, line_of(doubtful), "34.68", PAT)
    assert not at.undo_answer(name, "Sam", NOW)
    assert sorted(standings(kept).values()) == ["counts", "same"]  # they agree without an answer


def bills(engine: Engine) -> list[Kept]:
    with reading(engine) as session:
        return list(current(session))


def standings(engine: Engine) -> dict[str, str]:
    return {bill.sha256: bill.standing for bill in bills(engine)}


def asked(engine: Engine) -> str:
    """Return the name of the one question that is open."""
    with reading(engine) as session:
        (question,) = questions(session)
    return short(question.name)


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
