"""What a bill says was used: kWh by TOU bucket, kW, and what was sent back.

A rate change or a season inside a period gives several lines of one bucket: they are added up.
A bundled service prints its kWh twice, under delivery and under generation: those of delivery count.
SCE's kWh are whole, a CCA's have three or four decimals. Where a CCA's line lost its season word,
that price period is compared over both seasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from extractor.intervals.tou import Bucket
from extractor.model import Charge, Component, Section, Service
from extractor.units import by

ZERO = Decimal(0)
OVERALL = Bucket(None, None)
"""All seasons and price periods together."""


class Kw(NamedTuple):
    """The kW printed of a price period, or of the whole period; usually one figure.

    Where several are charged for, each has to be as metered.
    """

    printed: tuple[Decimal, ...]
    is_charged: bool
    """Whether it is charged for or the period's maximum; else it stands in the demand box only."""


@dataclass(frozen=True)
class Billed:
    """A service's printed quantities."""

    kwh: dict[Bucket, Decimal]
    """By season and price period; a bucket without season is both, one without price period all."""
    total: Decimal | None
    """kWh; None where none are printed."""
    exported: Decimal | None
    kw: dict[Bucket, Kw]
    """Of `OVERALL` and of price periods."""
    scales_kw: bool
    """Whether kW of a season may be scaled by its days, as a CCA does where a period has two."""

    @property
    def has_price_periods(self) -> bool:
        """Tell whether kWh are printed by price period."""
        return any(bucket.tou for bucket in self.kwh)


def billed(service: Service) -> Billed:
    """Return what a service's lines and boxes print."""
    lines = energy_lines(service)
    kwh = _by_bucket(lines)
    total = sum(kwh.values(), ZERO) if kwh else service.usage_kwh
    if not kwh and total is not None:
        kwh = {OVERALL: total}
    return Billed(kwh, total, _exported(service), _kw(service), service.role == "generation")


def energy_lines(service: Service, section: Section | None = None) -> list[Charge]:
    """Return the lines of energy by the kWh: of one section, else of delivery, else of generation."""
    sections: Sequence[Section] = (section,) if section else ("delivery", "generation")
    for one in sections:
        found = [line for line in service.charges if line.section == one and _is_energy(line)]
        if found:
            return found
    return []


def demand_lines(service: Service) -> list[Charge]:
    """Return the lines of demand by the kW."""
    wanted = (Component.FACILITIES_DEMAND, Component.TIME_DEMAND)
    return [
        line
        for line in service.charges
        if line.component in wanted and by(line.unit, "kW") and line.quantity is not None
    ]


def _is_energy(line: Charge) -> bool:
    return line.component == Component.ENERGY and by(line.unit, "kWh") and line.quantity is not None


def bucket_of(line: Charge, lines: Iterable[Charge]) -> Bucket:
    """Return a line's bucket beside others: without season where one of its price period lost it."""
    lost = any(one.season is None for one in lines if one.tou == line.tou)
    return Bucket(None if lost else line.season, line.tou)


def _by_bucket(lines: Sequence[Charge]) -> dict[Bucket, Decimal]:
    found: dict[Bucket, Decimal] = {}
    half_named = len({line.tou is None for line in lines}) > 1
    for line in lines:
        bucket = OVERALL if half_named else bucket_of(line, lines)
        found[bucket] = found.get(bucket, ZERO) + (line.quantity or ZERO)
    return found


def _exported(service: Service) -> Decimal | None:
    """Return the kWh sent back: those of the usage block, else those that all export lines agree on."""
    if service.exported_kwh is not None:
        return abs(service.exported_kwh)
    quantities = {
        abs(line.quantity)
        for line in service.charges
        if line.component == Component.EXPORT_CREDIT and by(line.unit, "kWh") and line.quantity is not None
    }
    return quantities.pop() if len(quantities) == 1 else None


def _kw(service: Service) -> dict[Bucket, Kw]:
    """Return the kW of the whole period, and of each price period that demand is charged or boxed for."""
    charged: dict[Bucket, list[Decimal]] = {}
    if service.max_demand_kw is not None:
        charged[OVERALL] = [service.max_demand_kw]
    lines = demand_lines(service)
    for line in lines:
        charged.setdefault(demand_bucket(line, lines), []).append(line.quantity or ZERO)
    boxed: dict[Bucket, list[Decimal]] = {}
    for row in service.demands:
        if row.tou in ("on_peak", "mid_peak"):
            boxed.setdefault(Bucket(row.season, row.tou), []).append(row.kw)
    return {
        bucket: Kw(tuple(dict.fromkeys(figures)), bucket in charged)
        for bucket, figures in (charged | {of: boxed[of] for of in boxed if of not in charged}).items()
    }


def demand_bucket(line: Charge, lines: Iterable[Charge]) -> Bucket:
    """Return what a line of demand is for: facilities are for the whole period's maximum."""
    if line.component == Component.FACILITIES_DEMAND:
        return OVERALL
    return bucket_of(line, [one for one in lines if one.component == Component.TIME_DEMAND])
