"""The cycles of a meter: what is billed, and between and around that what is not.

Delivery periods make the cycles, those that count before those in doubt; in days that none of them bills, so
do rows of history and generation periods, and what is left is divided by how long the meter's cycles usually
are. A few days alone are no cycle: they are listed as a gap.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from extractor.intervals.held import months
from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.expected import Pace, divided, following
from extractor.portfolio.coverage.model import History
from extractor.portfolio.coverage.sources import Asked, Days, Period, Sources, period_of
from extractor.portfolio.pairing import OVERLAP

FEWEST = 7
"""Days that are a statement of their own; fewer are a gap in days, and no month is missing for them."""

DAY = dt.timedelta(days=1)

Kind = Literal["billed", "history", "supplied", "outside", "away", "gap", "next", "unbilled"]
"""How a cycle is known: by its delivery, a row of history, its generation alone, as days that are billed and
not shown, as days on which it was not the customer's; as days in between, as what is to come,
or by the roster alone."""


@dataclass
class Span:
    """A cycle before its statuses are told."""

    first: dt.date
    last: dt.date
    kind: Kind
    services: list[OfService] = field(default_factory=list)
    """Of delivery, bundled ones too."""
    history: list[History] = field(default_factory=list)
    """Of delivery, of both, or nobody knows of which."""
    is_assumed: bool = False

    @property
    def is_final(self) -> bool:
        """Whether a trusted final bill ends it."""
        return any(
            one.bill.kind == "final" and one.bill.is_trusted and one.end == self.last for one in self.services
        )

    @property
    def is_opening(self) -> bool:
        """Whether a trusted opening bill begins it."""
        return any(one.bill.kind == "opening" and one.bill.is_trusted for one in self.services)


@dataclass
class _Laid:
    """Cycles as they are laid out."""

    spans: list[Span] = field(default_factory=list)
    covered: set[int] = field(default_factory=set)
    """Days, as ordinals."""

    def free(self, first: dt.date, last: dt.date) -> list[Days]:
        """Return the runs of days that no cycle has."""
        days = range(first.toordinal(), last.toordinal() + 1)
        if self.covered.isdisjoint(days):
            return [(first, last)]
        if self.covered.issuperset(days):
            return []
        found: list[list[int]] = []
        for day in days:
            if day in self.covered:
                continue
            if found and found[-1][1] == day - 1:
                found[-1][1] = day
            else:
                found.append([day, day])
        return [(dt.date.fromordinal(begin), dt.date.fromordinal(end)) for begin, end in found]

    def add(self, span: Span) -> Span:
        """Add a cycle."""
        self.spans.append(span)
        self.covered.update(range(span.first.toordinal(), span.last.toordinal() + 1))
        return span

    def beside(self, first: dt.date, last: dt.date) -> Span | None:
        """Return the cycle with most of some days, the later of two; None if none has more than one."""
        best = max(
            self.spans, key=lambda one: (shared((one.first, one.last), (first, last)), one.last), default=None
        )
        if best is None or shared((best.first, best.last), (first, last)) <= min(
            OVERLAP, (last - first).days
        ):
            return None
        return best


def shared(one: Days, other: Days) -> int:
    """Return how many days two spans have in common."""
    return max(0, (min(one[1], other[1]) - max(one[0], other[0])).days + 1)


def length(days: Days) -> int:
    """Return how many days a span has."""
    return (days[1] - days[0]).days + 1


def spans(of: Sources, by: Pace, asked: Asked) -> list[Span]:
    """Return the cycles of a meter in order of their last days."""
    laid = _known(of)
    if laid.spans:
        _away(laid, of)
    _between(laid, by)
    _before(laid, of, by, asked)
    _after(laid, of, by, asked)
    if not laid.spans and of.is_open:
        laid.spans += _unbilled(of, asked)
    return sorted(laid.spans, key=lambda one: (one.last, one.first))


def _known(of: Sources) -> _Laid:
    """Lay out what is known, that which says most first."""
    laid = _Laid()
    delivery = [period_of(one) for one in of.services if not one.is_generation]
    for period in sorted((one for one in delivery if one.service.counts), key=_order):
        _lay(laid, period)
    for first, last in sorted(of.outside):
        for run in laid.free(first, last):
            laid.add(Span(*run, "outside"))
    for period in sorted((one for one in delivery if not one.service.counts), key=_order):
        _lay(laid, period)
    for one in of.maybe:
        if not one.is_generation and laid.beside(*period_of(one)[1:]) is None:
            _lay(laid, period_of(one))
    for row in sorted(of.history, key=lambda one: (one.role == "generation", one.first, one.last)):
        if row.role != "generation":
            _lay_history(laid, row)
    _lay_supplied(laid, ((one.first, one.last) for one in of.history if one.role == "generation"))
    supplied = [period_of(one) for one in (*of.services, *of.maybe) if one.is_generation]
    _lay_supplied(laid, ((one.first, one.last) for one in sorted(supplied, key=_order)))
    return laid


def _away(laid: _Laid, of: Sources) -> None:
    """Lay the days on which the customer had not the service: nothing of them is missing at him."""
    begin, end = min(one.first for one in laid.spans), max(one.last for one in laid.spans)
    for first, last in of.away:
        for run in laid.free(max(first, begin), min(last, end)) if first <= end and begin <= last else ():
            laid.add(Span(*run, "away"))


def _order(period: Period) -> tuple[bool, int, dt.date, int]:
    """Return what periods are laid by: the shorter first, but those of a few days last."""
    days = (period.last - period.first).days + 1
    return days < FEWEST, days, period.first, period.service.id


def _lay(laid: _Laid, period: Period) -> None:
    """Lay a delivery period: a cycle of its own where it bills days that no other does."""
    days = period.first, period.last
    free = sum(map(length, laid.free(*days)))
    beside = laid.beside(*days) if free < min(FEWEST, length(days)) else None
    if beside is not None:
        beside.services.append(period.service)
        return
    laid.add(Span(period.first, period.last, "billed", [period.service]))


def _lay_history(laid: _Laid, row: History) -> None:
    runs = [run for run in laid.free(row.first, row.last) if length(run) >= FEWEST]
    for first, last in runs:
        laid.add(Span(first, last, "history", history=[row]))


def _lay_supplied(laid: _Laid, periods: Iterable[Days]) -> None:
    """Lay cycles by generation alone, in days without delivery; a short one only where it is all alone."""
    for first, last in periods:
        for run in laid.free(first, last):
            if length(run) >= FEWEST or laid.beside(first, last) is None:
                laid.add(Span(*run, "supplied"))


def _in_order(laid: _Laid) -> list[Span]:
    return sorted(laid.spans, key=lambda one: (one.first, one.last))


def _between(laid: _Laid, by: Pace) -> None:
    """Fill the days between cycles, but those after a final bill, until the next tenant's first."""
    for before, after in pairwise(_frontier(_in_order(laid))):
        free = (before.last + DAY, after.first - DAY)
        if length(free) >= FEWEST and not before.is_final:
            for first, last in divided(*free, by.days):
                laid.add(Span(first, last, "gap", is_assumed=(first, last) != free))


