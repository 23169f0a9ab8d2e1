"""Days between the periods of a meter that nothing bills, and days that two of them bill.

SCE's periods follow on each other to the day (bills.md 7). A CCA's may overlap the next one by a day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractor.portfolio.billed import OfService
from extractor.portfolio.history.odd import Odd
from extractor.portfolio.pairing import OVERLAP


def periods(services: Sequence[OfService]) -> Iterator[Odd]:
    """Give breaks and overlaps between the periods of one meter that count, delivery and generation apart.

    After a final bill there may be a break: the next tenant's first day.
    """
    for of, tolerated in (
        ([one for one in services if not one.is_generation], 0),
        ([one for one in services if one.is_generation], OVERLAP),
    ):
        yield from _periods(sorted(of, key=_order), tolerated)


def _order(one: OfService) -> tuple[dt.date, dt.date, int]:
    return one.start or dt.date.min, one.end or dt.date.min, one.id


def _periods(of: Sequence[OfService], tolerated: int) -> Iterator[Odd]:
    for before, one in pairwise(_furthest(of)):
        assert before.end is not None
        assert one.start is not None
        assert one.end is not None
        days = (one.start - before.end).days - 1
        if days > 0 and before.bill.kind != "final" and not _is_switch(before, one):
            said = f"{days} days are billed by nobody: {before.end + DAY} to {one.start - DAY}"
            yield Odd("period_break", one.bill, said, one, before.bill)
        elif -days > tolerated:
            last = min(before.end, one.end)
            said = f"{(last - one.start).days + 1} days are billed twice: {one.start} to {last}"
            yield Odd("period_overlap", one.bill, said, one, before.bill)


DAY = dt.timedelta(days=1)


def _furthest(of: Sequence[OfService]) -> Sequence[OfService]:
    """Return the periods in order, without pieces that lie in the one before whole."""
    found: list[OfService] = []
    for one in of:
        if not found or (one.end or dt.date.min) > (found[-1].end or dt.date.min) or _is_longer(one):
            found.append(one)
    return found


def _is_longer(one: OfService) -> bool:
    """Tell whether a period is one of its own, and no piece of a few days before a change of rates."""
    assert one.start is not None
    assert one.end is not None
    return (one.end - one.start).days + 1 > PIECE


PIECE = 20
"""Days below which a period that lies in another is a piece of it."""


def _is_switch(before: OfService, one: OfService) -> bool:
    """Tell whether a supplier's break is one between enrolments: another supplier had the days."""
    return before.is_generation and (one.start or dt.date.min) - (before.end or dt.date.min) > LONG


LONG = dt.timedelta(days=75)
"""A break of a supplier that is longer is an opt-out and a return; coverage shows it."""
