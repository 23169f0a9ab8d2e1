r"""CMEP's lines as records: fields between commas, in quotes where a comma is inside.

"No line shall exceed a total length of 2048 characters including end of line Carriage Return and Line Feed";
real files also end lines with a line feed alone, and the last one with nothing.

>>> import io
>>> [record] = records(io.BytesIO(b'MEPMD01,19970819,"Acme, Inc." ,1\\r\\n'), Tally({}))
>>> record.field(3), record.field(99)
('Acme, Inc.', '')
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._cmep_units import Names
from extractor.intervals.formats._tally import Tally

LINE = 2048
"""Characters that a line may have, its end included."""

REFUSED = 65_536
"""Characters from which a line is no record at all."""


class Record(NamedTuple):
    """A line: its number and its fields."""

    number: int
    fields: list[str]

    def refused(self, why: str) -> UnreadableIntervalsError:
        """Return the error that this line is."""
        return UnreadableIntervalsError(f"line {self.number}: {why}")

    def field(self, number: int) -> str:
        """Return a field by its number in the specification; records may end early."""
        return self.fields[number - 1] if number <= len(self.fields) else ""

    def names(self) -> Names:
        """Return who speaks to whom, and of what."""
        return Names(*(self.field(number) for number in (3, 4, 5, 6, 8)))


def records(file: BinaryIO, tally: Tally) -> Iterator[Record]:
    """Give the lines of a file that are not empty; what is unusual of a line's length or end is told.

    Raises:
        UnreadableIntervalsError: if a line is longer than any record.
    """
    number, line = 0, b"\n"
    while raw := file.readline(REFUSED):
        number, line = number + 1, raw
        if len(line) > LINE:
            _check_length(line, number, tally)
        text = line.removeprefix(b"\xef\xbb\xbf").decode("latin-1").strip("\r\n\x1a")
        if text.strip():
            yield Record(number, _fields(text))
    if not line.endswith((b"\n", b"\r")):
        tally.add("unended", number)


def _check_length(line: bytes, number: int, tally: Tally) -> None:
    if len(line) >= REFUSED:
        raise UnreadableIntervalsError(f"line {number}: is longer than any record")
    tally.add("long_line", number)


def _fields(text: str) -> list[str]:
    """Return the fields of a line; white space around a field is ignored."""
    fields = next(csv.reader([text], skipinitialspace=True)) if '"' in text else text.split(",")
    return [field.strip() for field in fields] if " " in text else fields
