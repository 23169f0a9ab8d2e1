"""Numbers as CMEP and X12 write them, to thousandths of a watt-hour, exactly.

A number is decimal, with an optional sign and an exponent of `E` or, in CMEP, `D`. What else
Python would take for a number (`NaN`, `1_000`, full-width digits) is none.

>>> thousandths("0.48", KILO), thousandths("-1.5E+1", KILO), thousandths("1", KILO * 80)
(480000, -15000000, 80000000)
>>> thousandths("0.0000004", KILO)  # finer than is kept
Traceback (most recent call last):
extractor.intervals.formats._numbers.TooFineError: 0.4 thousandths of a unit
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal
from functools import lru_cache

KILO = Decimal(1_000_000)
"""Thousandths of a Wh in a kWh."""

LARGEST = 2**63 - 1
"""What a column of readings can hold."""

_EXACT = Context(prec=100)
_NUMBER = re.compile(r"[+-]?(?:\d{1,32}(?:\.\d{0,32})?|\.\d{1,32})(?:[EeDd][+-]?\d{1,2})?", re.ASCII)


class TooFineError(ValueError):
    """A number has more decimals than are kept; take `rounded` and say so, or refuse it."""

    def __init__(self, exact: Decimal) -> None:
        super().__init__(f"{exact.normalize()} thousandths of a unit")
        self.rounded = int(exact.to_integral_value())


def decimal(text: str) -> Decimal:
    """Return the number that a text is.

    Raises:
        ValueError: if it is none.
    """
    if _NUMBER.fullmatch(text) is None:
        raise ValueError("is no number")
    return Decimal(text.replace("D", "E").replace("d", "E"))


def thousandths(text: str, factor: Decimal) -> int:
    """Return a number times `factor`, which brings its unit to thousandths of the unit kept.

    Raises:
        ValueError: if it is no number, or greater than any meter counts.
        TooFineError: if thousandths do not hold it exactly.
    """
    exact = _EXACT.multiply(decimal(text), factor)
    if abs(exact) > LARGEST:
        raise ValueError("is greater than any meter counts")
    whole = int(exact)
    if whole != exact:
        raise TooFineError(exact)
    return whole


@lru_cache(16)
def scale(factor: Decimal) -> Callable[[str], int]:
    """Return `thousandths` for one factor, which remembers: a meter's readings are few different texts."""
    return lru_cache(65_536)(lambda text: thousandths(text, factor))