def _frontier(spans: Sequence[Span]) -> Iterator[Span]:
    """Give the cycles that reach further than all before them."""
    reached = dt.date.min
    for one in spans:
        if one.last > reached:
            reached = one.last
            yield one


def _before(laid: _Laid, of: Sources, by: Pace, asked: Asked) -> None:
    """Go back from the first cycle to the roster's first day; a cycle that begins before it is another's."""
    managed, order = of.managed[0], _in_order(laid)
    if managed is None or not order or order[0].is_opening:
        return
    last = order[0].first - DAY
    first = last - (by.days - 1) * DAY
    while first >= managed and last >= asked.first:
        laid.add(Span(first, last, "gap", is_assumed=True))
        last, first = first - DAY, first - by.days * DAY


def _after(laid: _Laid, of: Sources, by: Pace, asked: Asked) -> None:
    """Go on from the last cycle until today's month is over, unless it was the last of all."""
    if not of.is_open or not laid.spans:
        return
    last = max(laid.spans, key=lambda one: (one.last, bool(one.services)))
    if last.is_final:
        return
    for one in following(last.last, last.services, by, asked.last, of.managed[1]):
        laid.add(Span(one.first, one.last, "next", is_assumed=one.is_assumed))


def _unbilled(of: Sources, asked: Asked) -> Iterator[Span]:
    """Give the months of a service of which nothing is kept: nobody knows when its meter is read."""
    begin, end = max(of.managed[0] or asked.first, asked.first), min(of.managed[1] or asked.last, asked.last)
    for month in months.between(begin, end) if begin <= end else ():
        first, last = months.first_day(month), months.last_day(month)
        is_away = any(shared((first, last), days) for days in of.away)
        if first >= (of.managed[0] or first) and last <= end and not is_away:
            yield Span(first, last, "unbilled", is_assumed=True)
