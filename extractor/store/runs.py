"""Reprocessing as it is kept: which documents, what was read again, and where pointers stood before."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import and_, delete, exists, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from extractor.model import ReadResult
from extractor.reprocessing.changes import Difference, Kind
from extractor.store.current import Wanted, current
from extractor.store.said import read_document_named
from extractor.store.tables import (
    Bill,
    Change,
    Confirmation,
    CurrentReading,
    Document,
    Reading,
    Run,
)

MISSING: Literal["missing"] = "missing"
"""The kind of a change where the original was missing: nothing was read, and nothing changed."""


@dataclass(frozen=True)
class Choice:
    """Which documents are read again."""

    outdated_by: str | None = None
    """Those that the program of this fingerprint has not read."""
    wanted: Wanted | None = None
    """Those of which a current bill is asked for."""
    taken_since: dt.date | None = None
    named: tuple[str, ...] = ()
    """Those of the names that a person gives them, where there are any."""


@dataclass(frozen=True)
class Old:
    """A document to be read again, and its readings that are current."""

    document_id: int
    sha256: str
    reading_id: int
    effective_id: int


def chosen(session: Session, choice: Choice) -> list[Old]:
    """Return the documents of a choice, those taken first before others.

    Raises:
        NotKeptError: if a name is of no document, or may be of several.
    """
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
    if choice.named:
        named = {read_document_named(session, name).id for name in choice.named}
        conditions.append(col(Document.id).in_(named))
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
    kind: Kind | Literal["missing"],
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


def add_missing(session: Session, run_id: int, old: Old) -> None:
    """Keep that a run did not read a document: its original is missing."""
    add_change(session, run_id, old, (old.reading_id, old.effective_id), MISSING, ())


def forget_missing(session: Session, run_id: int) -> None:
    """Let a run that goes on look for the originals again that were missing."""
    session.execute(delete(Change).where(col(Change.run_id) == run_id, col(Change.kind) == MISSING))


def is_kept(session: Session, old: Old) -> bool:
    """Tell whether a document is still there: SQLite gives the number of an erased one to another."""
    document = session.get(Document, old.document_id)
    return document is not None and document.sha256 == old.sha256


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

    Left is a document whose pointer stands elsewhere by now: a person or another run was there. That a
    run moved a pointer stays kept of it when it is moved back.
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
        change.moved = True
        moved.append(change.document_id)
    session.flush()
    return moved, left


def last_to_undo(session: Session) -> Run | None:
    """Return the run that moved pointers last and was not undone; one that moved none is passed over."""
    moved = exists().where(and_(col(Change.run_id) == col(Run.id), col(Change.moved)))
    asked = (
        select(Run)
        .where(col(Run.moved_at).is_not(None), col(Run.undone_at).is_(None), moved)
        .order_by(col(Run.moved_at).desc(), col(Run.id).desc())
    )
    return session.exec(asked).first()


def run_numbered(session: Session, number: int | None) -> Run | None:
    """Return a run by its number, else the last that came to its end; None where there is none."""
    if number is not None:
        return session.get(Run, number)
    asked = select(Run).where(col(Run.moved_at).is_not(None)).order_by(col(Run.id).desc())
    return session.exec(asked).first()


def runs(session: Session) -> Iterator[tuple[Run, dict[str, int], int]]:
    """Give all runs, the last first: how many documents it found of each kind, and how many it moved."""
    asked = select(Change.run_id, Change.kind, Change.moved, func.count()).group_by(
        col(Change.run_id), col(Change.kind), col(Change.moved)
    )
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    moved: Counter[int] = Counter()
    for run_id, kind, is_moved, count in session.exec(asked):
        kinds[run_id][kind] += count
        moved[run_id] += count if is_moved else 0
    for run in session.exec(select(Run).order_by(col(Run.id).desc())):
        yield run, dict(kinds[run.id or 0]), moved[run.id or 0]


def set_aside(session: Session, reading_id: int, fingerprint: str) -> tuple[Run, Change] | None:
    """Return the last run of a program version that read a document anew, and what it read does not count.

    `reading_id` is the document's reading that counts instead.
    """
    after = aliased(Reading)
    asked = (
        select(Run, Change)
        .join(Change, col(Change.run_id) == col(Run.id))
        .join(after, col(after.id) == col(Change.after_id))
        .where(
            Change.before_id == reading_id,
            Change.after_id != reading_id,
            after.fingerprint == fingerprint,
            col(Run.moved_at).is_not(None),
        )
        .order_by(col(Change.id).desc())
    )
    return session.exec(asked).first()


def count_of(session: Session) -> int:
    """Return how many documents have a reading."""
    return session.exec(select(func.count()).select_from(CurrentReading)).one()
