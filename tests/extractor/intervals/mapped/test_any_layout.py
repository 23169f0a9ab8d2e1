"""A known series in any layout, delimiter, encoding and clock comes back exactly, on days of 23 and 25 hours too."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from extractor.intervals import clock
from extractor.intervals.mapped.answers import Answers
from tests.extractor.intervals.mapped.written import (
    LAYOUTS,
    Cell,
    Layout,
    Style,
    Zone,
    csv_of,
    mapped,
    values_of,
    wide_layout,
    xlsx_of,
)

SPRING, AUTUMN, SUMMER = dt.date(2025, 3, 9), dt.date(2025, 11, 2), dt.date(2025, 7, 14)
STEPS = {900, 1800, 3600}


def series(first: dt.date, days: int, step: int, seed: int = 1) -> dict[int, int]:
    """Return what was counted over whole local days."""
    begin, end = clock.period(first, first + dt.timedelta(days=days - 1))
    drawn = random.Random(seed)
    return {start: drawn.randrange(1, 4_000_000) for start in range(begin, end, step)}


def said(layout: Layout, zone: Zone, style: Style | None = None, step: int | None = None) -> Answers:
    """Return what a person answers of a file."""
    style = style or Style()
    return replace(
        layout.answers,
        zone=zone,
        order=None if style.dates == "ymd" else style.dates,
        decimal=style.decimal,
        minutes=step and step // 60,
    )


def expected(known: dict[int, int], step: int) -> dict[tuple[int, int], int]:
    return {(start, step): value for start, value in known.items()}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(LAYOUTS)),
    st.sampled_from([SPRING, AUTUMN, SUMMER]),
    st.sampled_from(sorted(STEPS)),
    st.sampled_from(["local", "utc", "pst"]),
    st.builds(
        Style,
        delimiter=st.sampled_from([",", ";", "\t", "|"]),
        encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
        dates=st.sampled_from(["mdy", "dmy", "ymd"]),
        half_days=st.booleans(),
        decimal=st.sampled_from(["point", "comma"]),
        preamble=st.sampled_from([(), ("Interval data request", "", 'For "1 Caf\xe9 St"', "")]),
        crlf=st.booleans(),
    ),
    st.integers(0, 1000),
)
@example("ends", AUTUMN, 900, "local", Style(), 1)
@example("ends", SPRING, 900, "local", Style(), 1)
@example("ends", AUTUMN, 3600, "local", Style(), 1)
@example("ends", SPRING, 3600, "local", Style(half_days=True, dates="mdy"), 1)
@example("start and end, meter and quality", AUTUMN, 3600, "local", Style(delimiter="|"), 1)
def test_text(name: str, date: dt.date, step: int, zone: Zone, style: Style, seed: int) -> None:
    layout, known = LAYOUTS[name], series(date, 2, step, seed)
    data = csv_of(layout.heading, layout.rows(known, step, zone), style)
    mapping = mapped(data, said(layout, zone, style, step))
    found, codes = values_of(data, mapping)
    assert found == expected(known, step)
    assert codes == []


@pytest.mark.parametrize("by", ["xlsxwriter", "openpyxl"])
@pytest.mark.parametrize("zone", ["local", "utc", "pst"])
@pytest.mark.parametrize("date", [SPRING, AUTUMN, SUMMER])
@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_workbooks(name: str, date: dt.date, zone: Zone, by: Literal["xlsxwriter", "openpyxl"]) -> None:
    layout, known = LAYOUTS[name], series(date, 2, 3600)
    data = xlsx_of({"Data": (layout.heading, layout.rows(known, 3600, zone))}, ("A report",), by)
    found, codes = values_of(data, mapped(data, said(layout, zone, step=3600)))
    assert found == expected(known, 3600)
    assert codes == []


@pytest.mark.parametrize("is_workbook", [False, True])
@pytest.mark.parametrize("zone", ["local", "utc", "pst"])
@pytest.mark.parametrize("extra", ["second", "elapsed"])
@pytest.mark.parametrize("step", [900, 3600])
@pytest.mark.parametrize("date", [SPRING, AUTUMN, SUMMER])
def test_a_column_for_each_interval(
    date: dt.date, step: int, extra: Literal["second", "elapsed"], zone: Zone, is_workbook: bool
) -> None:
    layout, known = wide_layout(step, extra), series(date, 3, step)
    if zone != "local":
        begin = int(dt.datetime.combine(date, dt.time(8 if zone == "pst" else 0), dt.UTC).timestamp())
        known = {begin + place * step: value for place, value in enumerate(known.values())}
    rows = layout.rows(known, step, zone)
    data = xlsx_of({"Data": (layout.heading, rows)}) if is_workbook else csv_of(layout.heading, rows)
    found, codes = values_of(data, mapped(data, replace(layout.answers, zone=zone)))
    assert found == expected(known, step)
    assert set(codes) <= {"no_value", "spring_hour"}
    has_empty = (zone != "local" and len(known) % (86400 // step)) or (zone, extra, date) == (
        "local",
        "second",
        SPRING,
    )
    assert bool(codes) == bool(has_empty)


@pytest.mark.parametrize("size", [1, 5, 96, 300])
def test_rows_of_many_accounts_may_come_in_any_turn(size: int) -> None:
    """By account, or all accounts of an interval and then the next, on the day in autumn."""
    layout, known = LAYOUTS["ends"], series(AUTUMN, 2, 900)
    one = list(layout.rows(known, 900, "local"))
    other: list[list[Cell]] = [["8000000002", label, Decimal(1)] for _, label, _ in one]
    rows = [
        row
        for first in range(0, len(one), size)
        for row in (*one[first : first + size], *other[first : first + size])
    ]
    data = csv_of(layout.heading, rows)
    mapping = mapped(data, said(layout, "local"))
    assert values_of(data, mapping)[0] == expected(known, 900)
    assert set(values_of(data, mapping, account="8000000002")[0]) == set(expected(known, 900))
