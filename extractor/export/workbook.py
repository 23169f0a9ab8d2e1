"""Rows as a workbook, whose cells have types: text is only text, whatever a spreadsheet could take it for.

Rows stream through a file of the system's temporary folder (`TMPDIR`); none but the one in hand is held.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.base.errors import BillclerkError
from extractor.export.files import BESIDE, Beside
from extractor.export.rows import Column, Kind, Row, Value

if TYPE_CHECKING:
    from rustpy_xlsxwriter import FastExcel

LONGEST_SHEET = 1_048_575
"""Rows of a sheet below its header."""

LONGEST_CELL = 32_767
"""Characters that a cell holds."""

FIRST_YEAR = 1900
"""Of a workbook's dates; one before is text."""

NUMBER = "#,##0.00######"
"""How numbers are shown: amounts with two places, rates with up to eight."""

_TYPES: dict[Kind, tuple[type, ...]] = {
    "text": (str,),
    "whole": (int,),
    "number": (Decimal, int),
    "date": (dt.date,),
    "flag": (bool,),
}

_SYSTEM = re.compile(r"\(os error (\d+)\)|Os \{ code: (\d+)")
"""Where the library's words have the number of the system's error."""


class TooLongError(BillclerkError):
    """There are more rows than a sheet holds; the other forms hold any number."""

    exit_code = 2


def write_xlsx(
    columns: Sequence[Column], rows: Iterable[Row], path: Path, name: str, beside: Beside | None = None
) -> int:
    """Write rows as a workbook: identifiers as text, the header frozen, with filters; return how many rows.

    What is beside them has a sheet of its own behind them.

    Raises:
        TooLongError: if a sheet does not hold them all; no file is written.
        OSError: if the system cannot write it, with the system's number.
    """
    from rustpy_xlsxwriter import FastExcel

    count = 0

    def counted() -> Iterator[Row]:
        nonlocal count
        for row in rows:
            if count == LONGEST_SHEET:
                raise TooLongError(
                    f"a sheet of a workbook holds {LONGEST_SHEET:,} rows, and these are more;"
                    " export them as csv, json or parquet, or fewer of them"
                )
            count += 1
            yield row

    book = FastExcel(path, output_format="xlsx").format(datetime_format="yyyy-mm-dd", bold_headers=True)
    book.freeze(row=1)
    _sheet(book, name, columns, counted())
    if beside is not None:
        _sheet(book, BESIDE, beside.columns, _when_asked(beside))
    try:
        book.save()
    except BaseException as error:  # where its own file cannot be written it panics, which is no Exception
        if (number := _number(error)) is not None:
            raise OSError(number, os.strerror(number)) from None
        raise
    return count


def _sheet(book: FastExcel, name: str, columns: Sequence[Column], rows: Iterable[Row]) -> None:
    from rustpy_xlsxwriter import Format

    number = Format().set_num_format(NUMBER)
    book.sheet(
        name,
        _in_cells(columns, rows),
        autofilter=True,
        column_widths={column.name: max(len(column.name) + 3, 12) for column in columns},
        column_formats={column.name: number for column in columns if column.kind == "number"},
    )


def _when_asked(beside: Beside) -> Iterator[Row]:
    yield from beside.rows()


def _in_cells(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[dict[str, Value | float]]:
    """Give rows as cells have them; where there are none, an empty one, which brings the header."""
    kinds = [(column.name, column.kind) for column in columns]
    is_empty = True
    for row in rows:
        is_empty = False
        yield {name: _in_cell(row.get(name), kind) for name, kind in kinds}
    if is_empty:
        yield dict.fromkeys(name for name, _ in kinds)


def _in_cell(value: Value, kind: Kind) -> Value | float:
    """Return a value as its column has it, whose cells have one format: what is not of its kind is text."""
    if value is None:
        return None
    if type(value) not in _TYPES[kind] or (isinstance(value, dt.date) and value.year < FIRST_YEAR):
        value = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, str):
        return value[:LONGEST_CELL]
    return float(value) if isinstance(value, Decimal) else value


def _number(error: BaseException) -> int | None:
    """Return the number of the system's error; the library has it in words alone."""
    is_its_own = isinstance(error, OSError) and error.errno is None
    if not is_its_own and type(error).__name__ != "PanicException":
        return None
    found = _SYSTEM.search(str(error))
    return None if found is None else int(found[1] or found[2])
