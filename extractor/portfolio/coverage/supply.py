"""Generation beside delivery: who sells the energy in a cycle, and which cycles a generation period covers.

That somebody other than SCE sells it is known by the statement itself, on which SCE only delivers; in cycles
of which no delivery is kept by the one before, else the one after, else by the roster. Whether its charges
are to come here is said by the statement, too (Direct Access); an ESP's are where they have come before.

A generation period belongs to the cycle that has most of its days (as in `extractor.portfolio.pairing`) and
covers each cycle of which it bills most days, as of a delivery that was divided; back-billed over several its
dollars stand in the last of them, and only there.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.around import around
from extractor.portfolio.coverage.laid import FEWEST, Span, length, shared
from extractor.portfolio.coverage.model import History
from extractor.portfolio.coverage.sources import Asked, Days, Sources, period_of
from extractor.portfolio.pairing import MOST, OVERLAP

Seller = Literal["SCE", "another", "direct", "unknown"]
"""Who sells the energy; `direct`: one who bills on its own (Direct Access), so that nothing is waited for."""

BUNDLED = "SCE"
"""What a roster says of a service without another supplier."""

ESP = "ESP"
"""What bills and a roster call a Direct Access supplier; it bills on its own or on SCE's statement."""


@dataclass
class Supplied:
    """The generation of a cycle."""

    seller: Seller
    services: list[OfService] = field(default_factory=list)
    here: list[OfService] = field(default_factory=list)
    history: list[History] = field(default_factory=list)
    elsewhere: dict[int, dt.date] = field(default_factory=dict)
    """Last day of the cycle in which the dollars of the others of the services stand, by their numbers."""
    around: list[OfService] = field(default_factory=list)
    """Periods around many cycles that end with it, or of days that are not the customer's: their dollars
    stand here, their days are others'."""
    is_outside: bool = False
    """Whether what is not wholly the customer's bills it."""
    uncovered: int = 0
    """Days of the cycle that no generation bills."""


def supplied(spans: Sequence[Span], of: Sources, asked: Asked) -> list[Supplied]:
    """Return the generation of each cycle, in their order."""
    found = [Supplied(seller) for seller in _sellers(spans, of, asked)]
    generation = [one for one in of.services if one.is_generation]
    longer = around(generation)
    for one in generation:
        if one.id not in longer and one.id not in of.late:
            _lay(spans, found, one)
    for one in _nowhere_else(of.maybe, spans, found):
        _lay(spans, found, one)
    for one in generation:
        if one.id in of.late:
            _lay_beside(spans, found, one)
        elif one.id in longer:
            _lay_around(spans, found, one)
    for row in of.history:
        if row.role == "generation":
            for at in covers((row.first, row.last), spans):
                found[at].history.append(row)
    for days in of.outside_supply:
        for at in covers(days, spans):
            found[at].is_outside = True
    for span, of_span in zip(spans, found, strict=True):
        if not span.services and of_span.seller != "SCE":
            of_span.history += [row for row in span.history if row.role == "bundled"]
        billed: list[Days] = [period_of(one)[1:] for one in of_span.services]
        billed += [(row.first, row.last) for row in of_span.history]
        of_span.uncovered = uncovered((span.first, span.last), billed)
    return found


def _nowhere_else(
    maybe: Iterable[OfService], spans: Sequence[Span], found: Sequence[Supplied]
) -> list[OfService]:
    """Return the generation without a place of its own of which no cycle has any with one."""
    return [
        one
        for one in maybe
        if one.is_generation and not any(found[at].services for at in covers(period_of(one)[1:], spans))
    ]


def _lay(spans: Sequence[Span], found: Sequence[Supplied], one: OfService) -> None:
    days = period_of(one)[1:]
    at = covers(days, spans)
    here = _fullest(days, spans, at)
    for cycle in at:
        found[cycle].services.append(one)
        if cycle == here:
            found[cycle].here.append(one)
        else:
            found[cycle].elsewhere[one.id] = spans[here].last


def _lay_around(spans: Sequence[Span], found: Sequence[Supplied], one: OfService) -> None:
    """Lay a period around others beside the last cycle that has a generation of its own."""
    billed = [at for at in covers(period_of(one)[1:], spans) if found[at].services]
    if billed:
        found[billed[-1]].around.append(one)
    else:
        _lay(spans, found, one)


