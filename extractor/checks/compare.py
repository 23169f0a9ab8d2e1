"""The one way a check states an identity: a proof row, and a finding where it does not hold.

>>> rows = list(compare("total", Decimal("5.00"), Decimal("4.99"), ("/bill/new_charges",), what="the total"))
>>> rows[0].holds, rows[1].message
(False, 'the total: printed 5.00, computed 4.99')
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.draft import Aside
from extractor.model import Bill, Charge, Component, Evidence, Finding, Proof, Service
from extractor.units import by

Result = Proof | Finding
CENT = Decimal("0.01")
ZERO = Decimal(0)


class Case(NamedTuple):
    """What a check looks at: the record, what only serves the proof, and where everything stands."""

    bill: Bill
    aside: Aside
    evidence: dict[str, Evidence]


def compare(
    identity: str,
    printed: Decimal,
    computed: Decimal,
    subjects: Sequence[str],
    *,
    what: str,
    tolerance: Decimal = ZERO,
    gate: bool = True,
    service: int | None = None,
    place: Evidence | None = None,
    show: bool = True,
) -> Iterator[Result]:
    """State that `computed` equals `printed` within a tolerance, and complain where it does not.

    `show` is false for account numbers, which do not go into messages.
    """
    holds = abs(printed - computed) <= tolerance
    page = place.page if place else None
    yield Proof(
        identity=identity,
        service=service,
        subjects=tuple(subjects),
        printed=printed,
        computed=computed,
        tolerance=tolerance,
        gate=gate,
        holds=holds,
        page=page,
    )
    if not holds:
        yield Finding(
            code=identity,
            severity="error" if gate else "warning",
            message=f"{what}: printed {printed}, computed {computed}" if show else f"{what}: not the same",
            service=service,
            page=page,
            bbox=place.bbox if place else None,
        )


def doubt(code: str, message: str, service: int | None = None, place: Evidence | None = None) -> Finding:
    """Return an error finding about a place."""
    return Finding(
        code=code,
        severity="error",
        message=message,
        service=service,
        page=place.page if place else None,
        bbox=place.bbox if place else None,
    )


def note(code: str, message: str, service: int | None = None, page: int | None = None) -> Finding:
    """Return an info finding."""
    return Finding(code=code, severity="info", message=message, service=service, page=page)


def services(case: Case) -> Iterator[tuple[int, Service]]:
    """Give each service with its index."""
    yield from enumerate(case.bill.services)


def charge_at(service: int, charge: int, name: str = "") -> str:
    """Return the JSON pointer of a charge, or of one of its values."""
    return f"/bill/services/{service}/charges/{charge}" + (f"/{name}" if name else "")


def energy_lines(service: Service, section: str) -> list[tuple[int, Charge]]:
    """Return the lines of a section that sell or deliver energy by the kWh, with their indexes."""
    return [
        (at, line)
        for at, line in enumerate(service.charges)
        if line.section == section and line.component == Component.ENERGY and by(line.unit, "kWh")
    ]


def kwh(lines: Sequence[tuple[int, Charge]]) -> Decimal:
    """Return the kWh of some lines together."""
    return sum((line.quantity for _, line in lines if line.quantity is not None), ZERO)


def as_number(value: object) -> Decimal:
    """Return a value that is printed alike in several places as a number that can be compared."""
    if isinstance(value, dt.date):
        return Decimal(value.strftime("%Y%m%d"))
    if isinstance(value, Decimal):
        return value
    digits = "".join(char for char in str(value) if char.isdigit())
    return Decimal(digits or "0")


def value_at(case: Case, pointer: str) -> object:
    """Return the value of the record that a JSON pointer names."""
    value: object = case
    for part in pointer.strip("/").split("/"):
        value = value[int(part)] if isinstance(value, tuple) and part.isdigit() else getattr(value, part)
    return value
