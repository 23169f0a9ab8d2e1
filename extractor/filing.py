"""Where a file goes when it was read: nowhere, to review/ or to rejected/, with a note that says why."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Sequence, Set
from itertools import count, takewhile
from pathlib import Path
from typing import Literal

from extractor.home import Home, synced, written_privately
from extractor.model import ReadResult, Status

Outcome = Literal["verified", "review", "rejected", "left"]

LONGEST_NAME = 200
"""Bytes of a name that a note's suffix may be added to; the system allows 255."""


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
    if any(one.read_bytes() == data for one in _namesakes(folder, path.name)):
        path.unlink(missing_ok=True)
        return
    there = _place(folder, path.name)
    written_privately(there.with_name(f"{there.name}.txt"), note.encode())
    _moved(path, there)
    there.chmod(0o600)


def put_aside(home: Home, path: Path, note: str) -> None:
    """Move a file to the rejected ones whose bytes nobody looked at.

    Raises:
        OSError: as the system says; the file is still where it was.
    """
    there = _place(home.rejected, path.name)
    written_privately(there.with_name(f"{there.name}.txt"), f"{note}\n".encode())
    _moved(path, there)


def _moved(path: Path, there: Path) -> None:
    """Move a file, from another disk if need be: copied whole before it is taken away."""
    try:
        path.rename(there)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        part = there.with_name(f".{there.name}.part")
        shutil.copyfile(path, part)
        synced(part)
        part.replace(there)
        path.unlink()


def note_on(results: Sequence[ReadResult], said: Sequence[str] = ()) -> str:
    """Return what a person has to know of a file: what was said of it, each error, and where."""
    lines = list(said)
    for number, result in enumerate(results, 1):
        which = f"bill {number}: " if len(results) > 1 else ""
        for finding in result.findings:
            if finding.severity == "error":
                page = f"page {finding.page}: " if finding.page else ""
                lines.append(f"{which}{page}{finding.message}")
    return "\n".join(lines) + "\n"


def shown(name: str) -> str:
    """Return a name as text that can be kept and printed, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


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


def _short(name: str) -> str:
    """Return a name short enough to be added to, its end kept."""
    while len(os.fsencode(name)) > LONGEST_NAME:
        name = name[1:]
    return name
