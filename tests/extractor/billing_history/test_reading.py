"""Tables of billing history as strangers write them: read to the cent, or refused with line and reason."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.billing_history.cells import account_of, amount_of
from extractor.billing_history.propose import Said
from extractor.intervals.formats import UnreadableIntervalsError
from tests.extractor.billing_history.told import FIRST, HEAD, OTHER, SECOND, looked, proposed, rows, table
from tests.extractor.intervals.mapped.written import Cell, xlsx_of


def test_rows_are_read_as_they_stand() -> None:
    found = rows(table(FIRST, SECOND, OTHER))
    assert found.problems == ()
    assert [tuple(row) for row in found.rows] == [
        (2, "8000000001", dt.date(2025, 12, 14), dt.date(2026, 1, 12), Decimal(1200), Decimal("12.5"), Decimal("345.67")),
        (3, "8000000001", dt.date(2026, 1, 13), dt.date(2026, 2, 11), Decimal(1300), Decimal(13), Decimal("366.00")),
        (4, "8000000002", dt.date(2025, 12, 14), dt.date(2026, 1, 12), Decimal(500), Decimal(5), Decimal("-12.30")),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_do_not_matter(encoding: str, delimiter: str) -> None:
    data = table(FIRST, SECOND).decode().replace(",", delimiter).encode(encoding)
    assert rows(data) == rows(table(FIRST, SECOND))


def test_a_workbook_is_read_as_the_same_text() -> None:
    cells: list[list[Cell]] = [
        ["8000000001", dt.date(2025, 12, 14), dt.date(2026, 1, 12), "30", Decimal(1200), Decimal("12.5"), Decimal("345.67")],
        ["8000000001", dt.date(2026, 1, 13), dt.date(2026, 2, 11), "30", Decimal(1300), Decimal(13), Decimal(366)],
    ]  # fmt: skip
    data = xlsx_of({"History": (HEAD.split(","), cells)})
    assert [row[1:] for row in rows(data, name="reply.xlsx").rows] == [
        row[1:] for row in rows(table(FIRST, SECOND)).rows
    ]


# --- what is asked -------------------------------------------------------------------------------------

SHARED = ("8000000001,12/13/2025,01/12/2026,9,1,1", "8000000001,01/12/2026,02/11/2026,9,1,1")
NO_DAYS = "Service Account,From,To,kWh,kW,Amount"


@pytest.mark.parametrize(
    ("data", "said", "asked"),
    [
        (table(FIRST), Said(), ["charges"]),
        (table(*SHARED, head=NO_DAYS), Said(charged="unknown"), ["bounds"]),
        (table("8000000001,01/02/2026,30,9", head="SA,Read Date,Days,kWh"), Said(), ["bounds", "dates", "charges"]),
        (table("700123456789,01/13/2026,30,9", head="Account,Read Date,Days,kWh"), Said(bounds="end", charged="delivery"), ["account"]),
        (table("8000000001,01/13/2026,30,9", head="SA,Bill Date,Days,kWh"), Said(charged="delivery"), None),
        (table("8000000001,01/13/2026,30,9,1", head="SA,Read Date,Days,kWh,Net kWh"), Said(bounds="end", charged="delivery"), ["kwh"]),
        (table(FIRST.replace("12.5,345.67", '13,"1,234"'), '8000000001,01/13/2026,02/11/2026,30,"1,300",13,9'), Said(charged="bundled"), ["decimal"]),
    ],
)  # fmt: skip
def test_what_nothing_proves_is_asked(data: bytes, said: Said, asked: list[str] | None) -> None:
    """A statement's date is no read date, `Account` no service account, and a shared day is of one of two."""
    if asked is None:
        with pytest.raises(UnreadableIntervalsError):
            proposed(data, said)
        return
    assert [one.what for one in proposed(data, said).questions if one.what != "values"] == asked


@pytest.mark.parametrize(
    ("bounds", "first", "last"),
    [("end", "2025-12-13", "2026-01-11"), ("start", "2025-12-14", "2026-01-12")],
)
def test_a_day_that_two_periods_have_is_the_persons_to_place(bounds: str, first: str, last: str) -> None:
    found = rows(table(*SHARED, head=NO_DAYS), Said(charged="unknown", bounds=bounds)).rows  # type: ignore[arg-type]
    assert (str(found[0].first), str(found[0].last)) == (first, last)


