"""Cycles of a meter as they are laid out, one after another, each in days that none has yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.finals import is_final, is_opening
from extractor.portfolio.coverage.model import History
from extractor.portfolio.coverage.sources import Days, Sources
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
    around: list[OfService] = field(default_factory=list)
    """Periods around many cycles that end with it: their dollars stand here, their days are others'."""
    is_assumed: bool = False

    @property
    def finals(self) -> list[OfService]:
        """Its services of final bills that end with it."""
        return [one for one in self.services if one.end == self.last and is_final(one)]

    @property
    def is_opening(self) -> bool:
        """Whether a trusted opening bill begins it."""
        return any(map(is_opening, self.services))

    def waited_from(self, of: Sources, after: Span | None = None) -> dt.date | None:
        """Return from which day on days after it are waited for; None if a final bill ends it for good.

        `after` is the next cycle, if there is one.
        """
        finals = self.finals
        if not finals:
            return self.last + DAY
        if after is not None and after.is_opening:
            return None
        is_between = after is not None and after.kind != "away"
        told = (of.finals.waited_from(one, is_between) for one in finals)
        return min((day for day in told if day is not None), default=None)


@dataclass
class Laid:
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
