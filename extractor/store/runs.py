"""Reprocessing as it is kept: which documents, what was read again, and where pointers stood before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, func
from sqlmodel import Session, col, select

from extractor.changes import Difference, Kind
from extractor.model import ReadResult
from extractor.store.current import Wanted, current
from extractor.store.tables import (
    Bill,
    Change,
    Confirmation,
    CurrentReading,
    Document,
    Reading,
    Run,
)


@dataclass(frozen=True)
class Choice:
    """Which documents are read again."""

    outdated_by: str | None = None
    """Those that the program of this fingerprint has not read."""
    wanted: Wanted | None = None
    """Those of which a current bill is asked for."""
    taken_since: dt.date | None = None


@dataclass(frozen=True)
class Old:
    """A document to be read again, and its readings that are current."""

    document_id: int
    sha256: str
    reading_id: int
    effective_id: int


def chosen(session: Session, choice: Choice) -> list[Old]:
    """Return the documents of a choice, those taken first before others."""
    conditions = []
    if choice.outdated_by is not None:
        confirmed = exists().where(
            and_(
                col(Confirmation.reading_id) == col(Reading.id),
                col(Confirmation.fingerprint) == choice.outdated_by,
            )
        )
        conditions += [col(Reading.fingerprint) != choice.outdated_by, ~confirmed]
    if choice.taken_since is not None:
        midnight = dt.datetime.combine(choice.taken_since, dt.time(), dt.UTC)
        conditions.append(col(Document.taken_at) >= midnight)
    asked = (
        select(Document.id, Document.sha256, CurrentReading.reading_id, CurrentReading.effective_id)
        .join(CurrentReading, col(CurrentReading.document_id) == col(Document.id))
        .join(Reading, col(Reading.id) == col(CurrentReading.reading_id))
        .where(*conditions)
        .order_by(col(Document.id))
    )
    found = [Old(*row) for row in session.exec(asked)]
    if choice.wanted is None:
        return found
    within = {bill.document_id for bill in current(session, choice.wanted)}
    return [old for old in found if old.document_id in within]


def texts_of(session: Session, reading_id: int) -> list[str]:
    """Return the records of a reading as JSON, in the order of its pages."""
    asked = select(Bill.record).where(Bill.reading_id == reading_id).order_by(col(Bill.position))
    return list(session.exec(asked))


def records_of(session: Session, reading_id: int) -> list[ReadResult]:
    """Return the records of a reading, in the order of its pages."""
    return [ReadResult.model_validate_json(record) for record in texts_of(session, reading_id)]


def result_of(session: Session, bill_id: int) -> ReadResult:
    """Return the record of a bill by its number."""
    return ReadResult.model_validate_json(session.exec(select(Bill.record).where(Bill.id == bill_id)).one())


def begun(session: Session, fingerprint: str, asked: str, at: dt.datetime) -> Run:
    """Return the run that was broken off and asked for just this, else a new one."""
    there = session.exec(
        select(Run)
        .where(Run.fingerprint == fingerprint, Run.asked == asked, col(Run.moved_at).is_(None))
        .order_by(col(Run.id).desc())
    ).first()
    if there is not None:
        return there
    run = Run(began_at=at, fingerprint=fingerprint, asked=asked)
    session.add(run)
    session.flush()
    return run


def done_in(session: Session, run_id: int) -> set[int]:
    """Return the documents that a run has read."""
    return set(session.exec(select(Change.document_id).where(Change.run_id == run_id)))


def confirm(session: Session, reading_id: int, fingerprint: str, at: dt.datetime) -> None:
    """Keep that a version of the program reads just what a reading says."""
    if session.get(Confirmation, (reading_id, fingerprint)) is None:
        session.add(Confirmation(reading_id=reading_id, fingerprint=fingerprint, at=at))


def add_change(
    session: Session,
    run_id: int,
    old: Old,
    after: tuple[int, int],
    kind: Kind,
    found: Sequence[Difference],
) -> None:
    """Keep what a run made of a document; `after` are its readings by the program and as it counts."""
    reading_id, effective_id = after
    session.add(
        Change(
            run_id=run_id,
            document_id=old.document_id,
            before_id=old.reading_id,
            after_id=reading_id,
            before_effective_id=old.effective_id,
            after_effective_id=effective_id,
            kind=kind,
            moved=False,
            differences=[list(difference) for difference in found],
        )
    )
    session.flush()


def changes_of(session: Session, run_id: int) -> Iterator[tuple[Change, str]]:
    """Give what a run made of each document, with the document's hash."""
    asked = (
        select(Change, Document.sha256)
        .join(Document, col(Document.id) == col(Change.document_id))
        .where(Change.run_id == run_id)
        .order_by(col(Change.id))
    )
    yield from session.exec(asked)


def move(session: Session, changes: Iterable[Change], back: bool = False) -> tuple[list[int], list[int]]:
    """Move the pointers of documents to what a run read, or back; return those moved, and those left.

    Left is a document whose pointer stands elsewhere by now: a person or another run was there.
    """
    moved: list[int] = []
    left: list[int] = []
    for change in changes:
        at, to = (change.after_id, change.before_id) if back else (change.before_id, change.after_id)
        of, then = change.before_effective_id, change.after_effective_id
        effective_at, effective_to = (then, of) if back else (of, then)
        pointer = session.get(CurrentReading, change.document_id)
        if pointer is None or (pointer.reading_id, pointer.effective_id) != (at, effective_at):
            left.append(change.document_id)
            continue
        pointer.reading_id, pointer.effective_id = to, effective_to
        change.moved = not back
        moved.append(change.document_id)
    session.flush()
    return moved, left


def last_run(session: Session) -> Run | None:
    """Return the run that moved pointers last and was not undone."""
    asked = (
        select(Run)
        .where(col(Run.moved_at).is_not(None), col(Run.undone_at).is_(None))
        .order_by(col(Run.moved_at).desc(), col(Run.id).desc())
    )
    return session.exec(asked).first()


def count_of(session: Session) -> int:
    """Return how many documents have a reading."""
    return session.exec(select(func.count()).select_from(CurrentReading)).one()
