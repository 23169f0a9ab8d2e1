"""Business days: cases as a table with the reason of each, laws as properties."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datarequests.business_days import (
    CUTOFF,
    LOS_ANGELES,
    add_business_days,
    business_days_between,
    is_business_day,
    received_on,
    skipped_between,
)
from datarequests.calendars import Calendar, CalendarEndsError, Closure
from datarequests.counterparties import shipped

SCE, CPA = (shipped()[key].calendar for key in ("sce", "cpa"))
DAYS = st.dates(dt.date(2024, 2, 1), dt.date(2029, 12, 31))

TOU_ONLY = Calendar(
    "tou",
    "1",
    dt.date(2026, 1, 1),
    dt.date(2027, 12, 31),
    tuple(
        Closure(dt.date.fromisoformat(day), "holiday")
        for day in ("2026-05-25", "2026-11-11", "2026-11-26", "2026-12-25", "2027-01-01")
    ),
)
"""SCE's holidays of rates alone, for the days that were worked out by hand with them."""


@pytest.mark.parametrize(
    ("start", "count", "due", "why"),
    [
        ("2026-03-02", 5, "2026-03-09", "from a Monday: the next Monday"),
        ("2026-03-03", 5, "2026-03-10", "from a Tuesday"),
        ("2026-03-04", 5, "2026-03-11", "from a Wednesday"),
        ("2026-03-05", 5, "2026-03-12", "from a Thursday"),
        ("2026-03-06", 5, "2026-03-13", "from a Friday"),
        ("2026-03-07", 5, "2026-03-13", "from a Saturday: Monday is the first"),
        ("2026-03-08", 5, "2026-03-13", "from a Sunday: Monday is the first"),
        ("2026-03-08", 0, "2026-03-08", "no days are no move"),
        ("2026-06-18", 5, "2026-06-26", "Juneteenth on a Friday"),
        ("2026-06-26", 5, "2026-07-06", "July 4 on a Saturday: Friday is taken to be closed"),
        ("2027-07-02", 1, "2027-07-06", "July 4 on a Sunday: Monday is closed"),
        ("2026-11-20", 5, "2026-11-30", "over Thanksgiving; the Friday after it is worked"),
        ("2026-12-24", 1, "2026-12-28", "Christmas on a Friday"),
        ("2026-12-31", 1, "2027-01-04", "over the year's end, New Year on a Friday"),
        ("2027-12-20", 10, "2028-01-05", "Christmas and New Year on Saturdays: both Fridays are closed"),
        ("2028-02-28", 2, "2028-03-01", "over February 29"),
        ("2026-03-06", 1, "2026-03-09", "over the change to daylight saving time"),
    ],
)
def test_due_dates_of_sce(start: str, count: int, due: str, why: str) -> None:
    assert str(add_business_days(dt.date.fromisoformat(start), count, SCE)) == due, why


@pytest.mark.parametrize(
    ("start", "five", "ten"),
    [
        ("2026-03-24", "2026-03-31", "2026-04-07"),
        ("2026-06-18", "2026-06-25", "2026-07-02"),
        ("2026-06-26", "2026-07-03", "2026-07-10"),
        ("2026-11-20", "2026-11-30", "2026-12-07"),
        ("2026-12-18", "2026-12-28", "2027-01-05"),
    ],
)
def test_due_dates_by_the_holidays_of_rates(start: str, five: str, ten: str) -> None:
    day = dt.date.fromisoformat(start)
    found = [str(add_business_days(day, count, TOU_ONLY)) for count in (5, 10)]
    assert found == [five, ten]


@pytest.mark.parametrize(
    ("day", "sce", "cpa", "why"),
    [
        ("2025-03-31", True, False, "Cesar Chavez Day closes CPA, as its site said"),
        ("2025-01-20", False, False, "Martin Luther King Jr. Day"),
        ("2026-06-19", False, False, "Juneteenth"),
        ("2026-11-27", True, True, "the day after Thanksgiving: nobody has said that they close"),
        ("2027-07-05", False, False, "July 4 on a Sunday"),
        ("2026-07-03", False, False, "July 4 on a Saturday"),
        ("2029-11-12", False, False, "Veterans Day on a Sunday"),
    ],
)
def test_offices_differ(day: str, sce: bool, cpa: bool, why: str) -> None:
    date = dt.date.fromisoformat(day)
    assert (is_business_day(date, SCE), is_business_day(date, CPA)) == (sce, cpa), why


@pytest.mark.parametrize(
    ("moment", "received", "why"),
    [
        ("2026-03-04T16:59:00-08:00", "2026-03-04", "before the cut-off"),
        ("2026-03-04T17:00:00-08:00", "2026-03-04", "at the cut-off"),
        ("2026-03-04T17:00:01-08:00", "2026-03-05", "after it"),
        ("2026-03-06T18:00:00-08:00", "2026-03-09", "after Friday's cut-off: Monday"),
        ("2026-03-07T09:00:00-08:00", "2026-03-09", "on a Saturday"),
        ("2026-12-26T03:00:00+00:00", "2026-12-28", "Christmas evening in Los Angeles"),
        ("2026-12-25T02:00:00+00:00", "2026-12-28", "Christmas Eve at 18:00, which is Christmas in UTC"),
        ("2026-12-24T17:00:00+00:00", "2026-12-24", "Christmas Eve at 9:00"),
        ("2026-07-06T23:59:00+00:00", "2026-07-06", "16:59 by daylight saving time"),
        ("2026-07-07T00:30:00+00:00", "2026-07-07", "17:30 by daylight saving time; it is 16:30 by PST"),
        ("2026-11-01T09:30:00+00:00", "2026-11-02", "in the hour that comes twice, on a Sunday"),
    ],
)
def test_day_zero(moment: str, received: str, why: str) -> None:
    at = dt.datetime.fromisoformat(moment)
    assert str(received_on(at, CUTOFF, LOS_ANGELES, SCE)) == received, why


def test_without_a_cutoff_the_day_ends_at_midnight() -> None:
    at = dt.datetime.fromisoformat("2026-03-04T23:59:00-08:00")
    assert received_on(at, None, LOS_ANGELES, SCE) == dt.date(2026, 3, 4)


def test_a_calendar_that_does_not_reach_far_enough_is_an_error() -> None:
    with pytest.raises(CalendarEndsError, match="ends on 2030-12-31, 2031-01-01 is asked for"):
        add_business_days(dt.date(2030, 12, 27), 5, SCE)
    with pytest.raises(CalendarEndsError, match="begins on 2024-01-01, 2023-12-31 is asked for"):
        business_days_between(dt.date(2023, 12, 30), dt.date(2024, 1, 2), SCE)


@given(DAYS, st.integers(0, 15), st.integers(0, 15))
def test_two_short_waits_make_one_long_wait(start: dt.date, first: int, second: int) -> None:
    halfway = add_business_days(start, first, SCE)
    assert add_business_days(halfway, second, SCE) == add_business_days(start, first + second, SCE)


@given(DAYS, st.integers(0, 30))
def test_adding_and_counting_are_each_others_inverse(start: dt.date, count: int) -> None:
    due = add_business_days(start, count, CPA)
    assert business_days_between(start, due, CPA) == count


@given(DAYS, st.integers(0, 40))
def test_each_day_is_counted_or_named(start: dt.date, days: int) -> None:
    end = start + dt.timedelta(days=days)
    named = skipped_between(start, end, SCE)
    assert business_days_between(start, end, SCE) + len(named) == days
    assert all(one.name and one.source for one in named)
