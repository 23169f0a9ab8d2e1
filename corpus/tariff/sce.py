"""SCE's rates: rates.md 3 (TOU-GS-2-E as printed on bills) and 4 (tariff of June 2026).

Versions marked `invented` are those figures times a factor, so that other schedules have a
past and a future too. No sheet between October 2025 and June 2026, nor of October 2026, is
known (rates.md 9). TOU-PA-2 and streetlights: no sheet was read; wholly invented.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from corpus.tariff.book import Book, Key, rate, scaled, table

_JUNE_2026 = date(2026, 6, 1)
_SHEETS = "SCE tariff sheets, Advice 5829-E / 5837-E (rates.md 4)"
_WFC_2026 = "0.00591"


def _sheet(schedule: str, delivery: str, generation: str, **fixed: Any) -> Book:
    return Book(
        schedule,
        _JUNE_2026,
        _SHEETS,
        table(delivery, minus=_WFC_2026),
        table(generation),
        rate(_WFC_2026),
        **fixed,
    )


def _seasons(summer: str, winter: str) -> dict[str, Decimal]:
    return {"summer": rate(summer), "winter": rate(winter)}


_D4 = _sheet(
    "TOU-D-4",
    "0.33156 0.33156 0.27270 0.33156 0.27270 0.25153",
    "0.25321 0.13326 0.07396 0.17956 0.10245 0.08452",
    base_services_day=rate("0.76862"),
    baseline_credit=rate("-0.10099"),
    frc=rate("0.00619"),
)
_PRIME = _sheet(
    "TOU-D-PRIME",
    "0.29624 0.29624 0.19649 0.30157 0.18675 0.18675",
    "0.29667 0.10558 0.07049 0.26489 0.05958 0.05958",
    base_services_day=rate("0.76862"),
    frc=rate("0.00619"),
)
_GS1E = _sheet(
    "TOU-GS-1-E",
    "0.21937 0.21937 0.16523 0.21937 0.16523 0.13989",
    "0.42432 0.11297 0.08076 0.17145 0.09524 0.04999",
    customer_day=rate("0.468"),
)
_GS2D = _sheet(
    "TOU-GS-2-D",
    "0.05674 0.05491 0.05449 0.05674 0.05491 0.05384",
    "0.10955 0.09989 0.06409 0.07395 0.07440 0.03907",
    customer_month=Decimal("268.43"),
    facilities=rate("28.18"),
    time_demand=_seasons("19.26", "3.12"),
    gen_demand=_seasons("20.34", "5.34"),
    frc=rate("0.00483"),
)
_GS2E = _sheet(
    "TOU-GS-2-E",
    "0.48845 0.27514 0.16267 0.07539 0.05312 0.06891",
    "0.36927 0.09989 0.06409 0.11530 0.07440 0.03907",
    customer_month=Decimal("268.43"),
    facilities=rate("15.83"),
    gen_demand=_seasons("5.65", "2.18"),
    frc=rate("0.00483"),
)
_GS3D = _sheet(
    "TOU-GS-3D",
    "0.05374 0.05200 0.05166 0.05374 0.05200 0.05103",
    "0.10160 0.09264 0.06256 0.07221 0.07264 0.03814",
    customer_month=Decimal("780.37"),
    facilities=rate("26.75"),
    time_demand=_seasons("21.15", "3.76"),
    gen_demand=_seasons("17.45", "6.31"),
    power_factor=rate("0.52"),
    frc=rate("0.00400"),
)
_TOU8D = _sheet(
    "TOU-8-D",
    "0.04817 0.04653 0.04617 0.04817 0.04653 0.04557",
    "0.10128 0.09236 0.06256 0.07221 0.07266 0.03813",
    customer_month=Decimal("525.16"),
    facilities=rate("30.29"),
    time_demand=_seasons("23.87", "4.10"),
    gen_demand=_seasons("18.36", "5.63"),
    power_factor=rate("0.52"),
    frc=rate("0.00365"),
)
_PA2 = _sheet(  # invented
    "TOU-PA-2-D",
    "0.06102 0.05873 0.05711 0.06102 0.05873 0.05602",
    "0.11872 0.10015 0.06602 0.07811 0.07544 0.04012",
    customer_month=Decimal("52.18"),
    facilities=rate("17.40"),
    gen_demand=_seasons("7.20", "2.35"),
    frc=rate("0.00400"),
    invented=True,
)


def _history(book: Book) -> tuple[Book, ...]:
    past = (("2018-06-01", "0.62"), ("2025-01-01", "0.93"), ("2025-06-01", "0.95"), ("2025-10-01", "0.97"))
    earlier = tuple(scaled(book, date.fromisoformat(start), factor) for start, factor in past)
    return (*earlier, book, scaled(book, date(2026, 10, 1), "1.02"))


def _printed(start: str, season: str, delivery: str, generation: str, **figures: str) -> Book:
    """One row of rates.md 3, where each version was seen in one season only."""
    tous = (
        ("on_peak", "mid_peak", "off_peak")
        if season == "summer"
        else ("mid_peak", "off_peak", "super_off_peak")
    )
    return Book(
        "TOU-GS-2-E",
        date.fromisoformat(start),
        "printed on bills, rates.md 3",
        _season_table(season, tous, delivery),
        _season_table(season, tous, generation),
        rate(figures["wfc"]),
        frc=rate(figures["frc"]),
        facilities=rate(figures["frd"]),
        gen_demand={season: rate(figures["gen"])},
        customer_month=Decimal(figures["cust"]),
    )


def _season_table(season: str, tous: tuple[str, ...], row: str) -> dict[Key, Decimal]:
    return {(season, tou): rate(cell) for tou, cell in zip(tous, row.split(), strict=True)}


_GS2E_PRINTED = (
    _printed(
        "2024-10-01",
        "winter",
        "0.06438 0.04452 0.05860",
        "0.12016 0.07773 0.04081",
        frd="13.55",
        gen="2.31",
        cust="239.34",
        wfc="0.00561",
        frc="0.00137",
    ),
    _printed(
        "2025-01-01",
        "winter",
        "0.07602 0.05628 0.07027",
        "0.10924 0.07047 0.03700",
        frd="13.90",
        gen="2.07",
        cust="237.85",
        wfc="0.00595",
        frc="0.00153",
    ),
    _printed(
        "2025-03-01",
        "winter",
        "0.07527 0.05580 0.06960",
        "0.10924 0.07047 0.03700",
        frd="13.77",
        gen="2.07",
        cust="234.67",
        wfc="0.00595",
        frc="0.00153",
    ),
    _printed(
        "2025-06-01",
        "summer",
        "0.42208 0.24122 0.14587",
        "0.34986 0.09461 0.06070",
        frd="13.48",
        gen="5.34",
        cust="227.55",
        wfc="0.00595",
        frc="0.00153",
    ),
    _printed(
        "2025-10-01",
        "winter",
        "0.07838 0.05681 0.07210",
        "0.12906 0.08330 0.04374",
        frd="14.81",
        gen="2.45",
        cust="260.00",
        wfc="0.00595",
        frc="0.00153",
    ),
)

BOOKS: dict[str, tuple[Book, ...]] = {
    book.schedule: _history(book) for book in (_D4, _PRIME, _GS1E, _GS2D, _GS3D, _TOU8D, _PA2)
} | {"TOU-GS-2-E": (*_GS2E_PRINTED, _GS2E, scaled(_GS2E, date(2026, 10, 1), "1.02"))}

# DOMESTIC, as printed in July 2026 (bills.md 9.1, sce_domestic_2026_07_lines.txt).
TIER_DELIVERY = (rate("0.17862"), rate("0.27961"))
TIER_GENERATION = (rate("0.11761"), rate("0.11761"))
DOMESTIC_BASE_SERVICES_DAY = rate("0.76900")
DOMESTIC_WFC = rate(_WFC_2026)
RESIDENTIAL_FRC = rate("0.00619")

STATE_TAX = rate("0.00030")
CPP_EVENT = rate("0.80000")
CPP_INCENTIVE = {"TOU-GS-2-D": rate("-6.85"), "TOU-GS-3D": rate("-7.55"), "TOU-8-D": rate("-8.22")}
CLIMATE_CREDIT = Decimal("-36.00")

# Cost responsibility of CCA customers by vintage: (PCIA, CTC). 2018 is the bill of August
# 2026 and the schedule of January 2026; the others are of January 2026 (rates.md 7).
PCIA_BILL_2026_08 = rate("0.02311")
CTC_BILL_2026_08 = rate("0.00014")
PCIA_JANUARY_2026 = {
    "2018": rate("-0.01227"),
    "2019": rate("-0.01562"),
    "2020": rate("-0.01343"),
    "2021": rate("-0.01267"),
    "2022": rate("-0.03047"),
    "2023": rate("-0.03047"),
    "2024": rate("-0.02789"),
    "2025": rate("-0.02789"),
}
CTC_JANUARY_2026 = rate("-0.00058")
SURCHARGE_FACTOR = Decimal("0.009294")

BASELINE_PER_DAY = {
    "6": ("11.4", "11.0"),
    "8": ("12.8", "10.3"),
    "9": ("16.9", "12.0"),
    "10": ("19.3", "12.1"),
}


def versions(schedule: str) -> tuple[Book, ...]:
    """Return a schedule's books, oldest first."""
    return BOOKS[schedule]


def book_on(schedule: str, day: date) -> Book:
    """Return the book in force on a day.

    >>> book_on("TOU-GS-2-E", date(2025, 3, 1)).facilities
    Decimal('13.77000')
    >>> book_on("TOU-D-PRIME", date(2026, 8, 1)).delivery["summer", "on_peak"]
    Decimal('0.29033')
    """
    return [book for book in BOOKS[schedule] if book.start <= day][-1]