def test_that_both_days_are_in_it_is_proven_or_overruled_and_said() -> None:
    (evidence,) = [one for one in proposed(table(FIRST, SECOND)).evidence if one.what == "bounds"]
    assert (evidence.choice, "days are counted" in evidence.why) == ("inclusive", True)
    said = proposed(table(FIRST, SECOND), Said(charged="bundled", bounds="end"))
    assert ["though" in one.why for one in said.evidence if one.what == "bounds"] == [True]


def test_read_dates_alone_begin_after_the_read_before_and_the_first_is_left_out_by_name() -> None:
    head = "Service Account,Read Date,kWh"
    lines = (
        "8000000001,01/13/2026,9",
        "8000000001,02/11/2026,8",
        "8000000002,01/13/2026,7",
        "8000000001,09/11/2026,7",
    )
    found = rows(table(*lines, head=head), Said(charged="delivery", bounds="inclusive"))
    assert [(one.line, str(one.first), str(one.last)) for one in found.rows] == [
        (3, "2026-01-14", "2026-02-11")
    ]
    assert [(one.code, one.message.rpartition(": ")[2]) for one in found.problems] == [
        ("first_read", "lines 2, 4"),
        ("read_missing", "line 5"),
    ]


@pytest.mark.parametrize(
    ("read", "taken"),
    [
        ("02/27/2026", [3]),  # 45 days
        ("02/28/2026", []),
        ("03/14/2026", []),  # 300 kWh of 30 days are not those of 60
    ],
)
def test_a_read_that_is_not_there_does_not_lengthen_the_period_of_the_next(
    read: str, taken: list[int]
) -> None:
    data = table("8000000001,01/13/2026,290", f"8000000001,{read},300", head="Service Account,Read Date,kWh")
    said = Said(charged="delivery", bounds="inclusive")
    if taken:
        assert [one.line for one in rows(data, said).rows] == taken
        return
    with pytest.raises(UnreadableIntervalsError, match="one missing"):
        rows(data, said)


def test_several_periods_in_a_row_are_told_by_headings_that_come_again() -> None:
    head = "Service Account,Read Date 1,Days 1,kWh 1,Amount 1,Read Date 2,Days 2,kWh 2,Amount 2"
    line = "8000000001,01/13/2026,30,9,1.00,02/11/2026,29,8,2.00"
    found = rows(table(line, head=head), Said(charged="delivery", bounds="inclusive")).rows
    assert [(str(one.first), str(one.last), one.kwh, one.amount) for one in found] == [
        ("2025-12-15", "2026-01-13", Decimal(9), Decimal(1)),
        ("2026-01-14", "2026-02-11", Decimal(8), Decimal(2)),
    ]


def test_a_heading_in_two_lines_is_answered_by_numbers() -> None:
    data = b"Service,Billing Period,,Usage,Charges\nAccount,From,To,kWh,\n" + b"\n".join(
        [b"8000000001,12/14/2025,01/12/2026,1200,345.67", b"8000000001,01/13/2026,02/11/2026,1300,366.00"]
    )
    said = Said(columns={"account": ["#1"], "amount": ["#5"]}, charged="bundled")
    assert [one.line for one in rows(data, said).rows] == [3, 4]


def test_the_account_may_stand_above_or_in_the_files_name() -> None:
    head = "Start Date,End Date,kWh\n12/14/2025,01/12/2026,9\n01/13/2026,02/11/2026,8\n"
    above = f"Billing history of service account 8000000001\n{head}".encode()
    assert {one.account for one in rows(above).rows} == {"8000000001"}
    assert {one.account for one in rows(head.encode(), name="history_8000000002.csv").rows} == {"8000000002"}
    assert [one.what for one in proposed(head.encode()).questions] == ["account"]


PLAIN = "Start Date,End Date,kWh\n12/14/2025,01/12/2026,9\n01/13/2026,02/11/2026,8\n"


