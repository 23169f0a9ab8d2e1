"""Documents read again by this version of the program, and exactly what that changes.

Each document is read by guarded processes (or by a Ray cluster, which maps the same function), compared
field by field with what counts today, and kept at once; so a run that is killed goes on where it was.
Pointers move in one transaction at the end, and back with `undo`. What people corrected is laid over the
new reading as well. What would get worse, or alter what was proven, is held back.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.base.errors import BillclerkError
from extractor.changes import KINDS, Difference, Kind, differences, kind_of
from extractor.corrections import Correction
from extractor.desk import original_of
from extractor.fingerprint import fingerprint
from extractor.guarded import Asked, answers
from extractor.home import Home
from extractor.model import ReadResult
from extractor.settings import ReaderSettings
from extractor.store.documents import Reader, add_reading
from extractor.store.runs import (
    Choice,
    Old,
    add_change,
    begun,
    changes_of,
    chosen,
    confirm,
    done_in,
    last_run,
    move,
    records_of,
    texts_of,
)
from extractor.store.said import NotKeptError, corrections_of, document_of, told
from extractor.store.standing import settle
from extractor.store.tables import Change, Run

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


class NothingToUndoError(BillclerkError):
    """No reprocessing has moved anything that was not moved back already."""

    exit_code = 2


@dataclass(frozen=True)
class Changed:
    """What reading a document again makes of it."""

    sha256: str
    kind: Kind
    differences: tuple[Difference, ...]
    held: bool
    """Whether it stays as it was."""


@dataclass
class Report:
    """What a run did."""

    run: int | None = None
    """Its number, None of a dry run."""
    counts: Counter[Kind] = field(default_factory=Counter)
    changed: list[Changed] = field(default_factory=list)
    """All that is not unchanged."""
    left: list[str] = field(default_factory=list)
    """Documents that were changed by others meanwhile."""

    def add(self, changed: Changed) -> None:
        """Count a document."""
        self.counts[changed.kind] += 1
        if changed.kind != "unchanged":
            self.changed.append(changed)


@dataclass(frozen=True)
class Accepted:
    """What a person accepts beforehand."""

    regressions: bool = False
    changes: bool = False

    def holds(self, kind: Kind) -> bool:
        """Tell whether a change is held back."""
        return (kind == "worse" and not self.regressions) or (kind == "altered" and not self.changes)


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

    def dry(self, documents: Sequence[Old], accepted: Accepted) -> Iterator[Changed]:
        """Read documents again and give what that would change; nothing is kept."""
        for old, again in self._again(documents):
            if again is None:
                yield Changed(old.sha256, "unchanged", (), held=False)
            else:
                yield self._compared(old, again, accepted)[0]

    def run(
        self, documents: Sequence[Old], asked: str, accepted: Accepted, report: Report
    ) -> Iterator[Changed]:
        """Read documents again, keep what is read, and let it count in the end; give each as it is read.

        What a run of the same question has read before it was broken off is not read again.
        """
        with writing(self._engine) as session:
            run = begun(session, self._reader.fingerprint, asked, self._now())
            report.run = run.id
            done = done_in(session, run.id or 0)
        left = [old for old in documents if old.document_id not in done]
        same: list[Old] = []
        kept_at = time.monotonic()
        try:
            for old, again in self._again(left):
                if again is None:
                    same.append(old)
                    changed = Changed(old.sha256, "unchanged", (), held=False)
                else:
                    changed, is_other = self._compared(old, again, accepted)
                    self._keep(run.id or 0, old, again, changed, is_other)
                if len(same) >= TOGETHER or (same and time.monotonic() - kept_at > SECONDS):
                    self._confirm(run.id or 0, same)
                    same, kept_at = [], time.monotonic()
                yield changed
        except GeneratorExit:  # nobody wants the rest now
            self._confirm(run.id or 0, same)
            raise
        self._confirm(run.id or 0, same)
        self._move(run.id or 0, accepted, report)

    def undo(self) -> tuple[int, list[int], list[int]]:
        """Move the pointers of the last run back; return its number, the documents moved, and those left.

        Raises:
            NothingToUndoError: if there is none.
        """
        with writing(self._engine) as session:
            run = last_run(session)
            if run is None:
                raise NothingToUndoError("no reprocessing has moved anything that was not moved back already")
            moved, left = move(
                session, [change for change, _ in changes_of(session, run.id or 0) if change.moved], back=True
            )
            run.undone_at = self._now()
            settle(session, moved)
            return run.id or 0, moved, left

    def _again(self, documents: Sequence[Old]) -> Iterator[tuple[Old, _Again | None]]:
        """Read documents again, with people's corrections if there are any; None of what is read just so."""
        there = [old for old in documents if self._is_there(old)]
        asked = [Asked(original_of(self._home, old.sha256)) for old in there]
        for old, (_, lines) in zip(there, self._read(asked, len(asked)), strict=True):
            with reading(self._engine) as session:
                corrections = told(corrections_of(session, old.document_id))
                before = texts_of(session, old.reading_id)
            said = [line.decode() for line in lines]
            if not corrections and old.reading_id == old.effective_id and _alike(before, said):
                yield old, None
                continue
            after = [ReadResult.model_validate_json(line) for line in lines]
            yield old, _Again(after, self._corrected(old, corrections) if corrections else None)

    def _is_there(self, old: Old) -> bool:
        try:
            original_of(self._home, old.sha256)
        except NotKeptError:
            return False
        return True

    def _corrected(self, old: Old, corrections: Told) -> list[ReadResult]:
        asked = Asked(original_of(self._home, old.sha256), corrections)
        ((_, lines),) = answers([asked], self._settings, jobs=1, files=1)
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

    def _keep(
        self,
        run_id: int,
        old: Old,
        again: _Again,
        changed: Changed,
        is_other: bool,
    ) -> None:
        after, effective = again.after, again.effective
        with writing(self._engine) as session:
            if not is_other:
                confirm(session, old.reading_id, self._reader.fingerprint, self._now())
                ids = (old.reading_id, old.effective_id)
            else:
                document = document_of(session, old.document_id)
                new = add_reading(session, document, after, self._reader, self._now())
                laid = (
                    new
                    if effective is None
                    else add_reading(session, document, effective, self._reader, self._now(), corrects=new)
                )
                ids = (new.id or 0, laid.id or 0)
            add_change(session, run_id, old, ids, changed.kind, changed.differences)

    def _confirm(self, run_id: int, documents: Sequence[Old]) -> None:
        """Keep of documents that this version of the program reads them just so."""
        if not documents:
            return
        with writing(self._engine) as session:
            for old in documents:
                confirm(session, old.reading_id, self._reader.fingerprint, self._now())
                add_change(session, run_id, old, (old.reading_id, old.effective_id), "unchanged", ())

    def _move(self, run_id: int, accepted: Accepted, report: Report) -> None:
        """Let what was read count, but what is held back, all in one transaction."""
        with writing(self._engine) as session:
            run = session.get(Run, run_id)
            wanted: list[Change] = []
            names: dict[int, str] = {}
            for change, sha256 in changes_of(session, run_id):
                kind: Kind = next(kind for kind in KINDS if kind == change.kind)
                held = accepted.holds(kind)
                names[change.document_id] = sha256
                found = tuple(Difference(str(name), was, now) for name, was, now in change.differences)
                report.add(Changed(sha256, kind, found, held))
                if not held and change.after_id != change.before_id:
                    wanted.append(change)
            moved, left = move(session, wanted)
            report.left = [names[document_id] for document_id in left]
            settle(session, moved)
            if run is not None:
                run.moved_at = self._now()


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
