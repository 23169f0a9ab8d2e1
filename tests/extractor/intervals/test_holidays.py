"""SCE's TOU holidays, against the table computed from the tariff's words for 2024 to 2030."""

from __future__ import annotations

import datetime as dt

import pytest

from extractor.intervals.holidays import holidays, is_weekend

TABLE = """
2024 01-01 02-19 05-27 07-04 09-02 11-11 11-28 12-25
2025 01-01 02-17 05-26 07-04 09-01 11-11 11-27 12-25
2026 01-01 02-16 05-25 07-04 09-07 11-11 11-26 12-25
2027 01-01 02-15 05-31 07-05 09-06 11-11 11-25 12-25
2028 01-01 02-21 05-29 07-04 09-04 11-11 11-23 12-25
2029 01-01 02-19 05-28 07-04 09-03 11-12 11-22 12-25
2030 01-01 02-18 05-27 07-04 09-02 11-11 11-28 12-25
"""


@pytest.mark.parametrize("row", TABLE.split("\n")[1:-1])
def test_eight_days_a_year_are_holidays(row: str) -> None:
    year, *days = row.split()
    assert [f"{one:%m-%d}" for one in sorted(holidays(int(year)))] == days


@pytest.mark.parametrize(
    ("date", "weekend"),
    [
        ("2026-07-04", True),  # Saturday, and a holiday
        ("2026-07-03", False),  # a Saturday's holiday moves nothing: not the Friday before
        ("2026-07-06", False),  # nor the Monday after
        ("2027-07-04", True),  # Sunday
        ("2027-07-05", True),  # a Sunday's holiday is the Monday after it, too
        ("2023-01-02", True),  # New Year's Day 2023 was a Sunday
        ("2022-12-26", True),  # Christmas 2022 was a Sunday
        ("2026-06-19", False),  # Juneteenth is no TOU holiday
        ("2025-09-01", True),  # Labor Day
        ("2025-10-13", False),  # nor is Columbus Day
        ("2025-11-28", False),  # nor the day after Thanksgiving
    ],
)
def test_day_is_billed_as_weekend(date: str, weekend: bool) -> None:
    assert is_weekend(dt.date.fromisoformat(date)) is weekend
