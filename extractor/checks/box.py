"""Page 3's cost box repeats the charges: exact on 21 of 21 real bundled bills.

Energy is all delivery and generation energy; Demand is facilities, all demand lines, power
factor and the CPP incentive; Other is the rest. On a bill with CCA generation it is not known
what the box covers, so there its rows are tried and reported, and gate nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractor.checks.compare import (
    CENT,
    ZERO,
    Case,
    Result,
    charge_at,
    compare,
    energy_lines,
    kwh,
    services,
)
from extractor.draft import CostBox
from extractor.model import Charge, Component, Service
from extractor.paper import Printed
from extractor.units import by

DEMAND = {Component.FACILITIES_DEMAND, Component.TIME_DEMAND, Component.POWER_FACTOR}
UNSEEN = {Component.BASELINE_CREDIT, Component.EXPORT_CREDIT, Component.DISCOUNT, Component.CLIMATE_CREDIT}
"""Lines that no real bill with a cost box has shown: where the box puts them is not known."""


def cost_boxes(case: Case) -> Iterator[Result]:
    """The cost box's energy, demand, other and total are those of the lines, its kWh the delivered ones."""
    for index, service in services(case):
        box = case.aside.services[index].cost_box
        if box is not None:
            gate = service.role == "bundled" and not {line.component for line in service.charges} & UNSEEN
            yield from _dollars(index, service, box, gate)
            yield from _kwh(index, service, box, gate)


def _part(line: Charge) -> str:
    if line.component == Component.ENERGY:
        return "energy"
    incentive = line.component == Component.CPP and by(line.unit, "kW")
    return "demand" if line.component in DEMAND or incentive else "other"


def _dollars(index: int, service: Service, box: CostBox, gate: bool) -> Iterator[Result]:
    for name in ("energy", "demand", "other", "total"):
        printed: Printed[Decimal] | None = getattr(box, name)
        lines = [(at, line) for at, line in enumerate(service.charges) if name in (_part(line), "total")]
        if printed is not None:
            yield from compare(
                f"cost_box_{name}",
                printed.value,
                sum((line.amount for _, line in lines), ZERO),
                [charge_at(index, at, "amount") for at, _ in lines],
                what=f"the cost box's {name} and the charge lines",
                gate=gate,
                service=index,
            )


def _kwh(index: int, service: Service, box: CostBox, gate: bool) -> Iterator[Result]:
    lines = energy_lines(service, "delivery")
    if box.kwh is not None:
        yield from compare(
            "cost_box_kwh",
            box.kwh.value,
            kwh(lines),
            [charge_at(index, at, "quantity") for at, _ in lines],
            what="the cost box's kWh of all price periods and the delivery lines",
            gate=gate,
            service=index,
        )
    for row in box.periods:
        if row.kwh is None or row.tou is None:
            continue
        same = [(at, line) for at, line in lines if line.tou == row.tou]
        yield from compare(
            "cost_box_kwh",
            row.kwh.value,
            sum((line.quantity or ZERO for _, line in same), ZERO),
            [charge_at(index, at, name) for at, _ in same for name in ("quantity", "tou")],
            what=f"the cost box's kWh of {row.label} and the delivery lines",
            gate=gate,
            service=index,
        )
        yield from _cost(index, service, row.amount.value, row.tou, gate)


def _cost(index: int, service: Service, printed: Decimal, tou: str, gate: bool) -> Iterator[Result]:
    energy = [
        (at, line)
        for at, line in enumerate(service.charges)
        if line.component == Component.ENERGY and line.tou == tou
    ]
    yield from compare(
        "cost_box_period",
        printed,
        sum((line.amount for _, line in energy), ZERO),
        [charge_at(index, at, "amount") for at, _ in energy],
        what=f"the cost box's dollars of {tou.replace('_', ' ')} and the energy lines",
        tolerance=CENT,
        gate=gate,
        service=index,
    )
