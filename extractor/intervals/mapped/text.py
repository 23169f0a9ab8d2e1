r"""The bytes of a table as text: lines in whichever encoding, rows by whichever delimiter.

UTF-8 with or without its mark, UTF-16, UTF-32, and what is none of them, byte by byte, as Windows'
cp1252. Lines above the heading may have a quote that is never closed, so there only few lines can be
one row; below the heading a quote that is not closed is damage.

>>> import io
>>> table = Text(io.BytesIO(b"Caf\xe9;1\n\"a\nb\";2\n"), ";")
>>> table.head()
[(1, ['Café', '1']), (3, ['a\nb', '2'])]
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import accumulate, islice
from typing import BinaryIO

from extractor.encoding import UTF_8, encoding_of
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._sce_text import damaged

Row = tuple[int, list[str]]
"""The line that a row ends on, from 1, and its cells."""

DELIMITERS = (",", ";", "\t", "|")

HEADED = 200
"""Rows among which the heading is."""

COLUMNS = 2000
"""Columns that a table may have: a report with a column for each account has hundreds."""

LINE = 1 << 20
"""Characters that a line may have."""

JOINED = 5
"""Lines that one row above or in the heading may have."""

CP1252 = "billclerk-cp1252"
"""Name of the error handler by which bytes that are no UTF-8 are read as cp1252."""


class Text:
    """A table as text: one sheet."""

    name = ""

    def __init__(self, file: BinaryIO, delimiter: str) -> None:
        self._file = file
        self.delimiter = delimiter

    def head(self) -> list[Row]:
        """Return the first rows, however their quotes are."""
        with closing(_lines(self._file)) as every:
            lines = list(islice(every, HEADED + JOINED))
        rows, at = list[Row](), 0
        while at < min(len(lines), HEADED):
            size = self._joined(lines[at : at + JOINED])
            cells = self._cells(lines[at : at + size]) if size else lines[at].split(self.delimiter)
            at += size or 1
            rows.append((at, [cell.strip() for cell in cells[:COLUMNS]]))
        return rows

    def _joined(self, lines: list[str]) -> int:
        """Return how many lines are one row; 0 where a quote is never closed."""
        quotes = accumulate(line.count('"') for line in lines)
        return next((size for size, count in enumerate(quotes, 1) if count % 2 == 0), 0)

    def _cells(self, lines: list[str]) -> list[str]:
        return next(csv.reader(lines, delimiter=self.delimiter), [])

    def after(self, line: int) -> Iterator[Row]:
        """Give each row after a line.

        Raises:
            UnreadableIntervalsError: if a quote is not closed, or a row has too many columns.
        """
        lines = _lines(self._file)
        for _ in range(line):
            next(lines, None)
        rows = csv.reader(lines, delimiter=self.delimiter, strict=True)
        try:
            for row in rows:
                if len(row) > COLUMNS:
                    raise damaged(line + rows.line_num, f"it has more than {COLUMNS} columns")
                yield line + rows.line_num, row
        except csv.Error as error:
            raise damaged(line + rows.line_num, f"this is no table: {error}") from error


def _lines(file: BinaryIO) -> Generator[str, None, None]:
    """Give the lines of a file from its beginning; it stays its owner's to close."""
    file.seek(0)
    encoding = encoding_of(file.read(4096))
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, CP1252 if encoding == UTF_8 else "strict")
    try:
        while line := text.readline(LINE):
            if len(line) == LINE:
                raise UnreadableIntervalsError(f"a line has more than {LINE} characters: this is no table")
            yield line
    except UnicodeError as error:
        raise UnreadableIntervalsError(f"this is no text in {encoding}; download it again") from error
    finally:
        text.detach()


def is_text(head: bytes) -> bool:
    r"""Tell whether a file can be text.

    >>> is_text(b"Date,kWh\n"), is_text(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), is_text(b"")
    (True, False, False)
    """
    return bool(head) and (encoding_of(head) != UTF_8 or b"\0" not in head)


def of_each_delimiter(file: BinaryIO) -> Iterable[Text]:
    """Return a file as a table by each delimiter."""
    return [Text(file, delimiter) for delimiter in DELIMITERS]


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes at fault as cp1252, those that it has not as Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    some = error.object[error.start : error.end]
    try:
        return some.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return some.decode("latin-1"), error.end


codecs.register_error(CP1252, _as_cp1252)
