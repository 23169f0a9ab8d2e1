"""Days that no period of a meter bills, and days that two bill, between periods that follow on each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.laid import DAY, FEWEST, Span
from extractor.portfolio.coverage.model import Gap, Half
from extractor.portfolio.coverage.sources import Days, Period, Sources, period_of
from extractor.portfolio.coverage.supply import Supplied
from extractor.portfolio.pairing import OVERLAP

KNOWN = ("history", "outside", "away")
"""Kinds of cycles that are no gap, though no delivery that is shown bills them."""


def gaps(of: Sources, spans: Sequence[Span], supply: Sequence[Supplied]) -> Iterator[Gap]:
    """Give all of both halves."""
    beside = {one.id for of_cycle in (spans, supply) for span in of_cycle for one in span.around}
    periods = sorted(map(period_of, (one for one in of.services if one.id not in beside)), key=_order)
    delivery = [one for one in periods if not one.service.is_generation]
    generation = [one for one in periods if one.service.is_generation]
    yield from _overlaps("delivery", delivery, 0)
    yield from _overlaps("generation", generation, OVERLAP)
    yield from _of_delivery(of, spans, delivery)
    yield from _of_generation(spans, supply, generation, of.outside_supply)


def _order(period: Period) -> tuple[dt.date, dt.date, int]:
    return period.first, period.last, period.service.id


def _overlaps(half: Half, periods: Sequence[Period], tolerated: int) -> Iterator[Gap]:
    """Give the days that two periods bill; one inside the other bills them anew, and its standing says so."""
    for at, one in enumerate(periods):
        for other in periods[at + 1 :]:
            if other.first > one.last:
                break
            first, last = other.first, min(one.last, other.last)
            is_inside = other.last <= one.last or other.first == one.first
            if (last - first).days + 1 > tolerated and not is_inside:
                yield Gap("overlap", half, first, last, one.service, other.service)


def _of_delivery(of: Sources, spans: Sequence[Span], periods: Sequence[Period]) -> Iterator[Gap]:
    """Give the days between the first and the last that are billed on which nothing is."""
    billed = {day for one in periods for day in _days((one.first, one.last))}
    billed |= {day for one in spans if one.kind in KNOWN for day in _days((one.first, one.last))}
    for days in _runs(day for day in range(min(billed), max(billed)) if day not in billed) if billed else ():
        since = _waited_from(of, spans, days)
        if since is not None and since <= days[1]:
            run = (max(since, days[0]), days[1])
            yield Gap("gap", "delivery", *run, *_neighbours(run, periods))


def _waited_from(of: Sources, spans: Sequence[Span], days: Days) -> dt.date | None:
    """Return from which of some days without a bill one is waited for; None if a final bill closes them."""
    before = [one for one in spans if one.last == days[0] - DAY]
    later = (one for one in spans if one.last > days[1] and one.kind != "gap")
    after = min(later, key=lambda one: one.first, default=None)
    told = [one.waited_from(of, after) for one in before]
    return None if None in told else max((day for day in told if day), default=days[0])


def _of_generation(
    spans: Sequence[Span], supply: Sequence[Supplied], periods: Sequence[Period], outside: Sequence[Days]
) -> Iterator[Gap]:
    """Give the days of cycles that another supplier sells the energy of, and that no generation bills."""
    wanted: set[int] = set()
    for span, of_span in zip(spans, supply, strict=True):
        if (
            of_span.seller == "another"
            and span.kind not in ("next", "unbilled", "outside", "away")
            and _is_due(span, spans)
        ):
            wanted.update(range(span.first.toordinal(), span.last.toordinal() + 1))
    for of_span in supply:
        for one in of_span.services:
            wanted.difference_update(_days(period_of(one)[1:]))
        for row in of_span.history:
            wanted.difference_update(_days((row.first, row.last)))
    for days in outside:
        wanted.difference_update(_days(days))
    for row in (row for span in spans if not span.services for row in span.history if row.role == "bundled"):
        wanted.difference_update(_days((row.first, row.last)))
    for days in _runs(sorted(wanted)):
        before, after = _neighbours(days, periods)
        is_between = (
            before is not None
            and after is not None
            and before.end == days[0] - DAY
            and after.start == days[1] + DAY
        )
        if is_between or (days[1] - days[0]).days + 1 >= FEWEST:
            yield Gap("gap", "generation", *days, before, after)


def _is_due(span: Span, spans: Sequence[Span]) -> bool:
    """Tell whether a cycle, or a later one, is billed: before that nothing of it is missing."""
    return any(one.services and one.last >= span.last for one in spans)


def _days(days: Days) -> range:
    return range(days[0].toordinal(), days[1].toordinal() + 1)


def _runs(ordinals: Iterable[int]) -> Iterator[Days]:
    begin = end = None
    for day in ordinals:
        if end is not None and begin is not None and day != end + 1:
            yield dt.date.fromordinal(begin), dt.date.fromordinal(end)
            begin = day
        begin, end = day if begin is None else begin, day
    if begin is not None and end is not None:
        yield dt.date.fromordinal(begin), dt.date.fromordinal(end)


def _neighbours(days: Days, periods: Sequence[Period]) -> tuple[OfService | None, OfService | None]:
    """Return the last period before some days, and the first after them."""
    before = [one for one in periods if one.last < days[0]]
    after = [one for one in periods if one.first > days[1]]
    return (
        max(before, key=lambda one: (one.last, one.service.id)).service if before else None,
        min(after, key=_order).service if after else None,
    )
