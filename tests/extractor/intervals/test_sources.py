"""What has to be known of readings is told of those that are compared, wherever a join moved the period."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from extractor.intervals import clock
from extractor.intervals.held.last_told import LastTold
from extractor.intervals.join import join
from extractor.intervals.loads import Load, Taken
from extractor.intervals.sources import Sources
from tests.extractor.intervals.loads import made, values_of
from tests.extractor.intervals.test_join import GS2D, around, service

CONFIRMED, UNCONFIRMED = 1, 2


@pytest.mark.parametrize(
    ("hours", "day", "is_told"),
    [
        (0, "2025-07-10", True),  # the last day of the period
        (0, "2025-07-11", False),
        (24, "2025-07-11", True),  # readings that are labelled a day late are those of the next day
        (24, "2025-06-11", False),
    ],
)
def test_unconfirmed_readings_are_told_of_the_days_that_are_compared(
    hours: int, day: str, is_told: bool
) -> None:
    bill = service(GS2D)
    values = {at + hours * 3600: value for at, value in values_of(around(bill)).items()}
    begin, end = clock.day(dt.date.fromisoformat(day))
    starts = np.array(list(values), dtype=np.int64)
    imports = np.where((starts >= begin) & (starts < end), UNCONFIRMED, CONFIRMED)
    load = Load((made(values),), (Taken(starts, imports, np.zeros(len(starts), dtype=np.int8)),))
    joined = join(bill, load.columns)
    assert (joined.verdict, joined.shift.hours) == ("ties_out", -hours)
    noted = LastTold(dict.fromkeys((CONFIRMED, UNCONFIRMED), dt.datetime(2026, 11, 24, tzinfo=dt.UTC)))
    told = Sources(noted, frozenset([UNCONFIRMED])).told(joined, load, None)
    assert (told.unconfirmed == (UNCONFIRMED,)) is is_told