@pytest.mark.parametrize(
    ("title", "name", "account"),
    [
        ("Account 8-001-0000-50", "a.csv", "8001000050"),
        ("Account 3-001-2345-67", "a.csv", "3001234567"),
        ("Account 8-001-0000-50", "history_8001000050.csv", "8001000050"),
        ("Account 8-001-0000-50 (8001000050)", "a.csv", "8001000050"),
        (
            "Account 8-001-0000-50",
            "3-001-2345-67.csv",
            "8001000050 stands above the table, and 3001234567 in",
        ),
        ("8-001-0000-50 and 8001000051", "a.csv", "several stand above the table: 8001000050, 8001000051"),
        ("8-001-0000-50 and 8001000051", "history_8001000051.csv", "8001000051"),
        ("Phone 8-001-0000-505", "a.csv", "none stands above the table or in the file's name"),
        ("Customer account 700123456789", "a.csv", "none stands above the table or in the file's name"),
        ("Billing history", "8-001-0000-50.csv", "8001000050"),
        ("Billing history", "8-001-0000-50 and 8001000051.csv", "none stands above"),
    ],
)
def test_the_account_above_the_table_may_have_hyphens_and_what_is_open_says_what_to_do(
    title: str, name: str, account: str
) -> None:
    data = f"{title}\n{PLAIN}".encode()
    questions = proposed(data, name=name).questions
    if account.isdigit():
        assert {one.account for one in rows(data, name=name).rows} == {account}
        return
    assert [one.what for one in questions] == ["account"]
    assert questions[0].hint.startswith(account)
    assert "rename the file, say to history_8000000001.csv" in questions[0].asked


# --- what cannot be ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("8.00E+09,01/13/2026,02/11/2026,30,1300,13,366.00", "line 3: 8.00E+09 is a number whose digits"),
        ("x1,01/13/2026,02/11/2026,30,1300,13,366.00", "line 3: 'x1' is no service account"),
        (",01/13/2026,02/11/2026,30,1300,13,366.00", "line 3: it has days and no service account; merged"),
        ("8000000001,02/11/2026,01/13/2026,30,1300,13,366.00", "line 3: its period would be 2026-02-11 to 2026-01-13"),
        ("8000000001,01/13/2026,13/13/2026,30,1300,13,366.00", "line 3: '13/13/2026'"),
        ("8000000001,46035,02/11/2026,30,1300,13,366.00", "line 3: 46035 may be a spreadsheet's number of a day"),
        ("8000000001,01/13/2026 0:15,02/11/2026,30,1300,13,366.00", "line 3: '01/13/2026 0:15' has a time of day"),
        ("8000000001,,02/11/2026,,1300,13,366.00", "line 3: it does not say when its period begins"),
        ("8000000001,01/13/2026,02/11/2026,30,1300,13,366.005", "line 3: '366.005' is finer than a cent"),
        ("8000000001,01/13/2026,02/11/2026,30,$366.00,13,1300", "line 3: '$366.00' is dollars where kwh should be"),
        ("8000000001,01/13/2026,02/11/2026,30,1.3E+03,13,366", "line 3: '1.3E+03' was shortened"),
        ("8000000001,01/13/2026,02/11/2026,30,many,13,366", "line 3: 'many' is no number"),
        ("8000000001,01/13/2026,02/11/2026,30,1300000,13,366", "line 3: 1300000 kWh in 30 days are more than 13 kW"),
    ],
)  # fmt: skip
def test_a_row_that_is_not_what_the_mapping_says_refuses_the_file(line: str, why: str) -> None:
    shown = looked(table(FIRST, line, "8000000003,01/13/2026,02/11/2026,30,9,1,1"))
    assert shown.rows is None
    assert shown.proposal.refusals[0].startswith(why)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (
            [FIRST.replace("1200,12.5", "12.5,1200"), SECOND.replace("1300,13", "13,1300")],
            "fewer kWh than kW",
        ),
        ([f"8000000001,12/{at}/2025,12/{at}/2025,1,9,1,1" for at in range(14, 20)], "these are intervals"),
    ],
)
def test_what_most_rows_say_refuses_the_file(lines: list[str], why: str) -> None:
    assert why in looked(table(*lines)).proposal.refusals[0]


