"""Printed rates applied to metered quantities: the energy and demand charges that one would expect.

The bill's own rates, never a table's. Where several lines share a bucket (a rate change inside the
period, tiers of a baseline), the day on which the rate changed is not printed: the metered kWh are
divided as the billed ones are. Demand is the nearest kW, times `n/N days` where that is printed.
Each line is rounded to the cent, half up, as SCE does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from extractor.intervals.compared.billed import ZERO, bucket_of, demand_bucket, demand_lines, energy_lines
from extractor.intervals.compared.compare import Comparison, DemandRow, Row
from extractor.intervals.tou import Bucket
from extractor.model import Charge, Component, Section, Service

CENT = Decimal("0.01")


class Expected(NamedTuple):
    """Charges of one bucket: printed, and expected of what was metered; dollars."""

    section: Section
    component: Component
    bucket: Bucket
    printed: Decimal
    expected: Decimal

    @property
    def difference(self) -> Decimal:
        """Expected less printed."""
        return self.expected - self.printed


def repriced(service: Service, comparison: Comparison) -> tuple[Expected, ...]:
    """Return the expected charges for energy and demand, as far as lines print rates."""
    found: dict[tuple[Section, Component, Bucket], tuple[Decimal, Decimal]] = {}
    for bucket, line, amount in (*_energy(service, comparison), *_demand(service, comparison)):
        key = (line.section, line.component, bucket)
        printed, expected = found.get(key, (ZERO, ZERO))
        found[key] = (printed + line.amount, expected + amount)
    return tuple(Expected(*key, *amounts) for key, amounts in found.items())


def _energy(service: Service, comparison: Comparison) -> Iterator[tuple[Bucket, Charge, Decimal]]:
    rows = {row.bucket: row for row in comparison.rows}
    for section in ("delivery", "generation"):
        lines = [line for line in energy_lines(service, section) if line.rate is not None]
        for bucket, same in _by_bucket(lines, rows).items():
            metered, billed = rows[bucket].metered, sum((line.quantity or ZERO for line in same), ZERO)
            if metered is None or (len(same) > 1 and billed == 0):
                continue
            for line in same:
                part = metered if len(same) == 1 else metered * (line.quantity or ZERO) / billed
                yield bucket, line, _cents(part * (line.rate or ZERO), line)


def _by_bucket(lines: Sequence[Charge], rows: Mapping[Bucket, Row]) -> dict[Bucket, list[Charge]]:
    found: dict[Bucket, list[Charge]] = {}
    for line in lines:
        bucket = bucket_of(line, lines)
        if bucket in rows:
            found.setdefault(bucket, []).append(line)
    return found


def _demand(service: Service, comparison: Comparison) -> Iterator[tuple[Bucket, Charge, Decimal]]:
    rows: dict[Bucket, DemandRow] = {row.bucket: row for row in comparison.demand}
    lines = demand_lines(service)
    for line in lines:
        row = rows.get(demand_bucket(line, lines))
        if row is None or row.metered is None or row.is_lower_bound or line.rate is None:
            continue
        yield row.bucket, line, _cents(row.metered * line.rate, line)


def _cents(amount: Decimal, line: Charge) -> Decimal:
    if line.days is not None:
        part, whole = line.days
        amount = amount * part / whole
    return amount.quantize(CENT, ROUND_HALF_UP)


def totals(charges: Sequence[Expected]) -> tuple[Decimal, Decimal]:
    """Return printed and expected dollars of all these charges."""
    return sum((one.printed for one in charges), ZERO), sum((one.expected for one in charges), ZERO)
