"""What is held is counted by local months, as they are: of 743 and of 721 hours, too."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.given import Account, Series
from extractor.intervals.held.coverage import Gap, MonthHeld, coverage
from tests.extractor.intervals.held.stored import ACCOUNT, ESTIMATED, MARCH, QUARTER, VALIDATED, run
from tests.extractor.intervals.held.stored import kept as keep


def told(month: MonthHeld) -> tuple[int, int, int, tuple[Gap, ...]]:
    return month.month, month.held, month.expected, month.gaps


@pytest.mark.parametrize(
    ("first", "last", "quarters"),
    [
        ("2025-03-01", "2025-03-31", 2972),  # clocks go forward: an hour less
        ("2025-11-01", "2025-11-30", 2884),  # clocks go back: an hour more
        ("2025-02-01", "2025-02-28", 2688),
    ],
)
def test_a_whole_month_has_as_many_as_are_expected(
    home: Home, kept: Engine, first: str, last: str, quarters: int
) -> None:
    begin, end = clock.period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    keep(home, kept, "a", [run(begin, (end - begin) // QUARTER, 1)])
    (month,) = coverage(home, kept)
    assert (month.held, month.expected, month.is_complete) == (quarters, quarters, True)
    assert month.estimated_share is None  # nothing says whether it was estimated


def test_nothing_estimated_is_known_only_where_readings_say_how_sure_they_are(
    home: Home, kept: Engine
) -> None:
    keep(home, kept, "a", [run(MARCH, 96, 1, quality=VALIDATED)])
    (month,) = coverage(home, kept)
    assert (month.estimated, month.estimated_share) == (0, Decimal(0))


def test_gaps_are_told_and_months_between(home: Home, kept: Engine) -> None:
    may, end = clock.period(dt.date(2025, 5, 1), dt.date(2025, 5, 31))
    keep(
        home,
        kept,
        "a",
        [
            run(MARCH, 96, 1),
            run(MARCH + 100 * QUARTER, 2972 - 100, 1),
            run(may, 4, 1, quality=ESTIMATED),
            run(may + 4 * QUARTER, 12, 1),
        ],
    )
    march, april, of_may = coverage(home, kept, ACCOUNT)
    hour = Gap(MARCH + 96 * QUARTER, MARCH + 100 * QUARTER)
    assert told(march) == (202503, 2968, 2972, (hour,))
    assert told(april) == (202504, 0, 2880, (Gap(MARCH + 2972 * QUARTER, may),))
    assert told(of_may) == (202505, 16, 2976, (Gap(may + 16 * QUARTER, end),))
    assert of_may.estimated_share == Decimal("0.25")


def test_days_that_are_asked_for_are_all_that_is_expected(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [run(MARCH, 192, 1)])
    asked = coverage(home, kept, ACCOUNT, dt.date(2025, 2, 28), dt.date(2025, 3, 2))
    february, march = asked
    assert told(february) == (202502, 0, 96, (Gap(MARCH - 96 * QUARTER, MARCH),))
    assert told(march) == (202503, 192, 192, ())


def test_each_meter_channel_and_length_is_counted_on_its_own(home: Home, kept: Engine) -> None:
    received = Series("received", service_account=ACCOUNT)
    point = Series("delivered", usage_point="up-1")
    other = Series("delivered", usage_point="up-2")
    keep(
        home,
        kept,
        "a",
        [
            run(MARCH, 4, 1, received),
            run(MARCH, 5, 1, point),
            run(MARCH, 6, 1, other),
            Account("up-1", ACCOUNT),
        ],
    )
    found = {
        (one.kind.owner, one.kind.service_account, one.kind.channel): one.held for one in coverage(home, kept)
    }
    assert found == {
        (ACCOUNT, ACCOUNT, "received"): 4,
        (ACCOUNT, ACCOUNT, "delivered"): 5,
        ("up-2", None, "delivered"): 6,
    }


def test_nothing_held_is_nothing_told(home: Home, kept: Engine) -> None:
    assert list(coverage(home, kept)) == list(coverage(home, kept, "9")) == []
