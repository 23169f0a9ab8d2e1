"""What a rate book is: one schedule's figures from one date on.

`delivery` holds the rates as bills print them, that is the tariff's delivery total minus
the Wildfire fund charge, which has its own line (rates.md 0, rule 3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

Key = tuple[str, str]  # season, TOU period
Table = Mapping[Key, Decimal]
SUMMER = ("on_peak", "mid_peak", "off_peak")
WINTER = ("mid_peak", "off_peak", "super_off_peak")
COLUMNS: tuple[Key, ...] = tuple(("summer", tou) for tou in SUMMER) + tuple(("winter", tou) for tou in WINTER)
_RATE = Decimal("0.00001")
_BASE_SERVICES = date(2025, 10, 1)  # bills have the Base services charge from November 2025
BASIC_CHARGE = Decimal("0.03100")  # before, as on a bill of 2021 (bills.md 9.1)


@dataclass(frozen=True)
class Book:
    """One schedule's rates; None means that the schedule has no such line."""

    schedule: str
    start: date
    source: str
    delivery: Table
    generation: Table
    wfc: Decimal
    frc: Decimal | None = None
    facilities: Decimal | None = None  # $/kW
    time_demand: Mapping[str, Decimal] | None = None  # $/kW by season
    gen_demand: Mapping[str, Decimal] | None = None
    customer_month: Decimal | None = None
    customer_day: Decimal | None = None
    base_services_day: Decimal | None = None
    power_factor: Decimal | None = None  # $/kVar
    baseline_credit: Decimal | None = None
    invented: bool = False


def rate(text: str | Decimal) -> Decimal:
    """Return a rate with the five decimals that SCE prints."""
    return Decimal(text).quantize(_RATE, ROUND_HALF_UP)


def table(row: str, minus: str = "0") -> dict[Key, Decimal]:
    """Return a row `S on, S mid, S off, W mid, W off, W super` as a table."""
    return {key: rate(Decimal(cell) - Decimal(minus)) for key, cell in zip(COLUMNS, row.split(), strict=True)}


def scaled(book: Book, start: date, factor: str) -> Book:
    """Return an invented earlier or later version: every rate times `factor`."""
    by = Decimal(factor)
    return replace(
        book,
        start=start,
        source=f"invented: {book.schedule} of {book.start} times {factor}",
        invented=True,
        delivery={key: rate(value * by) for key, value in book.delivery.items()},
        generation={key: rate(value * by) for key, value in book.generation.items()},
        facilities=_maybe(book.facilities, by),
        time_demand=_by_season(book.time_demand, by),
        gen_demand=_by_season(book.gen_demand, by),
        customer_month=_cents(book.customer_month, by),
        base_services_day=BASIC_CHARGE
        if book.base_services_day and start < _BASE_SERVICES
        else book.base_services_day,
    )


def _maybe(value: Decimal | None, by: Decimal) -> Decimal | None:
    return None if value is None else rate((value * by).quantize(Decimal("0.01")))


def _cents(value: Decimal | None, by: Decimal) -> Decimal | None:
    return None if value is None else (value * by).quantize(Decimal("0.01"))


def _by_season(values: Mapping[str, Decimal] | None, by: Decimal) -> dict[str, Decimal] | None:
    if values is None:
        return None
    return {season: rate((value * by).quantize(Decimal("0.01"))) for season, value in values.items()}
