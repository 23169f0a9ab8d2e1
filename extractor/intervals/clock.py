"""Local time in California and UTC: the one place where either becomes the other.

Days are local in America/Los_Angeles, also those that a person types; instants are UTC. A day has
23, 24 or 25 hours. What a feed says of its own time zone is never used: SCE sends a wrong rule.

>>> day(dt.date(2025, 3, 9)), day(dt.date(2025, 11, 2))  # 23 and 25 hours
((1741507200, 1741590000), (1762066800, 1762156800))
>>> expected(dt.date(2025, 3, 9), dt.date(2025, 3, 9), 900)
92
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("America/Los_Angeles")


@lru_cache(4096)
def midnight(date: dt.date) -> int:
    """Return the instant at which a local day begins, in seconds since 1970."""
    return int(dt.datetime(date.year, date.month, date.day, tzinfo=LOCAL).timestamp())


def day(date: dt.date) -> tuple[int, int]:
    """Return when a local day begins and ends, the end exclusive."""
    return period(date, date)


def period(first: dt.date, last: dt.date) -> tuple[int, int]:
    """Return when a billing period begins and ends, both of its printed days inclusive; the end exclusive."""
    return midnight(first), midnight(last + dt.timedelta(days=1))


def expected(first: dt.date, last: dt.date, seconds: int) -> int:
    """Return how many intervals of so many seconds a period has: 92 or 100 of 15 minutes on some days."""
    begin, end = period(first, last)
    return (end - begin) // seconds


def local(instant: int) -> dt.datetime:
    """Return the local time of an instant, with its offset."""
    return dt.datetime.fromtimestamp(instant, LOCAL)


def instant(clock: dt.datetime, fold: int = 0, zone: ZoneInfo = LOCAL) -> int:
    """Return the instant of a local clock's time; of the hour that comes twice `fold` tells which, 0 or 1."""
    return int(clock.replace(tzinfo=zone, fold=fold).timestamp())
