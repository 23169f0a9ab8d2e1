"""Which readings are provisional, and which days have to be downloaded again.

"Day-after Green Button data is only basically validated; billing (about day 30) triggers VEE with human
editing; then data is revenue-quality (RQMD) and OVERLAYS the earlier version; a rebill (Rule 17) with
changed usage triggers VEE again and overlays again; DMD has no flag to tell." Source: SCE's slides, "The
customer billing cycle", https://www.slideserve.com/thy/customer-billing-cycle.

So what was last told before the local day of the bill's statement is provisional, and its days are to be
downloaded again; what was told on that day or later is final, also where it was told again unchanged, and
so is what is said to be of the quality that bills are made of. A billed period with a gap is downloaded
again, too. What no bill is kept of is provisional and waits for its bill. When a file was downloaded is
not known: it is the import that counts.

>>> bill = Billed("8000000001", dt.date(2025, 3, 1), dt.date(2025, 3, 30), dt.date(2025, 4, 2), "0123")
>>> early = Arrived(dt.datetime(2025, 4, 1, 12, tzinfo=dt.UTC), 2876, *bill.span)
>>> found = again(bill, [early], [])
>>> str(found.first), str(found.last), found.reason
('2025-03-01', '2025-03-30', 'all 2,876 readings were imported before the bill posted')
>>> again(bill, [early._replace(at=dt.datetime(2025, 4, 2, 12, tzinfo=dt.UTC))], []) is None
True
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from extractor.intervals import clock
from extractor.intervals.local_spans import said

Days = tuple[dt.date, dt.date]
"""A span of local days, both inclusive."""

SHOWN = 3
"""How many gaps a sentence names."""


class Span(NamedTuple):
    """Instants in seconds since 1970, the end exclusive."""

    begin: int
    end: int


class Billed(NamedTuple):
    """A billing period of a kept bill."""

    service_account: str
    first: dt.date
    last: dt.date
    """Local days as printed, both inclusive."""
    posted: dt.date
    """The bill's statement date."""
    document: str
    """Hash of the document."""
    is_generation: bool = False
    """Whether only the supplier's part is billed: the meter is that of the delivery."""
    is_sure: bool = True
    """Whether the bill is proven, or a person vouches for it."""

    @property
    def span(self) -> Span:
        """Return its instants."""
        return Span(*clock.period(self.first, self.last))


class Arrived(NamedTuple):
    """Readings of a billing period, by when they were last told."""

    at: dt.datetime
    readings: int
    begin: int
    """Of the first of them."""
    end: int
    """Of the last of them, exclusive."""


@dataclass(frozen=True)
class Again:
    """A billing period of which days are to be downloaded again, and why."""

    bill: Billed
    first: dt.date
    last: dt.date
    """The local days to be downloaded, both inclusive."""
    readings: int
    """How many are held of the period."""
    early: tuple[Arrived, ...]
    """Those of them that were imported before the bill posted."""
    gaps: tuple[Span, ...]

    @property
    def early_count(self) -> int:
        """Return how many readings were imported before the bill posted."""
        return sum(one.readings for one in self.early)

    @property
    def imported(self) -> tuple[dt.datetime, dt.datetime] | None:
        """Return when the first and the last of the early readings were imported."""
        times = [one.at for one in self.early]
        return (min(times), max(times)) if times else None

    @property
    def reason(self) -> str:
        """Say why, in one sentence."""
        if not self.readings:
            return "nothing is held of it"
        parts = [_early(self.early_count, self.readings)] if self.early else []
        if self.gaps:
            named = ", ".join(said(*gap) for gap in self.gaps[:SHOWN])
            more = f" and {len(self.gaps) - SHOWN} more" if len(self.gaps) > SHOWN else ""
            parts.append(f"{len(self.gaps)} gap{'s' if len(self.gaps) > 1 else ''}: {named}{more}")
        return "; ".join(parts) + ("" if self.bill.is_sure else "; the bill itself is in review")


def _early(early: int, readings: int) -> str:
    which = f"all {readings:,}" if early == readings else f"{early:,} of {readings:,}"
    return f"{which} readings were imported before the bill posted"


def again(bill: Billed, arrived: Iterable[Arrived], gaps: Iterable[Span]) -> Again | None:
    """Return which days of a billing period are to be downloaded again; None if none are."""
    every, missing = tuple(arrived), tuple(gaps)
    early = tuple(one for one in every if is_early(one.at, bill.posted))
    spans = [*(Span(one.begin, one.end) for one in early), *missing]
    if not spans:
        return None
    days = _days(bill, spans)
    return Again(bill, *days, sum(one.readings for one in every), early, missing)


def is_early(imported: dt.datetime, posted: dt.date) -> bool:
    """Tell whether an import came before the local day of a bill's statement."""
    return clock.local(int(imported.timestamp())).date() < posted


def _days(bill: Billed, spans: Sequence[Span]) -> Days:
    """Return the first and the last local day of some spans, within a bill's."""
    begin, end = min(one.begin for one in spans), max(one.end for one in spans)
    return max(clock.local(begin).date(), bill.first), min(clock.local(end - 1).date(), bill.last)


def of_meter(bills: Iterable[Billed]) -> list[Billed]:
    """Return the billing periods of one meter: the delivery's, where a supplier bills the same days, too.

    Of two bills of just the same days the later one counts: a rebill is validated anew.
    """
    latest: dict[tuple[Days, bool], Billed] = {}
    for one in sorted(bills, key=lambda one: (one.posted, one.document)):
        latest[(one.first, one.last), one.is_generation] = one
    delivered = [one for one in latest.values() if not one.is_generation]
    alone = [
        one
        for one in latest.values()
        if one.is_generation and not any(_overlap(one, other) for other in delivered)
    ]
    return sorted((*delivered, *alone), key=lambda one: (one.first, one.last))


def _overlap(one: Billed, other: Billed) -> bool:
    return one.first <= other.last and other.first <= one.last


def final_days(bills: Iterable[Billed], to_fetch: Iterable[Again]) -> set[dt.date]:
    """Return the days whose readings nothing will overlay: billed for sure, and told after that."""
    found = {day for one in bills if one.is_sure for day in each_day(one.first, one.last)}
    for one in to_fetch:
        if one.early:
            early = [Span(part.begin, part.end) for part in one.early]
            found.difference_update(each_day(*_days(one.bill, early)))
    return found


def provisional(days: Iterable[dt.date], final: Collection[dt.date]) -> tuple[Days, ...]:
    """Return the spans of some days that are not final, in order."""
    left = sorted(day for day in set(days) if day not in final)
    runs = groupby(enumerate(left), key=lambda pair: pair[1].toordinal() - pair[0])
    spans = ([day for _, day in run] for _, run in runs)
    return tuple((span[0], span[-1]) for span in spans)


def each_day(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the days from one to another, both inclusive."""
    return [first + dt.timedelta(days=day) for day in range((last - first).days + 1)]
