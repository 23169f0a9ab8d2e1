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
import fcntl
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from extractor.base.database import glancing, reading
from extractor.claims import (
    CannotUnpackError,
    Origin,
    OtherKind,
    Unpacker,
    all_parts,
    kind_of,
    may_be_a_bill,
    unpacker_of,
)
from extractor.filing import Outcome, note_on, outcome_of, put_aside, put_away, shown
from extractor.fingerprint import fingerprint
from extractor.guarded import Asked
from extractor.holding import Held, Item, State, arrival_of, is_still, opened, state_of
from extractor.home import Home
from extractor.keeping import keep
from extractor.lanes import Lane, Lanes
from extractor.model import ReadResult, Status
from extractor.originals import kept, place_of
from extractor.pages.errors import TooLargeError, UnreadableFileError
from extractor.pages.files import whole
from extractor.settings import ReaderSettings
from extractor.store.documents import Reader, current_records, met

AHEAD = 16
"""Files in hand for each process: enough to work on, few enough to hold open."""

AT_ONCE = 5_000_000
"""Bytes of a file above which it is kept before others are taken in hand: memory is not for bytes."""

OUTAGES = (OSError, OperationalError, InterfaceError)
"""What is nobody's fault and may be over soon: a disk that is full, a database that is gone."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Filed:
    """What became of a file of the inbox."""

    name: str
    outcome: Outcome
    """`left` of one that may not be opened, or not be kept through a fault of ours, and is still there."""
    is_new: bool
    """Whether something was kept that was not known before."""
    bills: int
    sha256: str = field(default="", compare=False)
    """Its hash; empty of a file that is too large to be read."""


class Intake(AbstractContextManager["Intake"]):
    """Takes files of an inbox in, several at the same time."""

    def __init__(
        self,
        home: Home,
        engine: Engine,
        settings: ReaderSettings,
        unpackers: Sequence[Unpacker],
        now: Callable[[], dt.datetime],
        kinds: Sequence[OtherKind] = (),
    ) -> None:
        self._home, self._engine, self._settings = home, engine, settings
        self._unpackers, self._kinds, self._now = unpackers, kinds, now
        self._reader = Reader("billclerk", fingerprint())
        self._lanes: Lanes[tuple[Held, int]] = Lanes(settings)
        self._held: dict[Path, Held] = {}
        self._later: dict[Path, State] = {}
        self.left: dict[Path, State | None] = {}
        """Files that nobody can keep through a fault of ours, as they were then."""

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
        """Tell whether a file is in hand, waits for its turn among the scans, or was left for good."""
        was_left = path in self.left and self.left[path] == state_of(path)
        return path in self._held or path in self._later or was_left

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
        except PermissionError:
            self.left[path] = state_of(path)
            yield Filed(shown(path.name), "left", False, 0)
            return
        if held is None:
            return
        self._held[path] = held
        try:
            self._look_into(held)
        except OUTAGES:
            self._let_go(held)
            raise
        except Exception:  # our fault: the document stays here, the others go on
            self._let_go(held)
            yield self._left(held)
            return
        for at, item in enumerate(held.items):
            if item.results is None:
                self._lanes.ask((held, at), Asked(item.original), lane, self._keeping(item))
        if held.is_read:
            yield from self._all_filed([held])

    def _keeping(self, item: Item) -> Callable[[], object] | None:
        """Return what keeps the bytes of a file, beside the reading of others; None if they are kept."""
        data, item.unkept = item.unkept, None
        return None if data is None else partial(kept, self._home.originals, data)

    def ready(self, seconds: float) -> Iterator[Filed]:
        """Give what is filed away by now, or within so many seconds; begin scans that wait for their turn.

        Raises:
            OSError: as `offer` does; the file stays in the inbox, and others that are in hand go on.
            SQLAlchemyError: the same of the database.
        """
        done: list[Held] = []
        failed: OSError | None = None
        for (held, at), lines in self._lanes.ready(seconds, enough=self._lanes.busy(Lane.TEXT) // 2):
            if self._held.get(held.path) is not held:
                continue  # let go of meanwhile
            if isinstance(lines, OSError):
                self._let_go(held)
                failed = lines
                continue
            if lines is None:
                self._recognise(held, at)
                continue
            item = held.items[at]
            item.records = [line.decode() for line in lines]
            item.results = [ReadResult.model_validate_json(line) for line in lines]
            if held.is_read:
                done.append(held)
        yield from self._all_filed(done)
        if failed is not None:
            raise failed
        while self._later and self._has_room_for_scans():
            path, state = next(iter(self._later.items()))
            del self._later[path]
            if state_of(path) == state:
                yield from self.offer(path, Lane.SCANS)

    def leave_the_rest(self) -> None:
        """Leave in the inbox what is not being read already."""
        self._later.clear()
        for held, _ in self._lanes.forget_waiting():
            self._let_go(held)

    def _has_room_for_scans(self) -> bool:
        return self._lanes.busy(Lane.SCANS) < AHEAD * self._settings.jobs

    def _recognise(self, held: Held, at: int) -> None:
        """Have a scan read, or its file wait: thousands cannot be held open."""
        if self._has_room_for_scans():
            self._lanes.ask((held, at), Asked(held.items[at].original), Lane.SCANS)
            return
        state = state_of(held.path)
        self._let_go(held)
        if state is not None:
            self._later[held.path] = state

    def _let_go(self, held: Held) -> None:
        self._held.pop(held.path, None)
        held.file.close()

    def _all_filed(self, files: list[Held]) -> Iterator[Filed]:
        """Keep what was read, in one transaction for all that is ready, and file each file away.

        Where one of them cannot be kept through a fault of ours, each is tried by itself, and that one is
        left where it is: no file can stop the others.
        """
        try:
            try:
                news = self._keep(files)
            except OUTAGES:
                raise
            except Exception:  # our fault, with one of them: each is tried by itself
                if len(files) == 1:
                    yield self._left(files[0])
                    return
                for held in files:
                    yield from self._all_filed([held])
                return
            for held, is_new in zip(files, news, strict=True):
                yield self._filed(held, is_new)
        finally:
            for held in files:
                self._let_go(held)

    def _left(self, held: Held) -> Filed:
        """Leave a file that nobody can keep in the inbox, and alone as long as it stays the same."""
        log.exception("a fault of ours, not of document %s", held.arrival.sha256[:12])
        self.left[held.path] = state_of(held.path)
        return Filed(held.arrival.name, "left", False, 0, held.arrival.sha256)

    def _filed(self, held: Held, is_new: bool) -> Filed:
        """File a file away that is kept."""
        outcome = outcome_of(held.statuses)
        if held.said and outcome == "verified":
            outcome = "review"
        self._file_away(held, outcome)
        bills = sum(result.bill is not None for result in held.results)
        return Filed(held.arrival.name, outcome, is_new, bills, held.arrival.sha256)

    # --- what a file is --------------------------------------------------------------------------------

    def _hold(self, path: Path) -> Held | None:
        """Lock a file and keep its bytes; None where it is none of ours."""
        file = opened(path)
        if file is None:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            changed_at = os.fstat(file.fileno()).st_mtime_ns
            data = whole(file, self._settings.max_file_mb * 1_000_000)
            unpacker = unpacker_of(path.name, data, self._unpackers)
            kind = None if unpacker else kind_of(path.name, data, self._kinds)
            claimer = unpacker or kind
            arrival = arrival_of(shown(path.name), data, Origin(), claimer.kind if claimer else "bill")
            place = place_of(self._home.originals, arrival.sha256, data)
            if claimer or len(data) > AT_ONCE:
                original = kept(self._home.originals, data)
                return Held(path, file, arrival, original, changed_at, unpacker=unpacker, kind=kind)
            return Held(path, file, arrival, place, changed_at, None if place.exists() else data)
        except (BlockingIOError, UnreadableFileError) as error:  # another program's, or still being written
            file.close()
            if isinstance(error, TooLargeError):
                raise
            return None
        except BaseException:
            file.close()
            raise

    def _look_into(self, held: Held) -> None:
        """Find what in a file is to be read, and what of that is known."""
        if held.unpacker is not None:
            self._unpack(held)
        else:
            held.items = [Item(held.arrival, held.original, unkept=held.unkept, kind=held.kind)]
            held.unkept = None
        for item in held.items:
            if item.kind is not None:
                item.look, item.results = item.kind.look(item.original), []
        with glancing(self._engine) as connection:
            found = [met(connection, item.arrival.sha256) for item in held.items]
        for item, there in zip(held.items, found, strict=True):
            if there.erased_at is not None:
                on = f"{there.erased_at:%Y-%m-%d}"
                held.said.append(f"{item.arrival.name}: erased on {on}; it is not taken again")
                item.results, item.is_known = [], True
            elif there.document_id is not None and (
                item.arrival.kind != "bill" or there.reading_id is not None
            ):
                with reading(self._engine) as session:
                    item.results, item.is_known = current_records(session, there.document_id), True

    def _unpack(self, held: Held) -> None:
        """Keep the files inside a message or an archive; those that may be bills are to be read."""
        data = held.original.read_bytes()
        left = self._settings.max_archive_mb * 1_000_000
        hashes: set[str] = set()
        try:
            for part in all_parts(held.arrival.name, data, Origin(), self._unpackers):
                left = _less(left, len(part.data))
                kind = kind_of(part.name, part.data, self._kinds) if part.wanted else None
                is_bill = part.wanted and may_be_a_bill(part.data)
                what = kind.kind if kind else "bill" if is_bill else "other"
                arrival = arrival_of(part.name, part.data, part.origin, what)
                results: list[ReadResult] | None = None if is_bill else []
                if arrival.sha256 not in hashes:
                    hashes.add(arrival.sha256)
                    original = kept(self._home.originals, part.data)
                    held.items.append(Item(arrival, original, results, kind=kind))
        except CannotUnpackError as error:
            held.said.append(str(error))
            held.items.clear()
        if not held.said and all(item.arrival.kind == "other" for item in held.items):
            held.said.append("there is no PDF, no picture and no EDI invoice in it that may be a bill")

    # --- what is kept ------------------------------------------------------------------------------------

    def _keep(self, files: Sequence[Held]) -> list[bool]:
        """Keep what was read, all of it or nothing; tell of each file whether anything of it was new."""
        if all(held.unpacker is None and held.items[0].is_known for held in files):
            return [False] * len(files)
        return keep(self._engine, files, self._reader, self._now())

    def _file_away(self, held: Held, outcome: Outcome) -> None:
        """Take a file out of the inbox, unless another one has taken its place there."""
        if not is_still(held):
            return
        if outcome == "verified":
            held.path.unlink(missing_ok=True)
            return
        looks = (said for look in held.looks if look.status != Status.VERIFIED for said in look.said)
        note = note_on(held.results, [*held.said, *looks])
        unkept = held.items[0].unkept if held.items else None  # of what was erased
        data = held.original.read_bytes() if unkept is None else unkept
        put_away(self._home, held.path, data, outcome, note)


def ingest(
    home: Home,
    engine: Engine,
    paths: Iterable[Path],
    settings: ReaderSettings,
    now: Callable[[], dt.datetime],
    unpackers: Sequence[Unpacker] = (),
    kinds: Sequence[OtherKind] = (),
) -> Iterator[Filed]:
    """Take files in, several at the same time, text before scans; give each when it is filed away.

    Raises:
        OSError: if something cannot be kept, the disk being full for one; the file stays in the inbox.
        SQLAlchemyError: the same of the database.
    """
    left = deque(paths)
    with Intake(home, engine, settings, unpackers, now, kinds) as intake:
        while left or not intake.is_idle:
            if left and not intake.is_full:
                yield from intake.offer(left.popleft())
            else:
                yield from intake.ready(LONG)


LONG = 60.0
"""Seconds that nothing has to happen in for `ingest` to look up."""


def _less(left: int, size: int) -> int:
    """Return what a message or an archive may still hold, after a file of this size.

    Raises:
        CannotUnpackError: if it holds more.
    """
    if size > left:
        raise CannotUnpackError(
            "it holds more than it may; unpack it by hand, or raise BILLCLERK_MAX_ARCHIVE_MB"
        )
    return left - size
