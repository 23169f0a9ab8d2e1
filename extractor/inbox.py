"""From the inbox into the store: each file read once, kept, and filed away by what was read.

    inbox/a.pdf -> originals/ab/ab12....pdf -> read -> store, in one transaction -> out of the inbox
        verified:   nothing is left of it in the inbox
        review:     moved to review/, beside it a note that says why
        unreadable: moved to rejected/, with a note

A message or an archive is kept with all files inside it, each a document of its own, in that same one
transaction. Text is read before scans, whatever came first.

A file leaves the inbox last of all, when its bytes are on disk and the store has kept what was read. So
whatever breaks off, at any point, is done again from the start, and what was kept before is found by its
hash and not kept twice. Two programs may work in one inbox: a file that one of them holds is locked.
"""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.claims import CannotUnpackError, Origin, Unpacker, all_parts, may_be_a_bill, unpacker_of
from extractor.filing import Outcome, note_on, outcome_of, put_aside, put_away, shown
from extractor.fingerprint import fingerprint
from extractor.guarded import Asked
from extractor.home import Home
from extractor.lanes import Lane, Lanes
from extractor.model import ReadResult
from extractor.originals import kept
from extractor.pages.errors import TooLargeError, UnreadableFileError
from extractor.pages.files import whole
from extractor.settings import ReaderSettings
from extractor.store.documents import (
    Arrival,
    Reader,
    add_reading,
    current_records,
    erased_at,
    has_reading,
    known,
    make_current,
    take,
)
from extractor.store.standing import settle

AHEAD = 4
"""Files in hand for each process: enough to work on, few enough to hold open."""

State = tuple[int, int, int, int]
"""What tells a file from one that takes its place: device, number, size and time of change."""


@dataclass(frozen=True)
class Filed:
    """What became of a file of the inbox."""

    name: str
    outcome: Outcome
    is_new: bool
    """Whether something was kept that was not known before."""
    bills: int
    sha256: str = field(default="", compare=False)
    """Its hash; empty of a file that is too large to be read."""


@dataclass
class _Item:
    """A file that may be a bill: one of the inbox, or one inside it."""

    arrival: Arrival
    original: Path
    results: list[ReadResult] | None = None
    """What is read of it, None as long as it is not."""
    is_known: bool = False


@dataclass
class _Held:
    """A file of the inbox, locked, and what is in it."""

    path: Path
    file: BinaryIO
    arrival: Arrival
    original: Path
    items: list[_Item] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __hash__(self) -> int:
        """Each is its own."""
        return id(self)

    @property
    def results(self) -> list[ReadResult]:
        """All that was read in it."""
        return [result for item in self.items for result in item.results or ()]


