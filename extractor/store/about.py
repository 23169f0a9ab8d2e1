"""What people said of bills: corrections, acceptances, answers on two bills, and on values of samples."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlmodel import Session, col, select

from extractor.store.neighbours import parts
from extractor.store.people import Acceptance, Answer, Correction
from extractor.store.sampled import SampleAnswer, SampleValue
from extractor.store.tables import Bill, Reading

MARK = 16
"""Digits of the hash of what a bill says, by which a question names it."""


def corrections_on(session: Session, document_id: int, positions: Collection[int]) -> list[Correction]:
    """Return all corrections of some bills of a document, those taken back too, the oldest first."""
    asked = select(Correction).where(Correction.document_id == document_id).order_by(col(Correction.id))
    return [row for row in session.exec(asked) if row.position in positions]


def acceptances_on(session: Session, document_id: int, positions: Collection[int]) -> list[Acceptance]:
    """Return all acceptances of some bills of a document, those taken back too, the oldest first."""
    asked = select(Acceptance).where(Acceptance.document_id == document_id).order_by(col(Acceptance.id))
    return [row for row in session.exec(asked) if row.position in positions]


def sampled_of(
    session: Session, document_id: int, positions: Collection[int]
) -> list[tuple[SampleValue, SampleAnswer | None]]:
    """Return the values of some bills of a document that were in samples, each with all answers to it."""
    asked = (
        select(SampleValue, SampleAnswer)
        .outerjoin(SampleAnswer, col(SampleAnswer.value_id) == col(SampleValue.id))
        .where(SampleValue.document_id == document_id, col(SampleValue.position).in_(positions))
        .order_by(col(SampleValue.id), col(SampleAnswer.id))
    )
    return [(value, answer) for value, answer in session.execute(asked)]


def marks_in(session: Session, document_ids: Iterable[int]) -> set[str]:
    """Return by what questions name the bills of some documents, in whichever reading."""
    found: set[str] = set()
    for part in parts(document_ids):
        asked = select(Bill.values_sha256).join(Reading, col(Reading.id) == col(Bill.reading_id))
        found.update(
            values[:MARK] for values in session.exec(asked.where(col(Reading.document_id).in_(part)))
        )
    return found - {""}


def marks_of(session: Session, bill_ids: Iterable[int]) -> set[str]:
    """Return by what questions name some bills as they are read now."""
    found: set[str] = set()
    for part in parts(bill_ids):
        asked = select(Bill.values_sha256).where(col(Bill.id).in_(part))
        found.update(values[:MARK] for values in session.exec(asked))
    return found - {""}


def answers_on(session: Session, marks: Collection[str]) -> Iterator[tuple[Answer, bool]]:
    """Give the answers that are on some bills, and whether the question names no other bill."""
    for row in session.exec(select(Answer).order_by(col(Answer.id))):
        named = {part.partition(".")[0] for part in row.question.split("|")[4:]}
        if named & set(marks):
            yield row, named <= set(marks)
