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
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from extractor.fingerprint import fingerprint
from extractor.guarded import Asked
from extractor.home import Home
from extractor.intake.claims import OtherKind, Unpacker
from extractor.intake.filing import put_aside, shown
from extractor.intake.holding import Held, Item, State, state_of
from extractor.intake.keeping import keep
from extractor.intake.lanes import Lane, Lanes
from extractor.intake.leaving import Filed, filed_away
from extractor.intake.looking import Looking
from extractor.model import ReadResult
from extractor.originals import kept
from extractor.pages.errors import TooLargeError
from extractor.settings import ReaderSettings
from extractor.store.documents import Reader

__all__ = ["Filed", "Intake", "ingest"]

AHEAD = 16
"""Files in hand for each process: enough to work on, few enough to hold open."""

OUTAGES = (OSError, OperationalError, InterfaceError)
"""What is nobody's fault and may be over soon: a disk that is full, a database that is gone."""

log = logging.getLogger(__name__)


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
        self._now = now
        self._looking = Looking(home, engine, settings, unpackers, kinds)
        self._reader = Reader("billclerk", fingerprint())
        self._lanes: Lanes[tuple[Held, int]] = Lanes(settings)
        self._held: dict[Path, Held] = {}
        self._later: dict[Path, State] = {}
        self._after: dict[Path, State] = {}
        """Files of other kinds than bills, which come after them: whose they are is known by bills."""
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
        """Tell whether a file is in hand, waits for its turn, or was left for good."""
        was_left = path in self.left and self.left[path] == state_of(path)
        return was_left or any(path in waiting for waiting in (self._held, self._later, self._after))

    @property
    def is_full(self) -> bool:
        """Whether no more should be offered for now."""
        return self._lanes.busy(Lane.TEXT) >= AHEAD * self._settings.jobs

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in hand and nothing waits."""
        return not self.waiting

    @property
    def waiting(self) -> int:
        """How many files are in hand, or wait for their turn among the scans or after the bills."""
        return len(self._held) + len(self._later) + len(self._after)

    def offer(self, path: Path, lane: Lane = Lane.TEXT) -> Iterator[Filed]:
        """Take a file in hand; give it at once if nothing has to be read.

        What others hold, what is gone meanwhile, links and hidden files are passed over.

        Raises:
            OSError: if something cannot be kept, the disk being full for one; the file stays in the inbox.
            SQLAlchemyError: the same of the database.
        """
        try:
            held = self._looking.hold(path)
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
        if held.kind is not None and self._lanes.busy(Lane.TEXT):
            self._wait(held, self._after)
            return
        self._held[path] = held
        try:
            self._looking.look_into(held)
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
        """Give what is filed away by now, or within so many seconds; begin what waits for its turn.

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
        while self._after and not self._lanes.busy(Lane.TEXT):
            path, state = next(iter(self._after.items()))
            del self._after[path]
            if state_of(path) == state:
                yield from self.offer(path)

    def leave_the_rest(self) -> None:
        """Leave in the inbox what is not being read already."""
        self._later.clear()
        self._after.clear()
        for held, _ in self._lanes.forget_waiting():
            self._let_go(held)

    def _has_room_for_scans(self) -> bool:
        return self._lanes.busy(Lane.SCANS) < AHEAD * self._settings.jobs

    def _recognise(self, held: Held, at: int) -> None:
        """Have a scan read, or its file wait: thousands cannot be held open."""
        if self._has_room_for_scans():
            self._lanes.ask((held, at), Asked(held.items[at].original), Lane.SCANS)
            return
        self._wait(held, self._later)

    def _wait(self, held: Held, among: dict[Path, State]) -> None:
        """Let a file go until its turn has come."""
        state = state_of(held.path)
        self._let_go(held)
        if state is not None:
            among[held.path] = state

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
                yield filed_away(self._home, held, is_new)
        finally:
            for held in files:
                self._let_go(held)

    def _left(self, held: Held) -> Filed:
        """Leave a file that nobody can keep in the inbox, and alone as long as it stays the same."""
        log.exception("a fault of ours, not of document %s", held.arrival.sha256[:12])
        self.left[held.path] = state_of(held.path)
        return Filed(held.arrival.name, "left", False, 0, held.arrival.sha256)

    def _keep(self, files: Sequence[Held]) -> list[bool]:
        """Keep what was read, all of it or nothing; tell of each file whether anything of it was new."""
        if all(held.unpacker is None and held.items[0].is_known for held in files):
            return [False] * len(files)
        return keep(self._engine, files, self._reader, self._now())


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
