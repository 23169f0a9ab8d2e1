"""The sheets of an .xlsx workbook as rows of text, streamed, within limits.

Dates and times become ISO text, so that no order of day and month is left open; a number has the
fifteen digits that a spreadsheet counts with. A cell without a computed value is empty. A workbook
is a zip of XML: what would unpack to more than a person's workbook has, or has entities, is refused
before it is parsed.
"""

from __future__ import annotations

import datetime as dt
import lzma
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal
from typing import Any, BinaryIO

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._sce_text import damaged
from extractor.intervals.mapped.text import COLUMNS, HEADED, Row

ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How an .xlsx begins, and an old .xls, or one with a password."""

PARTS, BYTES, RATIO = 2000, 400_000_000, 300
"""Files in a workbook, their bytes unpacked, and how much smaller they may be packed."""

SMALL = 10_000_000
"""Bytes below which no ratio matters."""

ROWS = 1_048_576
"""Rows of a sheet: Excel's own limit."""

_FIFTEEN = Context(prec=15)
_ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)|<\0!\0(D\0O\0C\0T|E\0N\0T)|\0<\0!\0(D\0O\0C|E\0N\0T)")
_FIRST_DAY = dt.datetime(1900, 1, 1)  # noqa: DTZ001 - what a spreadsheet makes of 24:00


_DAMAGED_ZIP = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError),
    *(ValueError, OverflowError, struct.error, zlib.error, lzma.LZMAError),
)
"""What a zip that is damaged makes Python's reader raise."""

_DAMAGED = (*_DAMAGED_ZIP, SyntaxError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What openpyxl, which has no error of its own, lets through of a damaged workbook: those of the zip, its XML
parsers' (both are syntax errors), and those of parts, attributes and values that are not what it expects."""


class Sheet:
    """A sheet of a workbook."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self.name = str(sheet.title)

    def head(self) -> list[Row]:
        """Return the first rows."""
        rows = []
        for row in self._rows():
            rows.append(row)
            if len(rows) == HEADED:
                break
        return rows

    def after(self, line: int) -> Iterator[Row]:
        """Give each row after one.

        Raises:
            UnreadableIntervalsError: if it is damaged, or has more than a sheet can have.
        """
        return (row for row in self._rows() if row[0] > line)

    def _rows(self) -> Iterator[Row]:
        for at, cells in enumerate(self._cells(), 1):
            _refuse_beyond(at, cells)
            yield at, [text_of(cell) for cell in cells[:COLUMNS]]

    def _cells(self) -> Iterator[Sequence[object]]:
        """Give each row as openpyxl reads it; what it raises is the sheet's damage."""
        self._sheet.reset_dimensions()  # what a file says of its size is not believed
        try:
            yield from self._sheet.iter_rows(values_only=True)
        except _DAMAGED as error:
            raise UnreadableIntervalsError("a sheet of this workbook is damaged; save it again") from error


def _refuse_beyond(at: int, cells: Sequence[object]) -> None:
    if at > ROWS:
        raise damaged(at, "a sheet cannot have so many rows")
    if any(cell is not None for cell in cells[COLUMNS:]):
        raise damaged(at, f"it has more than {COLUMNS} columns")


def text_of(cell: object) -> str:
    """Return a cell's value as text.

    >>> text_of(0.1 + 0.2), text_of(8000000001.0), text_of(dt.time(0, 15)), text_of(None)
    ('0.3', '8000000001', '00:15:00', '')
    >>> text_of(dt.datetime(2025, 7, 4, 0, 14, 59, 999000)), text_of(dt.datetime(2025, 7, 4))
    ('2025-07-04 00:15:00', '2025-07-04')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, (int, float)):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        return "24:00:00" if cell == _FIRST_DAY else _moment(cell)
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    if isinstance(cell, dt.time):
        return cell.replace(microsecond=0).isoformat()
    return str(cell).strip()


def _number(cell: float) -> str:
    exact = Decimal(repr(cell))
    if not exact.is_finite():
        return str(cell)
    rounded = _FIFTEEN.plus(exact)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(cell: dt.datetime) -> str:
    """Return a moment to the second: a spreadsheet counts in fractions of a day."""
    whole = (cell + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    return whole.date().isoformat() if whole.time() == dt.time() else whole.isoformat(" ")


def sheets(file: BinaryIO) -> list[Sheet]:
    """Return the sheets of a workbook.

    Raises:
        UnreadableIntervalsError: if it is none, or would unpack to more than one has.
    """
    from openpyxl import load_workbook

    file.seek(0)
    if file.read(len(OLD)) == OLD:
        raise UnreadableIntervalsError(
            "this is an old .xls workbook, or one with a password; save it as .xlsx without one"
        )
    _refuse_bombs(file)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are not read
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        return [Sheet(sheet) for sheet in book.worksheets]
    except _DAMAGED as error:
        raise UnreadableIntervalsError("this workbook cannot be opened; save it again as .xlsx") from error


def _refuse_bombs(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise UnreadableIntervalsError("this is no .xlsx workbook; save it as .xlsx")
            _refuse_large(parts)
            for part in parts:
                _refuse_entities(archive, part)
    except _DAMAGED_ZIP as error:
        raise UnreadableIntervalsError("this workbook is damaged; save it again as .xlsx") from error


def _refuse_large(parts: list[zipfile.ZipInfo]) -> None:
    whole, packed = (sum(getattr(one, name) for one in parts) for name in ("file_size", "compress_size"))
    if len(parts) > PARTS or whole > BYTES or (whole > SMALL and whole > RATIO * packed):
        raise UnreadableIntervalsError("this workbook unpacks to more than it may; split it")


def _refuse_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse XML that defines something: no workbook has it."""
    if not part.filename.lower().endswith((".xml", ".rels")):
        return
    with archive.open(part) as opened:
        before = b""
        while chunk := opened.read(1 << 20):
            if _ENTITIES.search(before + chunk):
                raise UnreadableIntervalsError("this workbook has entities, which none needs; save it again")
            before = chunk[-32:]
