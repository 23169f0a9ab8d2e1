"""What changed at a meter from one period to the next: schedule, supplier, product, vintage, meter, UUT.

Periods of the same days are one, whatever bill they are on: of a rebill and what it adjusts the later
statement speaks. A period whose days lie in another's is none of its own, nor is a settlement of a year. Only
estimates of periods that follow on each other are running; a change after a time without bills says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby, pairwise
from typing import NamedTuple

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.around import around
from extractor.portfolio.history.odd import Code, Odd


@dataclass(frozen=True)
class Lines:
    """What some charge lines of services say, by the service's number."""

    vintages: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Of its PCIA lines."""
    uut: Mapping[int, frozenset[Decimal]] = field(default_factory=dict)
    """Percentages of its utility users tax."""


class _Said(NamedTuple):
    """What a service says of one thing."""

    service: OfService
    value: str


def changes(services: Sequence[OfService], lines: Lines) -> Iterator[Odd]:
    """Give what changed between the periods of one meter; give only services that count."""
    beside = around(one for one in services if not one.is_generation)
    beside |= around(one for one in services if one.is_generation)
    ordered = sorted((one for one in services if one.id not in beside), key=_order)
    delivery = [one for one in ordered if not one.is_generation]
    supply = [one for one in ordered if one.is_generation or one.role == "bundled"]
    generation = [one for one in ordered if one.is_generation]
    found: tuple[tuple[Code, str, list[_Said]], ...] = (
        ("schedule_changed", "schedule", [_Said(one, one.rate_schedule or "") for one in delivery]),
        ("supplier_changed", "supplier", [_Said(one, one.provider or "") for one in supply]),
        ("product_changed", "product", [_Said(one, one.product or "") for one in generation]),
        ("vintage_changed", "PCIA vintage", list(_of_lines(ordered, lines.vintages))),
        ("meter_changed", "meter", [_Said(one, one.meter or "") for one in delivery]),
        ("uut_changed", "UUT percentage", list(_of_rates(delivery, lines.uut))),
    )
    for code, what, said in found:
        yield from _changed(code, what, said)
    yield from estimates(delivery)


def estimates(delivery: Sequence[OfService]) -> Iterator[Odd]:
    """Give the periods of a meter, in order, that are estimated as the one before was."""
    if sum(one.estimated is True for one in delivery) < 2:
        return
    running = 1
    said = [one for one in delivery if one.estimated is not None]
    periods = [next((one for one in of if one.estimated), of[0]) for of in _periods(said)]
    for before, one in pairwise(periods):
        if one.estimated and before.estimated and _follows(before, one):
            running += 1
            words = f"estimated for the {_nth(running)} time running: {before.start} to {one.end}"
            yield Odd("estimated_again", one.bill, words, one, before.bill)
        else:
            running = 1


def _changed(code: Code, what: str, said: Sequence[_Said]) -> Iterator[Odd]:
    """Give where a value is another than before; where it is not printed nothing is known.

    A bill may have several services of the same days, one for each of two meters: they say it together.
    """
    if len({each.value for each in said if each.value}) < 2:
        return
    values = {each.service.id: each.value for each in said}
    silent = {_whose(each.service) for each in said if not each.value}
    together = (
        _Said(of[0], " and ".join(sorted({values[one.id] for one in of})))
        for of in _periods(each.service for each in said if _whose(each.service) not in silent)
    )
    for before, one in pairwise(together):
        if before.value != one.value:
            words = f"{what} {one.value}; {before.value} until {before.service.end}"
            if not _follows(before.service, one.service):
                words += f", from then to {one.service.start} it is not known"
            yield Odd(code, one.service.bill, words, one.service, before.service.bill)


def _periods(services: Iterable[OfService]) -> Iterator[Sequence[OfService]]:
    """Give services that are in order, those of the same days that the latest bill has together."""
    furthest: dt.date | None = None
    for (_, end), of in groupby(services, key=lambda one: (one.start, one.end)):
        if furthest is not None and end is not None and end <= furthest:
            continue
        furthest = end
        same = list(of)
        latest = max(same, key=_issued).bill.id
        yield [one for one in same if one.bill.id == latest]


def _whose(one: OfService) -> tuple[int, dt.date | None, dt.date | None]:
    """Return the bill and the days, of which services tell one thing together."""
    return one.bill.id, one.start, one.end


def _order(one: OfService) -> tuple[dt.date, int, int]:
    """Return what is first: of periods that begin on a day the longer one, the others lie in it."""
    return one.start or dt.date.min, -(one.end or dt.date.min).toordinal(), one.id


def _issued(one: OfService) -> tuple[dt.date, int]:
    return one.bill.statement_date or dt.date.min, one.bill.id


def _follows(before: OfService, one: OfService) -> bool:
    """Tell whether a period begins where another ends."""
    if before.end is None or one.start is None:
        return False
    return abs(one.start - before.end - DAY) <= NEAR


DAY = dt.timedelta(days=1)

NEAR = dt.timedelta(days=7)
"""Days between two periods that follow on each other, or that they share, at most: no bill is of fewer."""


def _of_lines(services: Sequence[OfService], known: Mapping[int, frozenset[str]]) -> Iterator[_Said]:
    for one in services:
        if found := known.get(one.id):
            yield _Said(one, " and ".join(sorted(found)))


def _of_rates(services: Sequence[OfService], known: Mapping[int, frozenset[Decimal]]) -> Iterator[_Said]:
    for one in services:
        if found := known.get(one.id):
            yield _Said(one, " and ".join(f"{rate.normalize():f} %" for rate in sorted(found)))


def _nth(number: int) -> str:
    """Return an ordinal.

    >>> [_nth(number) for number in (2, 3, 4, 21, 112)]
    ['2nd', '3rd', '4th', '21st', '112th']
    """
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ends.get(number % 10, 'th')}"
