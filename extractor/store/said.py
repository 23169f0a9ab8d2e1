"""What people said of documents, asked for and added: corrections, acceptances, answers to questions."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from extractor.base.errors import BillclerkError
from extractor.corrections import Correction as Told
from extractor.store.current import Kept, Wanted, current
from extractor.store.people import Acceptance, Answer, Correction
from extractor.store.questions import Question, questions
from extractor.store.record_rows import values_hash
from extractor.store.tables import CurrentReading, Document, Reading

SHORTEST = 4
"""Digits of a hash by which a document may be named, if they name one alone."""

SEPARATOR = "."
"""Between the steps of a field that is kept as text."""


class NotKeptError(BillclerkError):
    """There is no such document, bill, correction or question, or several; the message says which."""

    exit_code = 2


@dataclass(frozen=True)
class Saying:
    """Who says something, why and when."""

    who: str
    why: str
    at: dt.datetime


def read_document_named(session: Session, name: str) -> Document:
    """Return the document with a reading that a person names; which of its bills is said does not matter.

    Raises:
        NotKeptError: if there is none, or the name may be of several.
    """
    digits = _digits(name)
    asked = (
        select(Document)
        .join(CurrentReading, col(CurrentReading.document_id) == col(Document.id))
        .where(col(Document.sha256).startswith(digits, autoescape=True))
    )
    found = list(session.exec(asked))
    _refuse_all_but_one(digits, len(found))
    return found[0]


def _digits(name: str) -> str:
    """Return the digits of a hash by which a document is named."""
    digits = name.partition(":")[0]
    if len(digits) < SHORTEST or not set(digits) <= set("0123456789abcdef"):
        raise NotKeptError(
            f"{name!r} names no document; give the first digits of its hash, as `billclerk bills` shows them"
        )
    return digits


def _refuse_all_but_one(digits: str, documents: int) -> None:
    if documents > 1:
        raise NotKeptError(f"{documents} documents begin with {digits}; give more digits")
    if not documents:
        raise NotKeptError(f"no document begins with {digits}; `billclerk bills` lists them")


def bill_named(session: Session, name: str) -> Kept:
    """Return the bill that a person names: by the first digits of its document's hash, `:2` for the second.

    Raises:
        NotKeptError: if there is none, or the name may be of several.
    """
    digits, position = _digits(name), name.partition(":")[2]
    found = list(current(session, Wanted(sha256=digits)))
    _refuse_all_but_one(digits, len({bill.sha256 for bill in found}))
    if not position and len(found) > 1:
        raise NotKeptError(f"the document holds {len(found)} bills; name one as {digits}:1, {digits}:2, ...")
    wanted = int(position) if position.isdigit() else 1 if not position else 0
    for bill in found:
        if bill.position == wanted:
            return bill
    raise NotKeptError(f"the document holds no bill {position}")


def readings_of(session: Session, document_id: int) -> list[Reading]:
    """Return all readings of a document, the oldest first."""
    asked = select(Reading).where(Reading.document_id == document_id).order_by(col(Reading.id))
    return list(session.exec(asked))


def pointer_of(session: Session, document_id: int) -> CurrentReading:
    """Return which readings of a document are current."""
    pointer = session.get(CurrentReading, document_id)
    if pointer is None:
        raise NotKeptError("the document was never read")
    return pointer


def document_of(session: Session, document_id: int) -> Document:
    """Return a document by its number."""
    document = session.get(Document, document_id)
    if document is None:
        raise NotKeptError("the document was erased meanwhile")
    return document


# --- corrections ---------------------------------------------------------------------------------------


def corrections_of(session: Session, document_id: int, undone: bool = False) -> list[Correction]:
    """Return the corrections of a document that hold, the oldest first; with `undone` all of them."""
    asked = select(Correction).where(Correction.document_id == document_id).order_by(col(Correction.id))
    return [row for row in session.exec(asked) if undone or row.undone_at is None]


def told(rows: Sequence[Correction]) -> tuple[tuple[int, Told], ...]:
    """Return corrections as a reading takes them, each with its bill's position."""
    return tuple((row.position, _told(row)) for row in rows)


def _told(row: Correction) -> Told:
    steps = row.target.split(SEPARATOR)
    is_line = steps[0] == LINE
    field = tuple(int(step) if step.isdigit() else step for step in (steps[1:] if is_line else steps))
    box = None if row.box is None else (row.box[0], row.box[1], row.box[2], row.box[3])
    return Told(field, row.value, row.who, row.page, box, is_line, row.was)


LINE = "line"
"""The first step of a field that is a charge line's."""


def add_correction(
    session: Session, document_id: int, position: int, made: Told, was: str | None, saying: Saying
) -> Correction:
    """Add a correction."""
    steps = [LINE, *made.field] if made.is_line else made.field
    row = Correction(
        document_id=document_id,
        position=position,
        target=SEPARATOR.join(map(str, steps)),
        page=made.page,
        box=None if made.box is None else list(made.box),
        was=was,
        value=made.value,
        who=saying.who,
        why=saying.why,
        at=saying.at,
    )
    session.add(row)
    session.flush()
    return row


# --- acceptances ---------------------------------------------------------------------------------------


def acceptances_of(session: Session, document_id: int, position: int) -> list[Acceptance]:
    """Return all acceptances of a bill, the oldest first, those taken back too."""
    asked = (
        select(Acceptance)
        .where(Acceptance.document_id == document_id, Acceptance.position == position)
        .order_by(col(Acceptance.id))
    )
    return list(session.exec(asked))


def add_acceptance(session: Session, bill: Kept, saying: Saying) -> None:
    """Add that a person takes a bill as it is."""
    printed = bill.result.bill
    if printed is None:
        raise NotKeptError("there is no bill to accept: the document could not be read")
    session.add(
        Acceptance(
            document_id=bill.document_id,
            position=bill.position,
            values_sha256=values_hash(printed),
            who=saying.who,
            why=saying.why,
            at=saying.at,
        )
    )
    session.flush()


# --- questions -----------------------------------------------------------------------------------------


def short(question: str) -> str:
    """Return the name by which a person answers a question, of what its answer is filed under."""
    return hashlib.sha256(question.encode()).hexdigest()[:8]


def question_named(session: Session, name: str) -> Question:
    """Return a question by its short name.

    Raises:
        NotKeptError: if nothing is asked by that name.
    """
    for question in questions(session):
        if short(question.name) == name:
            return question
    raise NotKeptError(f"no question {name!r} is open; `billclerk questions` lists them")


def add_answer(session: Session, question: Question, answer: str, saying: Saying) -> None:
    """Add an answer; it holds as long as the bills say what they say now."""
    row = Answer(question=question.name, answer=answer, who=saying.who, why=saying.why, at=saying.at)
    session.add(row)
    session.flush()


def answers(session: Session) -> Iterator[Answer]:
    """Give all answers, the oldest first, those taken back too."""
    yield from session.exec(select(Answer).order_by(col(Answer.id)))


def answers_named(session: Session, name: str) -> list[Answer]:
    """Return the answers to a question that hold, by its short name.

    Raises:
        NotKeptError: if nobody answered it.
    """
    found = [row for row in answers(session) if row.undone_at is None and short(row.question) == name]
    if not found:
        raise NotKeptError(f"no answer to {name!r} holds; `billclerk questions --answered` lists them")
    return found
