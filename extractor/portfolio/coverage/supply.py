"""Generation beside delivery: who sells the energy in a cycle, and which cycles a generation period covers.

That somebody other than SCE sells it is known by the statement itself, on which SCE only delivers; in cycles
of which no delivery is kept by the one before, else the one after, else by the roster. A generation period
belongs to the cycle that has most of its days (as in `extractor.portfolio.pairing`), or, back-billed, covers
each cycle of which it bills most days; its dollars stand in the last of them, and only there.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.cycles import FEWEST, Span, length, shared
from extractor.portfolio.coverage.model import History
from extractor.portfolio.coverage.sources import Asked, Days, Sources, period_of
from extractor.portfolio.pairing import MOST, OVERLAP

Seller = Literal["SCE", "another", "direct", "unknown"]
"""Who sells the energy; `direct`: one who bills on its own (Direct Access), so that nothing is waited for."""

BUNDLED = "SCE"
"""What a roster says of a service without another supplier."""


@dataclass
class Supplied:
    """The generation of a cycle."""

    seller: Seller
    services: list[OfService] = field(default_factory=list)
    here: list[OfService] = field(default_factory=list)
    history: list[History] = field(default_factory=list)
    uncovered: int = 0
    """Days of the cycle that no generation bills."""


def supplied(spans: Sequence[Span], of: Sources, asked: Asked) -> list[Supplied]:
    """Return the generation of each cycle, in their order."""
    found = [Supplied(seller) for seller in _sellers(spans, of, asked)]
    for one in (*of.services, *of.maybe):
        if one.is_generation:
            _lay(spans, found, one)
    for row in of.history:
        if row.role == "generation":
            for at in covers((row.first, row.last), spans):
                found[at].history.append(row)
    for span, of_span in zip(spans, found, strict=True):
        billed: list[Days] = [period_of(one)[1:] for one in of_span.services]
        billed += [(row.first, row.last) for row in of_span.history]
        of_span.uncovered = uncovered((span.first, span.last), billed)
    return found


def _lay(spans: Sequence[Span], found: Sequence[Supplied], one: OfService) -> None:
    at = covers(period_of(one)[1:], spans)
    for cycle in at:
        found[cycle].services.append(one)
    found[at[-1]].here.append(one)


def covers(days: Days, spans: Sequence[Span]) -> list[int]:
    """Return which cycles, in order of their last days, a generation period belongs to; one at least."""
    near = list(_near(days, spans))
    if not near:
        return [min(range(len(spans)), key=lambda at: (_distance(days, spans[at]), at))]
    best, most = max(near, key=lambda one: (one[1], one[0]))
    if _is_most(most, length(days)):
        return [best]
    least = min(OVERLAP, length(days) - 1)
    found = [at for at, both in near if both > least and _is_most(both, _length(spans[at]))]
    return found or [best]


def _is_most(some: int, days: int) -> bool:
    return some * MOST.denominator >= days * MOST.numerator


def _near(days: Days, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Give the cycles with some of some days, and how many."""
    for at in range(bisect_left(spans, days[0], key=lambda one: one.last), len(spans)):
        if spans[at].first > days[1]:
            return
        if both := shared(days, (spans[at].first, spans[at].last)):
            yield at, both


def _length(span: Span) -> int:
    return length((span.first, span.last))


def _distance(days: Days, span: Span) -> int:
    return max((span.first - days[1]).days, (days[0] - span.last).days, 0)


def uncovered(days: Days, billed: Sequence[Days]) -> int:
    """Return on how many of some days nothing is billed."""
    if any(first <= days[0] and days[1] <= last for first, last in billed):
        return 0
    left = set(range(days[0].toordinal(), days[1].toordinal() + 1))
    for first, last in billed:
        left.difference_update(range(first.toordinal(), last.toordinal() + 1))
    return len(left)


def _sellers(spans: Sequence[Span], of: Sources, asked: Asked) -> Iterator[Seller]:
    """Give who sells the energy in each cycle."""
    is_sold = any(one.is_generation for one in of.services) or of.provider not in (None, BUNDLED)
    told = [_told(span, is_sold, asked.unsupplied) for span in spans]
    first = next((one for one in told if one is not None), None)
    before: Seller | None = None
    for one in told:
        before = one or before
        yield before or first or _by_roster(of.provider)


def _told(span: Span, is_sold: bool, unsupplied: Mapping[tuple[int, int], str]) -> Seller | None:
    """Return who sells the energy by what is kept of a cycle's delivery; None if nothing tells."""
    counted = [one for one in span.services if one.counts] or span.services
    roles = {one.role for one in counted} or {row.role for row in span.history}
    if not counted and "bundled" in roles:
        return None  # a table's dollars of both halves are not said to be SCE's
    if "bundled" in roles:
        return "SCE"
    if "delivery" not in roles:
        return "another" if span.kind == "supplied" else None
    if not counted or is_sold:
        return "another"
    told = [unsupplied.get((one.bill.id, one.number)) for one in counted]
    return "direct" if "info" in told else "another"


def _by_roster(provider: str | None) -> Seller:
    if provider is None:
        return "unknown"
    return "SCE" if provider == BUNDLED else "another"


def is_short(of: Supplied, days: Days) -> bool:
    """Tell whether so many days of a cycle are without generation that some of it is missing."""
    return of.uncovered >= min(FEWEST, length(days))


def last_day(services: Iterable[OfService]) -> dt.date:
    """Return the last day that some services bill."""
    return max((period_of(one).last for one in services), default=dt.date.min)
