"""Documents read again by this version of the program, and exactly what that changes.

Each document is read by guarded processes (or by a Ray cluster, which maps the same function), compared
field by field with what counts today, and kept at once; so a run that is killed goes on where it was.
Pointers move in one transaction at the end, and back with `undo`. What people corrected is laid over the
new reading as well. What would get worse, or alter what was proven, is held back. A document whose original
is missing, or that is erased meanwhile, stops nothing and is named. One run of a home works at a time.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

from sqlalchemy import Engine
from sqlmodel import Session

from extractor.base.database import reading, writing
from extractor.base.errors import BillclerkError
from extractor.corrections import Correction
from extractor.fingerprint import fingerprint
from extractor.guarded import Asked, answers
from extractor.home import Home
from extractor.model import ReadResult, Status
from extractor.originals import place_by_hash
from extractor.reprocessing.alone import alone
from extractor.reprocessing.changes import KINDS, differences, kind_of
from extractor.reprocessing.report import Accepted, Changed, Report, told_of
from extractor.settings import ReaderSettings
from extractor.store.documents import Reader, add_reading
from extractor.store.runs import (
    Choice,
    Old,
    add_change,
    add_missing,
    begun,
    changes_of,
    chosen,
    confirm,
    done_in,
    forget_missing,
    is_kept,
    last_to_undo,
    move,
    records_of,
    texts_of,
)
from extractor.store.said import corrections_of, document_of, told
from extractor.store.standing import settle
from extractor.store.tables import Run

Told = tuple[tuple[int, Correction], ...]


class Reads(Protocol):
    """Reads files somewhere."""

    def __call__(self, wanted: Iterable[Asked], files: int) -> Iterator[tuple[Asked, list[bytes]]]:
        """Give the records of each file, in the order asked for."""


TOGETHER, SECONDS = 50, 2.0
"""Documents that are read just so and kept in one step, and after how many seconds they are at the latest."""


class _Again(NamedTuple):
    """What is read of a document now, and with people's corrections."""

    after: list[ReadResult]
    effective: list[ReadResult] | None


Outcome = _Again | Literal["alike", "missing"]
"""What is read of a document now; or that it is what was read before, or that the original is missing."""


class NothingToUndoError(BillclerkError):
    """No reprocessing has moved anything that was not moved back already."""

    exit_code = 2


