"""Generation beside delivery: of one meter, by the days that they share, whatever statement carried them.

A generation period goes to the delivery period that has most of its days: CPA's periods may overlap the next
one by a day. One that covers several delivery periods cannot be divided, since its charges are printed once:
it is paired with none, and says so.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from extractor.portfolio.billed import OfService

Alone = Literal["no delivery", "longer than its delivery", "no period"]


@dataclass(frozen=True)
class Pair:
    """A delivery or bundled service, and the generation of its days."""

    delivery: OfService
    generation: tuple[OfService, ...] = ()
    """By their first days; of a bundled service none."""


class Unpaired(NamedTuple):
    """A generation service that is paired with none, and why."""

    service: OfService
    why: Alone


@dataclass(frozen=True)
class Paired:
    """All services of some meters, each in one place only."""

    pairs: tuple[Pair, ...]
    """By meter and day."""
    unpaired: tuple[Unpaired, ...]


def paired(services: Iterable[OfService]) -> Paired:
    """Pair services; give only those that may be paired, as those that count."""
    deliveries: dict[str | None, list[OfService]] = defaultdict(list)
    generations: list[OfService] = []
    for one in services:
        if one.is_generation:
            generations.append(one)
        else:
            deliveries[one.known_as].append(one)
    by_period = _by_period(deliveries)
    by_delivery: dict[int, list[OfService]] = defaultdict(list)
    unpaired: list[Unpaired] = []
    for one in generations:
        delivery: OfService | Alone | None = by_period.get((one.known_as, one.start, one.end))
        if delivery is None:
            delivery = _delivery_of(one, deliveries.get(one.known_as, ()) if one.known_as else ())
        if isinstance(delivery, OfService):
            by_delivery[delivery.id].append(one)
        else:
            unpaired.append(Unpaired(one, delivery))
    return Paired(tuple(_pairs(deliveries, by_delivery)), tuple(unpaired))


def _by_period(
    deliveries: Mapping[str | None, Sequence[OfService]],
) -> dict[tuple[str | None, dt.date | None, dt.date | None], OfService]:
    """Return the delivery services that are the only ones of their meter and days; most generation is theirs.

    It may be the first or the last bill of a meter, of a single day.
    """
    found: dict[tuple[str | None, dt.date | None, dt.date | None], list[OfService]] = defaultdict(list)
    for known_as, services in deliveries.items():
        for one in services:
            if (
                known_as is not None
                and one.start is not None
                and one.end is not None
                and one.role != "bundled"
            ):
                found[known_as, one.start, one.end].append(one)
    return {key: of[0] for key, of in found.items() if len(of) == 1}


def _pairs(
    deliveries: Mapping[str | None, Sequence[OfService]], by_delivery: Mapping[int, Sequence[OfService]]
) -> Iterable[Pair]:
    for known_as in sorted(deliveries, key=lambda name: name or ""):
        for one in sorted(deliveries[known_as], key=_order):
            yield Pair(one, tuple(sorted(by_delivery.get(one.id, ()), key=_order)))


def _order(one: OfService) -> tuple[dt.date, dt.date, dt.date, int]:
    """Return what services are put in order by, in whatever order their files came."""
    return one.start or dt.date.min, one.end or dt.date.min, *_issued(one)


def _issued(one: OfService) -> tuple[dt.date, int]:
    return one.bill.statement_date or dt.date.min, one.id


def _delivery_of(one: OfService, deliveries: Sequence[OfService]) -> OfService | Alone:
    """Return the delivery service that a generation service is beside, or why there is none.

    A bundled service has its own generation; beside it another one is charged twice, or the schedule changed.
    """
    if one.start is None or one.end is None:
        return "no period"
    beside = [other for other in deliveries if other.role != "bundled" and touches(one, other)]
    most = max((days_shared(one, other) for other in beside), default=0)
    if most <= OVERLAP:
        return "no delivery"
    best = min((other for other in beside if days_shared(one, other) == most), key=_issued)
    days = (one.end - one.start).days + 1
    return best if most >= MOST * days else "longer than its delivery"


OVERLAP = 1
"""Days by which a CCA's period may overlap the next one (bills.md: CPA's of 2019 do)."""

MOST = Fraction(4, 5)
"""Share of its days by which a generation period belongs to a delivery period: meters are read on one day,
and a month more is another half."""


def touches(one: OfService, other: OfService) -> bool:
    """Tell whether both are billed for a day."""
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return False
    return other.start <= one.end and one.start <= other.end


def days_shared(one: OfService, other: OfService) -> int:
    """Return on how many days both are billed."""
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return 0
    return max(0, (min(one.end, other.end) - max(one.start, other.start)).days + 1)
