"""kWh a day, kW and $/kWh of a period beside the earlier ones of its meter.

A value is unusual if it is further from the median of the meter's earlier periods of the same season than
`spreads` times their spread, and further than a `share` of the median. The spread is the median distance
from the median, times 1.4826: what a standard deviation is of values that scatter by chance, and yet one odd
month does not move it. With fewer than `fewest` periods to compare with nothing is called unusual. A price is
that of a period whose dollars are all that its kWh cost, as in `export services`.

>>> Rule().limits([Decimal(n) for n in (98, 100, 102, 101)])
(Decimal('60.30'), Decimal('140.70'))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from extractor.portfolio.history.odd import Code, Odd
from extractor.portfolio.pairing import Pair
from extractor.portfolio.repeated import Repeated
from extractor.portfolio.service_rows import Known, is_priced
from extractor.seasons import seasons_of

SIGMA = Decimal("1.4826")
"""What the median distance from the median is multiplied with, to be a standard deviation."""

YEARS = dt.timedelta(days=731)
"""How far back periods are compared."""


@dataclass(frozen=True)
class Rule:
    """When a value is unusual."""

    spreads: Decimal = Decimal(5)
    share: Decimal = Decimal("0.4")
    fewest: int = 4

    def limits(self, earlier: Sequence[Decimal]) -> tuple[Decimal, Decimal] | None:
        """Return the lowest and the highest value that is usual; None if there are too few to tell."""
        if len(earlier) < self.fewest:
            return None
        middle = Decimal(median(earlier))
        spread = SIGMA * Decimal(median(abs(one - middle) for one in earlier))
        away = max(self.spreads * spread, self.share * abs(middle))
        return middle - away, middle + away


USAGE = DEMAND = Rule()
PRICE = Rule(share=Decimal("0.25"))
"""A price moves with the rates, all of them by far less than use does."""


NONE = Repeated()


def unusual(pairs: Sequence[Pair], repeated: Repeated = NONE) -> Iterator[Odd]:
    """Give the periods of one meter, in order, of which a value is unusual.

    `repeated` has the deliveries that bill days which another one bills, too.
    """
    seasonal = [(pair, seasons(pair)) for pair in pairs]
    known = Known(repeated=repeated)
    yield from _unusual(seasonal, "usage_unusual", "kWh a day", kwh_a_day, USAGE)
    yield from _unusual(seasonal, "demand_unusual", "kW", lambda pair: pair.delivery.kw, DEMAND)
    priced = [(pair, which) for pair, which in seasonal if is_priced(pair, known)]
    yield from _unusual(priced, "price_unusual", "$/kWh", price, PRICE)


def kwh_a_day(pair: Pair) -> Decimal | None:
    """Return the energy of a day, kWh."""
    one = pair.delivery
    days = length(pair)
    return one.kwh / days if one.kwh is not None and days else None


def price(pair: Pair) -> Decimal | None:
    """Return what a kWh of a period that is priced costs in all, USD; None where it is too little to tell."""
    one = pair.delivery
    parts = [one.total, *(each.total for each in pair.generation)]
    known = [part for part in parts if part is not None]
    if one.kwh is None or one.kwh < LEAST or len(known) < len(parts):
        return None
    return sum(known, Decimal(0)) / one.kwh


LEAST = 100
"""kWh below which fixed charges make the price of a kWh."""


def length(pair: Pair) -> int | None:
    """Return the days of a period."""
    one = pair.delivery
    return None if one.start is None or one.end is None else (one.end - one.start).days + 1


def _unusual(
    pairs: Sequence[tuple[Pair, str]],
    code: Code,
    unit: str,
    value_of: Callable[[Pair], Decimal | None],
    rule: Rule,
) -> Iterator[Odd]:
    """Give the same of one value; `pairs` are with their seasons."""
    known = [(pair, value, which) for pair, which in pairs if (value := value_of(pair)) is not None]
    for at, (pair, value, which) in enumerate(known):
        end = pair.delivery.end
        assert end is not None
        earlier = [
            other
            for before, other, season in known[:at]
            if season == which and end - (before.delivery.end or end) <= YEARS
        ]
        limits = rule.limits(earlier)
        if limits is not None and not limits[0] <= value <= limits[1]:
            lowest = limits[0] if min(earlier) < 0 else max(limits[0], Decimal(0))
            words = (
                f"{_said(value)} {unit}; by {len(earlier)} earlier {which} periods"
                f" {_said(lowest)} to {_said(limits[1])} is usual"
            )
            yield Odd(code, pair.delivery.bill, words, pair.delivery)


def seasons(pair: Pair) -> str:
    """Return the seasons of a period; one that touches both has prices and use in between, as its like have.

    A season of which it has a few days only does not count.
    """
    one = pair.delivery
    assert one.start is not None
    assert one.end is not None
    return " and ".join(seasons_of(one.start + FEW, max(one.start + FEW, one.end - FEW)))


FEW = dt.timedelta(days=4)
"""Days at either end of a period that make it no period of another season."""


def _said(value: Decimal) -> str:
    """Return a value in four digits or so.

    >>> _said(Decimal("1234.567")), _said(Decimal("0.213456"))
    ('1,234.6', '0.2135')
    """
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.4f}"