@pytest.mark.parametrize(
    ("line", "code", "severity"),
    [
        ("Total,,,60,2500,13,711.67", "total", "info"),
        (",,Sub-Total,60,2500,13,711.67", "total", "info"),
        ("8000000001 Total,01/13/2026,02/11/2026,60,2500,13,711.67", "total", "info"),
        (",,,,2500,,711.67", "note", "warning"),
        ("8000000001,,,,2500,,711.67", "no_date", "warning"),
        ("8000000001,02/12/2026,03/13/2026,30,,,N/A", "empty", "warning"),
        ("8000000001,01/01/2025,12/31/2025,365,9,1,1", "long", "warning"),
        (FIRST, "again", "warning"),
        (FIRST.replace("345.67", "-345.67"), "same_period", "warning"),
        ("8000000001,01/10/2026,02/11/2026,33,9,1,1", "overlap", "warning"),
    ],
)
def test_what_is_left_out_or_stands_twice_is_told(line: str, code: str, severity: str) -> None:
    found = rows(table(FIRST, line, SECOND.replace("8000000001", "8000000003")))
    assert [(one.code, one.severity, one.line) for one in found.problems] == [(code, severity, 3)]
    kept = code in ("same_period", "overlap")
    assert [row.line for row in found.rows] == ([2, 3, 4] if kept else [2, 4])


def test_swapped_kwh_and_dollars_are_said() -> None:
    found = rows(
        table(FIRST.replace("1200,12.5,345.67", "100,1,1200"), SECOND.replace("1300,13,366.00", "90,1,1300"))
    )
    assert [one.code for one in found.problems] == ["dear"]


@given(st.decimals(-(10**8), 10**8, places=2), st.sampled_from(["{}", "${}", "{} "]))
def test_dollars_are_exact(amount: Decimal, form: str) -> None:
    assert amount_of(form.format(amount), "point") == amount
    assert amount_of(f"({abs(amount):,})", "point") == -abs(amount)


@given(st.integers(10**9, 10**10 - 1))
def test_an_account_is_itself_or_refused(number: int) -> None:
    assert account_of(f"{number}.0") == account_of(f" '{number}") == str(number)
    with pytest.raises(ValueError, match="digits"):
        account_of(f"{number:.5E}")


def test_two_digit_years_are_of_this_century() -> None:
    found = rows(table(FIRST.replace("/2025", "/25").replace("/2026", "/26"), SECOND))
    assert [str(row.last) for row in found.rows] == ["2026-01-12", "2026-02-11"]


ERRORS = ("#VALUE!", "#REF!", "#N/A", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize(("at", "heading"), [(4, "Total kWh"), (5, "Max kW"), (6, "Bill Amount")])
def test_a_cell_that_was_not_computed_is_told_by_line_and_column(error: str, at: int, heading: str) -> None:
    cells = SECOND.split(",")
    cells[at] = error
    found = rows(table(FIRST, ",".join(cells)))
    assert [(one.code, one.severity, one.line) for one in found.problems] == [("error_cell", "warning", 3)]
    assert found.problems[0].message.endswith(f"line 3 {error} in {heading!r}")
    assert (found.rows[1].kwh, found.rows[1].kw, found.rows[1].amount)[at - 4] is None


def test_errors_are_told_of_a_workbook_and_of_days_too_and_words_for_nothing_are_not() -> None:
    cells: list[list[Cell]] = [
        ["8000000001", dt.date(2025, 12, 14), dt.date(2026, 1, 12), "30", "#REF!", Decimal("12.5"), "N/A"],
        ["8000000001", "#VALUE!", "#VALUE!", "30", Decimal(9), Decimal(1), Decimal(1)],
    ]
    found = rows(xlsx_of({"History": (HEAD.split(","), cells)}), name="reply.xlsx")
    assert [one.code for one in found.problems] == ["no_date", "error_cell"]
    assert found.problems[1].message.endswith(
        "line 2 #REF! in 'Total kWh'; line 3 #VALUE! in 'Start Date'; line 3 #VALUE! in 'End Date'"
    )
