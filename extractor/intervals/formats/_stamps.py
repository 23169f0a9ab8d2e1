"""Dates and times written as digits: CCYYMMDD and HHMM, as both CMEP and X12 have them.

>>> day("20251103") + minutes("0015") * 60
1762128900
>>> settled(day("20110920") + 20 * 3600 + 59 * 60, 3600) - day("20110920") == 21 * 3600
True
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

DRIFT = 60
"""Seconds by which a meter's clock may be off before its stamp is left as it is."""

HOUR = 3600

CENTURIES = {"19", "20"}
"""First digits of the years that interval meters have counted in."""


@lru_cache(4096)
def day(text: str) -> int:
    """Return the instant at which a UTC day begins, in seconds since 1970.

    Raises:
        ValueError: if there is no such day, or meters do not count on it.
    """
    if len(text) != 8 or not (text.isascii() and text.isdigit()) or text[:2] not in CENTURIES:
        raise ValueError("is no date")
    date = dt.datetime(int(text[:4]), int(text[4:6]), int(text[6:]), tzinfo=dt.UTC)
    return int(date.timestamp())


@lru_cache(4096)
def minutes(text: str) -> int:
    """Return the minutes since midnight of HHMM; 2400 is the end of the day.

    Raises:
        ValueError: if there is no such time.
    """
    if len(text) != 4 or not (text.isascii() and text.isdigit()):
        raise ValueError("is no time")
    hour, minute = int(text[:2]), int(text[2:])
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise ValueError("is no time")
    return hour * 60 + minute


def settled(end: int, seconds: int) -> int:
    """Return the end of the interval that a stamp means: a minute beside the grid is a drifting clock.

    "Interval values of less than an hour must repeat on the hour" (CMEP, feature 16), so the grid is
    known; a stamp that is further beside it, or of a longer interval, stays as it is.
    """
    if seconds <= 2 * DRIFT or HOUR % seconds:
        return end
    late = end % seconds
    if late <= DRIFT:
        return end - late
    return end + seconds - late if seconds - late <= DRIFT else end
