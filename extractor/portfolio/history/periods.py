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


def periods(services: Sequence[OfService], known: Sequence[OfService]) -> Iterator[Odd]:
    """Give breaks and overlaps between the periods of one meter that count, delivery and generation apart.

    `known` are all of the meter, those in doubt with them: days that one of these bills are no break. After a
    final bill there may be a break, until the next tenant's first day. Of generation only a few days are one:
    a month without it is no bill's oddity, it is in coverage.
    """
    for of, tolerated, longest in (
        ([one for one in services if not one.is_generation], 0, None),
        ([one for one in services if one.is_generation], OVERLAP, FEWEST - 1),
    ):
        for odd, days in _periods(sorted(of, key=_order), tolerated):
            if odd.code == "period_overlap" or not (
                any(_has(one, odd) for one in known) or (longest is not None and days > longest)
            ):
                yield odd


FEWEST = 7
"""Days that are a bill of their own."""


def _has(one: OfService, odd: Odd) -> bool:
    """Tell whether a service in doubt, or a bundled one, may bill the days of a break."""
    after = odd.service
    if one.counts and (one.role != "bundled" or after is None or not after.is_generation):
        return False
    if one.start is None or one.end is None or after is None or after.start is None:
        return False
    return one.start < after.start and one.end >= after.start - DAY


def _order(one: OfService) -> tuple[dt.date, dt.date, int]:
    return one.start or dt.date.min, one.end or dt.date.min, one.id


def _periods(of: Sequence[OfService], tolerated: int) -> Iterator[tuple[Odd, int]]:
    """Give breaks and overlaps, each with its days."""
    for before, one in pairwise(_furthest(of)):
        assert before.end is not None
        assert one.start is not None
        assert one.end is not None
        days = (one.start - before.end).days - 1
        if days > 0 and before.bill.kind != "final":
            said = f"no bill is kept of {_days(days)}: {before.end + DAY} to {one.start - DAY}"
            yield Odd("period_break", one.bill, said, one, before.bill), days
        elif -days > tolerated:
            last = min(before.end, one.end)
            both = (last - one.start).days + 1
            said = f"two bills have {_days(both)}: {one.start} to {last}"
            yield Odd("period_overlap", one.bill, said, one, before.bill), both


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


def _days(count: int) -> str:
    return "a day" if count == 1 else f"{count} days"
