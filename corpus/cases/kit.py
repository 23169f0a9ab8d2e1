"""Small bills that special cases are hung on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from corpus.model import Bill, Charge, Service
from corpus.pricing.metered import Metered, measure
from corpus.pricing.rounding import added
from corpus.services import bundled, delivery, generation, place
from corpus.statement import statement
from corpus.tariff.cpa import LEAN

SUMMER = (date(2026, 6, 9), date(2026, 7, 8))
SUMMER_2025 = (date(2025, 6, 10), date(2025, 7, 9))
WINTER = (date(2026, 1, 8), date(2026, 2, 6))
SPLIT = (date(2026, 5, 12), date(2026, 6, 10))


def office(number: int, period: tuple[date, date] = SUMMER) -> Metered:
    """A TOU-GS-2-E customer's usage."""
    return measure("TOU-GS-2-E", *period, 520, 57, seed=str(number))


def home(number: int, period: tuple[date, date] = SUMMER, schedule: str = "TOU-D-4") -> Metered:
    """A residential customer's usage."""
    return measure(schedule, *period, 24, 6, seed=str(number))


def plain(number: int, metered: Metered, extra: Sequence[Charge] = (), **more: Any) -> Bill:
    """A bundled bill with one service."""
    return statement(number, [bundled(metered, place(number), extra=extra)], **more)


def combined(
    number: int, metered: Metered, product: str = LEAN, extra: Sequence[Charge] = (), **more: Any
) -> Bill:
    """A bill with SCE's delivery and CPA's generation."""
    where = place(number)
    return statement(
        number,
        [delivery(metered, where, extra=extra, rate_mark=" (SCE)"), generation(metered, where, product)],
        **more,
    )


def recharged(service: Service, charges: Sequence[Charge]) -> Service:
    """Return a service with other charges, and its sums made to fit."""
    total = added(charge.amount for charge in charges)
    taxed = service.role != "generation"
    subtotal = added(charge.amount for charge in charges if charge.section != "tax") if taxed else total
    return replace(
        service, charges=tuple(charges), total=total, subtotal=None if service.subtotal is None else subtotal
    )


def money(text: str) -> Decimal:
    """Return an amount."""
    return Decimal(text)
