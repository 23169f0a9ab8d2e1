"""Exactly one reader takes a table: rows of billing periods are history, all others intervals."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from extractor.billing_history.asking import UnmappedError, claims, read_by
from extractor.billing_history.propose import Said
from extractor.intervals.formats import UnknownFormatError
from extractor.intervals.mapped.answers import Answers
from extractor.intervals.mapped.asking import shown
from extractor.intervals.mapped.monthly import BILLING
from extractor.intervals.mapped.remembered import format_by_columns
from extractor.intervals.mapped.roles import INTERVALS
from extractor.intervals.mapped.tables import tables
from tests.extractor.billing_history.told import FIRST, OTHER, SECOND, proposed, rows, table
from tests.extractor.intervals.mapped.written import LAYOUTS, csv_of

DAY = dt.date(2025, 3, 1)
DAILY = table(
    *(f"8000000001,{DAY + dt.timedelta(at)},9" for at in range(40)), head="Service Account,Read Date,kWh"
)
MONTHLY = table(*(f"8000000001,{DAY + dt.timedelta(30 * at)},9" for at in range(5)), head="Service Account,Read Date,kWh")  # fmt: skip
HOURS = table(
    *(f"8000000001,3/1/2025 {at}:00,3/1/2025 {at + 1}:00,1" for at in range(20)), head="SA,Start,End,kWh"
)


@pytest.mark.parametrize(
    ("data", "is_history"),
    [
        (table(FIRST, SECOND, OTHER), True),
        (table(FIRST), True),
        (MONTHLY, True),
        (DAILY, False),
        (HOURS, False),
        *((csv_of(one.heading, one.rows({1740816000 + at * 3600: 10**6 for at in range(48)}, 3600, "local")), False) for one in LAYOUTS.values()),
        (b"Date,kWh\n", False),
        (b"", False),
    ],
)  # fmt: skip
def test_rows_tell_who_reads_a_table(data: bytes, is_history: bool) -> None:
    assert claims(io.BytesIO(data), "reply.csv", []) is is_history
    if is_history:
        with pytest.raises(UnknownFormatError, match="billing-history map"):
            shown(io.BytesIO(data), "reply.csv", Answers())
        with pytest.raises(UnknownFormatError, match="billing-history map"):
            format_by_columns("reply.csv", io.BytesIO(data), [])


def test_a_heading_is_another_layout_of_each_kind_of_table() -> None:
    found = [tables(io.BytesIO(DAILY), kind)[0].signature for kind in (INTERVALS, BILLING)]
    assert found == ["02d05b53ac609d68", "1665316926844aa0"]  # as stores have them


def _kept(data: bytes, said: Said) -> list[dict[str, object]]:
    return [{"id": 4, "mapping": proposed(data, said).mapping.model_dump(mode="json")}]


def test_a_confirmed_layout_is_read_whatever_its_rows_leave_open() -> None:
    data = table("8000000001,01/13/2026,9", "8000000001,02/11/2026,9", head="Service Account,Read Date,kWh")
    kept = _kept(data, Said(charged="delivery", bounds="inclusive"))
    one = table("8000000001,03/13/2026,9", head="Service Account,Read Date,kWh")
    assert (claims(io.BytesIO(one), "a.csv", []), claims(io.BytesIO(one), "a.csv", kept)) == (False, True)
    assert read_by(io.BytesIO(data), "a.csv", kept).rows == rows(
        data, Said(charged="delivery", bounds="inclusive")
    )


@pytest.mark.parametrize(
    "data",
    [
        table(FIRST.replace("12/14/2025", "14/12/2025").replace("01/12/2026", "12/01/2026")),
        table(FIRST.replace(",30,", ",29,"), SECOND.replace("01/13", "01/12").replace(",30,", ",30,")),
        table(FIRST, head="Service Account,Start Date,End Date,Days,Total kWh,Max kW,Charges"),
    ],
)
def test_what_rows_or_headings_speak_against_is_asked_again(data: bytes) -> None:
    kept = _kept(table(FIRST, SECOND), Said(charged="bundled"))
    assert read_by(io.BytesIO(table(FIRST, SECOND)), "a.csv", kept).mapping == 4
    with pytest.raises(UnmappedError, match="billing-history map"):
        read_by(io.BytesIO(data), "a.csv", kept)


def test_what_a_person_overruled_is_read_so_and_what_nobody_did_is_not() -> None:
    data = table(FIRST, SECOND)
    mapping = proposed(data, Said(charged="bundled", bounds="end")).mapping
    assert mapping.overruled == ("bounds=inclusive",)
    kept = [{"id": 4, "mapping": mapping.model_dump(mode="json")}]
    assert str(read_by(io.BytesIO(data), "a.csv", kept).rows.rows[0].last) == "2026-01-11"
    kept[0]["mapping"] = mapping.model_copy(update={"overruled": ()}).model_dump(mode="json")
    with pytest.raises(UnmappedError, match="days are counted"):
        read_by(io.BytesIO(data), "a.csv", kept)
