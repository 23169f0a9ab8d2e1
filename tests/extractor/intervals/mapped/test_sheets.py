"""Sheets and lines beside a heading: what they name is part of the layout, and no sheet passes for another."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import pytest

from extractor.intervals import clock
from extractor.intervals.formats import UnknownFormatError, UnreadableIntervalsError
from extractor.intervals.mapped.answers import AnswerError, Answers
from extractor.intervals.mapped.propose import propose
from extractor.intervals.mapped.remembered import mapped_format
from tests.extractor.intervals.mapped.written import ACCOUNT, NAME, Cell, mapped, values_of, xlsx_of

OTHER = "8000000002"
HEADING = ("Interval Start", "Value")
SAID = Answers(zone="local", unit="kWh", channels={"": "delivered"})
FIRST = dt.date(2025, 7, 14)


def day(date: dt.date = FIRST, kwh: str = "1.5") -> list[list[Cell]]:
    """Return the quarters of a day."""
    begin = clock.midnight(date)
    return [
        [clock.local(begin + 900 * at).replace(tzinfo=None), Decimal(kwh)] for at in range(96)
    ]  # a clock's time


def book(*sheets: tuple[str, list[list[Cell]]], preamble: tuple[str, ...] = ()) -> bytes:
    return xlsx_of({name: (HEADING, rows) for name, rows in sheets}, preamble)


def text(*above: str, below: str = "", unit: str = "") -> bytes:
    rows = [f"7/14/2025 {at}:00,1" for at in range(24)]
    return "".join(f"{line}\n" for line in (*above, f"Interval Start,Usage{unit}", below, *rows)).encode()


# --- sheets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["2", "1.5"])  # as much as the other meter, and another number
def test_two_sheets_of_one_time_are_two_meters_and_none_passes_for_the_other(other: str) -> None:
    data = book(("North", day()), ("South", day(kwh=other)))
    mapping = mapped(data, SAID)
    with pytest.raises(UnreadableIntervalsError, match=r"^line 2: another sheet has delivered energy"):
        values_of(data, mapping)


def test_sheets_of_one_month_each_are_one_series() -> None:
    data = book(("July", day()), ("August", day(dt.date(2025, 7, 15))))
    found, codes = values_of(data, mapped(data, SAID))
    assert (len(found), codes) == (192, [])


def test_sheets_named_by_their_accounts_are_theirs() -> None:
    data = book((ACCOUNT, day()), (OTHER, day(kwh="2")))
    mapping = mapped(data, SAID, "usage.xlsx")
    assert mapping.owner == "preamble"
    for account, value in ((ACCOUNT, 1_500_000), (OTHER, 2_000_000)):
        found, codes = values_of(data, mapping, "usage.xlsx", account=account)
        assert (len(found), set(found.values()), codes) == (96, {value}, [])


def test_sheets_named_by_their_units_are_of_two_layouts() -> None:
    data = book(("15-min_kWh", day()), ("15-min_kW", day(kwh="6")))
    with pytest.raises(AnswerError, match="--sheet"):
        propose(io.BytesIO(data), NAME, SAID)
    proposal = propose(
        io.BytesIO(data), NAME, Answers(sheet="15-min_kW", zone="local", channels={"": "delivered"})
    )
    assert [value.unit for value in proposal.mapping.values] == ["kW"]
    found, codes = values_of(data, proposal.mapping)
    assert (len(found), set(found.values()), codes) == (96, {1_500_000}, ["sheet_left_out"])


# --- accounts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "name", "account"),
    [
        (OTHER, "usage.csv", OTHER),  # the file says it, and its name does not
        (ACCOUNT, NAME, ACCOUNT),
        (f"{ACCOUNT} and {OTHER}", NAME, ACCOUNT),
        ("", NAME, ACCOUNT),
    ],
)
def test_an_account_above_a_heading_counts_where_a_name_was_expected(
    above: str, name: str, account: str
) -> None:
    mapping = mapped(text(), SAID)
    assert mapping.owner == "name"
    found, codes = values_of(text(above), mapping, name, account=account)
    assert (len(found), codes) == (24, [])


def test_a_file_whose_name_has_another_account_than_stands_above_is_refused() -> None:
    mapping = mapped(text(), SAID)
    with pytest.raises(UnreadableIntervalsError, match="the file's name has another service account than"):
        values_of(text(f"Service account {OTHER}"), mapping)


# --- dates ---------------------------------------------------------------------------------------------


def hours_of(days: dict[int, bool], month: int = 7) -> list[list[Cell]]:
    """Return hours of days of a month: those that a spreadsheet took for dates, day first, and those left as text."""
    rows: list[list[Cell]] = []
    for number, is_taken in days.items():
        for hour in range(24):
            text = f"{month:02}/{number:02}/2025 {hour}:00"
            taken = dt.datetime(2025, number, month, hour) if is_taken else text  # noqa: DTZ001 - a clock's time
            rows.append([taken, Decimal(1)])
    return rows


def test_days_that_a_spreadsheet_took_for_months_are_refused() -> None:
    """Where the day comes first, 07/11/2025 becomes 7 November, and 07/13/2025 stays the text that it is."""
    data = book(("Data", hours_of({11: True, 12: True, 13: False, 14: False})))
    proposal = propose(io.BytesIO(data), NAME, SAID)
    assert "took days for months" in " ".join(proposal.refusals)
    confirmed = json.loads(mapped(book(("Data", hours_of({13: False, 14: False}))), SAID).model_dump_json())
    with pytest.raises(UnreadableIntervalsError, match="took days for months"):
        mapped_format(NAME, io.BytesIO(data), [{"id": 1, "mapping": confirmed}])


def test_dates_and_texts_that_cannot_have_been_mistaken_are_read() -> None:
    """A date of the 25th is no day that was taken for a month."""
    rows: list[list[Cell]] = []
    for row in day(dt.date(2025, 7, 24)) + day(dt.date(2025, 7, 25)):
        moment, value = row
        assert isinstance(moment, dt.datetime)
        rows.append([f"{moment:%m/%d/%Y %H:%M}" if moment.day == 24 else moment, value])
    data = book(("Data", rows))
    found, codes = values_of(data, mapped(data, SAID))
    assert (len(found), codes) == (192, [])


# --- units ---------------------------------------------------------------------------------------------


def used(data: bytes, confirmed: bytes) -> Any:
    """Return who reads a file by what was confirmed of another."""
    mapping = json.loads(mapped(confirmed, SAID).model_dump_json())
    return mapped_format(NAME, io.BytesIO(data), [{"id": 1, "mapping": mapping}])


@pytest.mark.parametrize(
    "other",
    [
        text(below=",kW"),
        text(below="(local),(kW)"),
        text("Usage in Wh"),
        text("Natural gas usage in therms"),
        text(below=",CCF"),
        text("Demand_kW"),
    ],
)
def test_the_same_heading_of_another_unit_is_another_layout(other: bytes) -> None:
    assert used(text("My usage"), text()) is not None
    assert used(other, text()) is None


@pytest.mark.parametrize(
    "heading", ["Usage (Therms)", "Gas Usage", "Consumption CCF", "Usage, kBtu", "Usage in gallons"]
)
def test_gas_and_water_are_no_values_whatever_unit_is_said(heading: str) -> None:
    data = text().replace(b"Usage", f'"{heading}"'.encode())
    with pytest.raises(UnknownFormatError, match="no table with dates and values of electric energy"):
        propose(io.BytesIO(data), NAME, SAID)


@pytest.mark.parametrize(("below", "unit"), [(",kW", "kW"), ("(local),(kWh)", "kWh"), (",kWh kW", None)])
def test_a_unit_may_stand_right_below_its_heading(below: str, unit: str | None) -> None:
    proposal = propose(io.BytesIO(text(below=below)), NAME, Answers(zone="local", channels={"": "delivered"}))
    assert [value.unit for value in proposal.mapping.values] == [unit]


@pytest.mark.parametrize(
    ("multiplier", "is_said"), [("80", True), ("10", True), ("1", False), ("1.00", False)]
)
def test_a_multiplier_is_not_applied_and_that_is_said(multiplier: str, is_said: bool) -> None:
    rows = [f"7/14/2025 {at}:00,1,{multiplier}" for at in range(24)]
    data = "\n".join(["Interval Start,kWh,Meter Multiplier", *rows]).encode()
    said = {one.what: one.why for one in propose(io.BytesIO(data), NAME, SAID).evidence}
    told = "is not applied: numbers are taken as they stand"
    assert said.get("multiplier") == (told if is_said else None)
