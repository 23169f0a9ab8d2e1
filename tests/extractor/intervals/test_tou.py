"""Which TOU period an hour is in: the table printed on business bills, its dates, and what is refused."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest

from extractor.intervals import clock, tou
from extractor.intervals.tou import BUCKETS, UnknownHoursError, bucket, period_codes
from tests.extractor.intervals.loads import price_period, quarters


@pytest.mark.parametrize(
    ("schedule", "at", "season", "period"),
    [
        ("TOU-GS-2-E", "2025-07-07 15:59", "summer", "off_peak"),  # a Monday, the minute before 4 pm
        ("TOU-GS-2-E", "2025-07-07 16:00", "summer", "on_peak"),
        ("TOU-GS-2-E", "2025-07-07 20:59", "summer", "on_peak"),
        ("TOU-GS-2-E", "2025-07-07 21:00", "summer", "off_peak"),
        ("TOU-GS-2-E", "2025-07-05 16:00", "summer", "mid_peak"),  # Saturday
        ("TOU-GS-2-E", "2025-07-04 16:00", "summer", "mid_peak"),  # a holiday on a Friday
        ("TOU-GS-2-E", "2025-09-01 16:00", "summer", "mid_peak"),  # Labor Day
        ("TOU-GS-2-E", "2026-07-03 16:00", "summer", "on_peak"),  # Friday before a Saturday's holiday
        ("TOU-GS-2-E", "2027-07-05 16:00", "summer", "mid_peak"),  # Monday after a Sunday's holiday
        ("TOU-GS-2-E", "2026-06-19 16:00", "summer", "on_peak"),  # Juneteenth is none
        ("TOU-GS-2-E", "2025-07-05 03:00", "summer", "off_peak"),
        ("TOU-GS-2-E", "2025-05-31 23:59", "winter", "off_peak"),  # the season changes at midnight
        ("TOU-GS-2-E", "2025-06-01 00:00", "summer", "off_peak"),
        ("TOU-GS-2-E", "2025-09-30 20:59", "summer", "on_peak"),
        ("TOU-GS-2-E", "2025-10-01 20:59", "winter", "mid_peak"),
        ("TOU-GS-2-E", "2025-12-25 16:00", "winter", "mid_peak"),  # in winter all days are alike
        ("TOU-GS-2-E", "2025-01-04 07:59", "winter", "off_peak"),
        ("TOU-GS-2-E", "2025-01-04 08:00", "winter", "super_off_peak"),
        ("TOU-GS-2-E", "2025-01-04 15:59", "winter", "super_off_peak"),
        ("TOU-D-PRIME", "2026-07-07 16:00", "summer", "on_peak"),
        ("TOU-D-5", "2026-07-07 16:59", "summer", "off_peak"),  # its peak is 5 to 8 pm
        ("TOU-D-5", "2026-07-07 17:00", "summer", "on_peak"),
        ("TOU-D-5-8PM", "2026-07-07 20:00", "summer", "off_peak"),
        ("TOU-D-5", "2026-07-11 17:00", "summer", "mid_peak"),
        ("TOU-D-5", "2026-01-07 16:59", "winter", "super_off_peak"),
        ("TOU-D-5", "2026-01-07 17:00", "winter", "mid_peak"),
        ("TOU-D-5", "2026-01-07 20:00", "winter", "off_peak"),
        ("TOU-D-5", "2026-01-07 07:59", "winter", "off_peak"),
        ("TOU-GS-3D CPP", "2025-07-07 16:00", "summer", "on_peak"),  # as printed, with its decorations
        ("TOU-D-4 NEM2", "2026-07-07 16:00", "summer", "on_peak"),
        ("SBP TOU-D-PRIME", "2026-07-07 16:00", "summer", "on_peak"),
        ("TOU-GS-2-E (Transitional Bundled Service)", "2026-07-07 16:00", "summer", "on_peak"),
        ("DOMESTIC", "2026-07-07 16:00", "summer", None),
    ],
)
def test_hour_is_in_a_bucket(schedule: str, at: str, season: str, period: str | None) -> None:
    assert bucket(schedule, dt.datetime.fromisoformat(at)) == (season, period)


@pytest.mark.parametrize(
    ("schedule", "date"),
    [
        ("TOU-GS-2-B", "2025-07-07"),  # an old option with hours of its own
        ("TOU-GS-1-B (Direct Access)", "2025-07-07"),
        ("TOU-PA-2-D", "2026-07-07"),  # no sheet of it was read
        ("TOU-8 DA NON-CON", "2008-07-07"),
        ("TOU-D-4", "2018-08-02"),  # these hours are of March 2019
        ("TOU-GS-2-E5", "2025-07-07"),  # a name is the whole name
        ("DOMESTIC TOU-D-4", "2025-07-07"),
        ("ESP (Direct Access)", "2025-07-07"),
    ],
)
def test_unknown_hours_are_refused_with_a_reason(schedule: str, date: str) -> None:
    with pytest.raises(UnknownHoursError, match=f"{date} are not known"):
        bucket(schedule, dt.datetime.fromisoformat(f"{date} 16:00"))


@pytest.mark.parametrize("schedule", ["", " ", "(SCE)"])
def test_a_schedule_without_a_name_is_said_not_to_have_been_read(schedule: str) -> None:
    with pytest.raises(UnknownHoursError, match=r"^the rate schedule was not read"):
        bucket(schedule, dt.datetime.fromisoformat("2025-07-07 16:00"))


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_table_of_a_year_is_that_of_a_calendar_hour_by_hour(year: int) -> None:
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    wanted = [price_period(instant) for instant in itertools.islice(quarters(first, last), 0, None, 4)]
    assert [BUCKETS[code] for code in period_codes("TOU-GS-2-D", first, last)] == wanted


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        ("2025-03-09", "2025-03-09", 23),  # clocks go forward
        ("2025-11-02", "2025-11-02", 25),  # and back
        ("2025-12-20", "2026-01-20", 32 * 24),  # over a year's end
        ("2024-12-04", "2026-01-03", 396 * 24),  # two years' ends
    ],
)
def test_period_has_a_bucket_for_each_of_its_hours(first: str, last: str, hours: int) -> None:
    begin, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    codes = period_codes("TOU-GS-2-E", begin, end)
    assert len(codes) == hours
    wanted = [bucket("TOU-GS-2-E", clock.local(at)) for at in range(*clock.period(begin, end), tou.HOUR)]
    assert [BUCKETS[code] for code in codes] == wanted


def test_a_period_half_known_is_refused() -> None:
    with pytest.raises(UnknownHoursError):
        period_codes("TOU-GS-2-E", dt.date(2019, 2, 15), dt.date(2019, 3, 15))


def test_without_a_schedule_the_buckets_are_the_seasons() -> None:
    codes = period_codes(None, dt.date(2025, 5, 31), dt.date(2025, 6, 1))
    assert [BUCKETS[code].season for code in codes] == ["winter"] * 24 + ["summer"] * 24
    assert {BUCKETS[code].tou for code in np.unique(codes)} == {None}


@pytest.mark.parametrize(
    ("schedule", "first", "assumed"),
    [
        ("TOU-GS-2-E", dt.date(2025, 1, 1), False),  # read on real bills
        ("TOU-GS-2-E", dt.date(2022, 1, 1), True),  # hours of those years were not
        ("TOU-D-5", dt.date(2026, 1, 1), True),  # its winter hours are second-hand
        ("TOU-8-D", dt.date(2026, 1, 1), True),
        ("TOU-D-PRIME", dt.date(2026, 1, 1), False),
    ],
)
def test_what_is_only_assumed_is_said(schedule: str, first: dt.date, assumed: bool) -> None:
    assert bool(tou.assumptions(schedule, first, first + dt.timedelta(days=29))) is assumed


def test_rows_have_sources_and_grades_and_do_not_overlap() -> None:
    told = [(row.source, row.grade) for row in tou.schedules()]
    told += [(row.source, row.grade) for row in tou.hours_named().values()]
    assert all(source and grade in ("A", "B", "OFF", "3P") for source, grade in told)
    for row in tou.schedules():
        assert row.effective_to is None or row.effective_from < row.effective_to


@pytest.mark.parametrize(
    "hours",
    [[[0, 23]], [[0, 24], [3, 4]]],  # an hour is missing; an hour is named twice
)
def test_a_table_with_a_hole_or_an_overlap_is_refused(hours: list[list[int]]) -> None:
    rules = [{"season": season, "days": "every", "hours": hours} for season in tou.SEASONS]
    with pytest.raises(ValueError, match="unpack"):
        tou._codes(rules)
