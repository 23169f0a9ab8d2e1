"""Rows as files: CSV, JSON lines, Parquet. Rows stream through; none but the one in hand is held.

Text of a document that a spreadsheet would run as a formula gets an apostrophe before it in CSV (OWASP,
"CSV Injection"), numbers never.

>>> [cell(value) for value in ("=1+1", "-12.00 credit", Decimal("-12.00"), None, True)]
["'=1+1", "'-12.00 credit", '-12.00', '', 'true']
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, TextIO

from extractor.base.errors import BillclerkError
from extractor.export.rows import Column, Row, Value

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

DIGITS, PLACES = 38, 12
"""Of Parquet's numbers, and how many of the digits are places: amounts have two, rates up to eight."""


class Beside(NamedTuple):
    """What stands beside rows, known once all of them are written: control totals."""

    columns: Sequence[Column]
    rows: Callable[[], Iterable[Row]]


BESIDE = "totals"
"""The name of its sheet, and of its key in Parquet's metadata (JSON lines)."""

PARQUET_TYPES = {
    "text": "VARCHAR",
    "whole": "BIGINT",
    "number": f"DECIMAL({DIGITS}, {PLACES})",
    "date": "DATE",
    "flag": "BOOLEAN",
}
"""Types that do not change with what is exported; a number that does not fit is refused, never rounded."""


class NotExactError(BillclerkError):
    """A number has more digits than a column of Parquet holds; CSV and JSON lines keep them all."""

    exit_code = 2


def cell(value: Value) -> str:
    """Return what a CSV cell says for a value; nothing for what is not printed."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def cells(columns: Sequence[Column], row: Row) -> list[str]:
    """Return a row's CSV cells, in the order of the columns."""
    return [cell(row.get(column.name)) for column in columns]


def write_csv(columns: Sequence[Column], rows: Iterable[Row], out: TextIO) -> int:
    """Write rows as CSV, their names first; return how many."""
    writer = csv.writer(out, lineterminator="\n")
    names = [column.name for column in columns]
    writer.writerow([cell(name) for name in names])
    count = 0
    for row in rows:
        writer.writerow(["" if value is None else cell(value) for value in map(row.get, names)])
        count += 1
    return count


def write_json(columns: Sequence[Column], rows: Iterable[Row], out: TextIO) -> int:
    """Write rows as JSON objects, one per line; numbers are strings with their printed digits."""
    count = 0
    for row in rows:
        out.write(json.dumps({column.name: _json(row.get(column.name)) for column in columns}) + "\n")
        count += 1
    return count


def _json(value: Value) -> str | int | bool | None:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else value


def write_parquet(
    columns: Sequence[Column], rows: Iterable[Row], path: Path, beside: Beside | None = None
) -> int:
    """Write rows as Parquet with typed columns; return how many. What is beside them goes into its metadata.

    They pass through a file beside the result, which DuckDB reads and writes again in pieces.

    Raises:
        NotExactError: if a number does not fit into its column; no file is written.
    """
    import duckdb

    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        plain = Path(folder, "rows.jsonl")
        with plain.open("w", encoding="utf-8") as file:
            count = write_json(columns, _exact(columns, rows), file)
        types = ", ".join(f"{_quoted(one.name)}: {_quoted(PARQUET_TYPES[one.kind])}" for one in columns)
        with duckdb.connect() as database:
            database.execute(
                f"COPY (SELECT * FROM read_json({_quoted(str(plain))}, format = 'newline_delimited',"
                f" columns = {{{types}}})) TO {_quoted(str(path))}"
                f" (FORMAT parquet, COMPRESSION zstd{_metadata(beside)})"
            )
    return count


def _metadata(beside: Beside | None) -> str:
    if beside is None:
        return ""
    out = io.StringIO()
    write_json(beside.columns, beside.rows(), out)
    return f", KV_METADATA {{{BESIDE}: {_quoted(out.getvalue())}}}"


def _exact(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[Row]:
    """Give the rows on, as long as their numbers are kept to the last digit."""
    names = [column.name for column in columns if column.kind == "number"]
    for at, row in enumerate(rows, 1):
        for name in names:
            value = row.get(name)
            if isinstance(value, Decimal) and not _fits(value):
                raise NotExactError(
                    f"row {at}{_whose(row)}: {name} {value:f} does not fit into Parquet's"
                    f" DECIMAL({DIGITS}, {PLACES}); export it as csv or json, which keep every digit"
                )
        yield row


def _fits(value: Decimal) -> bool:
    whole, _, places = f"{value:f}".lstrip("-").partition(".")
    fits = len(whole.lstrip("0")) <= DIGITS - PLACES and len(places.rstrip("0")) <= PLACES
    return value.is_finite() and fits


def _whose(row: Row) -> str:
    """Return which document, bill, service and line a row is of, as far as it says."""
    digits = str(row.get("sha256") or "")[:12]
    places = [f"{name} {row[name]}" for name in ("bill", "service", "line") if row.get(name) is not None]
    said = ", ".join([*([digits] if digits else []), *places])
    return f" ({said})" if said else ""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
