"""Which constant ratios have a name, and what is no ratio."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from extractor.intervals.compared.ratio import named

Pairs = list[tuple[str, str]]


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        ([("400", "100"), ("800", "200")], Fraction(4)),
        ([("100", "400"), ("200", "800")], Fraction(1, 4)),
        ([("400", "0.4"), ("800", "0.8")], Fraction(1000)),
        ([("400", "400000"), ("800", "800000")], Fraction(1, 1000)),
        ([("200", "400"), ("100", "200")], Fraction(1, 2)),
        ([("2400", "20"), ("4800", "40")], Fraction(120)),
        ([("2401", "20"), ("4799", "40")], Fraction(120)),  # but for rounding
        ([("10", "70"), ("20", "140")], None),  # 1/7 of so few kWh may be 1/8
        ([("100", "700"), ("200", "1400")], Fraction(1, 7)),
        ([("400", "100"), ("810", "200")], None),  # one bucket has another
        ([("1030", "1000"), ("2060", "2000")], Fraction(103, 100)),
        ([("1000", "1030"), ("2000", "2060")], Fraction(100, 103)),
        ([("1060", "1000"), ("2120", "2000")], None),  # more than line losses
        ([("1005", "1000"), ("2010", "2000")], None),  # less
        ([("1030", "1000")], None),  # one bucket alone has always a ratio
        ([("1030", "1000"), ("20", "19")], None),  # and the other one is too small to have it too
        ([("1000", "1000"), ("2000", "2000")], None),
        ([("12", "4.2")], None),  # three times so few kWh may be rounding
        ([("5", "1.25")], None),  # too few kWh to tell
        ([("10", "2.3")], None),  # 4.3 times, and within a kWh of four times
        ([("40", "78")], None),
        ([("60", "15")], Fraction(4)),
        ([("400", "0")], None),
        ([("400", "-100")], None),
        ([], None),
    ],
)
def test_ratio_is_named(pairs: Pairs, value: Fraction | None) -> None:
    found = named([(Decimal(billed), Decimal(metered)) for billed, metered in pairs], Decimal(1))
    assert (found and found.value) == value
