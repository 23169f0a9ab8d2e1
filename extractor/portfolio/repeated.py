"""Deliveries of the same days that both count: of their dollars both are true, of their kWh one alone.

A statement that takes an earlier one back and bills its days anew prints the kWh anew, maybe of fewer days;
one that only adjusts repeats the usage block of what it adjusts. Where the lines of the later net out against
the earlier's (fewer kWh than its usage block says), both are needed. So they are where kWh below zero take
back the earlier ones: these two come to nothing, and neither of them repeats what else is billed of the days.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from extractor.portfolio.billed import OfService
from extractor.portfolio.charge_sums import NOTHING, Quantities
from extractor.portfolio.pairing import OVERLAP, days_shared


@dataclass(frozen=True)
class Repeated:
    """Which deliveries repeat kWh."""

    kwh: frozenset[int] = frozenset()
    """Numbers of services whose kWh stand on another: they count there."""
    days: frozenset[int] = frozenset()
    """Of all that bill days which another bills, too: none of them alone tells what a kWh costs."""


Amounts = Callable[[Collection[int]], Mapping[int, Collection[Decimal]]]
"""Gives the amounts of the lines of some services, USD, by their numbers."""


def repeated(
    deliveries: Iterable[OfService],
    quantities: Mapping[int, Quantities],
    amounts_of: Amounts = lambda numbers: {},
) -> Repeated:
    """Return which of some deliveries that count repeat the kWh of another of their meter."""
    by_meter: dict[str, list[OfService]] = defaultdict(list)
    for one in deliveries:
        if one.known_as is not None and one.start is not None and one.end is not None:
            by_meter[one.known_as].append(one)
    kwh: set[int] = set()
    days: set[int] = set()
    for of in by_meter.values():
        kwh |= set(_repeated_on_one_bill(of, quantities))
    for beside in filter(None, (list(_beside(of)) for of in by_meter.values())):
        days |= {one.id for pair in beside for one in pair}
        come_to_nothing = set(_taken_back(beside, quantities))
        taken_back_by = set(_takers(beside, amounts_of([later.id for _, later in beside])))
        for earlier, later in beside:
            if earlier.id in come_to_nothing or later.id in come_to_nothing:
                continue
            lines = _lines(later, quantities)
            if lines is None:
                kwh.add(later.id)
            elif lines < 0 or later.kwh not in (None, lines):
                continue
            elif _covers(later, earlier) or (earlier.id, later.bill.id) in taken_back_by:
                kwh.add(earlier.id)
    return Repeated(frozenset(kwh), frozenset(days))


def _repeated_on_one_bill(of: Sequence[OfService], quantities: Mapping[int, Quantities]) -> Iterator[int]:
    """Give the services that only take dollars back, where another one of their bill has the days' kWh."""
    for back in of:
        if back.total is None or back.total >= 0 or _lines(back, quantities) is not None:
            continue
        for one in of:
            is_beside = one.bill.id == back.bill.id and days_shared(one, back) > OVERLAP
            if is_beside and _lines(one, quantities) is not None:
                yield back.id
                break


def _takers(
    beside: Iterable[tuple[OfService, OfService]], amounts: Mapping[int, Collection[Decimal]]
) -> Iterator[tuple[int, int]]:
    """Give services, each with the bill on which a service or a line of it takes all its charges back."""
    for earlier, later in beside:
        if earlier.total and -earlier.total in (later.total, *amounts.get(later.id, ())):
            yield earlier.id, later.bill.id


def _taken_back(
    beside: Iterable[tuple[OfService, OfService]], quantities: Mapping[int, Quantities]
) -> Iterator[int]:
    """Give the services of which one has the kWh of another with the other sign, each in one such pair."""
    found: set[int] = set()
    for earlier, later in beside:
        lines, own = _lines(later, quantities), _lines(earlier, quantities)
        used = earlier.kwh if own is None else own
        if lines is not None and lines < 0 and used == -lines and not {earlier.id, later.id} & found:
            found |= {earlier.id, later.id}
            yield from (earlier.id, later.id)


def _lines(one: OfService, quantities: Mapping[int, Quantities]) -> Decimal | None:
    """Return the kWh of the lines; of a usage block below zero those: it is no repetition."""
    lines = quantities.get(one.id, NOTHING).kwh
    return one.kwh if lines is None and one.kwh is not None and one.kwh < 0 else lines


def _beside(of: Sequence[OfService]) -> Iterator[tuple[OfService, OfService]]:
    """Give those of two bills with days in common, that of the earlier statement first."""
    ordered = sorted(of, key=lambda one: (one.start or dt.date.min, one.id))
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 :]:
            if (other.start or dt.date.min) > (one.end or dt.date.max):
                break
            if one.bill.id != other.bill.id and days_shared(one, other) > OVERLAP:
                earlier, later = sorted((one, other), key=_issued)
                yield earlier, later


def _issued(one: OfService) -> tuple[dt.date, int]:
    return one.bill.statement_date or dt.date.min, one.id


def _covers(later: OfService, earlier: OfService) -> bool:
    assert later.start is not None and later.end is not None
    assert earlier.start is not None and earlier.end is not None
    return later.start <= earlier.start and earlier.end <= later.end
