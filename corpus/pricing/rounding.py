"""Rounding to the cent, half up, as 328 of 329 real SCE lines were rounded (bills.md 9.4).

>>> cents(Decimal("62") * Decimal("13.77") * 27 / 30)
Decimal('768.37')
>>> cents(Decimal("-0.005"))
Decimal('-0.01')
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    """Round to the cent, a half away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


def added(amounts: Iterable[Decimal]) -> Decimal:
    """Add amounts, keeping two decimals even for none."""
    return sum(amounts, Decimal("0.00"))


def stripped(value: Decimal) -> Decimal:
    """Drop trailing zeros, as CPA prints its figures.

    >>> stripped(Decimal("164.000")), stripped(Decimal("0.02840"))
    (Decimal('164'), Decimal('0.0284'))
    """
    return Decimal(f"{value.normalize():f}")
