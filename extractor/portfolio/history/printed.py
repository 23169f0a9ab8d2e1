"""A bill's printed usage history beside the bills that are kept: a sign of a rebill, or of a missing one.

The months of the chart are those in which meters were read. Where a meter was read twice in a month, or not
at all, SCE may call a period by the month before or after: so what is printed for a month is only said to
differ if no period of the months around it has just these kWh.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.around import around
from extractor.portfolio.history.odd import Odd

HALF = Decimal("0.5")
"""kWh; the chart prints whole ones."""

LONGEST = 45
"""Days of one month's period at most."""


class Column(NamedTuple):
    """A column of the printed usage comparison."""

    month: int
    """Counted from the year 0."""
    kwh: Decimal


def columns(history: Sequence[Sequence[str | int | None]]) -> list[Column]:
    """Return the columns that print kWh; `history` is as the store has it: month (YYYY-MM), kWh, days.

    >>> columns([["2026-01", "300", 31], ["2026-02", None, None]])
    [Column(month=24312, kwh=Decimal('300'))]
    """
    found = []
    for month, kwh, _ in history:
        if kwh is not None:
            year, _, at = str(month).partition("-")
            found.append(Column(12 * int(year) + int(at) - 1, Decimal(str(kwh))))
    return found


def printed(
    delivery: Sequence[OfService], last: OfService, history: Sequence[Sequence[str | int | None]]
) -> Iterator[Odd]:
    """Give the months of which the last bill of a meter prints other kWh than its bill of that month.

    `delivery` are the periods of the meter that count, in order; `history` is printed on the last of them,
    or the last but for what adjusts it.
    """
    by_month: dict[int, list[OfService]] = defaultdict(list)
    for one in delivery:
        if one.end is not None:
            by_month[_month(one.end)].append(one)
    first = min(by_month, default=0)
    longer = around(delivery)
    several = [one for one in delivery if one.id not in longer]
    for column in columns(history):
        if not first <= column.month < _month(last.end or dt.date.min):
            continue
        near = [one for at in (-1, 0, 1) for one in by_month.get(column.month + at, ())]
        if any(one.kwh is not None and abs(one.kwh - column.kwh) <= HALF for one in near):
            continue
        of = by_month.get(column.month, [])
        if len(of) == 1 and of[0].kwh is not None:
            said = (
                f"prints {column.kwh:,f} kWh for {_named(column.month)}; the bill of {of[0].start} to"
                f" {of[0].end} has {of[0].kwh.normalize():,f}: it was corrected since, or misread"
            )
            yield Odd("printed_history_differs", last.bill, said, last, of[0].bill)
        elif not of and not any(_is_of_several(one, column.month) for one in several):
            said = f"prints {column.kwh:,f} kWh for {_named(column.month)}, of which no bill counts"
            yield Odd("printed_month_missing", last.bill, said, last)


def _is_of_several(one: OfService, month: int) -> bool:
    """Tell whether a period has so many days that a month before its last has no bill of its own.

    The month in which it begins is that of the period before.
    """
    if one.start is None or one.end is None or (one.end - one.start).days + 1 <= LONGEST:
        return False
    return _month(one.start) < month <= _month(one.end)


def _month(day: dt.date) -> int:
    return 12 * day.year + day.month - 1


def _named(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"
