"""Where a row's intervals lie, by the clock that a person confirmed: on a local day, or at an instant.

Local days are put on the line of time by the order of their rows, as those of other formats are. A
label that is an interval's end is one interval before it; where clocks change `begins_of_ends` mends it.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from extractor.intervals.mapped.moments import Moment
from extractor.intervals.mapped.slots import DAY, HOUR

ONE, TWO, THREE = HOUR, 2 * HOUR, 3 * HOUR

PST = -8 * HOUR
"""Seconds of Pacific standard time from UTC."""


@lru_cache(4096)
def midnight(date: dt.date) -> int:
    """Return the instant at which a day of UTC begins."""
    return int(dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC).timestamp())


def instant(label: Moment, offset: int) -> int:
    """Return the instant of a label by a clock that is so many seconds from UTC."""
    return midnight(label.date) + (label.seconds or 0) - offset


def local_begin(label: Moment, seconds: int, is_end: bool) -> tuple[dt.date, int]:
    """Return the local day and the time by the clock at which an interval begins.

    >>> local_begin(Moment(dt.date(2025, 7, 5), 0, None), 900, True)
    (datetime.date(2025, 7, 4), 85500)
    """
    begin = (label.seconds or 0) - (seconds if is_end else 0)
    days, at = divmod(begin, DAY)
    return (label.date + dt.timedelta(days=days) if days else label.date), at