class Intake(AbstractContextManager["Intake"]):
    """Takes files of an inbox in, several at the same time."""

    def __init__(
        self,
        home: Home,
        engine: Engine,
        settings: ReaderSettings,
        unpackers: Sequence[Unpacker],
        now: Callable[[], dt.datetime],
    ) -> None:
        self._home, self._engine, self._settings = home, engine, settings
        self._unpackers, self._now = unpackers, now
        self._reader = Reader("billclerk", fingerprint())
        self._lanes: Lanes[tuple[_Held, int]] = Lanes(settings)
        self._held: dict[Path, _Held] = {}
        self._later: dict[Path, State] = {}

    def __enter__(self) -> Intake:
        """Get ready."""
        self._lanes.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Let go of all that was not filed away; it stays in the inbox."""
        self._lanes.__exit__(*error)
        for held in self._held.values():
            held.file.close()
        self._held.clear()

    def __contains__(self, path: Path) -> bool:
        """Tell whether a file is in hand, or waits for its turn among the scans."""
        return path in self._held or path in self._later

    @property
    def is_full(self) -> bool:
        """Whether no more should be offered for now."""
        return self._lanes.busy(Lane.TEXT) >= AHEAD * self._settings.jobs

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in hand and nothing waits."""
        return not self._held and not self._later

    @property
    def waiting(self) -> int:
        """How many files are in hand, or wait for their turn among the scans."""
        return len(self._held) + len(self._later)

    def offer(self, path: Path, lane: Lane = Lane.TEXT) -> Iterator[Filed]:
        """Take a file in hand; give it at once if nothing has to be read.

        What others hold, what is gone meanwhile, links and hidden files are passed over.

        Raises:
            OSError: if something cannot be kept, the disk being full for one; the file stays in the inbox.
            SQLAlchemyError: the same of the database.
        """
        try:
            held = self._hold(path)
        except TooLargeError as error:
            put_aside(self._home, path, str(error))
            yield Filed(shown(path.name), "rejected", False, 0)
            return
        if held is None:
            return
        self._held[path] = held
        try:
            self._look_into(held)
        except BaseException:
            self._let_go(held)
            raise
        for at, item in enumerate(held.items):
            if item.results is None:
                self._lanes.ask((held, at), Asked(item.original), lane)
        if all(item.results is not None for item in held.items):
            yield self._filed(held)

    def ready(self, seconds: float) -> Iterator[Filed]:
        """Give what is filed away by now, or within so many seconds; begin scans that wait for their turn.

        Raises:
            OSError: as `offer` does; the file stays in the inbox, and others that are in hand go on.
            SQLAlchemyError: the same of the database.
        """
        for (held, at), lines in self._lanes.ready(seconds):
            if held.path not in self._held or self._held[held.path] is not held:
                continue  # let go of meanwhile
            if lines is None:
                self._recognise(held, at)
                continue
            held.items[at].results = [ReadResult.model_validate_json(line) for line in lines]
            if all(item.results is not None for item in held.items):
                yield self._filed(held)
        while self._later and self._has_room_for_scans():
            path, state = next(iter(self._later.items()))
            del self._later[path]
            if _state(path) == state:
                yield from self.offer(path, Lane.SCANS)

    def leave_the_rest(self) -> None:
        """Leave in the inbox what is not being read already."""
        self._later.clear()
        for held, _ in self._lanes.forget_waiting():
            self._let_go(held)

    def _has_room_for_scans(self) -> bool:
        return self._lanes.busy(Lane.SCANS) < AHEAD * self._settings.jobs

    def _recognise(self, held: _Held, at: int) -> None:
        """Have a scan read, or its file wait: thousands cannot be held open."""
        if self._has_room_for_scans():
            self._lanes.ask((held, at), Asked(held.items[at].original), Lane.SCANS)
            return
        state = _state(held.path)
        self._let_go(held)
        if state is not None:
            self._later[held.path] = state

    def _let_go(self, held: _Held) -> None:
        self._held.pop(held.path, None)
        held.file.close()

    def _filed(self, held: _Held) -> Filed:
        """Keep what was read, file the file away, and let go of it."""
        try:
            is_new = self._keep(held)
            outcome = outcome_of(held.results)
            if held.said and outcome == "verified":
                outcome = "review"
            self._file_away(held, outcome)
        finally:
            self._let_go(held)
        bills = sum(result.bill is not None for result in held.results)
        return Filed(held.arrival.name, outcome, is_new, bills, held.arrival.sha256)

    # --- what a file is --------------------------------------------------------------------------------

    def _hold(self, path: Path) -> _Held | None:
        """Lock a file and keep its bytes; None where it is none of ours."""
        file = _opened(path)
        if file is None:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            data = whole(file, self._settings.max_file_mb * 1_000_000)
            unpacker = unpacker_of(path.name, data, self._unpackers)
            arrival = _arrival(shown(path.name), data, Origin(), unpacker.kind if unpacker else "bill")
            return _Held(path, file, arrival, kept(self._home.originals, data))
        except (BlockingIOError, UnreadableFileError) as error:  # another program's, or still being written
            file.close()
            if isinstance(error, TooLargeError):
                raise
            return None
        except BaseException:
            file.close()
            raise

    def _look_into(self, held: _Held) -> None:
        """Find what in a file is to be read, and what of that is known."""
        if held.arrival.kind == "bill":
            held.items = [_Item(held.arrival, held.original)]
        else:
            self._unpack(held)
        with reading(self._engine) as session:
            for item in held.items:
                if (at := erased_at(session, item.arrival.sha256)) is not None:
                    held.said.append(f"{item.arrival.name}: erased on {at:%Y-%m-%d}; it is not taken again")
                    item.results, item.is_known = [], True
                elif (there := known(session, item.arrival.sha256)) is not None and (
                    item.arrival.kind == "other" or has_reading(session, there)
                ):
                    item.results, item.is_known = current_records(session, there), True

    def _unpack(self, held: _Held) -> None:
        """Keep the files inside a message or an archive; those that may be bills are to be read."""
        data = held.original.read_bytes()
        try:
            for part in all_parts(held.arrival.name, data, Origin(), self._unpackers):
                is_bill = part.wanted and may_be_a_bill(part.data)
                arrival = _arrival(part.name, part.data, part.origin, "bill" if is_bill else "other")
                results: list[ReadResult] | None = None if is_bill else []
                if all(item.arrival.sha256 != arrival.sha256 for item in held.items):
                    held.items.append(_Item(arrival, kept(self._home.originals, part.data), results))
        except CannotUnpackError as error:
            held.said.append(str(error))
            held.items.clear()
        if not held.said and all(item.arrival.kind == "other" for item in held.items):
            held.said.append("there is no PDF and no picture in it that may be a bill")

    # --- what is kept ------------------------------------------------------------------------------------

    def _keep(self, held: _Held) -> bool:
        """Keep what was read, all of it or nothing; tell whether anything of it was new."""
        if all(item.is_known for item in held.items) and held.arrival.kind == "bill":
            return False
        with writing(self._engine) as session:
            at = self._now()
            parent_id = None
            is_new = False
            if held.arrival.kind != "bill":
                is_new = known(session, held.arrival.sha256) is None
                parent_id = take(session, held.arrival, at).id
            fresh: list[int] = []
            for item in held.items:
                if item.is_known or item.results is None:
                    continue
                there = known(session, item.arrival.sha256)
                if there is not None and has_reading(session, there):
                    continue  # another program's work of just now
                document = take(session, item.arrival.inside(parent_id), at)
                if item.arrival.kind == "bill":
                    make_current(session, add_reading(session, document, item.results, self._reader, at))
                    fresh.append(document.id or 0)
            settle(session, fresh)
        return is_new or bool(fresh)

    def _file_away(self, held: _Held, outcome: Outcome) -> None:
        """Take a file out of the inbox, unless another one has taken its place there."""
        if not _is_still(held):
            return
        if outcome == "verified":
            held.path.unlink(missing_ok=True)
            return
        note = note_on(held.results, held.said)
        put_away(self._home, held.path, held.original.read_bytes(), outcome, note)


