"""A workbook has each value as what it is, as other programs read it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.export import workbook
from extractor.export.files import Beside
from extractor.export.rows import Column, Row, Value
from extractor.export.workbook import LONGEST_CELL, TooLongError, write_xlsx

COLUMNS = (
    Column("text", "text", ""),
    Column("whole", "whole", ""),
    Column("number", "number", ""),
    Column("date", "date", ""),
    Column("flag", "flag", ""),
)

TOTALS = (Column("total", "text", ""), Column("dollars", "number", ""))

ROW: Row = {
    "text": "101760940000000118",
    "whole": 3,
    "number": Decimal("-648.47"),
    "date": dt.date(2026, 7, 9),
    "flag": True,
}


def read(path: Path, sheet: str = "rows") -> list[list[object]]:
    return [[one.value for one in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows()]


def test_cells_have_types_identifiers_are_text_the_header_is_frozen_and_has_filters(tmp_path: Path) -> None:
    rows: list[Row] = [ROW, {"text": "=HYPERLINK(1)", "number": Decimal("0.05202"), "flag": False}]
    assert write_xlsx(COLUMNS, rows, tmp_path / "a.xlsx", "rows") == 2
    july_9 = dt.datetime.combine(dt.date(2026, 7, 9), dt.time())  # a workbook's dates have no offset
    assert read(tmp_path / "a.xlsx") == [
        ["text", "whole", "number", "date", "flag"],
        ["101760940000000118", 3, -648.47, july_9, True],
        ["=HYPERLINK(1)", None, 0.05202, None, False],
    ]
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["rows"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "d", "b"]
    assert (sheet["A3"].data_type, sheet["C2"].number_format) == ("s", "#,##0.00######")
    assert (sheet["D2"].number_format, sheet["A1"].font.b, sheet["A2"].font.b) == ("yyyy-mm-dd", True, False)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:E3")
    assert sheet.column_dimensions["A"].width >= 12


def test_no_rows_leave_the_names_of_the_columns(tmp_path: Path) -> None:
    assert write_xlsx(COLUMNS, [], tmp_path / "a.xlsx", "rows") == 0
    assert read(tmp_path / "a.xlsx")[0] == [column.name for column in COLUMNS]


TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
    st.sampled_from(["=1+1", "{=A1}", "https://a.example/", "007", "1e5", "TRUE", "-1 credit", "_x0041_"]),
)
OF_KIND: dict[str, st.SearchStrategy[Value]] = {
    "text": TEXTS,
    "whole": st.integers(-(2**53), 2**53),
    "number": st.decimals(-(10**9), 10**9, places=8),
    "date": st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)),
    "flag": st.booleans(),
}
ANY = st.one_of(st.none(), *OF_KIND.values())


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Return rows whose columns have values of their kind, none, and now and then some of another."""
    each = {one.name: st.one_of(st.none(), OF_KIND[one.kind], OF_KIND[one.kind], ANY) for one in COLUMNS}
    return draw(st.lists(st.fixed_dictionaries(each), min_size=1, max_size=6))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables())
def test_every_value_is_read_again_as_what_it_was(tmp_path: Path, table: list[Row]) -> None:
    """The first row's types do not say what the others are; what is not of its column's kind is text."""
    write_xlsx(COLUMNS, [*table, ROW], tmp_path / "a.xlsx", "rows")
    for row, cells in zip([*table, ROW], read(tmp_path / "a.xlsx")[1:], strict=True):
        for column, cell in zip(COLUMNS, cells, strict=True):
            value = row[column.name]
            if value is None:
                assert cell is None
            elif isinstance(cell, str):
                assert _plain(cell) == (f"{value:f}" if isinstance(value, Decimal) else str(value))
            elif isinstance(cell, dt.datetime):
                assert (column.kind, cell.date()) == ("date", value)
            elif isinstance(cell, bool):
                assert (column.kind, cell) == ("flag", value)
            else:
                assert isinstance(cell, int | float) and isinstance(value, int | Decimal)
                assert (column.kind in ("whole", "number"), Decimal(cell)) == (True, Decimal(float(value)))


def _plain(cell: object) -> object:
    """Return text without the underscores' escape, which openpyxl leaves."""
    return cell.replace("_x005F_", "_") if isinstance(cell, str) else cell


def test_what_no_cell_holds_is_text_and_cut(tmp_path: Path) -> None:
    rows: list[Row] = [{"date": dt.date(1899, 12, 31), "text": "x" * (LONGEST_CELL + 1)}]
    write_xlsx(COLUMNS, rows, tmp_path / "a.xlsx", "rows")
    cut, _, _, date, _ = read(tmp_path / "a.xlsx")[1]
    assert (cut, date) == ("x" * LONGEST_CELL, "1899-12-31")


def test_totals_are_asked_for_once_all_rows_are_written(tmp_path: Path) -> None:
    dollars: list[Decimal] = []

    def rows() -> Iterator[Row]:
        for amount in (Decimal("1.25"), Decimal("2.50")):
            dollars.append(amount)
            yield {"number": amount}

    def totals() -> Iterator[Row]:
        yield {"total": "all", "dollars": sum(dollars, Decimal(0))}

    assert write_xlsx(COLUMNS, rows(), tmp_path / "a.xlsx", "rows", Beside(TOTALS, totals)) == 2
    assert read(tmp_path / "a.xlsx", "totals") == [["total", "dollars"], ["all", 3.75]]


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LONGEST_SHEET", 3)
    assert write_xlsx(COLUMNS, [ROW] * 3, tmp_path / "a.xlsx", "rows") == 3
    with pytest.raises(
        TooLongError, match="holds 3 rows, and these are more; export them as csv, json or parquet"
    ):
        write_xlsx(COLUMNS, [ROW] * 4, tmp_path / "b.xlsx", "rows")
    assert not (tmp_path / "b.xlsx").exists()


def test_the_last_row_of_a_sheet_is_written(tmp_path: Path) -> None:
    """What the limit says is what the format has: a row more would not be refused by us."""
    rows: Iterator[Row] = ({"whole": 1} for _ in range(workbook.LONGEST_SHEET))
    write_xlsx(COLUMNS[1:2], rows, tmp_path / "a.xlsx", "rows")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)["rows"]
    assert sheet.max_row == 1_048_576


FULL = """
mount -t tmpfs -o size=100k none "$1" && exec "$2" -c "
import sys
from pathlib import Path
from extractor.export.rows import Column
from extractor.export.workbook import write_xlsx
rows = ({'text': str(at * at) * 9} for at in range(20000))
try:
    write_xlsx((Column('text', 'text', ''),), rows, Path(sys.argv[1]), 'rows')
except OSError as error:
    sys.exit(error.errno)
" "$3"
"""


@pytest.mark.parametrize("full", ["the file's", "the temporary folder's"])
def test_a_disk_that_is_full_is_an_error_of_the_system(tmp_path: Path, full: str) -> None:
    """On a file system of 100 kB of its own: the number is the system's, as for any other file."""
    small = tmp_path / "small"
    small.mkdir()
    path = (small if full == "the file's" else tmp_path) / "a.xlsx"
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", FULL, "sh", small, sys.executable, path],
        env={"TMPDIR": str(tmp_path if full == "the file's" else small)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 28, done.stderr
