"""Where a file goes when it was read: nowhere, to review/ or to rejected/, with a note that says why."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Literal

from extractor.home import Home, synced, written_privately
from extractor.model import ReadResult, Status

Outcome = Literal["verified", "review", "rejected", "left"]

LONGEST_NAME = 200
"""Bytes of a name that a mark and a note's suffix may be added to; the system allows 255."""

MARKS = (12, 24, 36)
"""Digits of a hash in the name of a file whose own name is taken."""


def outcome_of(statuses: Set[Status]) -> Outcome:
    """Return where a file belongs by what was read in it: the worst decides; nothing at all is rejected."""
    if statuses <= {Status.UNREADABLE}:
        return "rejected"
    return "verified" if statuses == {Status.VERIFIED} else "review"


def put_away(home: Home, path: Path, data: bytes, outcome: Outcome, note: str) -> None:
    """Move a file that a person has to look at, with a note; bytes that stand there already are dropped.

    Raises:
        OSError: as the system says; the file is still where it was.
    """
    folder = home.review if outcome == "review" else home.rejected
    names = _names(path.name, hashlib.sha256(data).hexdigest())
    if any(_holds(folder / name, data) for name in names[:2]):
        path.unlink(missing_ok=True)
        return
    _put(path, folder, names, note).chmod(0o600)


def put_aside(home: Home, path: Path, note: str) -> None:
    """Move a file to the rejected ones whose bytes nobody looked at.

    Raises:
        OSError: as the system says; the file is still where it was.
    """
    state = path.lstat()
    mark = hashlib.sha256(f"{state.st_ino} {state.st_size} {state.st_mtime_ns}".encode()).hexdigest()
    _put(path, home.rejected, _names(path.name, mark), f"{note}\n")


def _put(path: Path, folder: Path, names: Sequence[str], note: str) -> Path:
    """Move a file into a folder under the first of its names that is free; return where.

    Its note is written before, so that no file ever stands there without one.
    """
    for name in names:
        there = folder / name
        if there.exists() or not _is_noted(there.with_name(f"{name}.txt"), note):
            continue
        try:
            _moved(path, there)
        except FileExistsError:  # another program was faster
            continue
        return there
    raise OSError(errno.EEXIST, "all its names are taken in the folder where it belongs", str(folder))


def _is_noted(place: Path, note: str) -> bool:
    """Write a note, unless something else stands in its place; tell whether it is there."""
    if place.exists():
        return _holds(place, note.encode())  # what a kill left behind
    written_privately(place, note.encode())
    return True


def _holds(place: Path, data: bytes) -> bool:
    """Tell whether a file has these bytes; it is read only if it has as many."""
    return place.is_file() and place.stat().st_size == len(data) and place.read_bytes() == data


def _moved(path: Path, there: Path) -> None:
    """Move a file to where none is, from another disk if need be: copied whole before it is taken away.

    Raises:
        FileExistsError: if there is one by now.
        OSError: as the system says; the file is still where it was.
    """
    try:
        os.link(path, there, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno != errno.EXDEV:  # a disk on which no file has two names
            _renamed(path, there)
            return
        part = there.with_name(f".{there.name}.{os.getpid()}.part")
        try:
            shutil.copyfile(path, part)
            synced(part)
            _moved(part, there)
        finally:
            part.unlink(missing_ok=True)
    path.unlink()


def _renamed(path: Path, there: Path) -> None:
    if there.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(there))
    path.rename(there)


def note_on(results: Sequence[ReadResult], said: Sequence[str] = ()) -> str:
    """Return what a person has to know of a file: what was said of it, each error, and where."""
    lines = list(said)
    for number, result in enumerate(results, 1):
        which = f"bill {number}: " if len(results) > 1 else ""
        for finding in result.findings:
            if finding.severity == "error":
                page = f"{result.document.counted_in} {finding.page}: " if finding.page else ""
                lines.append(f"{which}{page}{finding.message}")
    return "\n".join(lines) + "\n"


def shown(name: str) -> str:
    """Return a name as text that can be kept and printed, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _names(name: str, mark: str) -> list[str]:
    """Return the names that a file may get: its own, then with the first digits of what tells it from others.

    Thousands of files have one name (`ViewBill.pdf`): so none of them has to be looked at for the next one.
    """
    path = Path(_short(name))
    return [path.name, *(f"{path.stem}-{mark[:digits]}{path.suffix}" for digits in MARKS)]


def _short(name: str) -> str:
    """Return a name short enough to be added to, its end kept."""
    while len(os.fsencode(name)) > LONGEST_NAME:
        name = name[1:]
    return name
