"""SCE's seasons: summer is June 1 to September 30, winter the rest; they change at midnight.

Printed on page 1 of every business bill (`Summer cost periods (Jun 01-Sep 30)`), and the
same for every SCE schedule and for CPA.
"""

from __future__ import annotations

import datetime as dt

from extractor.model import Season

SUMMER = range(6, 10)
"""The months of summer."""


def seasons_of(start: dt.date, end: dt.date) -> list[Season]:
    """Return the seasons that a period touches, in order; both dates inclusive.

    >>> seasons_of(dt.date(2025, 5, 5), dt.date(2025, 6, 3))
    ['winter', 'summer']
    """
    seasons: list[Season] = []
    at = start
    while at <= end:
        season: Season = "summer" if at.month in SUMMER else "winter"
        if not seasons or seasons[-1] != season:
            seasons.append(season)
        at = (at.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return seasons
