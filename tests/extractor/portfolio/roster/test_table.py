"""Rosters are read from the files that spreadsheets write; every row that is wrong is told, nothing guessed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from extractor.portfolio.roster.table import read_roster
from extractor.store.roster import Entry, RosterError
from tests.extractor.portfolio.roster.files import HEAD, ONE, POD, TWO

ROWS = [
    ["Customer", "Site", "Service Account No.", "POD ID", "Provider", "Managed From", "Region"],
    ["Café Ox", "Main", ONE, POD, "cpa", "2025-03-14", "West"],
    ["school", "", TWO, "", "SCE", "", ""],
]
WANTED = [
    Entry(
        "Café Ox", "Café Ox", ONE, "service", site="Main", pod_id=POD, provider="CPA",
        valid_from=dt.date(2025, 3, 14), further={"Region": "West"},
    ),
    Entry("school", "school", TWO, "service", provider="SCE", further={"Region": ""}),
]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("above", ["", "Our portfolio, November\r\n\r\n"])
def test_a_text_file_reads_the_same_however_it_was_saved(
    tmp_path: Path, encoding: str, delimiter: str, above: str
) -> None:
    path = tmp_path / "r.csv"
    text = above + "\r\n".join(delimiter.join(row) for row in ROWS) + "\r\n"
    path.write_bytes(text.encode(encoding))
    found = read_roster(path, {})
    assert ([row.entry for row in found.rows], found.problems, found.own) == (WANTED, [], ("Region",))
    assert [row.line for row in found.rows] == ([4, 5] if above else [2, 3])


def test_a_workbook_reads_the_same_with_numbers_and_dates_as_such(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    rows: list[list[object]] = [[*row] for row in ROWS]
    rows[1][2], rows[1][5] = int(ONE), dt.date(2025, 3, 14)
    for row in rows:
        book.active.append(row)
    book.create_sheet("Notes").append(["nothing"])
    book.save(tmp_path / "r.xlsx")
    found = read_roster(tmp_path / "r.xlsx", {})
    assert ([row.entry for row in found.rows], found.problems) == (WANTED, [])


def test_a_pod_id_that_is_a_number_in_a_workbook_has_lost_its_digits(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["customer", "service account", "pod-id"])
    book.active.append(["b", int(ONE), float(POD)])
    book.save(tmp_path / "r.xlsx")
    (problem,) = read_roster(tmp_path / "r.xlsx", {}).problems
    assert problem.lines == (2,) and "last digits lost" in problem.text


def test_every_row_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    rows = (
        f",,,{ONE},,,,,,",
        "b,,,,,,,,,",
        f"b,,,{ONE},1.0176E+17,PG&E,,,14/3/2025,",
        f"b,,,{ONE},,,,,,,too much",
        f"b,,700200000001,,{POD},,,,,",
    )
    path.write_text("\n".join([HEAD, *rows]))
    found = read_roster(path, {})
    assert [one.lines[0] for one in found.problems] == [2, 3, 4, 4, 4, 5, 6]
    assert found.rows == []


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("ana@example.com", "ana@example.com"),
        ("Ana Ruiz <ana@example.com>", "Ana Ruiz <ana@example.com>"),
        ("", None),
        ("ana", ""),
        ("ana@example.com; ben@example.com", ""),
        ("ana @example.com", ""),
    ],
)
def test_a_manager_s_address_is_one_that_can_be_written_to(
    tmp_path: Path, cell: str, kept: str | None
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"customer,service account,manager,manager email\nb,{ONE},ana,{cell}\n")
    found = read_roster(path, {})
    if kept == "":
        (problem,) = found.problems
        assert (problem.lines, found.rows) == ((2,), [])
        assert problem.text.startswith(f"{cell!r} is no e-mail address")
    else:
        (row,) = found.rows
        assert row.entry.manager_email == kept


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "columns missing"),
        ("customer,account\nb,1\n", "needs one `kind`"),
        ("customer,Service Account,SA\nb,1,2\n", "say the same: Service Account, SA"),
        ("customer,service account,Note,Note\nb,1,2,3\n", "say the same: Note, Note"),
        ("customer,service account,=Note\nb,1,2\n", "headed like formulas"),
        ("", "columns missing"),
        ('customer,service account\nb,"1\n', "no table"),
    ],
)
def test_a_file_whose_columns_are_not_clear_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text)
    with pytest.raises(RosterError, match=words):
        read_roster(path, {})


def test_two_sheets_with_rosters_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("Old")):
        sheet.append(["customer", "service account"])
        sheet.append(["b", ONE])
    book.save(tmp_path / "r.xlsx")
    with pytest.raises(RosterError, match="both are rosters"):
        read_roster(tmp_path / "r.xlsx", {})


def test_the_older_columns_are_read_with_the_customers_account(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("customer,customer_name,account,kind,valid_to\nb,Bakery,7,customer,2026-01-31\n")
    (row,) = read_roster(path, {}).rows
    assert row.entry == Entry("b", "Bakery", "7", "customer", valid_to=dt.date(2026, 1, 31))
    path.write_text("customer,customer_name,account,kind\nb,Bakery,7,house\n")
    (problem,) = read_roster(path, {}).problems
    assert problem.lines == (2,) and "customer or service" in problem.text