class Batch:
    """Reads documents of a home again."""

    def __init__(
        self,
        home: Home,
        engine: Engine,
        settings: ReaderSettings,
        read: Reads,
        now: Callable[[], dt.datetime],
    ) -> None:
        self._home, self._engine, self._settings, self._now = home, engine, settings, now
        self._read = read
        self._reader = Reader("billclerk", fingerprint())

    def chosen(self, choice: Choice) -> list[Old]:
        """Return the documents of a choice."""
        with reading(self._engine) as session:
            return chosen(session, choice)

    def dry(self, documents: Sequence[Old], accepted: Accepted, report: Report) -> Iterator[Changed]:
        """Read documents again and give what that would change; nothing is kept."""
        for old, outcome in self._again(documents):
            if outcome == "missing":
                with reading(self._engine) as session:
                    (report.missing if is_kept(session, old) else report.left).append(old.sha256)
                continue
            changed = _unchanged(old) if outcome == "alike" else self._compared(old, outcome, accepted)[0]
            report.add(changed)
            yield changed

    def run(
        self, documents: Sequence[Old], asked: str, accepted: Accepted, report: Report
    ) -> Iterator[Changed]:
        """Read documents again, keep what is read, and let it count in the end; give each as it is read.

        What a run of the same question has read before it was broken off is not read again.

        Raises:
            ReprocessingError: if another run of the home is at work.
        """
        with alone(self._home):
            yield from self._run(documents, asked, accepted, report)

    def _run(
        self, documents: Sequence[Old], asked: str, accepted: Accepted, report: Report
    ) -> Iterator[Changed]:
        with writing(self._engine) as session:
            run = begun(session, self._reader.fingerprint, asked, self._now())
            number = report.run = run.id or 0
            forget_missing(session, number)
            done = done_in(session, number)
        same: list[Old] = []
        kept_at = time.monotonic()
        try:
            for old, outcome in self._again([old for old in documents if old.document_id not in done]):
                changed: Changed | None = None
                if outcome == "alike":
                    same.append(old)
                    changed = _unchanged(old)
                elif outcome == "missing":
                    self._keep_missing(number, old, report)
                else:
                    changed = self._kept(number, old, outcome, accepted, report)
                if len(same) >= TOGETHER or (same and time.monotonic() - kept_at > SECONDS):
                    self._confirm(number, same, report)
                    same, kept_at = [], time.monotonic()
                if changed is not None:
                    yield changed
        except GeneratorExit:  # nobody wants the rest now
            self._confirm(number, same, report)
            raise
        self._confirm(number, same, report)
        self._move(number, accepted, report)

    def undo(self) -> tuple[int, list[int], list[int]]:
        """Move the pointers of the last run that moved any back; return its number, those moved, those left.

        Raises:
            NothingToUndoError: if there is none.
            ReprocessingError: if a run of the home is at work.
        """
        with alone(self._home), writing(self._engine) as session:
            run = last_to_undo(session)
            if run is None:
                raise NothingToUndoError("no reprocessing has moved anything that was not moved back already")
            moved, left = move(
                session, [change for change, _ in changes_of(session, run.id or 0) if change.moved], back=True
            )
            run.undone_at = self._now()
            settle(session, moved)
            return run.id or 0, moved, left

    def _again(self, documents: Sequence[Old]) -> Iterator[tuple[Old, Outcome]]:
        """Read documents again, with people's corrections if there are any."""
        there: list[Old] = []
        asked: list[Asked] = []
        for old in documents:
            path = place_by_hash(self._home.originals, old.sha256)
            if path is None:
                yield old, "missing"
            else:
                there.append(old)
                asked.append(Asked(path))
        for old, (_, lines) in zip(there, self._read(asked, len(asked)), strict=True):
            yield old, self._outcome(old, lines)

    def _outcome(self, old: Old, lines: Sequence[bytes]) -> Outcome:
        """Return what the lines that are read of a document now are to what was read of it before."""
        with reading(self._engine) as session:
            corrections = told(corrections_of(session, old.document_id))
            before = texts_of(session, old.reading_id)
        said = [line.decode() for line in lines]
        if not corrections and old.reading_id == old.effective_id and _alike(before, said):
            return "alike"
        after = [ReadResult.model_validate_json(line) for line in lines]
        effective = self._corrected(old, corrections) if corrections else None
        statuses = {result.status for result in (*after, *(effective or ()))}
        is_unread = Status.UNREADABLE in statuses or effective == []
        if is_unread and place_by_hash(self._home.originals, old.sha256) is None:
            return "missing"  # it went while it was waiting to be read
        return _Again(after, effective)

    def _corrected(self, old: Old, corrections: Told) -> list[ReadResult]:
        """Return what is read of a document with people's corrections, nothing if its original is missing."""
        path = place_by_hash(self._home.originals, old.sha256)
        if path is None:
            return []
        ((_, lines),) = answers([Asked(path, corrections)], self._settings, jobs=1, files=1)
        return [ReadResult.model_validate_json(line) for line in lines]

    def _compared(self, old: Old, again: _Again, accepted: Accepted) -> tuple[Changed, bool]:
        """Return what changes, and whether anything at all does, be it no value."""
        after, effective = again.after, again.effective
        with reading(self._engine) as session:
            before = records_of(session, old.reading_id)
            counted = records_of(session, old.effective_id)
        now = after if effective is None else effective
        kind = max(kind_of(before, after), kind_of(counted, now), key=KINDS.index)
        found = tuple(dict.fromkeys((*differences(before, after), *differences(counted, now))))
        is_same = _read_alike(before, after) and _read_alike(counted, now)
        return Changed(old.sha256, kind, found, accepted.holds(kind)), not is_same

    def _kept(
        self, run_id: int, old: Old, again: _Again, accepted: Accepted, report: Report
    ) -> Changed | None:
        """Keep what is read of a document now; return what that changes, None where it is erased."""
        changed, is_other = self._compared(old, again, accepted)
        with writing(self._engine) as session:
            if not is_kept(session, old):
                report.left.append(old.sha256)
                return None
            ids = self._added(session, old, again) if is_other else (old.reading_id, old.effective_id)
            if not is_other:
                confirm(session, old.reading_id, self._reader.fingerprint, self._now())
            add_change(session, run_id, old, ids, changed.kind, changed.differences)
        return changed

    def _added(self, session: Session, old: Old, again: _Again) -> tuple[int, int]:
        """Add what is read of a document now; return the number of the reading, and of it as corrected."""
        document = document_of(session, old.document_id)
        new = add_reading(session, document, again.after, self._reader, self._now())
        if again.effective is None:
            return new.id or 0, new.id or 0
        laid = add_reading(session, document, again.effective, self._reader, self._now(), corrects=new)
        return new.id or 0, laid.id or 0

    def _keep_missing(self, run_id: int, old: Old, report: Report) -> None:
        """Keep that a document was not read; one that was erased meanwhile is left."""
        with writing(self._engine) as session:
            if is_kept(session, old):
                add_missing(session, run_id, old)
            else:
                report.left.append(old.sha256)

    def _confirm(self, run_id: int, documents: Sequence[Old], report: Report) -> None:
        """Keep of documents that this version of the program reads them just so."""
        if not documents:
            return
        with writing(self._engine) as session:
            for old in documents:
                if not is_kept(session, old):
                    report.left.append(old.sha256)
                    continue
                confirm(session, old.reading_id, self._reader.fingerprint, self._now())
                add_change(session, run_id, old, (old.reading_id, old.effective_id), "unchanged", ())

    def _move(self, run_id: int, accepted: Accepted, report: Report) -> None:
        """Let what was read count, but what is held back, all in one transaction."""
        with writing(self._engine) as session:
            wanted = {
                change.document_id: (change, changed.sha256)
                for change, changed in told_of(session, run_id, accepted, report)
                if not changed.held and change.after_id != change.before_id
            }
            moved, left = move(session, [change for change, _ in wanted.values()])
            report.left += [wanted[document_id][1] for document_id in left]
            settle(session, moved)
            run = session.get_one(Run, run_id)
            run.moved_at = self._now()
            run.asked = " ".join((run.asked, *accepted.options))


