"""Days that are left of a span when others are taken away; how few of them are no month of their own.

>>> import datetime as dt
>>> january = dt.date(2026, 1, 1), dt.date(2026, 1, 31)
>>> kept = [(dt.date(2026, 1, 3), dt.date(2026, 2, 9))]
>>> [(str(first), str(last)) for first, last in left(january, kept, 2)]
[('2026-01-01', '2026-01-02')]
>>> left(january, kept, 7)
[]
"""

from __future__ import annotations

from collections.abc import Iterable

from extractor.base.days import outside
from extractor.portfolio.coverage.laid import FEWEST
from extractor.portfolio.from_gaps.model import Days, What


def least(what: What) -> int:
    """Return how many days without data are at least something missing: of readings one, of bills a week."""
    return 1 if what == "interval" else FEWEST


def left(days: Days, taken: Iterable[Days], fewest: int) -> list[Days]:
    """Return the runs of days that nothing takes away, without those that are too short to matter."""
    enough = min(fewest, (days[1] - days[0]).days + 1)
    return [run for run in outside(days, taken) if (run[1] - run[0]).days + 1 >= enough]
