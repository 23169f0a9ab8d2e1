"""Clean Power Alliance's rates (rates.md 6), and other CCAs' product names.

Residential: the 2018-vintage book of July 2026, used for other dates too. Commercial: only
TOU-GS-2-D of 2019 is known; every other commercial figure is INVENTED here as SCE's
generation rate of June 2026 times a product factor (Lean 0.98, Clean 1.00, 100% Green
1.055, after the seed text quoted in rates.md 6.3).
"""

from datetime import date
from decimal import Decimal

from corpus.tariff.book import COLUMNS, Book, Key, rate
from corpus.tariff.sce import BOOKS

LEAN, CLEAN, GREEN = "Lean Power", "Clean Power", "100% Green Power"
PRODUCTS = (LEAN, CLEAN, GREEN)
ENERGY_SURCHARGE = Decimal("0.0003")

_RESIDENTIAL = {
    ("TOU-D-PRIME", LEAN): "0.25075 0.07426 0.04185 0.22140 0.03178 0.03178",
    ("TOU-D-PRIME", CLEAN): "0.27066 0.08135 0.04658 0.23918 0.03578 0.03578",
    ("TOU-D-PRIME", GREEN): "0.34035 0.10615 0.06314 0.30140 0.04977 0.04977",
    ("TOU-D-4", LEAN): "0.21136 0.10022 0.04528 0.14312 0.07168 0.05506",
    ("TOU-D-4", CLEAN): "0.22761 0.10877 0.05002 0.15464 0.07825 0.06048",
    ("TOU-D-4", GREEN): "0.28446 0.13869 0.06663 0.19496 0.10125 0.07946",
    ("TOU-GS-2-D 2019", LEAN): "0.06699 0.05764 0.0284 0.04044 0.02984 0.00998",
    ("TOU-D-4 2024", LEAN): "0.25321 0.13326 0.07396 0.2106 0.13589 0.11733",  # winter: CPA's sample bill
    ("DOMESTIC", LEAN): "0.1112 0.1112 0.1112 0.0871 0.0871 0.0871",  # invented
    ("DOMESTIC", CLEAN): "0.1173 0.1173 0.1173 0.0933 0.0933 0.0933",  # invented
    ("DOMESTIC", GREEN): "0.1391 0.1391 0.1391 0.1156 0.1156 0.1156",  # invented
}
_FACTOR = {LEAN: Decimal("0.98"), CLEAN: Decimal("1.00"), GREEN: Decimal("1.055")}
_DEMAND_2019 = {"summer": Decimal("19.6"), "winter": Decimal("3.67")}
_JUNE_2026 = date(2026, 6, 1)


def energy_rates(schedule: str, product: str) -> dict[Key, Decimal]:
    """Return the energy rates of a product.

    >>> energy_rates("TOU-D-PRIME", GREEN)["summer", "on_peak"]
    Decimal('0.34035')
    """
    if (schedule, product) in _RESIDENTIAL:
        return dict(zip(COLUMNS, map(Decimal, _RESIDENTIAL[schedule, product].split()), strict=True))
    factor = _FACTOR.get(product, Decimal("0.97"))
    return {key: rate(value * factor) for key, value in _june_2026(schedule).generation.items()}


def demand_rates(schedule: str, product: str) -> dict[str, Decimal]:
    """Return the demand rates by season; empty where SCE has no generation demand."""
    if schedule == "TOU-GS-2-D 2019":
        return _DEMAND_2019
    base = () if schedule not in BOOKS else (_june_2026(schedule).gen_demand or {}).items()
    factor = _FACTOR.get(product, Decimal("0.97"))
    return {season: (value * factor).quantize(Decimal("0.01")) for season, value in base}


def _june_2026(schedule: str) -> Book:
    return next(book for book in BOOKS[schedule] if book.start == _JUNE_2026)
