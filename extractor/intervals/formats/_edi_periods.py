"""The periods of a transaction: one total of kilowatt-hours for the days of each.

The billed loop counts before the metered summary, that before the others. Of its rows those that are a total
(MEA07 51, or none) count, else those by time of use; rows of several meters are added. DTM 151 without a time
is the last day, inclusive; at midnight it is the day before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.intervals import given
from extractor.intervals.formats._edi_spans import Period
from extractor.intervals.formats._edi_times import When
from extractor.intervals.formats._tally import Tally
from extractor.intervals.given import Channel, Summary

RANKS = ("billed", "metered", "account", "meter", "unmetered")
"""Kinds of loops, the one that counts first."""

TOTAL = {None, "51"}
"""Times of use that are a total."""


class _Row(NamedTuple):
    kind: str
    time_of_use: str | None
    thousandths: int
    number: int


class Periods:
    """Collects the rows of a transaction by their days."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._rows: dict[tuple[dt.date, dt.date], list[_Row]] = {}

    def add(self, kind: str, period: Period, channel: Channel, unit: given.Unit, thousandths: int) -> None:
        """Add a quantity; what a `Summary` has no place for is told."""
        quantity = period.quantity
        if unit != "Wh":
            self._tally.add("unit", quantity.number, unit)
        elif channel != "delivered":
            self._tally.add("received", quantity.number)
        else:
            row = _Row(kind, quantity.time_of_use, thousandths, quantity.number)
            self._rows.setdefault((period.begin.day(), _last(period.end)), []).append(row)

    def summaries(self, usage_point: str | None, service_account: str | None) -> Iterator[Summary]:
        """Give one summary for each period."""
        for (first, last), rows in self._rows.items():
            kind = min((row.kind for row in rows), key=RANKS.index)
            counted = self._counted([row for row in rows if row.kind == kind])
            kwh = Decimal(sum(row.thousandths for row in counted)).scaleb(-6)
            yield Summary(usage_point, service_account, first, last, total=None, kwh=kwh)

    def _counted(self, rows: Sequence[_Row]) -> Sequence[_Row]:
        """Return the rows that make the total."""
        totals = [row for row in rows if row.time_of_use in TOTAL]
        if parts := [row for row in rows if row.time_of_use not in TOTAL]:
            self._tally.add("time_of_use", parts[0].number, count=len(parts))
        counted = totals or parts
        if len(counted) > 1:
            self._tally.add("added", counted[0].number)
        return counted


def _last(end: When) -> dt.date:
    """Return the last day, inclusive."""
    return end.day() - dt.timedelta(days=1) if end.minutes == 0 else end.day()
