"""The days of a row's period, by what its columns say of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from extractor.billing_history.cells import day_of, days_of, is_nothing
from extractor.billing_history.mapping import DAYS, HistoryMapping

DAY = dt.timedelta(days=1)


def days_in(
    cells: Sequence[str], group: Mapping[str, int], mapping: HistoryMapping
) -> tuple[dt.date | None, dt.date]:
    """Return the first and the last day of a period; no first day where only reads tell it."""
    assert mapping.order is not None
    order = mapping.order

    def day(role: str) -> dt.date | None:
        text = cell(cells, group.get(role))
        return None if is_nothing(text) else day_of(text, order)

    start, end, days = day("start"), day("end") or day("read"), days_of(cell(cells, group.get("days")))
    first = start + DAY if start is not None and mapping.bounds == "start" else start
    last = end - DAY if end is not None and mapping.bounds == "end" else end
    if first is not None and last is None and days is not None:
        last = first + (days - 1) * DAY
    if last is None:
        raise ValueError("it does not say when its period ends")
    if first is None and days is not None:
        first = last - (days - 1) * DAY
    if first is None and not mapping.is_by_reads:
        raise ValueError("it does not say when its period begins")
    return first, last


def is_dated(cells: Sequence[str], group: Mapping[str, int]) -> bool:
    """Tell whether a row says any day of a period."""
    return any(not is_nothing(cell(cells, group.get(role))) for role in DAYS)


def cell(cells: Sequence[str], at: int | None) -> str:
    """Return a cell of a row; an empty text where there is none."""
    return cells[at].strip() if at is not None and at < len(cells) else ""
