"""What is held of each month, and which of its days are provisional: coverage beside the kept bills."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Engine

from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.held import months
from extractor.intervals.held.coverage import Kind, MonthHeld, coverage
from extractor.intervals.held.refetch import meters
from extractor.intervals.provisional import Days, each_day, final_days, provisional


class Marked(NamedTuple):
    """What is held of a month, and which of its days are provisional."""

    held: MonthHeld
    provisional: tuple[Days, ...]


def marked(
    home: Home,
    engine: Engine,
    service_account: str | None = None,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> list[Marked]:
    """Return what is held by account, meter, channel, length and month; days asked for are inclusive."""
    final = {one.owner: final_days(one.bills, one.to_fetch) for one in meters(home, engine, service_account)}
    found = [
        Marked(month, _provisional(month, first, last, _of(month.kind, final)))
        for month in coverage(home, engine, service_account, first, last)
    ]
    return sorted(found, key=lambda one: (order(one.held.kind), one.held.month))


def order(kind: Kind) -> tuple[bool, str, str, str, str, int]:
    """Return by what rows are sorted: what is nobody's comes last."""
    unknown = kind.service_account is None
    return unknown, kind.owner, kind.meter or "", kind.channel, kind.unit, kind.seconds


def _of(kind: Kind, final: dict[str, set[dt.date]]) -> set[dt.date]:
    return final.get(kind.owner, set()) if kind.service_account else set()


def _provisional(
    month: MonthHeld, first: dt.date | None, last: dt.date | None, final: Collection[dt.date]
) -> tuple[Days, ...]:
    """Return the days of a month of which something is held that may still change."""
    begin, end = months.first_day(month.month), months.last_day(month.month)
    days = each_day(max(begin, first or begin), min(end, last or end))
    return provisional((day for day in days if not _is_missing(day, month)), final)


def _is_missing(day: dt.date, month: MonthHeld) -> bool:
    begin, end = clock.day(day)
    return any(gap.begin <= begin and end <= gap.end for gap in month.gaps)
