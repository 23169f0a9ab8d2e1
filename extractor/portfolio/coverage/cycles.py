"""The cycles of a meter: what is billed, and between and around that what is not.

Delivery periods make the cycles, those that count before those in doubt; in days that none of them bills, so
do rows of history and generation periods, and what is left is divided by how long the meter's cycles usually
are. A few days alone are no cycle: they are listed as a gap. Nor is a period far longer than the meter's
cycles that lies around them: it stands beside the one that it ends with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from extractor.base.days import outside
from extractor.intervals.held import months
from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.around import around
from extractor.portfolio.coverage.expected import Pace, divided, following
from extractor.portfolio.coverage.laid import DAY, FEWEST, Laid, Span, length, shared
from extractor.portfolio.coverage.model import History
from extractor.portfolio.coverage.sources import Asked, Days, Period, Sources, period_of


def spans(of: Sources, by: Pace, asked: Asked) -> list[Span]:
    """Return the cycles of a meter in order of their last days."""
    laid = _known(of)
    if laid.spans:
        _away(laid, of)
    _between(laid, of, by)
    _before(laid, of, by, asked)
    _after(laid, of, by, asked)
    if not laid.spans and of.is_open:
        laid.spans += _unbilled(of, asked)
    return sorted(laid.spans, key=lambda one: (one.last, one.first))


def _known(of: Sources) -> Laid:
    """Lay out what is known, that which says most first."""
    laid = Laid()
    every = sorted((period_of(one) for one in of.services if not one.is_generation), key=_order)
    longer = around(one.service for one in every)
    delivery = [one for one in every if one.service.id not in longer]
    for period in (one for one in delivery if one.service.counts):
        _lay(laid, period)
    _cut_short(laid, of)
    for first, last in sorted(of.outside):
        for run in laid.free(first, last):
            laid.add(Span(*run, "outside"))
    for period in (one for one in delivery if not one.service.counts):
        _lay(laid, period)
    for one in of.maybe:
        if not one.is_generation and laid.beside(*period_of(one)[1:]) is None:
            _lay(laid, period_of(one))
    for period in (one for one in every if one.service.id in longer):
        _lay_around(laid, period)
    for row in sorted(of.history, key=lambda one: (one.role == "generation", one.first, one.last)):
        if row.role != "generation":
            _lay_history(laid, row)
    _lay_supplied(laid, ((one.first, one.last) for one in of.history if one.role == "generation"))
    supplied = [period_of(one) for one in (*of.services, *of.maybe) if one.is_generation]
    own = [one for one in supplied if not laid.spans or one.service.id not in of.late]
    _lay_supplied(laid, ((one.first, one.last) for one in sorted(own, key=_order)))
    return laid


def _away(laid: Laid, of: Sources) -> None:
    """Lay the days on which the customer had not the service: nothing of them is missing at him."""
    begin, end = min(one.first for one in laid.spans), max(one.last for one in laid.spans)
    for first, last in of.away:
        for run in laid.free(max(first, begin), min(last, end)) if first <= end and begin <= last else ():
            laid.add(Span(*run, "away"))


def _order(period: Period) -> tuple[bool, int, dt.date, int]:
    """Return what periods are laid by: the shorter first, but those of a few days last."""
    days = (period.last - period.first).days + 1
    return days < FEWEST, days, period.first, period.service.id


def _lay(laid: Laid, period: Period) -> None:
    """Lay a delivery period: a cycle of its own where it bills days that no other does."""
    days = period.first, period.last
    free = sum(map(length, laid.free(*days)))
    beside = laid.beside(*days) if free < min(FEWEST, length(days)) else None
    if beside is not None:
        beside.services.append(period.service)
        return
    laid.add(Span(period.first, period.last, "billed", [period.service]))


def _cut_short(laid: Laid, of: Sources) -> None:
    """Let a final bill end the cycle of which an earlier statement billed more days: it stands beside it."""
    others = of.finals.of_others
    for final in [one for one in laid.spans if any(each.id not in others for each in one.finals)]:
        for one in list(laid.spans):
            if one.first <= final.last < one.last and _issued(one.services) < _issued(final.finals):
                final.services += one.services
                laid.spans.remove(one)


def _issued(services: Iterable[OfService]) -> dt.date:
    """Return the day of the last statement of some services."""
    return max((one.bill.statement_date or dt.date.min for one in services), default=dt.date.min)


def _lay_around(laid: Laid, period: Period) -> None:
    """Lay a period around others beside the last cycle of which it has most days."""
    billed = [(one, shared((one.first, one.last), period[1:])) for one in laid.spans if one.services]
    most = [one for one, both in billed if 2 * both >= length((one.first, one.last))]
    among = most or [one for one, both in billed if both]
    if among:
        max(among, key=lambda one: (one.last, one.first)).around.append(period.service)
    else:
        _lay(laid, period)


def _lay_history(laid: Laid, row: History) -> None:
    runs = [run for run in laid.free(row.first, row.last) if length(run) >= FEWEST]
    for first, last in runs:
        laid.add(Span(first, last, "history", history=[row]))


def _lay_supplied(laid: Laid, periods: Iterable[Days]) -> None:
    """Lay cycles by generation alone, in days without delivery; a short one only where it is all alone."""
    for first, last in periods:
        for run in laid.free(first, last):
            if length(run) >= FEWEST or laid.beside(first, last) is None:
                laid.add(Span(*run, "supplied"))


def _in_order(laid: Laid) -> list[Span]:
    return sorted(laid.spans, key=lambda one: (one.first, one.last))


def _between(laid: Laid, of: Sources, by: Pace) -> None:
    """Fill the days between cycles, but those that a final bill closes."""
    for before, after in pairwise(_frontier(_in_order(laid))):
        if (after.first - before.last).days <= FEWEST:
            continue
        since = before.waited_from(of, after)
        free = (since or after.first, after.first - DAY)
        if length(free) >= FEWEST:
            for first, last in divided(*free, by.days):
                laid.add(Span(first, last, "gap", is_assumed=(first, last) != free))


def _frontier(spans: Sequence[Span]) -> Iterator[Span]:
    """Give the cycles that reach further than all before them."""
    reached = dt.date.min
    for one in spans:
        if one.last > reached:
            reached = one.last
            yield one


def _before(laid: Laid, of: Sources, by: Pace, asked: Asked) -> None:
    """Go back from the first cycle to the roster's first day, which cuts the cycle that it lies in."""
    managed, order = of.managed[0], _in_order(laid)
    if managed is None or not order or order[0].is_opening:
        return
    last = order[0].first - DAY
    while last >= max(managed, asked.first):
        first = max(last - (by.days - 1) * DAY, managed)
        for run in _held(of, first, last):
            laid.add(Span(*run, "gap", is_assumed=True))
        last = first - DAY


