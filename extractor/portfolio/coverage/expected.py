"""When a statement is to be expected: by the bills' own next cycle end, and the days that SCE then takes.

SCE prints "Your next billing cycle will end on or about" a day. Where it does not, a cycle is as long as the
meter's own usually are; the statement comes as many days after its last day as the meter's own did. What
does not rest on print is marked as assumed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from statistics import median_low
from typing import NamedTuple

from extractor.portfolio.billed import OfService

USUAL_DAYS = 30
"""Of a cycle where a meter has no usual ones of its own; SCE's have 27 to 33 (Rule 9)."""

USUAL = range(26, 36)
"""Days of cycles that tell how long a meter's are: others are short, long or rebilled."""

USUAL_LAG = 1
"""Days from the last billed day to the statement date, where none are known (bills.md, section 7)."""

LAGS = range(0, 31)
"""Days that tell: a statement later than that is a rebill or was held up."""

NEXT = range(15, 71)
"""Days after the last billed one on which the next cycle may end; another date is misread."""


class Pace(NamedTuple):
    """How a meter's bills follow on each other."""

    days: int
    """Of a cycle."""
    lag: int
    """Days from its last one to the statement date."""
    is_assumed: bool
    """No bill of the meter tells the lag."""


def pace(services: Iterable[OfService]) -> Pace:
    """Return how bills follow on each other, by trusted services of delivery."""
    days, lags = [], []
    for one in services:
        if one.is_generation or not one.counts or one.start is None or one.end is None:
            continue
        length = (one.end - one.start).days + 1
        if length in USUAL:
            days.append(length)
        lag = (one.bill.statement_date - one.end).days if one.bill.statement_date else -1
        if lag in LAGS:
            lags.append(lag)
    return Pace(
        median_low(days) if days else USUAL_DAYS, median_low(lags) if lags else USUAL_LAG, is_assumed=not lags
    )


class Next(NamedTuple):
    """A cycle of which nothing came yet."""

    first: dt.date
    last: dt.date
    is_assumed: bool
    """No bill prints its last day."""


def following(
    after: dt.date, last_services: Iterable[OfService], by: Pace, horizon: dt.date, until: dt.date | None
) -> Iterator[Next]:
    """Give the cycles after a day: up to the first that reaches a horizon; `until` cuts the last one."""
    printed = printed_end(after, last_services)
    last = printed or after + dt.timedelta(days=by.days)
    first, is_assumed = after + dt.timedelta(days=1), printed is None
    while first <= horizon and (until is None or first <= until):
        if until is not None and last > until:
            last, is_assumed = until, True
        yield Next(first, last, is_assumed)
        first, last, is_assumed = last + dt.timedelta(days=1), last + dt.timedelta(days=by.days), True


def printed_end(after: dt.date, services: Iterable[OfService]) -> dt.date | None:
    """Return when the next cycle ends by the latest trusted statement that says so."""
    told = [
        (one.bill.statement_date or dt.date.min, one.bill.next_cycle_end)
        for one in services
        if one.bill.is_trusted and one.bill.next_cycle_end and (one.bill.next_cycle_end - after).days in NEXT
    ]
    return max(told)[1] if told else None


def divided(first: dt.date, last: dt.date, length: int) -> Iterator[tuple[dt.date, dt.date]]:
    """Give the cycles that days of which nothing came were, by how long the meter's usually are.

    >>> day = dt.date
    >>> [str(end) for _, end in divided(day(2026, 3, 3), day(2026, 5, 2), 30)]
    ['2026-04-01', '2026-05-02']
    """
    days = (last - first).days + 1
    count = max(1, round(days / length))
    ends = [first + dt.timedelta(days=days * at // count - 1) for at in range(1, count + 1)]
    for end in ends:
        yield first, end
        first = end + dt.timedelta(days=1)
