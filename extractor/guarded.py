"""Reading documents in guarded worker processes: what the command line and `extractor.read` call.

A document is a stranger's file, so pages, layout and checks run in a reused process with
limits on memory, processor time, wall-clock time and output (`extractor.pages.child`); what
comes back are the lines of JSON that `billclerk read` prints. Nothing that reads a PDF is
imported here.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sized
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.base.errors import BillclerkError
from extractor.pages.child import ChildPool
from extractor.pages.limits import ChildError, limits_of

if TYPE_CHECKING:
    from extractor.corrections import Correction
    from extractor.model import ReadResult
    from extractor.settings import ReaderSettings

TARGET = "extractor.reading:answer_request"
"""The function that the worker processes answer with."""


@dataclass(frozen=True)
class Asked:
    """A file to be read, and what people corrected of it: with the bill's position, from 1."""

    path: Path
    corrections: tuple[tuple[int, Correction], ...] = ()


class SeveralBillsError(BillclerkError):
    """The file holds several bills where one was asked for; use `read`."""


def read(path: Path | str) -> list[ReadResult]:
    """Read every bill of a file in a guarded process, with the limits of the settings.

    A file that cannot be read gives one record with status unreadable and the reason.
    """
    ((_, lines),) = read_lines([Path(path)])
    from extractor.model import ReadResult

    return [ReadResult.model_validate_json(line) for line in lines]


def read_bill(path: Path | str) -> ReadResult:
    """Read the one bill of a file.

    Raises:
        SeveralBillsError: if the file holds several.
    """
    match read(path):
        case [result]:
            return result
        case results:
            raise SeveralBillsError(f"the file holds {len(results)} bills; use read() for all of them")


def read_lines(
    paths: Iterable[Path], jobs: int | None = None, settings: ReaderSettings | None = None
) -> Iterator[tuple[Path, list[bytes]]]:
    """Give each file's records as lines of JSON, in the order of the paths, read by guarded processes.

    Where there are fewer files than jobs, the pages of a scan are recognised at the same time.
    """
    chosen = settings or _settings()
    files = len(paths) if isinstance(paths, Sized) else None
    for asked, lines in answers((Asked(path) for path in paths), chosen, jobs or chosen.jobs, files):
        yield asked.path, lines


def answers(
    wanted: Iterable[Asked], settings: ReaderSettings, jobs: int, files: int | None = None
) -> Iterator[tuple[Asked, list[bytes]]]:
    """Give the records of each file that is asked for, in that order; `files` is how many there are."""
    processes = max(1, jobs // max(1, jobs if files is None else files))
    waiting: deque[Asked] = deque()

    def requests() -> Iterator[bytes]:
        for asked in wanted:
            waiting.append(asked)
            yield request_for(asked, settings, processes)

    with ChildPool(TARGET, jobs, limits_of(settings)) as pool:
        for answer in pool.map_ordered(requests()):
            asked = waiting.popleft()
            yield asked, lines_of(asked.path, answer)


def lines_of(path: Path, answer: bytes | ChildError) -> list[bytes]:
    """Return the records that a guarded process answered with: of an error, the one that says so."""
    return (_refusal(path, answer) if isinstance(answer, ChildError) else answer).splitlines()


def request_for(asked: Asked, settings: ReaderSettings, processes: int = 1, scans: bool = True) -> bytes:
    """Return the request by which a guarded process is asked to read a file.

    Without `scans` the answer for a file with pages to be recognised is `IS_SCAN`, given at once.
    """
    question = {
        "path": os.fspath(asked.path),
        "max_pages": settings.max_pages,
        "max_file_mb": settings.max_file_mb,
        "max_page_megapixels": settings.max_page_megapixels,
        "processes": processes,
        "scans": scans,
        "corrections": [(position, asdict(correction)) for position, correction in asked.corrections],
    }
    return json.dumps(question).encode()


def _settings() -> ReaderSettings:
    from extractor.base.settings import load
    from extractor.settings import ReaderSettings

    return load(ReaderSettings)


def _refusal(path: Path, error: ChildError) -> bytes:
    """Return the record of a document that broke a limit or its worker process."""
    from extractor.reading import refused, shown

    return refused(shown(path), None, error).model_dump_json().encode()
