"""What a person does with a bill that is kept: correct it, take it as it is, say which of two is right.

A correction is laid over the reading in a guarded process, and the checks run again; the reading of the
program stays as it was. It is made on what the person saw: if the document was read anew meanwhile, or
the program has changed since, it is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from extractor.base.database import reading, writing
from extractor.base.errors import BillclerkError
from extractor.corrections import Correction, made, target_of
from extractor.fingerprint import fingerprint
from extractor.guarded import Asked, answers
from extractor.home import Home
from extractor.model import ReadResult
from extractor.originals import place_by_hash
from extractor.reprocessing.changes import ACCEPTED_BY
from extractor.settings import ReaderSettings
from extractor.store.account_questions import account_question_named, answer_question, undo_answer
from extractor.store.current import Kept
from extractor.store.documents import Reader, add_reading, is_read_by, make_current
from extractor.store.people import Correction as CorrectionRow
from extractor.store.questions import bills_of, questions
from extractor.store.runs import set_aside
from extractor.store.said import (
    NotKeptError,
    Saying,
    acceptances_of,
    add_acceptance,
    add_answer,
    add_correction,
    answers_named,
    bill_named,
    corrections_of,
    document_of,
    pointer_of,
    question_named,
    readings_of,
    short,
    told,
)
from extractor.store.standing import settle
from extractor.store.tables import Reading

SHORT = 12
"""Digits by which a document is named to a person."""

RELATIONS = ("adds", "replaces", "duplicate")
"""What the later of two services that bill the same days may be to the earlier."""


class OlderReadingError(BillclerkError):
    """The document was read anew since; look at it again with `billclerk show`, then say it again."""

    exit_code = 2


class Desk:
    """Where people work on the bills of a home."""

    def __init__(self, home: Home, engine: Engine, settings: ReaderSettings) -> None:
        self._home, self._engine, self._settings = home, engine, settings

    def correct(self, name: str, field: str, value: str, saying: Saying, seen: int | None = None) -> Kept:
        """Correct a field of a bill; `seen` is the reading that the person looked at.

        Raises:
            NotKeptError: if the bill is not there.
            CorrectionError: if it has no such field, or the value cannot stand there.
            OlderReadingError: if it was read anew since, or by another version of the program.
        """
        with reading(self._engine) as session:
            bill = bill_named(session, name)
            before = self._current(session, bill.document_id, seen)
            rows = corrections_of(session, bill.document_id)
        printed = bill.result.bill
        if printed is None:
            raise NotKeptError("there is no bill to correct: the document could not be read")
        new, was = made(printed, target_of(field), value, saying.who)
        again = self._read(bill.sha256, (*told(rows), (bill.position, new)))
        with writing(self._engine) as session:
            now = self._current(session, bill.document_id, before.id)
            _unchanged(rows, corrections_of(session, bill.document_id))
            add_correction(session, bill.document_id, bill.position, new, was, saying)
            self._point(session, now, again, saying.at)
            return bill_named(session, name)

    def undo_correction(self, name: str, number: int, who: str, at: dt.datetime) -> Kept:
        """Take back a correction of a bill.

        Raises:
            NotKeptError: if there is none of that number.
            OlderReadingError: if it was read by another version of the program.
        """
        with reading(self._engine) as session:
            bill = bill_named(session, name)
            before = self._current(session, bill.document_id, None)
            rows = corrections_of(session, bill.document_id)
        rest = [row for row in rows if row.id != number]
        if len(rest) == len(rows):
            raise NotKeptError(f"the document has no correction {number} that holds")
        again = self._read(bill.sha256, told(rest)) if rest else None
        with writing(self._engine) as session:
            now = self._current(session, bill.document_id, before.id)
            _unchanged(rows, corrections_of(session, bill.document_id))
            for row in corrections_of(session, bill.document_id):
                if row.id == number:
                    row.undone_at, row.undone_by = at, who
            self._point(session, now, again, at)
            return bill_named(session, name)

    def accept(self, name: str, saying: Saying, seen: int | None = None) -> Kept:
        """Take a bill in review as it is; `seen` is the reading that the person looked at.

        Raises:
            NotKeptError: if it is not there, or in no doubt.
            OlderReadingError: if it was read anew or corrected since.
        """
        with writing(self._engine) as session:
            bill = bill_named(session, name)
            now = pointer_of(session, bill.document_id).effective_id
            if seen not in (None, now):
                raise _older(now)
            if bill.state != "review":
                raise NotKeptError(f"the bill is {bill.state}: there is nothing to accept")
            add_acceptance(session, bill, saying)
            settle(session, [bill.document_id])
            return bill_named(session, name)

    def undo_acceptance(self, name: str, who: str, at: dt.datetime) -> Kept:
        """Take back that a bill was accepted.

        Raises:
            NotKeptError: if it was not.
        """
        with writing(self._engine) as session:
            bill = bill_named(session, name)
            held = [
                row
                for row in acceptances_of(session, bill.document_id, bill.position)
                if row.undone_at is None
            ]
            if not held:
                raise NotKeptError("nobody accepted the bill")
            for row in held:
                row.undone_at, row.undone_by = at, who
            session.flush()
            settle(session, [bill.document_id])
            return bill_named(session, name)

    def answer(self, name: str, answer: str, saying: Saying) -> None:
        """Answer a question: of two files of a bill by the right one, of two services by how they relate.

        Of accounts see `extractor.store.account_questions`.

        Raises:
            NotKeptError: if it is no answer to the question.
        """
        with writing(self._engine) as session:
            on_accounts = account_question_named(session, name)
            if on_accounts is not None:
                answer_question(session, on_accounts, answer, saying)
                return
            question = question_named(session, name)
            if question.sides:
                if answer not in RELATIONS:
                    raise NotKeptError(f"say what the later one is to the earlier: {', '.join(RELATIONS)}")
                said = answer
            else:
                right = [bill for bill in question.bills if bill.sha256.startswith(answer.partition(":")[0])]
                if len({bill.values for bill in right}) != 1:
                    raise NotKeptError(
                        "name the document that is right: "
                        + ", ".join(bill.sha256[:12] for bill in question.bills)
                    )
                said = right[0].values
            add_answer(session, question, said, saying)
            settle(session, {bill.document_id for bill in question.bills})

    def undo_answer(self, name: str, who: str, at: dt.datetime) -> bool:
        """Take back what was answered to a question; tell whether it is open again, and not of the past.

        Raises:
            NotKeptError: if nobody answered it.
        """
        with writing(self._engine) as session:
            if undo_answer(session, name, who, at):
                return account_question_named(session, name) is not None
            held = answers_named(session, name)
            for row in held:
                row.undone_at, row.undone_by = at, who
            session.flush()
            settle(session, {bill.document_id for row in held for bill in bills_of(session, row.question)})
            return any(short(question.name) == name for question in questions(session))

    def _current(self, session: Session, document_id: int, seen: int | None) -> Reading:
        """Return a document's reading by the program, if it is the one that was seen and of this version."""
        reading_id = pointer_of(session, document_id).reading_id
        found = session.get(Reading, reading_id)
        if found is None or (seen is not None and _as_read(session, document_id, seen) != reading_id):
            raise _older(reading_id)
        if not is_read_by(session, found, fingerprint()):
            document = document_of(session, document_id)
            raise OlderReadingError(_way_out(document.sha256[:SHORT], session, found))
        return found

    def _read(self, sha256: str, corrections: Sequence[tuple[int, Correction]]) -> list[ReadResult]:
        return corrected_reading(self._home, self._settings, sha256, corrections)

    def _point(self, session: Session, now: Reading, again: list[ReadResult] | None, at: dt.datetime) -> None:
        """Let what was read with corrections count, or the reading itself where there are none."""
        document = document_of(session, now.document_id)
        reader = Reader(now.reader, now.fingerprint)
        again_kept = (
            None if again is None else add_reading(session, document, again, reader, at, corrects=now)
        )
        make_current(session, now, again_kept)
        settle(session, [now.document_id])


