"""Each charge line closes: quantity x rate x days is its amount.

SCE rounds half up (328 of 329 real lines; the other is the sum of two lines rounded apart),
CPA does not do so reliably: one cent of tolerance for both. A percentage is of its base.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

from extractor.checks.compare import CENT, Case, Result, charge_at, compare, services
from extractor.model import Charge, Component

_BASIS = {"USD": Decimal(100)}


def product(line: Charge, rounding: str = ROUND_HALF_UP) -> Decimal | None:
    """Return quantity x rate x n/N in dollars and cents, half up; None for a line without arithmetic."""
    if line.quantity is None or line.rate is None:
        return None
    worth = line.quantity * line.rate / _BASIS.get(line.unit or "", Decimal(1))
    if line.days is not None:
        worth = worth * line.days[0] / line.days[1] if line.days[1] else Decimal(0)
    return worth.quantize(CENT, rounding)


def nearest_product(line: Charge, provider: str | None) -> Decimal | None:
    """Return a line's product as its provider rounds it: of what ends in half a cent a CCA prints either.

    CPA printed $49.54 for 13.5 kW at 3.67, which is $49.545; of 329 of SCE's lines 328 are half up.
    """
    down = product(line, ROUND_HALF_DOWN)
    return down if provider != "SCE" and down == line.amount else product(line)


def lines_close(case: Case) -> Iterator[Result]:
    """The amount of each line is its quantity times its rate, prorated by its days, to a cent."""
    for index, service in services(case):
        for at, line in enumerate(service.charges):
            computed = product(line)
            if computed is None:
                continue
            parts = [
                name for name in ("quantity", "rate", "days", "amount") if getattr(line, name) is not None
            ]
            yield from compare(
                "line_product",
                line.amount,
                computed,
                [charge_at(index, at, name) for name in parts],
                what=f"line {line.line} ({line.label}): quantity x rate",
                tolerance=CENT,
                service=index,
                place=line.evidence,
            )


def percentages_stand_on_their_base(case: Case) -> Iterator[Result]:
    """A tax in percent is of the subtotal or of the lines above it, with or without the climate credit."""
    for index, service in services(case):
        for at, line in enumerate(service.charges):
            if line.unit != "USD" or line.quantity is None:
                continue
            bases = _bases(service.charges[:at], service.subtotal)
            base = line.quantity
            nearest = min(bases, key=lambda candidate: abs(candidate - base))
            yield from compare(
                "tax_base",
                base,
                nearest,
                [charge_at(index, at, "quantity")],
                what=f"line {line.line} ({line.label}): the base of the percentage",
                service=index,
                place=line.evidence,
            )


def _bases(above: tuple[Charge, ...], subtotal: Decimal | None) -> list[Decimal]:
    lines = sum((line.amount for line in above if line.section != "tax"), Decimal(0))
    credit = sum((line.amount for line in above if line.component == Component.CLIMATE_CREDIT), Decimal(0))
    whole = [lines] if subtotal is None else [subtotal, lines]
    return [*whole, *(base - credit for base in whole)]
