"""From the inbox into the store: each file read once, kept, and filed away by what was read.

    inbox/a.pdf -> originals/ab/ab12....pdf -> read -> store, in one transaction -> out of the inbox
        verified:   nothing is left of it in the inbox
        review:     moved to review/, beside it a note that says why
        unreadable: moved to rejected/, with a note

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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import BinaryIO, Literal

from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.fingerprint import fingerprint
from extractor.guarded import read_lines
from extractor.home import Home, written_privately
from extractor.model import ReadResult, Status
from extractor.originals import kept
from extractor.pages.errors import TooLargeError, UnreadableFileError
from extractor.pages.files import whole
from extractor.settings import ReaderSettings
from extractor.store.documents import (
    Arrival,
    Reader,
    add_reading,
    current_records,
    has_reading,
    known,
    make_current,
    take,
)

Outcome = Literal["verified", "review", "rejected"]

LONGEST_NAME = 200
"""Bytes of a name that a note's suffix may be added to; the system allows 255."""


@dataclass(frozen=True)
class Filed:
    """What became of a file of the inbox."""

    name: str
    outcome: Outcome
    is_new: bool
    """Whether something was kept that was not known before."""
    bills: int


@dataclass
class _Held:
    """A file of the inbox, locked, and its bytes."""

    path: Path
    file: BinaryIO
    sha256: str
    size: int
    original: Path


def ingest(
    home: Home,
    engine: Engine,
    paths: Iterable[Path],
    settings: ReaderSettings,
    now: Callable[[], dt.datetime],
) -> Iterator[Filed]:
    """Take files in, in their order, several read at the same time; give each when it is filed away.

    What others hold, what is gone meanwhile, links and hidden files are passed over.

    Raises:
        OSError: if something cannot be kept, the disk being full for one; the file stays in the inbox.
        SQLAlchemyError: the same of the database.
    """
    reader = Reader("billclerk", fingerprint())
    waiting: deque[_Held] = deque()
    done: deque[Filed] = deque()

    def originals() -> Iterator[Path]:
        for path in paths:
            try:
                held = _hold(home, path, settings.max_file_mb * 1_000_000)
            except TooLargeError as error:
                done.append(_too_large(home, path, error))
                continue
            if held is None:
                continue
            records = _known_records(engine, held)
            if records:
                done.append(_filed(home, held, records, is_new=False))
            else:
                waiting.append(held)
                yield held.original

    try:
        for _, lines in read_lines(originals(), None, settings):
            while done:
                yield done.popleft()
            results = [ReadResult.model_validate_json(line) for line in lines]
            is_new = _keep(engine, waiting[0], results, reader, now())
            yield _filed(home, waiting.popleft(), results, is_new)
        yield from done
    finally:
        for held in waiting:  # others may have them
            held.file.close()


def _known_records(engine: Engine, held: _Held) -> list[ReadResult]:
    """Return what is kept of a file that came before, nothing if it never came."""
    with reading(engine) as session:
        there = known(session, held.sha256)
        return current_records(session, there) if there else []


def _filed(home: Home, held: _Held, results: list[ReadResult], is_new: bool) -> Filed:
    """File a file away that is kept, and let go of it."""
    with held.file:
        outcome = outcome_of(results)
        _file_away(home, held, outcome, results)
    return Filed(_shown(held.path.name), outcome, is_new, sum(result.bill is not None for result in results))


def _too_large(home: Home, path: Path, error: TooLargeError) -> Filed:
    """Move a file to the rejected ones that is larger than any that is read."""
    there = _place(home.rejected, path.name)
    written_privately(there.with_name(f"{there.name}.txt"), f"{error}\n".encode())
    path.rename(there)
    return Filed(_shown(path.name), "rejected", False, 0)


def outcome_of(results: Iterable[ReadResult]) -> Outcome:
    """Return where a file with these records belongs: the worst bill decides; no bill at all is rejected."""
    statuses = {result.status for result in results}
    if statuses <= {Status.UNREADABLE}:
        return "rejected"
    return "verified" if statuses == {Status.VERIFIED} else "review"


def _hold(home: Home, path: Path, limit: int) -> _Held | None:
    """Lock a file and keep its bytes; None where it is none of ours."""
    if path.name.startswith("."):
        return None
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb", buffering=0)
    except (FileNotFoundError, IsADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:  # a link
            return None
        raise
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        data = whole(file, limit)
        return _Held(path, file, hashlib.sha256(data).hexdigest(), len(data), kept(home.originals, data))
    except TooLargeError:
        file.close()
        raise
    except (BlockingIOError, UnreadableFileError):  # another program's, or still being written
        file.close()
        return None
    except BaseException:
        file.close()
        raise


def _keep(engine: Engine, held: _Held, results: list[ReadResult], reader: Reader, now: dt.datetime) -> bool:
    """Keep what was read, if the same reader has not kept it before; tell whether it was kept."""
    with writing(engine) as session:
        there = known(session, held.sha256)
        if there is not None and has_reading(session, there):
            return False
        document = take(session, Arrival(held.sha256, _shown(held.path.name), held.size), now)
        make_current(session, add_reading(session, document, results, reader, now))
    return True


def _file_away(home: Home, held: _Held, outcome: Outcome, results: list[ReadResult]) -> None:
    """Take a file out of the inbox, unless another one has taken its place there."""
    if not _is_still(held):
        return
    if outcome == "verified":
        held.path.unlink(missing_ok=True)
        return
    folder = home.review if outcome == "review" else home.rejected
    if any(one.read_bytes() == held.original.read_bytes() for one in _namesakes(folder, held.path.name)):
        held.path.unlink(missing_ok=True)  # these bytes stand there already
        return
    there = _place(folder, held.path.name)
    written_privately(there.with_name(f"{there.name}.txt"), _note(results).encode())
    held.path.rename(there)
    there.chmod(0o600)


def _is_still(held: _Held) -> bool:
    """Tell whether the file in the inbox is the one that was read."""
    try:
        now, then = held.path.stat(), os.fstat(held.file.fileno())
    except FileNotFoundError:
        return False
    return (now.st_ino, now.st_dev, now.st_size) == (then.st_ino, then.st_dev, held.size)


def _place(folder: Path, name: str) -> Path:
    """Return a place in a folder that is free for a name."""
    return next(place for place in _numbered(folder, name) if not place.exists())


def _namesakes(folder: Path, name: str) -> Iterator[Path]:
    """Give the files of a folder that came by a name."""
    return takewhile(Path.exists, _numbered(folder, name))


def _numbered(folder: Path, name: str) -> Iterator[Path]:
    """Give the places for files of one name: `a.pdf`, `a-2.pdf`, ..."""
    path = folder / _short(name)
    yield path
    for number in count(2):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")


def _shown(name: str) -> str:
    """Return a name as text that can be kept and printed, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _short(name: str) -> str:
    """Return a name short enough to be added to, its end kept."""
    while len(os.fsencode(name)) > LONGEST_NAME:
        name = name[1:]
    return name


def _note(results: list[ReadResult]) -> str:
    """Return what a person has to know of a file: each error, and where."""
    lines = []
    for number, result in enumerate(results, 1):
        which = f"bill {number}: " if len(results) > 1 else ""
        for finding in result.findings:
            if finding.severity == "error":
                page = f"page {finding.page}: " if finding.page else ""
                lines.append(f"{which}{page}{finding.message}")
    return "\n".join(lines) + "\n"