def _as_read(session: Session, document_id: int, seen: int) -> int | None:
    """Return the program's reading that one of a document is with corrections, or that it is itself."""
    readings = {row.id: row.corrects_id or row.id for row in readings_of(session, document_id)}
    return readings.get(seen)


def _way_out(name: str, session: Session, found: Reading) -> str:
    """Say why a document is not read by this version of the program, and what to do about it."""
    command = f"billclerk reprocess --document {name}"
    aside = set_aside(session, found.id or 0, fingerprint())
    if aside is None:
        return f"the document was read by another version of the program; run `{command}` first"
    run, change = aside
    accepted = next((f" {option}" for kind, option in ACCEPTED_BY.items() if kind == change.kind), "")
    why = "undone" if run.undone_at else "held back" if accepted else "not let count"
    return (
        f"this version of the program reads the document otherwise, and that was {why} (run {run.id});"
        f" see what changes by `{command} --dry-run`, let it count by `{command}{accepted}`,"
        " then say it again"
    )


def _older(now: int) -> OlderReadingError:
    return OlderReadingError(f"the document was read anew since, as reading {now}; look at it again")


def _unchanged(before: Sequence[CorrectionRow], now: Sequence[CorrectionRow]) -> None:
    """Refuse to go on where somebody else corrected the document meanwhile.

    Raises:
        OlderReadingError: if somebody did.
    """
    if [row.id for row in before] != [row.id for row in now]:
        raise OlderReadingError("somebody else corrected the document meanwhile; look at it again")


def corrected_reading(
    home: Home, settings: ReaderSettings, sha256: str, corrections: Sequence[tuple[int, Correction]]
) -> list[ReadResult]:
    """Read an original with corrections laid over it."""
    asked = Asked(original_of(home, sha256), tuple(corrections))
    ((_, lines),) = answers([asked], settings, jobs=settings.jobs, files=1)
    return [ReadResult.model_validate_json(line) for line in lines]


def original_of(home: Home, sha256: str) -> Path:
    """Return the original of a document.

    Raises:
        NotKeptError: if it is gone.
    """
    path = place_by_hash(home.originals, sha256)
    if path is None:
        raise NotKeptError(f"the original {sha256[:12]} is missing; restore it from a backup")
    return path
