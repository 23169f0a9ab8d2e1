"""Local months, numbered as people write them: 202503 is March 2025, the months of the store's files.

>>> bounds(202503)  # 743 hours, as clocks go forward
(1740816000, 1743490800)
>>> between(dt.date(2024, 12, 31), dt.date(2025, 2, 1))
[202412, 202501, 202502]
"""

from __future__ import annotations

import datetime as dt

from extractor.intervals import clock


def number(date: dt.date) -> int:
    """Return the number of a day's month."""
    return date.year * 100 + date.month


def first_day(month: int) -> dt.date:
    """Return the first day of a month."""
    return dt.date(month // 100, month % 100, 1)


def last_day(month: int) -> dt.date:
    """Return the last day of a month."""
    return first_day(following(month)) - dt.timedelta(days=1)


def following(month: int) -> int:
    """Return the month after another."""
    return month + (89 if month % 100 == 12 else 1)


def bounds(month: int) -> tuple[int, int]:
    """Return the instants at which a month begins and ends, the end exclusive."""
    return clock.period(first_day(month), last_day(month))


def between(first: dt.date, last: dt.date) -> list[int]:
    """Return the months that a span of days touches, both days inclusive."""
    found, month = [], number(first)
    while month <= number(last):
        found.append(month)
        month = following(month)
    return found
