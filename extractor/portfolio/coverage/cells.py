"""Cycles as months: each half of each read month, called by the worst of the cycles that end in it."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from extractor.intervals.held import months
from extractor.portfolio.coverage.laid import DAY, FEWEST
from extractor.portfolio.coverage.model import HALVES, Cell, Cycle, Half
from extractor.portfolio.coverage.parts import worst

Cells = dict[tuple[int, Half], Cell]


def cells(cycles: Sequence[Cycle], wanted: Sequence[int], closing: str) -> Cells:
    """Return the halves of some months; `closing` says why there is nothing after the last cycle."""
    ending: dict[int, list[Cycle]] = defaultdict(list)
    for one in cycles:
        ending[one.month].append(one)
    lasts = [one.last for one in cycles]
    found: Cells = {}
    for month in wanted:
        for half in HALVES:
            if month in ending:
                found[month, half] = _read(month, half, ending[month])
            else:
                found[month, half] = _unread(month, half, cycles, lasts, closing)
    return found


def _read(month: int, half: Half, of: Sequence[Cycle]) -> Cell:
    parts = [one.half(half) for one in of]
    if len(parts) == 1:
        return Cell(month, half, parts[0].status, parts[0].why, tuple(of), is_read=True)
    why = "; ".join(dict.fromkeys(part.why for part in parts))
    return Cell(month, half, worst([part.status for part in parts]), why, tuple(of), is_read=True)


def _unread(month: int, half: Half, cycles: Sequence[Cycle], lasts: Sequence[dt.date], closing: str) -> Cell:
    """Return a month in which no cycle ends: its days are billed with the one that ends next, if any are."""
    begin, end = months.first_day(month), months.last_day(month)
    at = bisect_right(lasts, end)
    if at == len(cycles):
        return Cell(month, half, "closed", closing, (), is_read=False)
    one = cycles[at]
    begun = max(begin, lasts[at - 1] + FEWEST * DAY) if at else begin
    if one.first <= min(begun, end):
        part = one.half(half)
        why = f"no read in it: its days are those of {one.first} to {one.last}; {part.why}"
        return Cell(month, half, part.status, why, (one,), is_read=False)
    if at:
        why = f"nothing is waited for from {lasts[at - 1] + DAY} to {one.first - DAY}"
    else:
        why = f"before the first day, {one.first}"
    return Cell(month, half, "closed", why, (), is_read=False)
