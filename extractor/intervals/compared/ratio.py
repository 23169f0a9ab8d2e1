"""A constant ratio between a bill and its meters, named: what is wrong is then a factor, not the load.

A factor of 4 comes from kW taken for the kWh of a quarter of an hour, 1000 from kWh taken for Wh, an
integer from a transformer's multiplier, 1 to 5 % from line losses. Every bucket has to have the same
ratio, within the kWh that a bill rounds to or a thousandth: small units are rounded, too.

>>> found = named([(Decimal(400), Decimal("100.1")), (Decimal(800), Decimal(200))], Decimal(1))
>>> str(found.value), found.meaning
('4', 'as when kW are taken for the kWh of a quarter of an hour, or by a multiplier of 4')
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

Pairs = Sequence[tuple[Decimal, Decimal]]
"""kWh billed and metered, of each bucket."""

QUARTERS = "as when kW are taken for the kWh of a quarter of an hour, or by a multiplier of 4"
PREFIX = "as when kWh are taken for Wh, or the other way round"
TWICE = "as when the same readings count twice"
KNOWN = {
    Fraction(4): QUARTERS,
    Fraction(1, 4): QUARTERS,
    Fraction(1000): PREFIX,
    Fraction(1, 1000): PREFIX,
    Fraction(1, 2): TWICE,
}
MULTIPLIERS = range(2, 10_001)
LOSS = (Fraction(101, 100), Fraction(105, 100))
ENOUGH = 10
"""kWh by which one integer has to be told from the next."""

LEAST = 50
"""Billed kWh that there have to be: of fewer a kWh of rounding is more than 2 %, and much is near a ratio."""


class Ratio(NamedTuple):
    """By what metered kWh are to be multiplied to be the billed ones."""

    value: Fraction
    meaning: str


def named(pairs: Pairs, within: Decimal) -> Ratio | None:
    """Return the ratio that all buckets have, if it is one that has a meaning."""
    billed, metered = (sum((pair[side] for pair in pairs), Decimal(0)) for side in (0, 1))
    if metered <= 0 or billed < LEAST:
        return None
    exact = Fraction(billed) / Fraction(metered)
    return next((one for one in _candidates(exact, pairs, metered) if _fits(one, pairs, within)), None)


def _candidates(exact: Fraction, pairs: Pairs, metered: Decimal) -> Iterator[Ratio]:
    for value, meaning in KNOWN.items():
        yield Ratio(value, meaning)
    times, parts = round(exact), round(1 / exact)
    if times in MULTIPLIERS and metered >= ENOUGH:
        yield Ratio(Fraction(times), f"as by a transformer's multiplier of {times} that the readings lack")
    if parts in MULTIPLIERS and Fraction(metered) >= ENOUGH * parts * parts:
        yield Ratio(Fraction(1, parts), f"as by a multiplier of {parts} that the bill lacks")
    low, high = LOSS
    if (low <= exact <= high or low <= 1 / exact <= high) and _can_tell_losses(pairs):
        yield Ratio(exact, f"as by line losses of {_percent(exact)} %")


def _can_tell_losses(pairs: Pairs) -> bool:
    """Tell whether several buckets are large enough to have a ratio each, near that of the others."""
    return sum(billed > ENOUGH * ENOUGH for billed, _ in pairs) > 1


def _percent(exact: Fraction) -> str:
    off = abs(exact - 1) * 100
    return f"{Decimal(off.numerator) / off.denominator:.1f}"


def _fits(ratio: Ratio, pairs: Pairs, within: Decimal) -> bool:
    return all(
        abs(Fraction(billed) - ratio.value * Fraction(metered))
        <= max(Fraction(within), abs(Fraction(billed)) / 1000)
        for billed, metered in pairs
    )