def _lay_beside(spans: Sequence[Span], found: Sequence[Supplied], one: OfService) -> None:
    """Lay generation of days that are not the customer's beside the delivery of its statement.

    Where delivery of its own days is shown it belongs there.
    """
    days = period_of(one)[1:]
    if any(
        spans[at].services and shared(days, (spans[at].first, spans[at].last)) for at in covers(days, spans)
    ):
        _lay(spans, found, one)
        return
    for span, of_span in zip(spans, found, strict=True):
        if any(each.bill.id == one.bill.id for each in span.services):
            of_span.around.append(one)
            return
    _lay(spans, found, one)


def covers(days: Days, spans: Sequence[Span]) -> list[int]:
    """Return which cycles, in order of their last days, a generation period belongs to; one at least."""
    near = list(_near(days, spans))
    if not near:
        return [min(range(len(spans)), key=lambda at: (_distance(days, spans[at]), at))]
    best, most = max(near, key=lambda one: (one[1], one[0]))
    least = min(OVERLAP, length(days) - 1)
    found = [at for at, both in near if _is_covered(both, least, _length(spans[at]))]
    if _is_most(most, length(days)) and best not in found:
        return sorted([best, *found])
    return found or [best]


def _is_covered(both: int, least: int, days: int) -> bool:
    """Tell whether a period has most of a cycle's days, or all of a cycle of a day."""
    return both == days or (both > least and _is_most(both, days))


def _fullest(days: Days, spans: Sequence[Span], among: Sequence[int]) -> int:
    """Return the cycle that has most of a period's days, else the last of those that it covers."""
    for at in among:
        if _is_most(shared(days, (spans[at].first, spans[at].last)), length(days)):
            return at
    return among[-1]


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
    came = Came.of(of)
    told = [_told(span, came, asked.unsupplied) for span in spans]
    first = next((one for one in told if one is not None), None)
    before: Seller | None = None
    for one in told:
        before = one or before
        yield before or first or _by_roster(of.provider)


class Came(NamedTuple):
    """What came of a meter's suppliers, and what the roster says of them."""

    first_of_esp: dt.date
    """First day of an ESP's charges on statements that are kept; the last day there is without any."""
    last: dt.date
    """Last day of a supplier's charges; the first day there is without any."""
    provider: str | None

    @classmethod
    def of(cls, sources: Sources) -> Came:
        """Return what came of a meter's suppliers."""
        periods = [period_of(one) for one in sources.services if one.is_generation]
        return cls(
            min((one.first for one in periods if one.service.provider == ESP), default=dt.date.max),
            max((one.last for one in periods), default=dt.date.min),
            sources.provider,
        )

    def is_elsewhere(self, span: Span, is_direct: bool) -> bool:
        """Tell whether a cycle's supplier bills on its own: its statement says so, or the roster alone."""
        if self.first_of_esp <= span.last:
            return False
        return is_direct or (self.provider == ESP and self.last < span.first)


def _told(span: Span, came: Came, unsupplied: Mapping[tuple[int, int], str]) -> Seller | None:
    """Return who sells the energy by what is kept of a cycle's delivery; None if nothing tells.

    A row of history with the dollars of both tells nothing: SCE may have billed them together for another.
    """
    counted = [one for one in span.services if one.counts] or span.services
    roles = {one.role for one in counted} or {row.role for row in span.history if row.role != "bundled"}
    if "bundled" in roles:
        return "SCE"
    if "delivery" not in roles:
        return "another" if span.kind == "supplied" else None
    is_direct = "info" in (unsupplied.get((one.bill.id, one.number)) for one in counted)
    return "direct" if came.is_elsewhere(span, is_direct) else "another"


def _by_roster(provider: str | None) -> Seller:
    if provider is None:
        return "unknown"
    if provider == ESP:
        return "direct"
    return "SCE" if provider == BUNDLED else "another"


def is_short(of: Supplied, days: Days) -> bool:
    """Tell whether so many days of a cycle are without generation that some of it is missing."""
    return of.uncovered >= min(FEWEST, length(days))


def last_day(services: Iterable[OfService]) -> dt.date:
    """Return the last day that some services bill."""
    return max((period_of(one).last for one in services), default=dt.date.min)