def ingest(
    home: Home,
    engine: Engine,
    paths: Iterable[Path],
    settings: ReaderSettings,
    now: Callable[[], dt.datetime],
    unpackers: Sequence[Unpacker] = (),
) -> Iterator[Filed]:
    """Take files in, several at the same time, text before scans; give each when it is filed away.

    Raises:
        OSError: if something cannot be kept, the disk being full for one; the file stays in the inbox.
        SQLAlchemyError: the same of the database.
    """
    left = deque(paths)
    with Intake(home, engine, settings, unpackers, now) as intake:
        while left or not intake.is_idle:
            if left and not intake.is_full:
                yield from intake.offer(left.popleft())
                yield from intake.ready(0)
            else:
                yield from intake.ready(LONG)


LONG = 60.0
"""Seconds that nothing has to happen in for `ingest` to look up."""


def _arrival(name: str, data: bytes, origin: Origin, kind: str) -> Arrival:
    return Arrival(
        sha256=hashlib.sha256(data).hexdigest(),
        name=name,
        size=len(data),
        came_by=origin.came_by,
        kind=kind,
        sender=origin.sender,
        subject=origin.subject,
        message_id=origin.message_id,
    )


def _opened(path: Path) -> BinaryIO | None:
    """Open a file of the inbox; None where there is none, or it is hidden or a link."""
    if path.name.startswith("."):
        return None
    try:
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb", buffering=0)
    except (FileNotFoundError, IsADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:  # a link
            return None
        raise


def _state(path: Path) -> State | None:
    try:
        status = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _is_still(held: _Held) -> bool:
    """Tell whether the file in the inbox is the one that was read."""
    try:
        now, then = held.path.stat(), os.fstat(held.file.fileno())
    except FileNotFoundError:
        return False
    return (now.st_ino, now.st_dev, now.st_size) == (then.st_ino, then.st_dev, held.arrival.size)
