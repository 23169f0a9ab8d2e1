"""What a cell says was counted, by the decimals and the unit that a person confirmed.

>>> energy = amount_of("kWh", 900, "point")
>>> energy("1,200.5")
Amount(thousandths=1200500000, is_rounded=False, is_word=False)
>>> energy("N/A")
Amount(thousandths=None, is_rounded=False, is_word=True)
>>> amount_of("kW", 900, "point")("0.48").thousandths, amount_of("kWh", 900, "comma")("0,48").thousandths
(120000, 480000)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from extractor.intervals.formats._numbers import KILO, TooFineError, thousandths
from extractor.intervals.given import Unit
from extractor.intervals.mapped.mapping import UnitName
from extractor.intervals.mapped.slots import HOUR

FACTORS: dict[UnitName, tuple[Unit, Decimal]] = {
    "kWh": ("Wh", KILO),
    "Wh": ("Wh", KILO / 1000),
    "MWh": ("Wh", KILO * 1000),
    "kW": ("Wh", KILO),
    "kVARh": ("VArh", KILO),
    "kVAh": ("VAh", KILO),
}
"""The unit that is kept, and its thousandths in one; kW are counted for as long as their interval lasts."""

NOTHING = frozenset(
    {"n/a", "na", "nan", "null", "none", "missing", "no data", "-", "--"}
    | {"#n/a", "#null!", "#value!", "#ref!", "#div/0!", "#num!", "#name?"}
)
"""Words that stand where there is no reading."""

_PLAIN = re.compile(r"[+-]?(?=[.,]?\d)(?:[1-9]\d{0,2}(?:,\d{3})+|\d{0,12})(?:\.\d*)?", re.ASCII)
_SWAPPED = str.maketrans(",.", ".,")


class Amount(NamedTuple):
    """What a cell says was counted."""

    thousandths: int | None
    """None: nothing is said."""
    is_rounded: bool = False
    is_word: bool = False
    """Whether a word says that there is nothing."""


@lru_cache(64)
def amount_of(unit: UnitName, seconds: int, decimal: Literal["point", "comma"]) -> Callable[[str], Amount]:
    """Return how cells of a unit are read, of intervals so long; any other raises ValueError."""
    factor = FACTORS[unit][1]

    @lru_cache(65536)
    def amount(text: str) -> Amount:
        text = text.strip()
        if not text or text.lower() in NOTHING:
            return Amount(None, is_word=bool(text))
        plain = text.translate(_SWAPPED) if decimal == "comma" else text
        if _PLAIN.fullmatch(plain) is None:
            raise ValueError("is not a number")
        value, is_rounded = _scaled(plain.replace(",", ""), factor)
        if unit == "kW":
            value, rest = divmod(value * seconds, HOUR)
            is_rounded = is_rounded or bool(rest)
            value += 2 * rest >= HOUR
        return Amount(value, is_rounded)

    return amount


def _scaled(plain: str, factor: Decimal) -> tuple[int, bool]:
    try:
        return thousandths(plain, factor), False
    except TooFineError as error:
        return error.rounded, True
