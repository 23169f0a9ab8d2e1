"""Rows of the same days and values: one where all cells are the same, else two, told with what differs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from extractor.billing_history.propose import Said
from tests.extractor.billing_history.told import HEAD, rows, table
from tests.extractor.intervals.mapped.written import Cell, xlsx_of

FIRST = "8000000001,12/14/2025,01/12/2026,30,0,0,15.00"
NEXT = "8000000001,01/13/2026,02/11/2026,30,90,1,25.00"


def two(column: str, cells: tuple[str, str, str], is_first: bool = False) -> bytes:
    lines = (
        f"{cell},{line}" if is_first else f"{line},{cell}"
        for cell, line in zip(cells, (FIRST, FIRST, NEXT), strict=True)
    )
    return table(*lines, head=f"{column},{HEAD}" if is_first else f"{HEAD},{column}")


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("Meter", ("M1", "M2", "M1")),
        ("Meter #", ("1", "2", "3")),  # no running number of rows
        ("Serial No", ("1", "2", "3")),
        ("No.", ("17", "18", "19")),  # none that begins with 1
        ("No.", ("1", "2", "1")),
        ("Row", ("1", "2", "x")),
        ("", ("1", "2", "3")),
        ("Rate", ("", "TOU-GS-1", "")),
    ],
)
def test_what_differs_in_a_column_that_is_not_read_is_two_rows(
    column: str, cells: tuple[str, str, str]
) -> None:
    found = rows(two(column, cells))
    assert [row.line for row in found.rows] == [2, 3, 4]
    (told,) = found.problems
    assert (told.code, told.severity, told.line) == ("same_period", "warning", 3)
    assert "in line 2, too, with the same values; it differs in " in told.message
    assert f"it differs in {column!r}:" in told.message or (
        not column and "it differs in #8:" in told.message
    )


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("Meter", ("M1", "M1", "M2")),
        ("#", ("1", "2", "3")),
        ("Row No", ("0", "1", "2")),
        ("Line", ("1", "3", "10")),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_running_number_of_rows_tells_nothing(
    column: str, cells: tuple[str, str, str], is_first: bool
) -> None:
    found = rows(two(column, cells, is_first))
    assert [(one.code, one.line) for one in found.problems] == [("again", 3)]
    assert [row.line for row in found.rows] == [2, 4]


def test_an_index_without_a_heading_is_one_where_it_comes_first() -> None:
    assert [row.line for row in rows(two("", ("0", "1", "2"), is_first=True)).rows] == [2, 4]


def test_days_told_otherwise_are_another_row() -> None:
    found = rows(table(FIRST, FIRST.replace(",30,", ",29,"), NEXT))
    assert [row.line for row in found.rows] == [2, 3, 4]
    assert "it differs in how many days" in next(
        one.message for one in found.problems if one.code == "same_period"
    )


def test_sheets_may_be_of_two_meters() -> None:
    cells: list[list[Cell]] = [
        ["8000000001", dt.date(2025, 12, 14), dt.date(2026, 1, 12), "30", Decimal(0), Decimal(0), Decimal(15)]
    ]
    book = xlsx_of({"M1": (HEAD.split(","), cells), "M2": (HEAD.split(","), [*cells, *cells])})
    found = rows(book, name="reply.xlsx")
    assert len(found.rows) == 2
    assert [one.code for one in found.problems] == ["again", "same_period"]
    assert "it differs in the sheet ('M1', 'M2')" in found.problems[1].message


def test_values_that_differ_are_told_with_the_column_beside_them() -> None:
    other = FIRST.replace("15.00", "75.00")
    (told,) = rows(table(f"{FIRST},M1", f"{other},M2", f"{NEXT},M1", head=f"{HEAD},Meter")).problems
    assert told.message.endswith("in line 2, too, and says otherwise; it differs in 'Meter'")
    (plain,) = rows(table(FIRST, other, NEXT)).problems
    assert plain.message.endswith("too, and says otherwise")


def test_windows_of_wide_rows_that_overlap_are_the_same_period_once() -> None:
    head = "Service Account,Read Date 1,Days 1,kWh 1,Read Date 2,Days 2,kWh 2"
    one = "8000000001,01/13/2026,30,9,02/11/2026,29,8"
    later = "8000000001,02/11/2026,29,8,03/13/2026,30,7"
    found = rows(table(one, later, head=head), Said(charged="delivery", bounds="inclusive"))
    assert [one.code for one in found.problems] == ["again"]
    assert len(found.rows) == 3
