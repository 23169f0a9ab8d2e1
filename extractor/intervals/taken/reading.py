"""One interval file read in a guarded process: a hostile or huge one costs that file and no more.

Such files come from strangers, too: XML that unfolds, lines without an end. The process reads the file
where it lies and writes what it gives (`packed`) into its own folder, so that millions of readings are
never in memory at a time; what comes back is taken only when the reader has come to the end.

    request:  JSON: where the file lies, its name, the mappings of columns that people confirmed
    answer:   JSON: by whom it was read, and where what it gives lies; or why nothing is taken
"""

from __future__ import annotations

import json
import os
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.intervals.formats import AmbiguousFormatError, UnreadableIntervalsError
from extractor.intervals.given import Given
from extractor.intervals.taken.chosen import Columns, chosen
from extractor.intervals.taken.packed import pack, unpack
from extractor.pages.child import Child
from extractor.pages.limits import Limits

TARGET = "extractor.intervals.taken.reading:answer_request"


@dataclass(frozen=True)
class ReadFile:
    """An interval file that was read to its end."""

    key: str
    """By which format, and with what else."""
    revision: int
    given: Iterator[Given]
    place: Path
    """Where that lies as long as it is read."""


def no_columns() -> Sequence[Columns]:
    """Return no mappings of columns."""
    return ()


class Reader:
    """Reads interval files, one at a time, in a guarded process that is started by the first."""

    def __init__(self, limits: Limits, columns: Callable[[], Sequence[Columns]] = no_columns) -> None:
        self._columns = columns
        child = self._child = Child(TARGET, limits)
        weakref.finalize(self, child.close)

    @contextmanager
    def reading(self, path: Path, name: str) -> Iterator[ReadFile]:
        """Give what a file gives; `name` is its own, wherever it lies.

        Raises:
            UnreadableIntervalsError: if nothing of it may be taken.
            ChildError: if it breaks a limit, or we are at fault.
            OSError: if there is no room for what is in it.
        """
        question = {"path": os.fspath(path), "name": name, "columns": list(self._columns())}
        answer: dict[str, Any] = json.loads(self._child.request(json.dumps(question).encode()))
        if "refused" in answer:
            raise UnreadableIntervalsError(answer["refused"])
        if "errno" in answer:
            raise OSError(answer["errno"], answer["strerror"])
        place = Path(answer["path"])
        try:
            with place.open("rb") as file:
                yield ReadFile(answer["key"], answer["revision"], unpack(file), place)
        finally:
            place.unlink(missing_ok=True)


def answer_request(request: bytes) -> bytes:
    """Answer a request inside a guarded process: who read a file, and where what it gives lies."""
    return json.dumps(_answer(json.loads(request))).encode()


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    handle, place = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "wb") as out, Path(asked["path"]).open("rb") as file:
            reader = chosen(file, asked["name"], asked["columns"])
            pack(reader.read(file, asked["name"]), out)
    except (UnreadableIntervalsError, AmbiguousFormatError) as error:
        Path(place).unlink()
        return {"refused": str(error)}
    except OSError as error:
        Path(place).unlink()
        return {"errno": error.errno, "strerror": error.strerror}
    except BaseException:
        Path(place).unlink()
        raise
    return {"path": place, "key": reader.key, "revision": reader.revision}
