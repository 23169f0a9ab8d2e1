"""From the arguments of a command to the files that it reads.

A folder stands for the bills below it, sorted by path; links to folders are not followed
there (they can form a ring), and EDI without an invoice is no bill. What is named by hand is
passed on as it is: a missing file, a pipe or a folder that may not be searched is the reader's
to refuse, with a record.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

SUFFIXES = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".heic")
"""What a bill's file name ends in, in either case."""

EDI = (".edi", ".x12", ".810")
"""What the name of an EDI file ends in; it may hold anything."""

MOST = 100_000_000
"""Bytes of an EDI file that is looked into."""

HOLDERS = (".eml", ".zip")
"""What the name of a file ends in that may hold bills."""


INTERVALS = (".csv", ".xml", ".txt", ".edi", ".hst", ".cmep", ".dat", ".xlsx")
"""What the name of a file ends in that may hold interval data; many others end so, too."""


def bills_at(paths: Iterable[Path], suffixes: tuple[str, ...] = SUFFIXES) -> Iterator[Path]:
    """Give the files named, and those below the folders named, in the order of the arguments."""
    for path in paths:
        if _is_folder(path):
            yield from sorted(_bills_below(path, suffixes))
        else:
            yield path


def taken_at(paths: Sequence[Path]) -> Iterator[Path]:
    """Give the files named, and those below the folders named that may be taken in.

    Whatever is taken leaves its place: so of a folder's tables and texts only those that are interval files.
    """
    named = {path for path in paths if not _is_folder(path)}
    for path in bills_at(paths, SUFFIXES + HOLDERS + INTERVALS):
        if path in named or not path.name.lower().endswith(INTERVALS) or _has_intervals(path):
            yield path


def _has_intervals(path: Path) -> bool:
    from extractor.intervals.formats import HEAD
    from extractor.intervals.taken.chosen import may_be_intervals

    try:
        if not path.is_file():  # a pipe would never end
            return False
        with path.open("rb") as file:
            return may_be_intervals(path.name, file.read(HEAD))
    except OSError:  # not ours to see
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # not ours to see, or no name at all: the reader will say so
        return False


def _bills_below(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    closed: list[OSError] = []
    for parent, _, names in os.walk(folder, onerror=closed.append):
        for path in (Path(parent, name) for name in names):
            if path.name.lower().endswith(suffixes) or (_is_edi(path) and _holds_an_invoice(path)):
                yield path
    yield from (Path(error.filename) for error in closed)


def _is_edi(path: Path) -> bool:
    return path.name.lower().endswith(EDI)


def _holds_an_invoice(path: Path) -> bool:
    """Tell whether an EDI file holds an invoice; of one that cannot be looked into, the reader says why."""
    from extractor.intake.claims import may_be_a_bill
    from extractor.pages.errors import UnreadableFileError
    from extractor.pages.files import file_bytes

    try:
        return may_be_a_bill(file_bytes(path, MOST))
    except UnreadableFileError:
        return True
