"""Spans of days, both ends inclusive, and what is left of one when others are taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

ONE = dt.timedelta(days=1)

Days = tuple[dt.date, dt.date]
"""First and last day, both inclusive."""


def outside(days: Days, spans: Iterable[Days]) -> list[Days]:
    """Return the runs of days that are in none of some spans.

    >>> march = dt.date(2026, 3, 1), dt.date(2026, 3, 31)
    >>> kept = [(dt.date(2026, 3, 5), dt.date(2026, 3, 9))]
    >>> [(first.day, last.day) for first, last in outside(march, kept)]
    [(1, 4), (10, 31)]
    """
    runs, at = [], days[0]
    for first, last in sorted(spans):
        if last < at:
            continue
        if first > days[1]:
            break
        if first > at:
            runs.append((at, first - ONE))
        if last >= days[1]:
            return runs
        at = last + ONE
    return [*runs, (at, days[1])]