def _unchanged(old: Old) -> Changed:
    return Changed(old.sha256, "unchanged", (), held=False)


def _alike(before: Sequence[str], after: Sequence[str]) -> bool:
    """Tell of records as JSON whether they are the same in all but who read them and where the file lay."""
    return len(before) == len(after) and all(map(_is_alike, before, after))


def _is_alike(before: str, after: str) -> bool:
    (ours, said), (theirs, says) = (_OF_DOCUMENT.split(text, maxsplit=1) for text in (before, after))
    if said != says:
        return False
    one, other = (json.loads(text + "}}")["document"] for text in (ours, theirs))
    return all(one[name] == other[name] for name in one if name not in ("path", "reader"))


_OF_DOCUMENT = re.compile(r'\},(?="status":)')
"""Where a record's document ends and all that was read begins."""


def _read_alike(before: Sequence[ReadResult], after: Sequence[ReadResult]) -> bool:
    """Tell whether two readings say the same in every respect but who made them and where the file lay."""
    return [_without_reader(one) for one in before] == [_without_reader(one) for one in after]


def _without_reader(result: ReadResult) -> ReadResult:
    document = result.document.model_copy(update={"reader": "", "path": ""})
    return result.model_copy(update={"document": document})


def local(settings: ReaderSettings, jobs: int) -> Reads:
    """Return the engine of this machine: guarded processes."""

    def read(wanted: Iterable[Asked], files: int) -> Iterator[tuple[Asked, list[bytes]]]:
        yield from answers(wanted, settings, jobs, files)

    return read