def _after(laid: Laid, of: Sources, by: Pace, asked: Asked) -> None:
    """Go on from the last cycle until today's month is over, unless it was the last of all."""
    if not of.is_open or not laid.spans:
        return
    last = max(laid.spans, key=lambda one: (one.last, bool(one.services)))
    since = last.waited_from(of)
    if since is None:
        return
    for one in following(last.last, last.services, by, asked.last, of.managed[1]):
        for run in _held(of, max(one.first, since), one.last):
            laid.add(Span(*run, "next", is_assumed=one.is_assumed or run != (one.first, one.last)))


def _held(of: Sources, begin: dt.date, end: dt.date) -> list[Days]:
    """Return the runs of some days on which the service is the customer's; a few days alone are none."""
    return [run for run in outside((begin, end), of.away) if length(run) >= FEWEST]


def _unbilled(of: Sources, asked: Asked) -> Iterator[Span]:
    """Give the months of a service of which nothing is kept: nobody knows when its meter is read.

    A few days at the beginning are of the month after, as they would be on a bill.
    """
    begin, end = max(of.managed[0] or asked.first, asked.first), min(of.managed[1] or asked.last, asked.last)
    for first, until in _held(of, begin, end):
        for month in months.between(first, until):
            last = min(months.last_day(month), until)
            if length((first, last)) >= FEWEST:
                yield Span(first, last, "unbilled", is_assumed=True)
                first = last + DAY
