"""SCE's TOU holidays: days that are billed like a weekend. They are about rates, not about closed offices.

"Holidays are New Year's Day (January 1), Presidents' Day (third Monday in February), Memorial Day
(last Monday in May), Independence Day (July 4), Labor Day (first Monday in September), Veterans Day
(November 11), Thanksgiving Day (fourth Thursday in November), and Christmas (December 25). When any
holiday listed above falls on Sunday, the following Monday will be recognized as a holiday. No change
will be made for holidays falling on Saturday." Source: SCE tariff sheets of 2025 and 2026.

General holiday libraries move a Saturday's holiday to Friday and have more days: not used here.

>>> [str(one) for one in sorted(holidays(2027)) if one.month in (6, 7)]  # July 4 is a Sunday; June 19 is none
['2027-07-05']
>>> is_weekend(dt.date(2026, 7, 3)), is_weekend(dt.date(2026, 9, 7))  # before a Saturday's holiday; Labor Day
(False, True)
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
FIXED = ((1, 1), (7, 4), (11, 11), (12, 25))
"""Month and day."""

FLOATING = ((2, MONDAY, 3), (5, MONDAY, -1), (9, MONDAY, 1), (11, THURSDAY, 4))
"""Month, day of the week, and which of them: the last is -1."""


@lru_cache(256)
def holidays(year: int) -> frozenset[dt.date]:
    """Return the eight days of a year that are recognised as holidays."""
    fixed = [_observed(dt.date(year, month, day)) for month, day in FIXED]
    return frozenset([*fixed, *(_floating(year, *rule) for rule in FLOATING)])


def is_weekend(date: dt.date) -> bool:
    """Tell whether a day is billed as weekend: a Saturday, a Sunday or a holiday."""
    return date.weekday() >= SATURDAY or date in holidays(date.year)


def _observed(date: dt.date) -> dt.date:
    return date + dt.timedelta(days=1) if date.weekday() == SUNDAY else date


def _floating(year: int, month: int, weekday: int, which: int) -> dt.date:
    first = dt.date(year, month, 1)
    day = first + dt.timedelta(days=(weekday - first.weekday()) % 7)
    found = [day + dt.timedelta(weeks=week) for week in range(5)]
    return [one for one in found if one.month == month][which - 1 if which > 0 else which]
