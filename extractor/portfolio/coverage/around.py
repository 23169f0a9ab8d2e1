"""Periods far longer than a meter's cycles that lie around others: a settlement of a year, an adjustment.

They are no read of their own. The days in them are billed by other periods, or still are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.sources import LONGEST, Period, period_of


def around(services: Iterable[OfService]) -> frozenset[int]:
    """Return those of one meter's delivery or generation, by number, that lie around others of it.

    Others bill half of its days or more; or it bills no kWh, and one of the others lies in it whole.
    """
    periods = [period_of(one) for one in services if one.start is not None and one.end is not None]
    long = [one for one in periods if _days(one) > LONGEST]
    if not long:
        return frozenset()
    others = [one for one in periods if _days(one) <= LONGEST]
    return frozenset(one.service.id for one in long if _lies_around(one, others))


def _lies_around(one: Period, others: Sequence[Period]) -> bool:
    billed: set[int] = set()
    for other in others:
        first, last = max(one.first, other.first), min(one.last, other.last)
        billed.update(range(first.toordinal(), last.toordinal() + 1))
    holds = any(one.first <= other.first and other.last <= one.last for other in others)
    return 2 * len(billed) >= _days(one) or (holds and not one.service.kwh)


def _days(one: Period) -> int:
    return (one.last - one.first).days + 1
